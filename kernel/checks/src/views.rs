//! Lab 2: the arrays that programs will see.

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{Page, PteFlags, pte};
use mos_core::Machine;
use mos_core::machine::Frame;
use mos_core::mem::Memory;
use mos_exam::{Difference, saw};

use crate::check::Check;
use crate::memory::{word, words};

/// Bytes of an entry in the array of frames.
const ENTRY: usize = size_of::<Page>();

/// Where programs will see the count of `frame`.
pub fn entry<M: Machine>(mem: &mut Memory<M>, check: &Check, frame: Frame) {
    let [_, table] = mem.view_tables();
    let first = mem.machine.memory_map().pages.ppn();
    let page = (frame.index() * ENTRY) as u32 / PAGE_SIZE;
    let is_there = pte::ppn(word(mem, table, page)) == first + page;
    saw!(
        check,
        "whether programs will see a directory's entry in the array of frames",
        is_there,
        mem
    );
}

/// Which pages of the two arrays are there.
pub fn pages<M: Machine>(mem: &mut Memory<M>, check: &Check) {
    let [envs, frames] = mem.view_tables();
    let seen = with(mem, envs, |flags| flags.contains(PteFlags::V));
    saw!(
        check,
        "pages of the array of environments that programs will see",
        seen,
        mem
    );
    let all = mem.machine.memory_map().end.index() * ENTRY;
    let seen = with(mem, frames, |flags| flags.contains(PteFlags::V));
    let missing = Difference::of(all.div_ceil(PAGE_SIZE as usize), seen);
    saw!(
        check,
        "pages of the array of frames that programs will not see",
        missing,
        mem
    );
    let writable = [envs, frames].map(|table| with(mem, table, PteFlags::writable));
    saw!(
        check,
        "pages of the two that programs could write to",
        writable,
        mem
    );
}

/// How many entries of a table have such flags.
fn with<M: Machine>(mem: &mut Memory<M>, table: Frame, such: impl Fn(PteFlags) -> bool) -> usize {
    let entries = words(mem, table).iter();
    entries.filter(|&&entry| such(pte::flags(entry))).count()
}
