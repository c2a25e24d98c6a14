//! uptime: says for how long the machine runs.

#![no_std]
#![forbid(unsafe_code)]

use libos::env;
use libos::io::println;
use libos::process::ExitCode;
use libos::time::Ticks;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "uptime",
    operands: "",
    purpose: "say for how many seconds the machine runs, and how many processes there are",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        let (seconds, hundredths) = Ticks::now().seconds(Ticks::per_second());
        let processes = env::all().count();
        println!("up {seconds}.{hundredths:02} s, {processes} processes");
        Ok(FINE)
    })
}
