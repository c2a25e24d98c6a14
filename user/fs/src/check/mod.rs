//! What is wrong on a disk, and how it is mended.
//!
//! Each block that some file has is marked, from the root down; who names one that is marked already, or none that a
//! file can have, loses that name of it. A directory's blocks are marked before anybody goes down there, so that nobody
//! comes by twice. In the end the bitmap is what was marked.

mod bitmap;
mod entries;
mod finding;
mod tree;

pub use finding::{Finding, Problem};

use crate::{Disk, Error, Fs, Store};

/// What there is on a disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files.
    pub files: u32,
    /// Directories, the root included.
    pub directories: u32,
    /// Blocks that they have.
    pub used: u32,
    /// Blocks that are free.
    pub free: u32,
    /// What was found and mended, and is more than a power cut explains.
    pub damages: u32,
}

/// Somebody who checks.
struct Checker<'c, D, S> {
    fs: &'c mut Fs<D, S>,
    tell: &'c mut dyn FnMut(&Finding),
    summary: Summary,
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Mends all that is wrong, and tells what it was. Nothing may be open. This is done to foreign formats as well,
    /// which are only read otherwise.
    ///
    /// # Errors
    /// Something is open, or the disk failed.
    pub fn check(&mut self, tell: &mut dyn FnMut(&Finding)) -> Result<Summary, Error> {
        if !self.is_idle() {
            return Err(Error::Invalid);
        }
        if self.is_stuck {
            self.settle_log()?;
        }
        self.write_back()?;
        self.is_checking = true;
        self.cache.store.bits().fill(0);
        let mut checker = Checker {
            fs: self,
            tell,
            summary: Summary::default(),
        };
        let result = checker.run();
        let summary = checker.summary;
        self.cache.store.bits().fill(0);
        self.is_checking = false;
        self.lowest = 0;
        result?;
        self.mark(false)?;
        Ok(summary)
    }
}

impl<D: Disk, S: Store> Checker<'_, D, S> {
    fn run(&mut self) -> Result<(), Error> {
        if self.fs.was_in_use() {
            self.find(Finding::of(Problem::InUse));
        }
        self.super_block()?;
        self.tree()?;
        // What nobody names is free only where nobody names it.
        self.fs.write_back()?;
        self.bitmap()?;
        self.fs.write_back()?;
        Ok(self.fs.disk.flush()?)
    }

    fn find(&mut self, finding: Finding) {
        if !finding.problem.is_harmless() {
            self.summary.damages = self.summary.damages.saturating_add(1);
        }
        (self.tell)(&finding);
    }

    /// Marks `block`; tells whether it is one that a file can have, and was not marked.
    fn mark(&mut self, block: u32) -> Result<(), Problem> {
        if !self.fs.is_usable(block) {
            return Err(Problem::Outside(block));
        }
        let bits = self.fs.cache.store.bits();
        let word = bits.get_mut(block as usize / 32);
        let word = word.ok_or(Problem::Outside(block))?;
        let bit = 1_u32.unbounded_shl(block % 32);
        if *word & bit != 0 {
            return Err(Problem::Shared(block));
        }
        *word |= bit;
        self.summary.used = self.summary.used.saturating_add(1);
        Ok(())
    }
}
