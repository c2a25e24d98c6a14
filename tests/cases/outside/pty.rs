//! A terminal for what is tested.

use super::PATIENCE;
use anyhow::{Context, Result, bail};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, tcgetattr};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};

/// A terminal, seen from where its user sits. Dropping it is the user's going away.
#[derive(Debug)]
pub struct Terminal {
    user: File,
    /// The other end, which keeps its modes as long as somebody has it.
    end: File,
    shown: Vec<u8>,
}

impl Terminal {
    /// A new one.
    ///
    /// # Errors
    /// There is none to be had.
    pub fn new() -> Result<Self> {
        let user = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&user)?;
        unlockpt(&user)?;
        let path = ptsname(&user, Vec::new())?.into_string()?;
        // It must not become the terminal of the test.
        let flags = OFlags::NOCTTY.bits().cast_signed();
        let mut options = OpenOptions::new();
        let end = options
            .read(true)
            .write(true)
            .custom_flags(flags)
            .open(path)?;
        Ok(Self {
            user: user.into(),
            end,
            shown: Vec::new(),
        })
    }

    /// Has `command` use it.
    ///
    /// # Errors
    /// There are too many files open.
    pub fn serve(&self, command: &mut Command) -> Result<()> {
        command.stdin(Stdio::from(self.end.try_clone()?));
        command.stdout(Stdio::from(self.end.try_clone()?));
        command.stderr(Stdio::from(self.end.try_clone()?));
        Ok(())
    }

    /// Its modes.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn modes(&self) -> Result<Termios> {
        tcgetattr(&self.end).context("cannot read the modes")
    }

    /// Types `bytes`.
    ///
    /// # Errors
    /// They do not get anywhere.
    pub fn press(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.user.write_all(bytes)?)
    }

    /// Reads until `text` is shown.
    ///
    /// # Errors
    /// It never is.
    pub fn read_to(&mut self, text: &str) -> Result<()> {
        let patience = Timespec::try_from(PATIENCE)?;
        let mut buffer = [0; 4096];
        while !self.shows(text) {
            let mut ends = [PollFd::new(&self.user, PollFlags::IN)];
            let readable = poll(&mut ends, Some(&patience))? > 0;
            match self.user.read(&mut buffer) {
                Ok(len @ 1..) if readable => self.shown.extend(&buffer[..len]),
                _ => bail!(
                    "{text:?} is not in {:?}",
                    String::from_utf8_lossy(&self.shown)
                ),
            }
        }
        Ok(())
    }

    /// The same for text behind what was read to before.
    ///
    /// # Errors
    /// It is never shown.
    pub fn read_on_to(&mut self, text: &str) -> Result<()> {
        self.read_to(text)?;
        let places = self.shown.windows(text.len().max(1));
        let at = places
            .into_iter()
            .position(|place| place == text.as_bytes());
        self.shown.drain(..at.unwrap_or(0) + text.len());
        Ok(())
    }

    fn shows(&self, text: &str) -> bool {
        let mut places = self.shown.windows(text.len().max(1));
        text.is_empty() || places.any(|place| place == text.as_bytes())
    }
}
