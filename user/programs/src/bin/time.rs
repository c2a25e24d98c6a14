//! time: says how long a program takes.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::eprintln;
use libos::process::ExitCode;
use libos::time::Ticks;
use mos_programs::arguments::ANY;
use mos_programs::{FAILED, Usage, call, run_words};

const USAGE: Usage = Usage {
    name: "time",
    operands: "PROGRAM [WORD...]",
    purpose: "call a program with these words, and say how many seconds it took; the status is the program's",
    flags: &[],
    count: (1, ANY),
};

fn main() -> ExitCode {
    run_words(&USAGE, |arguments| {
        let (program, words) = match arguments.operands.as_slice() {
            [program, words @ ..] => (*program, words),
            [] => ("true", [].as_slice()),
        };
        let begun = Ticks::now();
        let ended = call(program, words)?;
        let (seconds, hundredths) = begun.passed().seconds(Ticks::per_second());
        eprintln!("{seconds}.{hundredths:02} s");
        Ok(ended.code().unwrap_or(FAILED))
    })
}
