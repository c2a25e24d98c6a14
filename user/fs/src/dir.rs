//! Entries of directories: finding, adding, removing, listing.

use crate::cache::Class;
use crate::inode::{At, Inode};
use crate::layout::{BLOCK, ENTRIES, ENTRY, NAME, TYPE, TYPE_DIRECTORY, TYPE_FILE};
use crate::path::{Name, until_zero};
use crate::{Disk, Error, Fs, Handle, Store};

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Bytes in it.
    pub size: u32,
    /// Whether it is a directory.
    pub is_directory: bool,
}

impl From<Inode> for Stat {
    fn from(inode: Inode) -> Self {
        Self {
            size: inode.size,
            is_directory: inode.is_directory(),
        }
    }
}

/// One of the files in a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirEntry {
    /// Its name.
    pub name: Name,
    /// What is known of it.
    pub stat: Stat,
}

/// Whether an entry is nobody's.
pub(crate) fn is_vacant(entry: &[u8]) -> bool {
    entry.first().is_none_or(|&byte| byte == 0)
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// What is known of the file at `path`.
    ///
    /// # Errors
    /// It does not exist, or the disk failed.
    pub fn stat(&mut self, path: &[u8]) -> Result<Stat, Error> {
        let at = self.lookup(path)?;
        Ok(self.inode(at)?.into())
    }

    /// What is known of an open file.
    ///
    /// # Errors
    /// It is not open, or the disk failed.
    pub fn stat_open(&mut self, file: Handle) -> Result<Stat, Error> {
        let at = self.at(file)?;
        Ok(self.inode(at)?.into())
    }

    /// The entry of an open file, as its words are in our own format, as far as they mean something. What was removed has no name.
    ///
    /// # Errors
    /// It is not open, or the disk failed.
    pub fn entry(&mut self, file: Handle, words: &mut [u32]) -> Result<(), Error> {
        let at = self.at(file)?;
        let inode = self.inode(at)?;
        let (name, rest) = words.split_at_mut_checked(NAME / 4).unwrap_or_default();
        if !matches!(at, At::Orphan(_)) {
            let (block, from) = at.place();
            let bytes = self.read_block(block)?.get(from..).unwrap_or_default();
            let mut words = name.iter_mut();
            for from in bytes.as_chunks().0 {
                let Some(to) = words.next() else { break };
                *to = u32::from_le_bytes(*from);
                if from.contains(&0) {
                    break;
                }
            }
            words.into_slice().fill(0);
        } else {
            name.fill(0);
        }
        if let [size, kind, rest @ ..] = rest {
            (*size, *kind) = (inode.size, inode.kind);
            if let Some((direct, [indirect, ..])) = rest.split_first_chunk_mut() {
                (*direct, *indirect) = (inode.direct, inode.indirect);
            }
        }
        Ok(())
    }

    /// The next file in a directory from `position` on, which is 0 at first. `position` is then behind it.
    ///
    /// # Errors
    /// `dir` is not open or no directory, or the disk failed.
    pub fn read_dir(&mut self, dir: Handle, position: &mut u32) -> Result<Option<DirEntry>, Error> {
        let at = self.at(dir)?;
        let inode = self.directory(at)?;
        let is_there = |entry: &[u8]| !is_vacant(entry);
        let Some((at, next)) = self.scan(&inode, *position, is_there)? else {
            return Ok(None);
        };
        *position = next;
        let (block, from) = at.place();
        let name = Name::of(self.read_block(block)?.get(from..).unwrap_or_default());
        let stat = self.inode(at)?.into();
        Ok(Some(DirEntry { name, stat }))
    }

    /// Makes an empty file at `path` and opens it.
    ///
    /// # Errors
    /// It exists, or its directory does not, or there is no room, or the disk failed.
    pub fn create(&mut self, path: &[u8]) -> Result<Handle, Error> {
        self.must_be_writable()?;
        self.must_have_node()?;
        let at = self.add(path, TYPE_FILE)?;
        self.open_at(at)
    }

    /// Makes an empty directory at `path`.
    ///
    /// # Errors
    /// See [`Fs::create`].
    pub fn make_dir(&mut self, path: &[u8]) -> Result<(), Error> {
        self.must_be_writable()?;
        self.add(path, TYPE_DIRECTORY).map(|_| ())
    }

    /// Removes the file or the empty directory at `path`. Who has it open keeps it until he closes it.
    ///
    /// # Errors
    /// It does not exist, or something is in it, or it is the root, or the disk failed.
    pub fn remove(&mut self, path: &[u8]) -> Result<(), Error> {
        // exercise 5.15 begin
        self.must_be_writable()?;
        let at = self.lookup(path)?;
        if at == At::Root {
            return Err(Error::Invalid);
        }
        let inode = self.inode(at)?;
        self.must_be_empty(&inode)?;
        self.holding(inode.indirect, |fs| {
            let (block, from) = at.place();
            let entry = fs.edit(block, Class::Entries, from..from.saturating_add(ENTRY))?;
            entry.fill(0);
            fs.dropped(at, &inode)
        })
        // exercise 5.15 end
    }

    /// If it is a directory, nothing may be in it.
    pub(crate) fn must_be_empty(&mut self, inode: &Inode) -> Result<(), Error> {
        let is_there = |entry: &[u8]| !is_vacant(entry);
        if inode.is_directory() && self.scan(inode, 0, is_there)?.is_some() {
            return Err(Error::NotEmpty);
        }
        Ok(())
    }

    /// The directory at `at`.
    pub(crate) fn directory(&mut self, at: At) -> Result<Inode, Error> {
        let inode = self.inode(at)?;
        if inode.is_directory() {
            Ok(inode)
        } else {
            Err(Error::NotDirectory)
        }
    }

    /// The entry of the directory at `dir` that has this name.
    pub(crate) fn find(&mut self, dir: At, name: &[u8]) -> Result<Option<At>, Error> {
        // exercise 5.8 begin
        let inode = self.directory(dir)?;
        let is_it = |entry: &[u8]| {
            entry.starts_with(name) && until_zero(entry.get(..NAME).unwrap_or(entry)) == name
        };
        Ok(self.scan(&inode, 0, is_it)?.map(|(at, _)| at))
        // exercise 5.8 end
    }

    /// The first entry of a directory from `position` on which `is_it`, and the position behind it.
    pub(crate) fn scan(
        &mut self,
        dir: &Inode,
        position: u32,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Result<Option<(At, u32)>, Error> {
        const EACH: u32 = ENTRIES as u32;
        let mut skipped = (position % EACH) as usize;
        for number in position / EACH..dir.blocks() {
            let block = self.number(dir, number)?;
            if block != 0 {
                let mut entries = self.read_block(block)?.chunks_exact(ENTRY).skip(skipped);
                if let Some(index) = entries.position(&is_it) {
                    let index = skipped.wrapping_add(index) as u32;
                    let next = number.wrapping_mul(EACH).wrapping_add(index);
                    return Ok(Some((At::Entry { block, index }, next.wrapping_add(1))));
                }
            }
            skipped = 0;
        }
        Ok(None)
    }

    /// Adds an entry for something new.
    fn add(&mut self, path: &[u8], kind: u32) -> Result<At, Error> {
        // exercise 5.14 begin
        let (dir, name) = self.parent(path, None)?;
        if self.find(dir, name)?.is_some() {
            return Err(Error::Exists);
        }
        let at = self.vacancy(dir)?;
        let (format, (block, from)) = (self.format, at.place());
        let entry = self.edit(block, Class::Entries, from..from.saturating_add(ENTRY))?;
        entry.fill(0);
        set_name(entry, name);
        format.set_word(entry, TYPE, kind);
        Ok(at)
        // exercise 5.14 end
    }

    /// An entry of the directory at `dir` that is nobody's.
    pub(crate) fn vacancy(&mut self, dir: At) -> Result<At, Error> {
        let mut inode = self.directory(dir)?;
        if let Some((at, _)) = self.scan(&inode, 0, is_vacant)? {
            return Ok(at);
        }
        // exercise 5.14 begin
        let mut hole = inode.blocks();
        for number in 0..inode.blocks() {
            if self.number(&inode, number)? == 0 {
                hole = number;
                break;
            }
        }
        if hole >= self.format.most() {
            return Err(Error::TooBig);
        }
        let block = self.alloc()?;
        let size = inode
            .size
            .max(hole.saturating_add(1).wrapping_mul(BLOCK as u32));
        let added = self.holding(dir.place().0, |fs| {
            fs.blank(block)?;
            fs.attach(&mut inode, hole, block)?;
            inode.size = size;
            fs.set_inode(dir, &inode)
        });
        if added.is_err() {
            self.free(block);
        }
        added?;
        Ok(At::Entry { block, index: 0 })
        // exercise 5.14 end
    }
}

/// Gives an entry this name.
pub(crate) fn set_name(entry: &mut [u8], name: &[u8]) {
    let (to, _) = entry.split_at_mut_checked(NAME).unwrap_or_default();
    to.fill(0);
    for (to, &from) in to.iter_mut().zip(name) {
        *to = from;
    }
}
