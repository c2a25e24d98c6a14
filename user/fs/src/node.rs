//! Files that are open: one node for each, however often it is open. What was removed meanwhile lives on in its node,
//! until it is closed as often.

use crate::inode::{At, Inode};
use crate::{Disk, Error, Fs, Store};

/// A file that is open, to be given back with [`Fs::close`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Handle(u16);

impl Handle {
    /// Its number, below the number of files that can be open.
    pub fn number(self) -> u16 {
        self.0
    }
}

/// What is known of an open file.
#[derive(Clone, Debug)]
pub struct Node {
    /// How often it is open; 0: the node is free.
    opens: u32,
    at: At,
    /// What the entry would say, if the file had one.
    orphan: Inode,
}

impl Node {
    /// Of none.
    pub const FREE: Self = Self {
        opens: 0,
        at: At::Root,
        orphan: Inode::EMPTY,
    };
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// Opens the file or directory at `path`.
    ///
    /// # Errors
    /// It does not exist, too many are open, or the disk failed.
    pub fn open(&mut self, path: &[u8]) -> Result<Handle, Error> {
        let at = self.lookup(path)?;
        self.open_at(at)
    }

    pub(crate) fn open_at(&mut self, at: At) -> Result<Handle, Error> {
        let is_it = |node: &Node| node.opens > 0 && node.at == at;
        let top = self.top;
        let used = self.nodes().get(..top).unwrap_or_default();
        let index = match used.iter().position(is_it) {
            Some(index) => index,
            None => self.free_node().ok_or(Error::TooManyOpen)?,
        };
        self.top = self.top.max(index.saturating_add(1));
        let number = u16::try_from(index).map_err(|_| Error::TooManyOpen)?;
        let node = self.nodes().get_mut(index).ok_or(Error::TooManyOpen)?;
        node.opens = node.opens.checked_add(1).ok_or(Error::TooManyOpen)?;
        node.at = at;
        Ok(Handle(number))
    }

    fn nodes(&mut self) -> &mut [Node] {
        self.cache.store.nodes()
    }

    fn free_node(&mut self) -> Option<usize> {
        self.nodes().iter().position(|node| node.opens == 0)
    }

    /// Whether one more file can be open.
    pub(crate) fn must_have_node(&mut self) -> Result<(), Error> {
        self.free_node().map(|_| ()).ok_or(Error::TooManyOpen)
    }

    /// Gives back a file. The last to do so frees what has been removed.
    ///
    /// # Errors
    /// It is not open; or the disk failed, so that its blocks are lost until somebody checks the disk.
    pub fn close(&mut self, file: Handle) -> Result<(), Error> {
        let at = self.at(file)?;
        let node = self.node(file.0.into())?;
        let opens = node.opens.saturating_sub(1);
        if opens == 0 && matches!(at, At::Orphan(_)) {
            let inode = node.orphan;
            let freed = self.free_all(&inode);
            self.node(file.0.into())?.opens = 0;
            return freed;
        }
        node.opens = opens;
        Ok(())
    }

    pub(crate) fn close_all(&mut self) -> Result<(), Error> {
        let mut result = Ok(());
        for index in 0..self.nodes().len() {
            let node = self.node(index)?;
            if node.opens > 0 {
                node.opens = 1;
                let number = u16::try_from(index).map_err(|_| Error::Invalid)?;
                result = result.and(self.close(Handle(number)));
            }
        }
        result
    }

    /// Whether nothing is open.
    pub(crate) fn is_idle(&mut self) -> bool {
        self.nodes().iter().all(|node| node.opens == 0)
    }

    fn node(&mut self, index: usize) -> Result<&mut Node, Error> {
        self.nodes().get_mut(index).ok_or(Error::Invalid)
    }

    /// Where the entry of an open file is.
    pub(crate) fn at(&mut self, file: Handle) -> Result<At, Error> {
        let node = self.nodes().get(usize::from(file.0));
        let node = node.filter(|node| node.opens > 0).ok_or(Error::Invalid)?;
        Ok(node.at)
    }

    pub(crate) fn orphan(&mut self, index: usize) -> Result<&mut Inode, Error> {
        Ok(&mut self.node(index)?.orphan)
    }

    /// The entry at `from` is at `to` now.
    pub(crate) fn moved(&mut self, from: At, to: At) {
        for node in self.nodes() {
            if node.opens > 0 && node.at == from {
                node.at = to;
            }
        }
    }

    /// The file that was at `at` has no entry any more. Its indirect block is held.
    pub(crate) fn dropped(&mut self, at: At, inode: &Inode) -> Result<(), Error> {
        for (index, node) in self.nodes().iter_mut().enumerate() {
            if node.opens > 0 && node.at == at {
                node.at = At::Orphan(index);
                node.orphan = *inode;
                return Ok(());
            }
        }
        self.free_all(inode)
    }

    /// Frees all blocks of a file.
    fn free_all(&mut self, inode: &Inode) -> Result<(), Error> {
        let gone = inode.cut(0);
        self.holding(inode.indirect, |fs| fs.free_beyond(inode, &gone))?;
        self.free(inode.indirect);
        Ok(())
    }
}
