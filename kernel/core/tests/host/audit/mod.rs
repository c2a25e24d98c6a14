//! What must be true of the kernel between any two traps, whatever programs did.
//!
//! Everything is recomputed from the words in memory, with nothing of the kernel's own code but the
//! accessors of `inspect`.

mod envs;
mod frames;
mod tlb;
mod walk;

use mos_core::Kernel;
use mos_core::machine::Frame;

use crate::sim::Sim;

pub use walk::{Space, walk};

/// Panics when an invariant is broken; returns what the page tables say. `held` are the frames that
/// the test itself has taken with `page_alloc`.
pub fn check<const ASIDS: u32>(kernel: &mut Kernel<Sim<ASIDS>>, held: &[Frame]) -> Vec<Space> {
    envs::check(kernel);
    let spaces = walk(kernel);
    frames::check(kernel, &spaces, held);
    tlb::check(kernel, &spaces);
    spaces
}
