//! Files and standard input, read and copied.

use crate::failure::{Failure, On};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use libos::fd::Fd;
use libos::fs::File;
use libos::io::{Buffered, Error, Read, Write, stdin, stdout};

/// Bytes that are copied at a time: what a pipe holds.
const PIECE: usize = 4096;

/// Where output goes, in pieces.
pub type Output = Buffered<Fd, PIECE>;

/// Standard output, in pieces.
pub fn output() -> Output {
    Buffered::new(stdout())
}

/// Whether `path` means standard input.
pub fn is_stdin(path: &str) -> bool {
    path == "-"
}

/// The operands, or standard input if there are none.
pub fn or_stdin(operands: &[&'static str]) -> Vec<&'static str> {
    match operands {
        [] => vec!["-"],
        operands => operands.to_vec(),
    }
}

/// Gives all pieces of what is at `path` to `use_piece`, until that says that it wants no more.
///
/// # Errors
/// It cannot be read, or `use_piece` fails.
pub fn pieces(
    path: &str,
    mut use_piece: impl FnMut(&[u8]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut buffer = vec![0; PIECE];
    let mut go_on = |from: &mut dyn FnMut(&mut [u8]) -> Result<usize, Error>| {
        loop {
            let count = from(&mut buffer).on(path)?;
            let piece = buffer.get(..count).unwrap_or_default();
            if piece.is_empty() || !use_piece(piece)? {
                return Ok(());
            }
        }
    };
    if is_stdin(path) {
        return go_on(&mut |buffer| stdin().read(buffer));
    }
    let mut file = File::open(path).on(path)?;
    go_on(&mut |buffer| file.read(buffer))
}

/// All of what is at `path`.
///
/// # Errors
/// It cannot be read.
pub fn bytes(path: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    pieces(path, |piece| {
        bytes.extend_from_slice(piece);
        Ok(true)
    })?;
    Ok(bytes)
}

/// Gives all lines of what is at `path` to `use_line`, without their ends, until that says that it wants no more.
///
/// # Errors
/// It cannot be read, or `use_line` fails.
pub fn lines(
    path: &str,
    mut use_line: impl FnMut(&[u8]) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    let mut wants_more = true;
    pieces(path, |piece| {
        let mut parts = piece.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            line.extend_from_slice(part);
            if parts.peek().is_some() {
                wants_more = use_line(&line)?;
                line.clear();
            }
            if !wants_more {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    if wants_more && !line.is_empty() {
        use_line(&line)?;
    }
    Ok(())
}

/// Writes all of `bytes`.
///
/// # Errors
/// They cannot be written.
pub fn write(to: &mut impl Write<Error = Error>, bytes: &[u8]) -> Result<(), Failure> {
    to.write_all(bytes).map_err(Failure::from)
}

/// Has all that was written to `to` go where it should.
///
/// # Errors
/// It does not.
pub fn flush(to: &mut Output) -> Result<(), Failure> {
    to.flush().map_err(Failure::from)
}

/// As text; what is none is shown as such.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
