//! A file in memory that has no name: nobody else can mistake it for his own, and nothing is left of it when this
//! process ends, in whichever way.

use anyhow::{Context, Result};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;
use std::process;

/// Such a file.
#[derive(Debug)]
pub struct Nameless(File);

impl Nameless {
    /// With these `bytes`.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let make = || -> Result<Self> {
            let mut file = File::from(memfd_create("mos", MemfdFlags::CLOEXEC)?);
            file.write_all(bytes)?;
            Ok(Self(file))
        };
        make().context("cannot make a file in memory")
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        path(&self.0)
    }
}

/// Where other processes of the user find what this process has open as `file`, as long as that is so.
pub fn path(file: impl AsFd) -> PathBuf {
    let number = file.as_fd().as_raw_fd();
    format!("/proc/{}/fd/{number}", process::id()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::MetadataExt;
    use std::process::Command;

    #[test]
    fn others_read_it_as_long_as_it_is_there() {
        let read = |path| Command::new("cat").arg(path).output().unwrap();
        let [one, two] = [b"one", b"two"].map(|bytes| Nameless::new(bytes).unwrap());
        assert_ne!(one.path(), two.path());
        assert_eq!(read(one.path()).stdout, b"one");
        assert_eq!(read(two.path()).stdout, b"two");
        // Its number may be another file's at once, perhaps one whose end is far away.
        let inode = |path| fs::metadata(path).ok().map(|data| data.ino());
        let path = one.path();
        let was = inode(&path);
        assert!(was.is_some());
        drop(one);
        assert_ne!(inode(&path), was);
    }
}
