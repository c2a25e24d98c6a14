//! From `main` to an exit status.

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use alloc::vec::Vec;
use libos::io::{eprintln, print};
use libos::process::ExitCode;

/// How a program ends.
pub type Status = u8;

/// All went well.
pub const FINE: Status = 0;
/// Something did not.
pub const FAILED: Status = 1;
/// It was called in a way that it does not know.
pub const MISUSED: Status = 2;

/// Carries out `program` with what it was told, says what went wrong, and ends.
pub fn run(usage: &Usage, program: impl FnOnce(&Arguments) -> Result<Status, Failure>) -> ExitCode {
    carry_out(usage, Usage::parse, program)
}

/// The same for a program to which all words are operands.
pub fn run_words(
    usage: &Usage,
    program: impl FnOnce(&Arguments) -> Result<Status, Failure>,
) -> ExitCode {
    carry_out(usage, Usage::parse_words, program)
}

fn carry_out(
    usage: &Usage,
    parse: fn(&Usage, &[&'static str]) -> Result<Option<Arguments>, Failure>,
    program: impl FnOnce(&Arguments) -> Result<Status, Failure>,
) -> ExitCode {
    let words: Vec<&'static str> = libos::args().skip(1).collect();
    let status = match parse(usage, &words) {
        Ok(Some(arguments)) => program(&arguments).unwrap_or_else(|failure| {
            say(usage, &failure);
            FAILED
        }),
        Ok(None) => {
            print!("{}", usage.help());
            FINE
        }
        Err(failure) => {
            say(usage, &failure);
            MISUSED
        }
    };
    ExitCode::from(status)
}

/// Does `work` with each of `operands`; what goes wrong with one is said, and is no reason not to go on.
pub fn each(
    usage: &Usage,
    operands: &[&'static str],
    mut work: impl FnMut(&'static str) -> Result<(), Failure>,
) -> Status {
    let mut status = FINE;
    for operand in operands {
        if let Err(failure) = work(operand) {
            say(usage, &failure);
            status = FAILED;
            if failure.is_deaf() {
                break;
            }
        }
    }
    status
}

/// Says what went wrong, unless it is only that nobody reads what the program says.
pub fn say(usage: &Usage, failure: &Failure) {
    if !failure.is_deaf() {
        eprintln!("{}: {failure}", usage.name);
    }
}
