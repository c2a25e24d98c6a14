//! The checks of lab 6: pipes, programs, a shell. `tests/checks/lab6.toml` says what each of them tests.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod arguments;
mod ends;
mod fields;
mod grammar;
mod inherited;
mod patterns;
mod rings;
mod segments;
mod shells;
mod statuses;
mod streams;
mod typed;

use alloc::vec::Vec;
use libos::io::Error;
use libos::{env, println};
use mos_exam::Lots;
use mos_user::check::Check;

fn main() -> Result<(), Error> {
    let Some(check) = Check::ordered() else {
        return Ok(());
    };
    match check.name() {
        "pipe-ring" => rings::ring(check),
        "pipe-read" => streams::reads(check),
        "pipe-write" => streams::writes(check),
        "pipe-closed" => ends::closed(check),
        "pipe-race" => ends::race(check),
        "spawn-segments" => segments::segments(check),
        "spawn-refused" => segments::refused(check),
        "spawn-arguments" => arguments::arguments(check),
        "spawn-descriptors" => inherited::descriptors(check),
        "spawn-shared" => inherited::shared(check),
        "exit-status" => statuses::statuses(check),
        "console-line" => typed::lines(check),
        "words" => grammar::words(check),
        "trees" => grammar::trees(check),
        "no-trees" => grammar::no_trees(check),
        "fields" => fields::fields(check),
        "patterns" => patterns::patterns(check),
        "shell-chains" => shells::chains(check),
        "shell-files" => shells::files(check),
        "shell-pipelines" => shells::pipelines(check),
        "shell-background" => shells::background(check),
        "word-count" => shells::counts(check),
        other => {
            println!("there is no check {other}");
            Ok(())
        }
    }
}

/// Bytes drawn by lot.
fn noise(lots: &mut Lots, len: usize) -> Vec<u8> {
    let mut state = lots.any() | 1;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..len).map(next).collect()
}

/// Whether somebody has started this program, and not the kernel.
fn is_child() -> bool {
    env::slot_of(env::id()).parent().0 != 0
}
