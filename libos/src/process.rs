//! Other programs: started, waited for, ended; and how this one ends.
//!
//! A program is started by its parent alone, without the kernel's help: see `start`. How it has ended it says in a page that
//! both have (`record`): a program whose `main` returns an [`ExitCode`] does, or calls [`exit`]. One that says nothing, as those
//! do that know nothing of it, has ended well.

mod block;
mod child;
mod command;
mod image;
mod names;
mod record;
mod start;

pub(crate) use block::MAGIC;
pub use child::{Child, Forked, fork};
pub use command::Command;
pub use names::{name_of, set_name};

use core::fmt;

use crate::rt::Termination;
use crate::{args, env, fd, io};

/// How this program ends: what its `main` returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode(u8);

impl ExitCode {
    /// All went well.
    pub const SUCCESS: Self = Self(0);
    /// It did not.
    pub const FAILURE: Self = Self(1);
}

impl From<u8> for ExitCode {
    fn from(code: u8) -> Self {
        Self(code)
    }
}

impl Termination for ExitCode {
    fn begin() {
        fd::uses();
        record::say(ExitStatus::ENDED);
    }

    fn report(self) {
        finish(self);
    }

    fn failed<E: fmt::Display>(error: E) {
        io::eprintln!("{}: {error}", args().next().unwrap_or("error"));
        finish(Self::FAILURE);
    }
}

fn finish(code: ExitCode) {
    fd::close_all();
    record::say(ExitStatus(code.0.into()));
}

/// Closes all descriptors and ends this program with `code`. Nothing is dropped.
pub fn exit(code: u8) -> ! {
    finish(ExitCode(code));
    env::exit()
}

/// How another program has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitStatus(u32);

impl ExitStatus {
    /// Somebody has ended it, or the kernel has.
    const ENDED: Self = Self(0x100);

    /// Whether all went well.
    pub fn success(self) -> bool {
        self.0 == 0
    }

    /// What it said; `None`: it was ended before it did.
    pub fn code(self) -> Option<u8> {
        u8::try_from(self.0).ok()
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code() {
            Some(code) => write!(f, "exit status {code}"),
            None => f.write_str("killed"),
        }
    }
}
