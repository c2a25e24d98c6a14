//! test: fails if something is not so.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use libos::fs;
use libos::process::ExitCode;
use mos_programs::arguments::{ANY, number};
use mos_programs::{FAILED, FINE, Failure, MISUSED, Usage, run_words, say};

const USAGE: Usage = Usage {
    name: "test",
    operands: "[!] [-e|-f|-d|-s PATH | -n|-z TEXT | TEXT [= | !=] TEXT | N -eq|-ne|-lt|-le|-gt|-ge N]",
    purpose: "fail with status 1 if it is not so, and 2 if that makes no sense: it exists, is a file, a directory, not empty; there is a text, or none; they are equal",
    flags: &[],
    count: (0, ANY),
};

fn is_so(words: &[&str]) -> Result<bool, Failure> {
    let data = |path: &str| fs::metadata(path).ok();
    Ok(match *words {
        [] => false,
        [text] => !text.is_empty(),
        ["!", ref rest @ ..] => !is_so(rest)?,
        ["-e", path] => data(path).is_some(),
        ["-f", path] => data(path).is_some_and(|data| !data.is_dir()),
        ["-d", path] => data(path).is_some_and(|data| data.is_dir()),
        ["-s", path] => data(path).is_some_and(|data| !data.is_empty()),
        ["-n", text] => !text.is_empty(),
        ["-z", text] => text.is_empty(),
        [one, "=", other] => one == other,
        [one, "!=", other] => one != other,
        [one, how, other] => {
            let (one, other) = (number(one)?, number(other)?);
            match how {
                "-eq" => one == other,
                "-ne" => one != other,
                "-lt" => one < other,
                "-le" => one <= other,
                "-gt" => one > other,
                "-ge" => one >= other,
                how => return Err(Failure::new(format!("{how}: unknown"))),
            }
        }
        _ => {
            return Err(Failure::new(
                "that cannot be asked; test --help says what can",
            ));
        }
    })
}

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        let asked = match (libos::args().next(), arguments.operands.as_slice()) {
            (Some("["), [words @ .., "]"]) => Ok(words),
            (Some("["), _) => Err(Failure::new("[: ] is missing")),
            (_, words) => Ok(words),
        };
        Ok(match asked.and_then(is_so) {
            Ok(true) => FINE,
            Ok(false) => FAILED,
            Err(failure) => {
                say(&USAGE, &failure);
                MISUSED
            }
        })
    })
}
