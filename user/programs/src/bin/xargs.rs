//! xargs: calls a program with what it reads.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use libos::process::ExitCode;
use mos_programs::arguments::{ANY, number};
use mos_programs::{FAILED, FINE, Usage, call, run_words, stream};

const USAGE: Usage = Usage {
    name: "xargs",
    operands: "[PROGRAM [WORD...]]",
    purpose: "call a program, or echo, with these words and those that are read; -n N first: so many at a time",
    flags: &[],
    count: (0, ANY),
};

/// Words that a program is called with at a time: they must fit into a page.
const AT_A_TIME: usize = 64;

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        let (most, own) = match arguments.operands.as_slice() {
            ["-n", most, words @ ..] => (number(most)?, words),
            words => (AT_A_TIME, words),
        };
        let (program, own) = match own.split_first() {
            Some((program, own)) => (*program, own),
            None => ("echo", own),
        };
        let read = stream::text(&stream::bytes("-")?);
        let words: Vec<String> = read.split_whitespace().map(String::from).collect();
        let mut status = FINE;
        for some in words.chunks(most.max(1)) {
            let words = own.iter().copied().chain(some.iter().map(String::as_str));
            let ended = call(program, words)?;
            if !ended.success() {
                status = ended.code().unwrap_or(FAILED);
            }
        }
        Ok(status)
    })
}
