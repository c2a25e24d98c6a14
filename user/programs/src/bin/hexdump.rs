//! hexdump: shows bytes.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::process::ExitCode;
use mos_programs::arguments::ANY;
use mos_programs::{Failure, Usage, each, run, stream};

const USAGE: Usage = Usage {
    name: "hexdump",
    operands: "[FILE...]",
    purpose: "show the bytes of files, or of what is read",
    flags: &[],
    count: (0, ANY),
};

/// Bytes in a row.
const ROW: usize = 16;

fn row(at: usize, bytes: &[u8]) -> String {
    let mut row = format!("{at:08x} ");
    for place in 0..ROW {
        row += if place == ROW / 2 { "  " } else { " " };
        row += &match bytes.get(place) {
            Some(byte) => format!("{byte:02x}"),
            None => String::from("  "),
        };
    }
    let shown = bytes.iter().map(|&byte| match byte {
        b' '..=b'~' => char::from(byte),
        _ => '.',
    });
    format!("{row}  |{}|\n", shown.collect::<String>())
}

fn dump(file: &str) -> Result<(), Failure> {
    let mut output = stream::output();
    let (mut at, mut rest) = (0, Vec::new());
    stream::pieces(file, |piece| {
        rest.extend_from_slice(piece);
        let whole = rest.len() - rest.len() % ROW;
        for bytes in rest.drain(..whole).as_slice().chunks(ROW) {
            stream::write(&mut output, row(at, bytes).as_bytes())?;
            at += ROW;
        }
        Ok(true)
    })?;
    if !rest.is_empty() {
        stream::write(&mut output, row(at, &rest).as_bytes())?;
    }
    let end = format!("{:08x}\n", at + rest.len());
    stream::write(&mut output, end.as_bytes())
}

fn main() -> ExitCode {
    run(&USAGE, |arguments| {
        let files = stream::or_stdin(&arguments.operands);
        Ok(each(&USAGE, &files, dump))
    })
}
