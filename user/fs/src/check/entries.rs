//! One directory: names, types, sizes and the blocks of all that is in it.

use super::tree::DEEPEST;
use super::{Checker, Finding, Problem};
use crate::Name;
use crate::cache::Class;
use crate::dir::{is_vacant, set_name};
use crate::inode::{At, Inode};
use crate::layout::{BLOCK, DIRECTS, ENTRIES, ENTRY, NAME, TYPE_DIRECTORY, TYPE_FILE};
use crate::path::until_zero;
use crate::{Disk, Error, Store};

/// Hashes of the names that a directory has so far: what is not in here was not there.
struct Seen([u32; 256]);

impl Seen {
    /// Adds a name; tells whether it may have been there.
    fn add(&mut self, name: &[u8]) -> bool {
        let hash = name.iter().fold(0x811c_9dc5_u32, |hash, &byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let bit = 1_u32.unbounded_shl(hash % 32);
        let Some(word) = self.0.get_mut(hash as usize / 32 % 256) else {
            return true;
        };
        let was = *word & bit != 0;
        *word |= bit;
        was
    }
}

impl<D: Disk, S: Store> Checker<'_, D, S> {
    /// Checks the root's entry.
    pub(super) fn root(&mut self) -> Result<(), Error> {
        self.inode(At::Root, None, true)
    }

    /// Checks all entries of the directory at `at`, so far down.
    pub(super) fn entries(&mut self, at: At, depth: usize) -> Result<(), Error> {
        let dir = self.fs.inode(at)?;
        let mut seen = Seen([0; 256]);
        for number in 0..dir.blocks() {
            let block = self.fs.number(&dir, number)?;
            if block == 0 {
                continue;
            }
            for index in 0..ENTRIES as u32 {
                let at = At::Entry { block, index };
                let position = number.wrapping_mul(ENTRIES as u32).wrapping_add(index);
                self.entry(&dir, at, position, &mut seen, depth)?;
            }
        }
        Ok(())
    }

    fn entry(
        &mut self,
        dir: &Inode,
        at: At,
        position: u32,
        seen: &mut Seen,
        depth: usize,
    ) -> Result<(), Error> {
        let format = self.fs.format;
        let entry = self.copy(at)?;
        if is_vacant(&entry) {
            return Ok(());
        }
        let name = self.name(at, &entry)?;
        let bytes = name.as_bytes();
        if seen.add(bytes) {
            let is_it = |entry: &[u8]| entry.starts_with(bytes) && Name::of(entry) == name;
            let first = self.fs.scan(dir, 0, is_it)?;
            if first.is_some_and(|(_, next)| next <= position) {
                return self.vacate(at, name, Problem::Twice);
            }
        }
        let is_directory = Inode::decode(format, &entry).kind == TYPE_DIRECTORY;
        // There may be one level more than there are slashes and letters, which is the root.
        if is_directory && depth.saturating_add(1) >= DEEPEST {
            return self.vacate(at, name, Problem::Deep);
        }
        self.inode(at, Some(name), is_directory)
    }

    fn copy(&mut self, at: At) -> Result<[u8; ENTRY], Error> {
        let (block, from) = at.place();
        let bytes = self.fs.read_block(block)?.get(from..);
        let entry = bytes.and_then(|bytes| bytes.first_chunk());
        entry.copied().ok_or(Error::Corrupt)
    }

    /// The entry's name, once a path can lead to it.
    fn name(&mut self, at: At, entry: &[u8; ENTRY]) -> Result<Name, Error> {
        let name = Name::of(entry);
        let there = until_zero(entry.get(..NAME).unwrap_or_default());
        if there.len() < NAME && !there.contains(&b'/') {
            return Ok(name);
        }
        self.find(Finding {
            problem: Problem::Name,
            name: Some(name),
        });
        let mut new = [0; NAME];
        for (to, &from) in new.iter_mut().zip(name.as_bytes()) {
            *to = if from == b'/' { b'_' } else { from };
        }
        let (block, from) = at.place();
        let range = from..from.wrapping_add(NAME);
        set_name(
            self.fs.edit(block, Class::Entries, range)?,
            until_zero(&new),
        );
        Ok(Name::of(&new))
    }

    /// Takes away an entry that no path leads to.
    fn vacate(&mut self, at: At, name: Name, problem: Problem) -> Result<(), Error> {
        self.find(Finding {
            problem,
            name: Some(name),
        });
        let (block, from) = at.place();
        let range = from..from.wrapping_add(ENTRY);
        self.fs.edit(block, Class::Entries, range)?.fill(0);
        Ok(())
    }

    /// Checks what an entry says of its file, and marks its blocks.
    fn inode(&mut self, at: At, name: Option<Name>, is_directory: bool) -> Result<(), Error> {
        let (block, from) = at.place();
        let format = self.fs.format;
        let entry = self.fs.read_block(block)?.get(from..).unwrap_or_default();
        let old = Inode::decode(format, entry);
        let mut new = old;
        let mut problems = |problem| {
            let finding = Finding { problem, name };
            self.find(finding);
        };
        let kind = if is_directory {
            TYPE_DIRECTORY
        } else {
            TYPE_FILE
        };
        if old.kind != kind {
            problems(Problem::Type(old.kind));
            new.kind = kind;
        }
        let most = format.most_bytes();
        let unit = if is_directory { BLOCK as u32 } else { 1 };
        new.size = old.size.min(most).next_multiple_of(unit).min(most);
        if new.size != old.size {
            problems(Problem::Size(old.size));
        }
        let count = if is_directory {
            &mut self.summary.directories
        } else {
            &mut self.summary.files
        };
        *count = count.saturating_add(1);
        let blocks = new.blocks() as usize;
        for number in new.direct.iter_mut().take(blocks) {
            self.number(number, name);
        }
        if new.blocks() > DIRECTS {
            self.number(&mut new.indirect, name);
            self.indirect(&new, name)?;
        }
        if new != old {
            self.fs.set_inode(at, &new)?;
        }
        Ok(())
    }

    /// The numbers in a file's indirect block.
    fn indirect(&mut self, inode: &Inode, name: Option<Name>) -> Result<(), Error> {
        if inode.indirect == 0 {
            return Ok(());
        }
        let format = self.fs.format;
        for index in DIRECTS..inode.blocks() {
            let at = format.indirect(index);
            let old = format.word(self.fs.read_block(inode.indirect)?, at);
            let mut new = old;
            self.number(&mut new, name);
            if new != old {
                let range = at..at.wrapping_add(4);
                let word = self.fs.edit(inode.indirect, Class::Indirect, range)?;
                format.set_word(word, 0, new);
            }
        }
        Ok(())
    }

    /// Marks the block with this number, or makes it none.
    fn number(&mut self, number: &mut u32, name: Option<Name>) {
        if *number == 0 {
            return;
        }
        if let Err(problem) = self.mark(*number) {
            self.find(Finding { problem, name });
            *number = 0;
        }
    }
}
