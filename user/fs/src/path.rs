//! Names and the way along them.

use crate::inode::At;
use crate::layout::{NAME, PATH};
use crate::{Disk, Error, Fs, Store};
use core::fmt;

/// A name of a file in its directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    bytes: [u8; NAME],
}

impl Name {
    /// The name that an entry has: what is in front of its first zero.
    pub(crate) fn of(entry: &[u8]) -> Self {
        let mut name = Self { bytes: [0; NAME] };
        let there = entry.get(..NAME.saturating_sub(1)).unwrap_or(entry);
        for (to, &from) in name.bytes.iter_mut().zip(there) {
            if from == 0 {
                break;
            }
            *to = from;
        }
        name
    }

    /// What it consists of.
    pub fn as_bytes(&self) -> &[u8] {
        until_zero(&self.bytes)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_bytes().escape_ascii())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// What is in front of the first zero.
pub(crate) fn until_zero(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    end.and_then(|end| bytes.get(..end)).unwrap_or(bytes)
}

/// The names on the way, slashes being as many as they may.
fn names(path: &[u8]) -> Result<impl Iterator<Item = &[u8]>, Error> {
    let names = || {
        path.split(|&byte| byte == b'/')
            .filter(|name| !name.is_empty())
    };
    if path.len() >= PATH || path.contains(&0) || names().any(|name| name.len() >= NAME) {
        return Err(Error::BadPath);
    }
    Ok(names())
}

/// Whether something new can have this name.
fn is_good(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..")
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Where the entry of the file at `path` is.
    pub(crate) fn lookup(&mut self, path: &[u8]) -> Result<At, Error> {
        let mut at = At::Root;
        // exercise 5.8 begin
        // otherwise: for _name in names(path)? {
        // otherwise:     at = todo!();
        // otherwise: }
        for name in names(path)? {
            at = self.find(at, name)?.ok_or(Error::NotFound)?;
        }
        // exercise 5.8 end
        Ok(at)
    }

    /// The directory in which something new at `path` would be, and its name there. If the way there leads through
    /// `forbidden`, that makes no sense.
    pub(crate) fn parent<'p>(
        &mut self,
        path: &'p [u8],
        forbidden: Option<At>,
    ) -> Result<(At, &'p [u8]), Error> {
        let mut names = names(path)?.peekable();
        let mut at = At::Root;
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                if !is_good(name) {
                    return Err(Error::BadPath);
                }
                if !self.inode(at)?.is_directory() {
                    return Err(Error::NotDirectory);
                }
                return Ok((at, name));
            }
            at = self.find(at, name)?.ok_or(Error::NotFound)?;
            if Some(at) == forbidden {
                return Err(Error::Invalid);
            }
        }
        Err(Error::BadPath)
    }
}
