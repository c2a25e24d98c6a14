//! The large area between the program and its descriptors, of which there is one for two that could use it.

use crate::Global;

/// Who uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// The heap.
    Heap,
    /// A [`Shelf`](crate::shelf::Shelf).
    Shelf,
}

static USER: Global<Option<User>> = Global::new(None);

/// Whether `user` may use it: whoever is first.
pub(crate) fn claim(user: User) -> bool {
    USER.with(|first| *first.get_or_insert(user) == user)
}
