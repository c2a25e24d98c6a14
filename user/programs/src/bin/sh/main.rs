//! sh: carries out lines, typed, piped or of a script.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod piped;
mod system;
mod typed;
mod wish;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use libos::env;
use libos::fd::{self, Fd, Kind};
use libos::fs;
use libos::io::{eprintln, print};
use libos::process::ExitCode;
use mos_programs::{FAILED, FINE, Failure, On, Status};
use mos_sh::Shell;
use mos_sh::system::{Io, System};
use system::Mos;

/// Where the shell itself reads, writes and complains.
const IO: Io = [0, 1, 2];
/// What the first shell carries out first.
const PROFILE: &str = "/etc/profile";
const HELP: &str = "sh [-l] [-i] [-c TEXT | FILE] [WORD...]
carry out lines that are typed or read, TEXT, or FILE; words are $1 and so on
  -c TEXT  this
  -i       as if a person typed
  -l       as the first shell: with /etc/profile
";

/// How it was called.
#[derive(Default)]
struct Call {
    is_first: bool,
    is_interactive: bool,
    text: Option<String>,
    arguments: Vec<String>,
}

fn main() -> ExitCode {
    let status = call().and_then(carry_out).unwrap_or_else(|failure| {
        eprintln!("sh: {failure}");
        FAILED
    });
    status.into()
}

/// How it was called; `None`: that is said already.
fn call() -> Result<Option<Call>, Failure> {
    let mut call = Call::default();
    let mut words = libos::args().skip(1);
    while let Some(word) = words.next() {
        match word {
            "--help" => {
                print!("{HELP}");
                return Ok(None);
            }
            "-i" => call.is_interactive = true,
            "-l" => call.is_first = true,
            "-c" => {
                let text = words
                    .next()
                    .ok_or_else(|| Failure::new("-c: a text is missing"))?;
                call.text = Some(text.to_owned());
                call.arguments = words.map(str::to_owned).collect();
                break;
            }
            file => {
                call.text = Some(fs::read_to_string(file).on(file)?);
                call.arguments = [file].into_iter().chain(words).map(str::to_owned).collect();
                break;
            }
        }
    }
    if call.arguments.is_empty() {
        call.arguments.push("sh".to_owned());
    }
    Ok(Some(call))
}

fn carry_out(call: Option<Call>) -> Result<Status, Failure> {
    let Some(call) = call else {
        return Ok(FINE);
    };
    let mut system = Mos::default();
    let mut shell = Shell {
        arguments: call.arguments,
        id: env::id().0,
        ..Shell::default()
    };
    for (name, value) in env::vars() {
        shell.vars.set(&name, value);
        shell.vars.export(&name);
    }
    if call.is_first
        && let Ok(text) = fs::read_to_string(PROFILE)
    {
        shell.whole_text(&mut system, &text, IO);
    }
    match call.text {
        Some(text) => {
            shell.whole_text(&mut system, &text, IO);
        }
        None if call.is_interactive || is_console() => typed::lines(&mut shell, &mut system),
        None => piped::lines(&mut shell, &mut system)?,
    }
    // Nobody is left to end them.
    for job in shell.jobs.iter() {
        job.pids.iter().for_each(|&pid| drop(system.kill(pid)));
    }
    Ok(u8::try_from(shell.status).unwrap_or(u8::MAX))
}

fn is_console() -> bool {
    fd::stat(Fd::STDIN).is_ok_and(|stat| stat.kind == Kind::Console)
}
