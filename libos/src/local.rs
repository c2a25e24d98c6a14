//! What this library keeps for each environment by itself.
//!
//! It lies in the frame that every program begins in, below which all others are: on the stack, which is never shared. So a
//! child has its own from its first moment, at the same address, even where all other memory is shared.

use core::cell::{Cell, UnsafeCell};

use mos_abi::EnvId;

// teacher begin
use crate::exception::{self, Exceptions};
use crate::family::Give;
// teacher end
use crate::upcall::Handler;

/// All of it.
pub(crate) struct Kept {
    /// Who we are.
    pub id: Cell<EnvId>,
    /// What is called on a store to a read-only page.
    pub handler: Cell<Option<Handler>>,
    /// The program's arguments: their number, and the address of an array of pointers to C strings.
    pub arguments: Cell<(usize, usize)>,
    // teacher begin
    /// What fills the address space of a child of `fork`, where we share our own with others.
    pub way: Cell<Option<Give>>,
    /// What is called on which other exceptions.
    pub exceptions: Cell<Option<(Exceptions, exception::Handler)>>,
    // teacher end
}

/// Where it is: the same address in all environments of a program.
struct Place(UnsafeCell<*const Kept>);

// SAFETY: it is written once, before the program's `main`, when there is nobody else.
unsafe impl Sync for Place {}

static PLACE: Place = Place(UnsafeCell::new(core::ptr::null()));

/// Carries out a program, for as long as which all of it is there.
pub(crate) fn within<T>(program: impl FnOnce() -> T) -> T {
    let kept = Kept {
        id: Cell::new(EnvId::SELF),
        handler: Cell::new(None),
        arguments: Cell::new((0, 0)),
        // teacher begin
        way: Cell::new(None),
        exceptions: Cell::new(None),
        // teacher end
    };
    // SAFETY: nobody reads it yet.
    unsafe { *PLACE.0.get() = &raw const kept };
    program()
}

/// One variable of all that is kept; it is this environment's alone.
pub(crate) struct Local<T: 'static>(fn(&Kept) -> &Cell<T>);

impl<T: Copy> Local<T> {
    /// The one that `select` tells.
    pub const fn new(select: fn(&Kept) -> &Cell<T>) -> Self {
        Self(select)
    }

    /// Its value.
    #[inline(always)]
    pub fn get(&self) -> T {
        (self.0)(kept()).get()
    }

    /// Puts `value` in.
    pub fn set(&self, value: T) {
        (self.0)(kept()).set(value);
    }
}

#[inline(always)]
fn kept() -> &'static Kept {
    // SAFETY: everything of a program runs within `within`, whose frame is still there then. There is one thread on this
    // stack; upcalls, which come in between, see a word that was stored or one that was not.
    unsafe { &**PLACE.0.get() }
}
