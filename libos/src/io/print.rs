//! `print!` and its like for programs with descriptors.

use core::fmt;

use embedded_io::Write;

use super::{Error, ErrorType};
use crate::console;
use crate::fd::{self, Fd};

/// Prints to standard output, formatted as by `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __print {
    ($($arg:tt)*) => { $crate::io::print_to($crate::fd::Fd::STDOUT, format_args!($($arg)*)) };
}

/// Prints to standard output, formatted as by `format!`, and ends the line.
#[macro_export]
#[doc(hidden)]
macro_rules! __println {
    () => { $crate::io::print!("\n") };
    ($format:literal $($arg:tt)*) => { $crate::io::print!("{}\n", format_args!($format $($arg)*)) };
}

/// Prints to where errors go, formatted as by `format!`.
#[macro_export]
#[doc(hidden)]
macro_rules! __eprint {
    ($($arg:tt)*) => { $crate::io::print_to($crate::fd::Fd::STDERR, format_args!($($arg)*)) };
}

/// Prints to where errors go, formatted as by `format!`, and ends the line.
#[macro_export]
#[doc(hidden)]
macro_rules! __eprintln {
    () => { $crate::io::eprint!("\n") };
    ($format:literal $($arg:tt)*) => { $crate::io::eprint!("{}\n", format_args!($format $($arg)*)) };
}

/// Bytes that are collected before they are printed.
const LINE: usize = 256;

/// What the macros call. Nothing is kept for later; what cannot be written is lost. A program that nobody gave descriptors
/// prints to the console.
pub fn print_to(to: Fd, arguments: fmt::Arguments<'_>) {
    if !fd::is_open(to) {
        return console::print(arguments);
    }
    let mut line = Buffered::<Fd, LINE>::new(to);
    let _ = Write::write_fmt(&mut line, arguments);
    let _ = line.flush();
}

/// Collects up to `N` bytes for one write. What is still there when it is dropped is written then, whatever becomes of it.
#[derive(Debug)]
pub struct Buffered<W: Write, const N: usize> {
    to: W,
    bytes: [u8; N],
    len: usize,
}

impl<W: Write, const N: usize> Buffered<W, N> {
    /// For `to`.
    pub const fn new(to: W) -> Self {
        Self {
            to,
            bytes: [0; N],
            len: 0,
        }
    }

    fn empty(&mut self) -> Result<(), W::Error> {
        let len = core::mem::take(&mut self.len);
        match len {
            0 => Ok(()),
            len => self.to.write_all(&self.bytes[..len]),
        }
    }
}

impl<W: Write, const N: usize> ErrorType for Buffered<W, N> {
    type Error = W::Error;
}

impl<W: Write, const N: usize> Write for Buffered<W, N> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, W::Error> {
        if self.len == N || (self.len > 0 && bytes.len() > N - self.len) {
            self.empty()?;
        }
        if bytes.len() >= N {
            return self.to.write(bytes);
        }
        self.bytes[self.len..][..bytes.len()].copy_from_slice(bytes);
        self.len += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), W::Error> {
        self.empty()?;
        self.to.flush()
    }
}

impl<W: Write, const N: usize> Drop for Buffered<W, N> {
    fn drop(&mut self) {
        let _ = self.empty();
    }
}

/// As [`Error`] is what a write ends with, so that a formatted one can end with it too.
impl From<fmt::Error> for Error {
    fn from(_: fmt::Error) -> Self {
        Self::System(mos_abi::Error::Unspecified)
    }
}
