//! Tickets: each who comes draws a number, and waits until it is called.

use super::Kind;
use crate::{Cpus, Fence, Word};

/// The next number to be drawn, and the one of who has the lock. They go round, and nobody minds.
pub struct Ticket<W> {
    next: W,
    served: W,
}

impl<W> Ticket<W> {
    /// One that nobody has, of words that are 0.
    pub const fn new(next: W, served: W) -> Self {
        Self { next, served }
    }
}

impl<C: Cpus> Kind<C> for Ticket<C::Word> {
    const NAME: &str = "ticket";

    #[inline(always)]
    fn acquire(&self, cpus: &C, mut meanwhile: impl FnMut()) -> u32 {
        // exercise smp.9 begin
        let drawn = loop {
            let next = self.next.get();
            // Nobody else draws the same.
            if self.next.exchange(next, next.wrapping_add(1)) {
                break next;
            }
        };
        let mut spins = 0_u32;
        while self.served.get() != drawn {
            meanwhile();
            spins = spins.saturating_add(1);
        }
        cpus.fence(Fence::Acquired);
        spins
        // exercise smp.9 end
    }

    #[inline(always)]
    fn release(&self, cpus: &C) {
        // exercise smp.9 begin
        cpus.fence(Fence::Releases);
        // Only who has the lock writes here.
        self.served.set(self.served.get().wrapping_add(1));
        // exercise smp.9 end
    }
}
