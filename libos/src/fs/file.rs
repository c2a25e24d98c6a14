//! Files that are open.

use mos_abi::files::{DIRECTORY, mode};

use super::path::absolute;
use crate::fd::{self, Fd, Kind};
use crate::io::{Error, ErrorType, Read, Seek, SeekFrom, Write};

/// A file that is open, until this is dropped.
#[derive(Debug)]
pub struct File(Fd);

impl File {
    /// Opens a file to read it.
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn open(path: &str) -> Result<Self, Error> {
        OpenOptions::new().read(true).open(path)
    }

    /// Opens a file to write it, makes it if it does not exist, and empty if it does.
    ///
    /// # Errors
    /// As for [`OpenOptions::open`].
    pub fn create(path: &str) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).open(path)
    }

    /// Its descriptor.
    pub fn fd(&self) -> Fd {
        self.0
    }

    /// Its descriptor, which whoever has it closes.
    pub fn into_fd(self) -> Fd {
        let fd = self.0;
        core::mem::forget(self);
        fd
    }

    /// What is known of it.
    ///
    /// # Errors
    /// It was closed by its descriptor.
    pub fn metadata(&self) -> Result<Metadata, Error> {
        let stat = fd::stat(self.0)?;
        Ok(Metadata {
            size: stat.size,
            is_directory: stat.kind == Kind::Directory,
        })
    }

    /// Gives it another size: cuts it off, or adds zeros.
    ///
    /// # Errors
    /// It is not open to be written, the size is too large, or what the file server says.
    pub fn set_len(&self, size: u64) -> Result<(), Error> {
        let size = u32::try_from(size).map_err(|_| Error::TooLarge)?;
        fd::truncate(self.0, size)
    }

    /// Closes it, which dropping does as well, but there nobody hears what was wrong.
    ///
    /// # Errors
    /// What was written is not on the disk.
    pub fn close(self) -> Result<(), Error> {
        fd::close(self.into_fd())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fd::close(self.0);
    }
}

impl ErrorType for File {
    type Error = Error;
}

impl Read for File {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Error> {
        fd::read(self.0, bytes)
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        fd::write(self.0, bytes)
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> Result<u64, Error> {
        fd::seek(self.0, to).map(u64::from)
    }
}

/// How a file is opened: not at all, at first.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    read: bool,
    write: bool,
    mode: u32,
}

impl OpenOptions {
    /// Not at all.
    pub fn new() -> Self {
        Self::default()
    }

    fn set(&mut self, bit: u32, on: bool) -> &mut Self {
        self.mode = if on {
            self.mode | bit
        } else {
            self.mode & !bit
        };
        self
    }

    /// To read it.
    pub fn read(&mut self, on: bool) -> &mut Self {
        self.read = on;
        self
    }

    /// To write it.
    pub fn write(&mut self, on: bool) -> &mut Self {
        self.write = on;
        self
    }

    /// To write it, always at its end.
    pub fn append(&mut self, on: bool) -> &mut Self {
        self.write |= on;
        self.set(fd::mode::APPEND, on)
    }

    /// And empty it.
    pub fn truncate(&mut self, on: bool) -> &mut Self {
        self.set(mode::TRUNCATE, on)
    }

    /// And make it, if it does not exist.
    pub fn create(&mut self, on: bool) -> &mut Self {
        self.set(mode::CREATE, on)
    }

    /// And make it, which must not exist.
    pub fn create_new(&mut self, on: bool) -> &mut Self {
        self.set(mode::CREATE | mode::EXCLUSIVE, on)
    }

    /// Opens the file at `path`.
    ///
    /// # Errors
    /// There is none, or one that must not be, or a directory that was to be written; there are too many descriptors; or what
    /// the file server says.
    pub fn open(&self, path: &str) -> Result<File, Error> {
        let access = match (self.read, self.write) {
            (_, false) => mode::READ,
            (false, true) => mode::WRITE,
            (true, true) => mode::READ_WRITE,
        };
        fd::open(&absolute(path)?, self.mode | access).map(File)
    }
}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metadata {
    size: u32,
    is_directory: bool,
}

impl Metadata {
    /// What an answer of the server says.
    pub(super) fn of([_, size, kind, _]: [u32; 4]) -> Self {
        Self {
            size,
            is_directory: kind == DIRECTORY,
        }
    }

    /// How many bytes are in it.
    pub fn len(&self) -> u64 {
        self.size.into()
    }

    /// Whether none are.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.is_directory
    }

    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        !self.is_directory
    }
}
