//! The way through all directories.

use super::Checker;
use crate::dir::is_vacant;
use crate::inode::At;
use crate::layout::{Format, PATH, TYPE, TYPE_DIRECTORY};
use crate::{Disk, Error, Store};

/// Directories that can be below each other: each takes a slash and a letter of a path.
pub(super) const DEEPEST: usize = PATH / 2;

/// How far the way through a directory has come.
#[derive(Clone, Copy)]
struct Step {
    at: At,
    position: u32,
}

fn is_directory(format: Format) -> impl Fn(&[u8]) -> bool {
    move |entry| !is_vacant(entry) && format.word(entry, TYPE) == TYPE_DIRECTORY
}

impl<D: Disk, S: Store> Checker<'_, D, S> {
    /// Checks all that can be reached.
    pub(super) fn tree(&mut self) -> Result<(), Error> {
        let root = Step {
            at: At::Root,
            position: 0,
        };
        let mut way = [root; DEEPEST];
        let mut depth = 0_usize;
        self.root()?;
        self.entries(At::Root, depth)?;
        while let Some(step) = way.get_mut(depth) {
            let inode = self.fs.inode(step.at)?;
            let is_directory = is_directory(self.fs.format);
            let Some((at, next)) = self.fs.scan(&inode, step.position, is_directory)? else {
                match depth.checked_sub(1) {
                    Some(above) => depth = above,
                    None => break,
                }
                continue;
            };
            step.position = next;
            depth = depth.saturating_add(1);
            self.entries(at, depth)?;
            if let Some(step) = way.get_mut(depth) {
                *step = Step { at, position: 0 };
            }
        }
        Ok(())
    }
}
