//! pwd: says where relative paths begin.

#![no_std]
#![forbid(unsafe_code)]

use libos::io::println;
use libos::process::ExitCode;
use mos_programs::{FINE, Usage, run};

const USAGE: Usage = Usage {
    name: "pwd",
    operands: "",
    purpose: "say where relative paths begin",
    flags: &[],
    count: (0, 0),
};

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("{}", libos::env::current_dir());
        Ok(FINE)
    })
}
