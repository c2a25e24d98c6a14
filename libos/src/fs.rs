//! Files: opened, read and written by the names that Rust programs know, and what else can be done with them.
//!
//! The file server has them; programs have their pages mapped, and read and write without it: see [`fd`](crate::fd) and
//! `fd::file`. Paths are relative to [`env::current_dir`](crate::env::current_dir), and `.` and `..` mean what they
//! mean elsewhere.

mod dir;
mod file;
mod path;
pub(crate) mod server;

pub use alloc::string::String;
use alloc::vec::Vec;
pub use dir::{DirEntry, ReadDir, read_dir};
pub use file::{File, Metadata, OpenOptions};

use embedded_io::{Read, Write};
use mos_abi::Error as Code;
use mos_abi::files::op;

use crate::fd::is_null;
use crate::io::Error;
pub use path::absolute;

/// What is known of the file or directory at `path`.
///
/// # Errors
/// There is none, or what the file server says.
pub fn metadata(path: &str) -> Result<Metadata, Error> {
    let path = absolute(path)?;
    if is_null(&path) {
        return Ok(Metadata::of([0; 4]));
    }
    let answer = server::ask_path([op::STAT_PATH, 0, 0, 0], &path)?;
    Ok(Metadata::of(answer))
}

/// Makes a directory.
///
/// # Errors
/// There is something at `path`, or what the file server says.
pub fn create_dir(path: &str) -> Result<(), Error> {
    server::ask_path([op::MAKE_DIR, 0, 0, 0], &absolute(path)?).map(drop)
}

/// Makes a directory and all those on the way, where they do not exist.
///
/// # Errors
/// Something on the way is no directory, or what the file server says.
pub fn create_dir_all(path: &str) -> Result<(), Error> {
    let path = absolute(path)?;
    let ends = path.match_indices('/').map(|(at, _)| at).skip(1);
    for end in ends.chain([path.len()]) {
        let made = create_dir(&path[..end]);
        if made.is_err() && !metadata(&path[..end]).is_ok_and(|found| found.is_dir()) {
            return made;
        }
    }
    Ok(())
}

/// Removes a file. Who has it open keeps it.
///
/// # Errors
/// There is none, or it is a directory, or what the file server says.
pub fn remove_file(path: &str) -> Result<(), Error> {
    remove(path, false)
}

/// Removes a directory in which nothing is.
///
/// # Errors
/// There is none, or something is in it, or it is a file, or what the file server says.
pub fn remove_dir(path: &str) -> Result<(), Error> {
    remove(path, true)
}

fn remove(path: &str, directory: bool) -> Result<(), Error> {
    let path = absolute(path)?;
    if metadata(&path)?.is_dir() != directory {
        return Err(Code::Inval.into());
    }
    server::ask_path([op::REMOVE, 0, 0, 0], &path).map(drop)
}

/// Gives a file or a directory another path, and replaces what is there, at once: it has one of the two, whatever happens.
///
/// # Errors
/// A file would replace a directory, or the reverse, or one in which something is; or what the file server says.
pub fn rename(from: &str, to: &str) -> Result<(), Error> {
    server::ask_paths([op::RENAME, 0, 0, 0], &absolute(from)?, &absolute(to)?).map(drop)
}

/// All that is in a file.
///
/// # Errors
/// It cannot be opened or read, or there is no memory for it.
pub fn read(path: &str) -> Result<Vec<u8>, Error> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len() as usize;
    let mut bytes = Vec::new();
    let mut read = 0;
    // It may be longer by then.
    loop {
        let most = size.max(read) + 1;
        bytes
            .try_reserve_exact(most - read)
            .map_err(|_| Code::NoMem)?;
        bytes.resize(most, 0);
        match file.read(&mut bytes[read..])? {
            0 => break,
            more => read += more,
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// As for [`read`]; or it is no text.
pub fn read_to_string(path: &str) -> Result<String, Error> {
    String::from_utf8(read(path)?).map_err(|_| Error::NotText)
}

/// Makes a file of `bytes`, instead of what is there.
///
/// # Errors
/// It cannot be opened or written, or the disk is full.
pub fn write(path: &str, bytes: &[u8]) -> Result<(), Error> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.close()
}

/// Brings everything to the disk.
///
/// # Errors
/// The disk failed.
pub fn sync() -> Result<(), Error> {
    server::ask([op::SYNC, 0, 0, 0]).map(drop)
}

/// How many blocks of 4096 bytes the disk has, and how many of them are free.
///
/// # Errors
/// The disk failed.
pub fn space() -> Result<(u32, u32), Error> {
    let [_, blocks, free, _] = server::ask([op::SPACE, 0, 0, 0])?;
    Ok((blocks, free))
}
