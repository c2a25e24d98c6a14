//! writemotd: makes /newmotd the message of the day.

#![no_std]
#![forbid(unsafe_code)]

use libos::fs;
use libos::io::{print, println};
use libos::process::ExitCode;
use mos_programs::{FINE, On, Usage, run};

const USAGE: Usage = Usage {
    name: "writemotd",
    operands: "",
    purpose: "make what is in /newmotd the message of the day",
    flags: &[],
    count: (0, 0),
};

const OLD: &str = "/motd";
const NEW: &str = "/newmotd";

fn main() -> ExitCode {
    run(&USAGE, |_| {
        println!("OLD MOTD\n===");
        print!("{}===\n", fs::read_to_string(OLD).on(OLD)?);
        let text = fs::read(NEW).on(NEW)?;
        fs::write(OLD, &text).on(OLD)?;
        println!("NEW MOTD\n===");
        print!("{}===\n", fs::read_to_string(OLD).on(OLD)?);
        Ok(FINE)
    })
}
