//! The checks of the labs that only the kernel itself can carry out: those that come before there are programs.
//!
//! They run once, at boot, in place of the first programs. `tests/checks` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

mod check;
mod field;
mod headers;
mod program;
mod segments;
mod sum;
// lab 2 begin
mod at_first;
mod contents;
mod frames;
mod ids;
mod mapping;
mod memory;
mod new_tables;
mod short;
mod spaces;
mod tables;
mod views;
mod watched;
// lab 2 end
// lab 3 begin
mod ends;
mod envs;
mod executable;
mod family;
mod queue;
mod slices;
// lab 3 end

pub use check::{Check, Desk, Wrong};
pub use mos_exam::{Label, Observation, saw, step};

use mos_core::{Kernel, Platform};

/// Carries out the check that was ordered, if it is one of those here.
///
/// # Errors
/// Something was wrong; the console says what.
pub fn carry_out<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    match check.name() {
        "elf-header" => headers::header(kernel, check),
        "elf-segments" => segments::segments(kernel, check),
        "bytes-into-frame" => segments::bytes(kernel, check),
        // lab 2 begin
        "frames-at-first" => at_first::frames(kernel, check),
        "page-alloc" => frames::alloc(kernel, check),
        "page-free" => frames::free(kernel, check),
        "page-counts" => contents::counts(kernel, check),
        "frame-contents" => contents::contents(kernel, check),
        "page-walk" => tables::walk(kernel, check),
        "page-tables" => new_tables::create(kernel, check),
        "page-lookup" => tables::lookup(kernel, check),
        "page-insert" => mapping::insert(kernel, check),
        "insert-without-memory" => short::insert_without_memory(kernel, check),
        "page-remove" => mapping::remove(kernel, check),
        "new-space" => spaces::new_space(kernel, check),
        "free-space" => spaces::free_space(kernel, check),
        "asid-generations" => ids::generations(kernel, check),
        // lab 2 end
        // lab 3 begin
        "run-queue" => queue::ring(kernel, check),
        "envid2env" => family::ids(kernel, check),
        "env-create" => envs::create(kernel, check),
        "env-ends" => ends::ends(kernel, check),
        "time-slices" => slices::slices(kernel, check),
        "load-segments" => executable::segments(kernel, check),
        "load-without-memory" => executable::without_memory(kernel, check),
        // lab 3 end
        _ => Ok(()),
    }
}
