//! `make run`: boots an image with the user's terminal or pipe as its console.

use crate::emulator::{Settings, Verdict};
use crate::machine::Machine;
use crate::out;
use crate::session::{Event, Session};
use crate::terminal::Guard;
use anyhow::{Context, Result};
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::thread;

/// Boots `image` on `machine` and stays until the emulator ends.
///
/// # Errors
/// The emulator cannot be started or the console's bytes cannot be passed on.
pub fn run(machine: Machine, image: &Path, mut settings: Settings) -> Result<Verdict> {
    let guard = Guard::new()?;
    settings.terminal = guard.is_some();
    let mut session = Session::start(machine, image, settings)?;
    // The thread's result keeps the pipe open after the end of our input, as GXemul needs it.
    let _forwarder = session.take_stdin().map(|mut pipe| {
        thread::spawn(move || {
            // What the emulator does not read any more is nobody's loss.
            let _ = io::copy(&mut io::stdin(), &mut pipe);
            pipe
        })
    });
    while let Event::Output(bytes) = session.next(None) {
        out::print(&bytes).context("the console's output is lost")?;
    }
    session.finish()
}

/// The same, and what it means for who started it.
///
/// # Errors
/// As [`run`].
pub fn to_the_end(machine: Machine, image: &Path, settings: Settings) -> Result<ExitCode> {
    Ok(match run(machine, image, settings)? {
        Verdict::Clean => ExitCode::SUCCESS,
        Verdict::Failed(code) => ExitCode::from(code),
        Verdict::Stopped(why) => {
            out::tell(&why);
            ExitCode::FAILURE
        }
    })
}
