//! icode: the course's first program: shows the message of the day and starts init.

#![no_std]
#![forbid(unsafe_code)]

use libos::fs;
use libos::io::{print, println};
use libos::process::ExitCode;
use mos_programs::{FAILED, Failure, On, Status, call};

fn main() -> ExitCode {
    let status = code().unwrap_or_else(|failure| {
        println!("icode: {failure}");
        FAILED
    });
    status.into()
}

fn code() -> Result<Status, Failure> {
    println!("icode: open /motd");
    println!("icode: read /motd");
    print!("{}", fs::read_to_string("/motd").on("/motd")?);
    println!("icode: close /motd");
    println!("icode: spawn /init");
    let ended = call("init", ["initarg1", "initarg2"])?;
    println!("icode: exiting");
    Ok(ended.code().unwrap_or(FAILED))
}
