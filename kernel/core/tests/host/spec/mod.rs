//! The rules of the ABI, one test a rule, grouped by concept.

mod batch;
mod console;
mod demand;
mod device;
mod endings;
mod exceptions;
mod family;
mod fpu;
mod ids;
mod instruction;
mod ipc;
mod lifecycle;
mod limits;
mod memory;
mod monitor;
mod rules;
mod sched;
mod sharing;
mod start;
mod state;
mod talk;
mod turns;
mod upcall;
mod views;

use mos_abi::PteFlags;
/// V.
const V: u32 = PteFlags::V.bits();
/// V and R.
const VR: u32 = V | PteFlags::R.bits();
/// V, R and COW.
const VRC: u32 = VR | PteFlags::COW.bits();

/// A page that nothing is mapped at, and where the next one lies too.
const FREE_PAGE: u32 = 0x0050_0000;
/// A page that has no table either.
const FAR_PAGE: u32 = 0x1000_0000;
