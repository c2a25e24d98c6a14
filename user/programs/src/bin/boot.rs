//! boot: what the system begins with. Opens the console, says the message of the day, and lets the shell do the rest.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::fs;
use libos::io::{eprintln, print};
use libos::process::{self, ExitCode};
use mos_programs::{FAILED, FINE, Failure, Status, call};

/// What is said.
const MOTD: &str = "/motd";
/// What is started.
const SHELL: &str = "/bin/sh";

fn main() -> ExitCode {
    let status = start().unwrap_or_else(|failure| {
        eprintln!("boot: {failure}");
        FAILED
    });
    status.into()
}

fn start() -> Result<Status, Failure> {
    // Two shells would read what is typed, each a part of it.
    if Fd::all().any(fd::is_open) {
        return Err(Failure::new("the system runs already"));
    }
    process::set_name("boot")?;
    let console = fd::open_console()?;
    for fd in [Fd::STDIN, Fd::STDOUT, Fd::STDERR] {
        fd::dup(console, fd)?;
    }
    if let Ok(text) = fs::read_to_string(MOTD) {
        print!("{text}");
    }
    call(SHELL, ["-l"])?;
    Ok(FINE)
}
