//! What a descriptor is read and written by.

use mos_abi::{EnvId, Error as Code};

use super::{Fd, console, file, null, pipe, uses};
use crate::io::Error;

/// Its device says what a descriptor means. That it is open, and allows what is asked for, was looked at before.
pub(crate) trait Device {
    /// Reads up to as many bytes as there is room for. 0: there are no more.
    fn read(&self, fd: Fd, bytes: &mut [u8]) -> Result<usize, Error>;

    /// Writes one byte at least.
    fn write(&self, fd: Fd, bytes: &[u8]) -> Result<usize, Error>;

    /// Closes it: nothing of it is mapped afterwards, whatever the result is.
    fn close(&self, fd: Fd) -> Result<(), Error>;

    /// What it is.
    fn stat(&self, fd: Fd) -> Result<Stat, Error>;

    /// How many of its pages of data, from the first on, may be mapped.
    fn pages(&self, fd: Fd) -> u32;

    /// Says that `child` has it too.
    fn given(&self, _fd: Fd, _child: EnvId) {}

    /// How long it is, if it is something with places in it.
    fn size(&self, _: Fd) -> Result<u32, Error> {
        Err(Code::Inval.into())
    }

    /// Makes it `size` bytes long.
    fn truncate(&self, _: Fd, _: u32) -> Result<(), Error> {
        Err(Code::Inval.into())
    }
}

/// What is behind a descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// How long a file is, and how many bytes wait in a pipe.
    pub size: u32,
}

/// What a descriptor can be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// The console.
    Console,
    /// A pipe.
    Pipe,
    /// What takes everything and has nothing.
    Null,
}

/// The device of `fd`. `Inval`: it is not open.
pub(super) fn of(fd: Fd) -> Result<&'static dyn Device, Error> {
    uses();
    if !fd.is_open() {
        return Err(Code::Inval.into());
    }
    match u8::try_from(fd.device()) {
        Ok(console::ID) => Ok(&console::Console),
        Ok(file::ID) => Ok(&file::File),
        Ok(pipe::ID) => Ok(&pipe::Pipe),
        Ok(null::ID) => Ok(&null::Null),
        _ => Err(Code::Inval.into()),
    }
}
