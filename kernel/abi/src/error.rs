//! Error codes of the system calls. A call returns them negated, so that results are never negative.

use core::fmt;

/// Why a call failed. The discriminant is the ABI's number, returned negated in v0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Error {
    /// No more is known; also a wait that was broken off from outside.
    Unspecified = 1,
    /// No such environment, or the caller may not touch it.
    BadEnv = 2,
    /// An argument is out of its range.
    Inval = 3,
    /// No free frame, or a frame is mapped as often as it can be.
    NoMem = 4,
    /// All environments are in use.
    NoFreeEnv = 5,
    /// The environment is not waiting for a message.
    IpcNotRecv = 6,
    /// The disk is missing or full.
    NoDisk = 7,
    /// Too many files are open.
    MaxOpen = 8,
    /// No such file.
    NotFound = 9,
    /// The path is malformed.
    BadPath = 10,
    /// The file exists already.
    FileExists = 11,
    /// Not a program that this system runs.
    NotExec = 12,
    /// What was waited for has not come in the time that was given.
    Timeout = 13,
}

impl Error {
    /// Every error, in the order of the codes 1 to 13.
    pub const ALL: [Error; 13] = [
        Error::Unspecified,
        Error::BadEnv,
        Error::Inval,
        Error::NoMem,
        Error::NoFreeEnv,
        Error::IpcNotRecv,
        Error::NoDisk,
        Error::MaxOpen,
        Error::NotFound,
        Error::BadPath,
        Error::FileExists,
        Error::NotExec,
        Error::Timeout,
    ];

    /// What a failed call returns in v0.
    pub const fn code(self) -> i32 {
        -(self as i32)
    }

    /// Splits a call's v0: a result of 0 or more, or the error. A negative value that is no code
    /// is [`Error::Unspecified`].
    #[inline(always)]
    pub fn check(v0: i32) -> Result<u32, Error> {
        u32::try_from(v0).map_err(|_| Self::of_code(v0))
    }

    #[cold]
    #[inline(never)]
    fn of_code(code: i32) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|error| error.code() == code)
            .unwrap_or(Error::Unspecified)
    }

    /// The error in a few words.
    pub const fn message(self) -> &'static str {
        match self {
            Error::Unspecified => "unspecified error",
            Error::BadEnv => "bad environment",
            Error::Inval => "invalid argument",
            Error::NoMem => "out of memory",
            Error::NoFreeEnv => "out of environments",
            Error::IpcNotRecv => "environment is not receiving",
            Error::NoDisk => "no disk space",
            Error::MaxOpen => "too many open files",
            Error::NotFound => "file not found",
            Error::BadPath => "bad path",
            Error::FileExists => "file exists",
            Error::NotExec => "not an executable",
            Error::Timeout => "timed out",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_comes_back_as_its_error() {
        for (i, e) in Error::ALL.into_iter().enumerate() {
            assert_eq!(e.code(), -(i as i32 + 1));
            assert_eq!(Error::check(e.code()), Err(e));
        }
        assert_eq!(Error::check(7), Ok(7));
        assert_eq!(Error::check(-14), Err(Error::Unspecified));
        assert_eq!(Error::check(i32::MIN), Err(Error::Unspecified));
    }
}
