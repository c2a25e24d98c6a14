//! sort: puts lines in order.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
use core::cmp::Ordering;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Flag, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "sort",
    operands: "[FILE...]",
    purpose: "write the lines of files, or of what is read, in order",
    flags: &[
        Flag::new('n', "by the numbers that they begin with"),
        Flag::new('r', "backwards"),
        Flag::new('u', "each once"),
    ],
    count: (0, ANY),
};

/// The number that a line begins with, 0 if it begins with none: whether it is negative, and its digits.
fn number(line: &[u8]) -> (bool, &[u8]) {
    let line = line.trim_ascii_start();
    let (is_negative, line) = match line.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, line),
    };
    let others = |byte: &u8| !byte.is_ascii_digit();
    let digits = &line[..line.iter().position(others).unwrap_or(line.len())];
    let zeros = digits.iter().take_while(|&&digit| digit == b'0').count();
    let digits = &digits[zeros..];
    (is_negative && !digits.is_empty(), digits)
}

/// By their numbers, however long those are, and else as they are.
fn by_number(one: &[u8], other: &[u8]) -> Ordering {
    let ((one_is_below, one_digits), (other_is_below, other_digits)) = (number(one), number(other));
    let by_size = (one_digits.len(), one_digits).cmp(&(other_digits.len(), other_digits));
    let by_number = match (one_is_below, other_is_below) {
        (false, false) => by_size,
        (true, true) => by_size.reverse(),
        (one, other) => other.cmp(&one),
    };
    by_number.then_with(|| one.cmp(other))
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let files = stream::or_stdin(&arguments.operands);
        let status = each(&USAGE, &files, |file| {
            stream::lines(file, |line| {
                lines.push(line.to_vec());
                Ok(true)
            })
        });
        if arguments.has('n') {
            lines.sort_unstable_by(|one, other| by_number(one, other));
        } else {
            lines.sort_unstable();
        }
        if arguments.has('r') {
            lines.reverse();
        }
        if arguments.has('u') {
            lines.dedup();
        }
        let mut output = stream::output();
        for line in lines {
            stream::write(&mut output, &line)?;
            stream::write(&mut output, b"\n")?;
        }
        Ok(status)
    })
}
