//! What the tools say. Nobody may be there to read it, or no room left to keep it: then what a tool does besides is
//! done all the same, and its exit says that something was lost.

use anyhow::{Context, Result};
use std::io::{Write, stderr, stdout};

/// Prints `text`, which is what was asked for.
///
/// # Errors
/// It does not get to where it should.
pub fn print(text: impl AsRef<[u8]>) -> Result<()> {
    let mut stdout = stdout().lock();
    let printed = stdout
        .write_all(text.as_ref())
        .and_then(|()| stdout.flush());
    printed.context("cannot print")
}

/// Tells the user `text`, a line on standard error; that nobody hears it is no reason to stop.
pub fn tell(text: impl AsRef<str>) {
    let _ = writeln!(stderr().lock(), "mos: {}", text.as_ref());
}
