//! What must be true of the kernel between any two traps, whatever programs did.
//!
//! Everything is recomputed from the words in memory, with nothing of the kernel's own code but the
//! accessors of `inspect`. The tests on the host ask after every trap of the simulated machine; a kernel built
//! with the feature `audit` asks while random programs run on it, and when they have ended.
//!
//! What is wrong panics: a broken invariant is what kernel panics are for.

#![no_std]
#![forbid(unsafe_code)]

mod envs;
// teacher begin
mod lines;
// teacher end
mod frames;
mod tlb;
mod walk;

use mos_abi::NENV;
use mos_core::machine::{Frame, FrameWords};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};

pub use frames::Tally;
pub use tlb::Entry;
pub use walk::Found;

/// How many witnesses there are: honest programs that are started first, and check that nobody disturbs them.
pub const WITNESSES: usize = 2;
/// Where in its memory a witness counts what it has done.
pub const HEART: u32 = 0x5000_0000;

/// A machine that can be looked at.
pub trait Audited: Platform {
    /// The bits of a page-table entry that its TLB keeps.
    const TLB_BITS: u32;

    /// The contents of a frame.
    fn look(&mut self, frame: Frame) -> &FrameWords;
}

/// What the auditor knows that the kernel does not say.
pub struct Books<'a> {
    /// Room for counting how often each frame is named: one for every frame that can be handed out.
    pub tallies: &'a mut [Tally],
    /// The frames that a test has taken with `page_alloc`.
    pub held: &'a [Frame],
}

/// Panics when an invariant is broken. `tlb` are the entries of the TLB; `found` is told what the page tables say.
pub fn check<M: Audited>(
    kernel: &mut Kernel<M>,
    books: Books<'_>,
    tlb: impl IntoIterator<Item = Entry>,
    found: impl FnMut(Found),
) {
    envs::check(kernel);
    frames::check(kernel, books, found);
    tlb::check(kernel, tlb);
}

/// The slots whose environments have ended and are not cleared away yet.
fn dying<M: Platform>(kernel: &mut Kernel<M>) -> impl Iterator<Item = Slot> + use<M> {
    let mut dying = [false; NENV];
    kernel.dying().for_each(|slot| dying[slot.index()] = true);
    let slots = dying.into_iter().enumerate();
    slots.filter_map(|(index, dying)| dying.then_some(Slot::new(index)))
}

/// The slots whose environments are alive.
pub fn alive<M: Platform>(kernel: &mut Kernel<M>) -> impl Iterator<Item = Slot> + use<M> {
    use mos_abi::EnvStatus;
    let [ready, _] = kernel.mem.view_entries();
    let mut free = [true; NENV];
    let envs = kernel.mem.machine.tables().envs;
    for (free, env) in free.iter_mut().zip(envs).take(ready) {
        *free = env.env_status == EnvStatus::Free as u32;
    }
    let slots = free.into_iter().enumerate();
    slots.filter_map(|(index, free)| (!free).then_some(Slot::new(index)))
}
