//! The checks of the labs that only the kernel itself can carry out: those that come before there are programs.
//!
//! They run once, at boot, in place of the first programs. `tests/checks` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

mod check;
mod headers;
mod program;
// lab 2 begin
mod frames;
mod ids;
mod tables;
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
        "elf-segments" => headers::segments(kernel, check),
        "bytes-into-frame" => headers::bytes(kernel, check),
        // lab 2 begin
        "frames-at-first" => frames::at_first(kernel, check),
        "page-alloc" => frames::alloc(kernel, check),
        "page-free" => frames::free(kernel, check),
        "page-counts" => frames::counts(kernel, check),
        "frame-contents" => frames::contents(kernel, check),
        "page-tables" => tables::walk(kernel, check),
        "page-lookup" => tables::lookup(kernel, check),
        "page-insert" => tables::insert(kernel, check),
        "insert-without-memory" => tables::insert_without_memory(kernel, check),
        "page-remove" => tables::remove(kernel, check),
        "new-space" => tables::new_space(kernel, check),
        "free-space" => tables::free_space(kernel, check),
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
