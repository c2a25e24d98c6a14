//! Bytes in and out: what can go wrong, and the descriptors that every program begins with.
//!
//! A [`Fd`] is read, written and positioned by the traits of `embedded_io`, which are here too.

use core::fmt;

pub use embedded_io::{ErrorKind, ErrorType, Read, Seek, SeekFrom, Write};

use crate::fd::{self, Fd};

mod print;

pub use crate::{__eprint as eprint, __eprintln as eprintln};
pub use crate::{__print as print, __println as println};
pub use print::{Buffered, print_to};

/// Why nothing was read or written, or not what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// What the kernel or the file server says.
    System(mos_abi::Error),
    /// A pipe that nobody reads any more was written to.
    BrokenPipe,
    /// A file would be larger than the disk's format allows.
    TooLarge,
    /// No text, where text is asked for.
    NotText,
}

impl Error {
    /// The same of something that was done to a file; if that `is_too_large`, there may be room on the disk all the same.
    pub(crate) fn of_size(self, is_too_large: bool) -> Self {
        match self {
            Self::System(mos_abi::Error::NoDisk) if is_too_large => Self::TooLarge,
            other => other,
        }
    }
}

impl From<mos_abi::Error> for Error {
    fn from(error: mos_abi::Error) -> Self {
        Self::System(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => error.fmt(f),
            Self::BrokenPipe => f.write_str("nobody reads the pipe"),
            Self::TooLarge => f.write_str("a file has 4 MiB at most"),
            Self::NotText => f.write_str("not text"),
        }
    }
}

impl core::error::Error for Error {}

impl embedded_io::Error for Error {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::System(mos_abi::Error::Inval | mos_abi::Error::BadPath) => {
                ErrorKind::InvalidInput
            }
            Self::System(mos_abi::Error::NoMem) => ErrorKind::OutOfMemory,
            Self::System(mos_abi::Error::NotFound) => ErrorKind::NotFound,
            Self::System(mos_abi::Error::FileExists) => ErrorKind::AlreadyExists,
            Self::System(mos_abi::Error::Timeout) => ErrorKind::TimedOut,
            Self::System(_) => ErrorKind::Other,
            Self::BrokenPipe => ErrorKind::BrokenPipe,
            Self::TooLarge => ErrorKind::InvalidInput,
            Self::NotText => ErrorKind::InvalidData,
        }
    }
}

/// Where input comes from.
pub fn stdin() -> Fd {
    Fd::STDIN
}

/// Where output goes.
pub fn stdout() -> Fd {
    Fd::STDOUT
}

/// Where goes what is wrong.
pub fn stderr() -> Fd {
    Fd::STDERR
}

impl ErrorType for Fd {
    type Error = Error;
}

impl Read for Fd {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Error> {
        fd::read(*self, bytes)
    }
}

impl Write for Fd {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        fd::write(*self, bytes)
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Seek for Fd {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
        fd::seek(*self, to).map(u64::from)
    }
}
