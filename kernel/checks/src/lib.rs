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
mod begins;
mod ended;
mod ends;
mod envs;
mod executable;
mod family;
mod killed;
mod owners;
mod queue;
mod raised;
mod running;
mod slices;
// lab 3 end
// lab 4 begin
mod stack;
mod user_memory;
// lab 4 end

pub use check::{Check, Desk, Line, Wrong};
pub use mos_exam::{Label, OVER, Observation, saw, step};

use mos_core::{Kernel, Platform};

/// Carries out the check that was ordered, if it is one of those here.
///
/// # Errors
/// Something was wrong; the console says what.
pub fn carry_out<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    // One by one: all of them in one function are more than a branch can reach across.
    let this: fn(&mut Kernel<M>, &mut Check) -> Result<(), Wrong> = match check.name() {
        "elf-header" => headers::header,
        "elf-segments" => segments::segments,
        "bytes-into-frame" => segments::bytes,
        // lab 2 begin
        "frames-at-first" => at_first::frames,
        "page-alloc" => frames::alloc,
        "page-free" => frames::free,
        "page-counts" => contents::counts,
        "frame-contents" => contents::contents,
        "page-walk" => tables::walk,
        "page-tables" => new_tables::create,
        "page-lookup" => tables::lookup,
        "page-insert" => mapping::insert,
        "insert-without-memory" => short::insert_without_memory,
        "page-remove" => mapping::remove,
        "new-space" => spaces::new_space,
        "free-space" => spaces::free_space,
        "asid-generations" => ids::generations,
        // lab 2 end
        // lab 3 begin
        "run-queue" => queue::ring,
        "envid2env" => family::ids,
        "env-create" => envs::create,
        "env-alloc-slots" => begins::slots,
        "env-ends" => ended::ended,
        "who-runs" => running::who_runs,
        "ends-in-turn" => ends::ends,
        "exceptions-handled" => raised::handled,
        "demand-by-page" => raised::demanded,
        "killed-one-by-one" => killed::killed,
        "time-slices" => slices::slices,
        "load-segments" => executable::segments,
        "load-without-memory" => executable::without_memory,
        // lab 3 end
        // lab 4 begin
        "stack-arguments" => stack::arguments,
        "user-memory" => user_memory::user_memory,
        // lab 4 end
        _ => return Ok(()),
    };
    this(kernel, check)
}
