//! The file system on a disk.

use crate::disk::ImageDisk;
use anyhow::{Context, Result, bail};
use mos_fs::cache::Slot;
use mos_fs::check::{Finding, Summary};
use mos_fs::dir::DirEntry;
use mos_fs::layout::{BLOCK, Block, MOST_BLOCKS};
use mos_fs::node::Node;
use mos_fs::{Error, Fs, Memory};
use mos_run::disk::Disk;
use mos_run::out;
use std::fs::File;
use std::path::Path;

/// Blocks in memory.
const SLOTS: usize = 1024;

type Room = Memory<Vec<Slot>, Vec<Block>, Vec<u32>, Vec<Node>>;

/// A mounted disk.
pub struct Image {
    /// What is done with it.
    pub fs: Fs<ImageDisk, Room>,
}

impl Image {
    /// The file system on `disk`.
    pub fn mount(disk: ImageDisk) -> Result<Self, Error> {
        let room = Memory {
            slots: vec![Slot::EMPTY; SLOTS],
            blocks: vec![[0; BLOCK]; SLOTS],
            bits: vec![0; MOST_BLOCKS as usize / 32],
            nodes: vec![Node::FREE; 4],
        };
        let fs = Fs::mount(disk, room)?;
        Ok(Self { fs })
    }

    /// The disk in the file at `path`, which changes if it is `kept`.
    pub fn open(path: &Path, kept: bool) -> Result<Self> {
        let open = || -> Result<Self> {
            let file = File::options().read(true).write(kept).open(path)?;
            if !file.metadata()?.is_file() {
                bail!("it is no regular file");
            }
            Ok(Self::mount(ImageDisk::new(file, kept)?)?)
        };
        open().with_context(|| format!("cannot use {}", path.display()))
    }

    /// The disk in the file at `path`, which stays as it is.
    pub fn look_at(path: &Path) -> Result<Self> {
        Self::open(path, false)
    }

    /// Does `work` with the disk in the file at `path`. One that was not closed is mended first.
    pub fn change(path: &Path, work: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let _held = Disk::open(path)?;
        Self::change_held(path, work)
    }

    /// The same with one that we have already.
    pub fn change_held(path: &Path, work: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let mut image = Self::open(path, true)?;
        if image.fs.is_writable() && image.fs.was_in_use() {
            let (findings, _) = image.check()?;
            let tell = |finding: &Finding| out::tell(format!("{}: {finding}", path.display()));
            findings.iter().for_each(tell);
        }
        let worked = work(&mut image);
        let closed = image.fs.unmount();
        worked?;
        closed.with_context(|| format!("cannot write {}", path.display()))
    }

    /// What is wrong, which is mended if the disk may change.
    pub fn check(&mut self) -> Result<(Vec<Finding>, Summary)> {
        let mut findings = Vec::new();
        let summary = self.fs.check(&mut |finding| findings.push(*finding))?;
        Ok((findings, summary))
    }

    /// What is in the file at `path`.
    pub fn read(&mut self, path: &str) -> Result<Vec<u8>> {
        let read = |image: &mut Self| {
            let stat = image.fs.stat(path.as_bytes())?;
            if stat.is_directory {
                return Err(Error::IsDirectory);
            }
            let file = image.fs.open(path.as_bytes())?;
            let mut bytes = vec![0; stat.size as usize];
            let read = image.fs.read(file, 0, &mut bytes)?;
            image.fs.close(file)?;
            if read < bytes.len() {
                return Err(Error::Io);
            }
            Ok(bytes)
        };
        read(self).with_context(|| path.to_owned())
    }

    /// Makes the file at `path` hold `bytes`, whether it exists or not.
    pub fn write(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let write = |image: &mut Self| {
            let file = match image.fs.create(path.as_bytes()) {
                Err(Error::Exists) => image.fs.open(path.as_bytes()),
                file => file,
            }?;
            let size = image.fs.set_size(file, 0);
            let written = size.and_then(|()| image.fs.write(file, 0, bytes));
            image.fs.close(file)?;
            if written? < bytes.len() {
                return Err(Error::NoSpace);
            }
            Ok(())
        };
        write(self).with_context(|| path.to_owned())
    }

    /// Makes a directory.
    pub fn make_dir(&mut self, path: &str) -> Result<()> {
        let made = self.fs.make_dir(path.as_bytes());
        made.with_context(|| path.to_owned())
    }

    /// Whether there is a directory at `path`; an error, if nothing is.
    pub fn is_directory(&mut self, path: &str) -> Result<bool> {
        let stat = self.fs.stat(path.as_bytes());
        Ok(stat.with_context(|| path.to_owned())?.is_directory)
    }

    /// What is in the directory at `path`, by names.
    pub fn entries(&mut self, path: &str) -> Result<Vec<DirEntry>> {
        let list = |image: &mut Self| {
            let dir = image.fs.open(path.as_bytes())?;
            let mut entries = Vec::new();
            let mut position = 0;
            while let Some(entry) = image.fs.read_dir(dir, &mut position)? {
                entries.push(entry);
            }
            image.fs.close(dir)?;
            entries.sort_by_key(|entry| entry.name);
            Ok::<_, Error>(entries)
        };
        list(self).with_context(|| path.to_owned())
    }

    /// Whether so many files can be on this disk. If not, one of its directories is in itself.
    pub fn must_have_room_for(&self, files: u64) -> Result<()> {
        if files > u64::from(self.fs.blocks()) * 16 {
            bail!("the file system is damaged: have it checked by mos fsck");
        }
        Ok(())
    }
}

/// The path of `name` in the directory at `dir`.
pub fn below(dir: &str, name: &str) -> String {
    format!("{}/{name}", dir.trim_end_matches('/'))
}
