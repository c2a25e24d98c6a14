//! What can go wrong.

use crate::DiskError;
use core::fmt;

/// Why something was not done.
// A word: where a result has a byte, the compiler moves what else it may have in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Error {
    /// Nothing has that name.
    NotFound,
    /// Something has that name already.
    Exists,
    /// A file, where only a directory will do.
    NotDirectory,
    /// A directory, where only a file will do.
    IsDirectory,
    /// A directory in which something is.
    NotEmpty,
    /// A path that no file can have: too long, with a name that is too long, or without any.
    BadPath,
    /// The disk is full.
    NoSpace,
    /// More bytes than a file can have.
    TooBig,
    /// As many files are open as can be.
    TooManyOpen,
    /// No file that is open, or something that makes no sense, like a directory that is moved into itself.
    Invalid,
    /// The disk is only read.
    ReadOnly,
    /// What is on the disk is no file system.
    NotFileSystem,
    /// The memory given is too small for this disk.
    NoMemory,
    /// What is on the disk contradicts itself here.
    Corrupt,
    /// The disk failed.
    Io,
}

impl From<DiskError> for Error {
    fn from(_: DiskError) -> Self {
        Self::Io
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFound => "no such file or directory",
            Self::Exists => "it exists already",
            Self::NotDirectory => "not a directory",
            Self::IsDirectory => "a directory",
            Self::NotEmpty => "the directory is not empty",
            Self::BadPath => "no file can have that path",
            Self::NoSpace => "the disk is full",
            Self::TooBig => "larger than a file can be",
            Self::TooManyOpen => "too many files are open",
            Self::Invalid => "that makes no sense",
            Self::ReadOnly => "the disk is only read",
            Self::NotFileSystem => "no file system",
            Self::NoMemory => "the disk is too large",
            Self::Corrupt => "the file system is damaged here: have it checked",
            Self::Io => "the disk failed",
        })
    }
}

impl core::error::Error for Error {}
