//! Programs started from the disk, this one among them: what they print goes to a file, and what is no program is refused.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use libos::fd::{self, Fd};
use libos::fs::{self, File};
use libos::io::{Error, println};
use libos::process::{Command, ExitCode};
use libos::{Window, args, probe, view};

fn main() -> Result<ExitCode, Error> {
    if args().count() > 0 {
        println!("{} says {:?}", args().next().unwrap_or(""), args().nth(1));
        return Ok(ExitCode::from(3));
    }
    let file = probe::own_file(Window::beside(0))?;
    for fd in [Fd::STDIN, Fd::STDOUT, Fd::STDERR] {
        assert_eq!(fd::open_console()?, fd);
    }
    fs::write("/self", file)?;
    redirected()?;
    // What stays mapped is mapped by now.
    let before = view::free_frames();
    redirected()?;
    println!("spawndisk: frames lost: {}", before - view::free_frames());
    for path in ["/nothing", "/motd", "/"] {
        let error = Command::new(path).spawn().map(|_| ());
        println!("spawndisk: {path}: {error:?}");
    }
    Ok(ExitCode::SUCCESS)
}

fn redirected() -> Result<(), Error> {
    let out = File::create("/out")?;
    let status = Command::new("/self")
        .arg("hello")
        .stdout(out.fd())
        .status()?;
    out.close()?;
    println!("spawndisk: {status}: {:?}", fs::read_to_string("/out")?);
    Ok(())
}
