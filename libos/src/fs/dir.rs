//! What is in directories, which are read like files: an entry of 256 bytes after the other.

use alloc::string::String;

use mos_abi::Error as Code;
use mos_abi::files::filefd;

use super::file::{File, Metadata};
use crate::io::{Error, Read};

/// Bytes of an entry.
const ENTRY: usize = 256;
/// Bytes of a name, with the zero behind it.
const NAME: usize = 128;
/// Where the size and the type are.
const SIZE: usize = (filefd::SIZE - filefd::ENTRY) * 4;
const TYPE: usize = (filefd::TYPE - filefd::ENTRY) * 4;

/// What is in the directory at `path`, in the order in which it is there.
///
/// # Errors
/// There is none, or what the file server says.
pub fn read_dir(path: &str) -> Result<ReadDir, Error> {
    let dir = File::open(path)?;
    if dir.metadata()?.is_dir() {
        let entry = Entry([0; ENTRY]);
        let is_over = false;
        Ok(ReadDir {
            dir,
            entry,
            is_over,
        })
    } else {
        Err(Code::NotFound.into())
    }
}

/// The entries of a directory, one after the other.
#[derive(Debug)]
pub struct ReadDir {
    dir: File,
    /// Where each is read: to clear it every time would cost as much as to read it twice.
    entry: Entry,
    /// It could not be read.
    is_over: bool,
}

/// An entry, aligned as it is in a page: elsewhere a copy costs more.
#[derive(Debug)]
#[repr(align(4))]
struct Entry([u8; ENTRY]);

/// A file or a directory in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirEntry {
    name: String,
    metadata: Metadata,
}

impl DirEntry {
    /// Its name. What is no text there is replaced.
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// What is known of it.
    pub fn metadata(&self) -> Metadata {
        self.metadata
    }

    #[inline]
    fn of(entry: &[u8; ENTRY]) -> Self {
        let word = |at: usize| {
            let bytes = entry[at..].first_chunk();
            bytes.copied().map_or(0, u32::from_le_bytes)
        };
        let name = entry[..NAME].split(|&byte| byte == 0).next();
        Self {
            name: String::from_utf8_lossy(name.unwrap_or_default()).into_owned(),
            metadata: Metadata::of([0, word(SIZE), word(TYPE), 0]),
        }
    }
}

impl Iterator for ReadDir {
    type Item = Result<DirEntry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        loop {
            let mut read = 0;
            while read < ENTRY {
                match self.dir.read(&mut self.entry.0[read..]) {
                    Ok(0) => return None,
                    Ok(more) => read += more,
                    Err(error) => {
                        self.is_over = true;
                        return Some(Err(error));
                    }
                }
            }
            if self.entry.0[0] != 0 {
                return Some(Ok(DirEntry::of(&self.entry.0)));
            }
        }
    }
}
