//! spawnhello: starts a program, and says who it is itself.

#![no_std]
#![forbid(unsafe_code)]

use libos::env;
use libos::io::println;
use libos::process::ExitCode;
use mos_programs::{FINE, Usage, call, run};

const USAGE: Usage = Usage {
    name: "spawnhello",
    operands: "",
    purpose: "have another program say hello",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("i am parent environment {}", env::id());
        call("echo", ["hello,", "world"])?;
        Ok(FINE)
    })
}
