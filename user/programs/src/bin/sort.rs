//! sort: puts lines in order.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec::Vec;
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

/// The number that a line begins with; 0, if it begins with none.
fn number(line: &[u8]) -> i64 {
    let line = line.trim_ascii_start();
    let (sign, digits) = match line.split_first() {
        Some((b'-', digits)) => (-1, digits),
        _ => (1, line),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    sign * digits.fold(0_i64, |number, digit| {
        number
            .saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'))
    })
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
            lines.sort_by(|one, other| (number(one), one).cmp(&(number(other), other)));
        } else {
            lines.sort();
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
