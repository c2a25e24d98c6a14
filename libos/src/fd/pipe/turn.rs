//! Turns of those who have the same end of a pipe, so that what one of them reads or writes at once stays together.
//!
//! Whose turn it is has one more mapping of the ring's page. The kernel counts it, and takes it back from whoever is ended
//! amid its turn.

use super::{CONTROL, Fd, RING, SPARE};
use crate::fd::bell::pause;
use crate::window::SHARED;
use crate::{EnvId, env};

/// A turn, until it is dropped.
pub struct Turn(Option<Fd>);

impl Turn {
    /// Waits for a turn with `fd`. Whoever has an end alone needs none.
    #[inline(always)]
    pub fn take(fd: Fd) -> Self {
        if fd.count() == 1 {
            return Self(None);
        }
        while !try_take(fd) {
            pause(1);
        }
        Self(Some(fd))
    }
}

impl Drop for Turn {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(fd) = self.0 {
            fd.data(SPARE).unmap();
        }
    }
}

fn try_take(fd: Fd) -> bool {
    let taken = fd
        .data(RING)
        .map_at(EnvId::SELF, fd.data(SPARE), SHARED)
        .is_ok()
        && alone(fd);
    if !taken {
        fd.data(SPARE).unmap();
    }
    taken
}

/// Whether ours is the only one more: the ring is mapped wherever the page is that both ends have, and before it.
fn alone(fd: Fd) -> bool {
    let runs = || env::slot_of(env::id()).runs();
    let count = |index| fd.data(index).mappings();
    loop {
        let before = runs();
        let counts = [count(CONTROL), count(RING), count(CONTROL)];
        if before == runs() && counts[0] == counts[2] {
            return counts[1] == counts[0] + 1;
        }
    }
}
