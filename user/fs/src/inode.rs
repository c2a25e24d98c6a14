//! What an entry says of its file, and which block comes where in it.

use crate::cache::Class;
use crate::layout::{
    BLOCK, DIRECT, DIRECTS, ENTRY, Format, INDIRECT, ROOT, SIZE, SUPER, TYPE, TYPE_DIRECTORY,
    blocks_of,
};
use crate::{Disk, Error, Fs, Store};

/// Where the entry of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// In the super block.
    Root,
    /// In a block of a directory.
    Entry {
        /// The block.
        block: u32,
        /// Which of its entries.
        index: u32,
    },
    /// Nowhere: the file was removed, but this node has it open.
    Orphan(usize),
}

impl At {
    /// The block, 0 for none, and the first byte in it.
    pub fn place(self) -> (u32, usize) {
        match self {
            Self::Root => (SUPER, ROOT),
            Self::Entry { block, index } => (block, (index as usize).wrapping_mul(ENTRY)),
            Self::Orphan(_) => (0, 0),
        }
    }
}

/// What an entry says of its file, but for the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Inode {
    pub size: u32,
    pub kind: u32,
    pub direct: [u32; DIRECTS as usize],
    pub indirect: u32,
}

impl Inode {
    pub const EMPTY: Self = Self {
        size: 0,
        kind: 0,
        direct: [0; DIRECTS as usize],
        indirect: 0,
    };

    /// Reads `entry`, as it stands.
    pub fn decode(format: Format, entry: &[u8]) -> Self {
        // How long it is the compiler knows then.
        let Some(entry) = entry.first_chunk::<ENTRY>() else {
            return Self::EMPTY;
        };
        let word = |at| format.word(entry, at);
        let mut direct = [0; DIRECTS as usize];
        for (index, block) in direct.iter_mut().enumerate() {
            *block = word(DIRECT.wrapping_add(index.wrapping_mul(4)));
        }
        Self {
            size: word(SIZE),
            kind: word(TYPE),
            direct,
            indirect: word(INDIRECT),
        }
    }

    /// Writes it into `entry`.
    pub fn encode(&self, format: Format, entry: &mut [u8]) {
        format.set_word(entry, SIZE, self.size);
        format.set_word(entry, TYPE, self.kind);
        for (index, &block) in self.direct.iter().enumerate() {
            let at = DIRECT.wrapping_add(index.wrapping_mul(4));
            format.set_word(entry, at, block);
        }
        format.set_word(entry, INDIRECT, self.indirect);
    }

    pub fn is_directory(&self) -> bool {
        self.kind == TYPE_DIRECTORY
    }

    /// How many blocks its bytes fill.
    pub fn blocks(&self) -> u32 {
        blocks_of(self.size)
    }

    /// The same with another size, without the blocks that it has no room for: numbers beyond the size mean nothing.
    pub fn cut(mut self, size: u32) -> Self {
        let blocks = blocks_of(size);
        self.size = size;
        for (index, number) in (0..).zip(&mut self.direct) {
            if index >= blocks {
                *number = 0;
            }
        }
        if blocks <= DIRECTS {
            self.indirect = 0;
        }
        self
    }
}

impl<D: Disk, S: Store> Fs<D, S> {
    /// What is known of the file at `at`.
    pub(crate) fn inode(&mut self, at: At) -> Result<Inode, Error> {
        if let At::Orphan(node) = at {
            return self.orphan(node).map(|inode| *inode);
        }
        if let Some((place, inode)) = &self.known
            && *place == at
        {
            return Ok(*inode);
        }
        let (block, from) = at.place();
        let format = self.format;
        let bytes = self.read_block(block)?;
        let inode = Inode::decode(format, bytes.get(from..).unwrap_or_default());
        let is_odd = inode.is_directory() && !inode.size.is_multiple_of(BLOCK as u32);
        if inode.size > format.most_bytes() || is_odd {
            return Err(Error::Corrupt);
        }
        let inode = inode.cut(inode.size);
        self.known = Some((at, inode));
        Ok(inode)
    }

    pub(crate) fn set_inode(&mut self, at: At, inode: &Inode) -> Result<(), Error> {
        if let At::Orphan(node) = at {
            *self.orphan(node)? = *inode;
            return Ok(());
        }
        let (block, from) = at.place();
        let format = self.format;
        let entry = self.edit(block, Class::Entries, from..from.saturating_add(ENTRY))?;
        inode.encode(format, entry);
        Ok(())
    }

    /// The number of the file's block `index`, which its size has room for; 0 if it has none there.
    pub(crate) fn number(&mut self, inode: &Inode, index: u32) -> Result<u32, Error> {
        // exercise 5.7 begin
        let format = self.format;
        let number = match inode.direct.get(index as usize) {
            Some(&number) => number,
            None if inode.indirect == 0 => 0,
            None => {
                self.must_be_usable(inode.indirect)?;
                format.word(self.read_block(inode.indirect)?, format.indirect(index))
            }
        };
        if number != 0 {
            self.must_be_usable(number)?;
        }
        Ok(number)
        // exercise 5.7 end
    }

    pub(crate) fn must_be_usable(&self, block: u32) -> Result<(), Error> {
        if self.is_usable(block) {
            Ok(())
        } else {
            Err(Error::Corrupt)
        }
    }

    /// Makes the new `block` the file's block `index`. The entry does not say so yet.
    pub(crate) fn attach(
        &mut self,
        inode: &mut Inode,
        index: u32,
        block: u32,
    ) -> Result<(), Error> {
        if let Some(number) = inode.direct.get_mut(index as usize) {
            *number = block;
            return Ok(());
        }
        // exercise 5.12 begin
        if inode.indirect != 0 {
            self.must_be_usable(inode.indirect)?;
            return self.set_indirect(inode.indirect, index, block);
        }
        let indirect = self.alloc()?;
        let blank = self.blank(indirect);
        let set = blank.and_then(|()| self.set_indirect(indirect, index, block));
        match set {
            Ok(()) => inode.indirect = indirect,
            Err(_) => self.free(indirect),
        }
        set
        // exercise 5.12 end
    }

    /// Gives `inode` the block with the numbers of its blocks, if with `size` it will have one, before it has those: so they can be
    /// side by side. Tells whether it has a new one; where there is none to be had now, it gets it when it needs it.
    pub(crate) fn foresee(&mut self, inode: &mut Inode, size: u32) -> bool {
        if inode.indirect != 0 || blocks_of(size) <= DIRECTS {
            return false;
        }
        let Ok(indirect) = self.alloc() else {
            return false;
        };
        if self.blank(indirect).is_err() {
            self.free(indirect);
            return false;
        }
        inode.indirect = indirect;
        true
    }

    /// Takes it back: nothing is in it.
    pub(crate) fn unforesee(&mut self, inode: &mut Inode) {
        self.free(inode.indirect);
        inode.indirect = 0;
    }

    fn set_indirect(&mut self, indirect: u32, index: u32, block: u32) -> Result<(), Error> {
        let format = self.format;
        let at = format.indirect(index);
        let word = self.edit(indirect, Class::Indirect, at..at.wrapping_add(4))?;
        format.set_word(word, 0, block);
        Ok(())
    }

    /// Frees the blocks of `old` that `new` has no room for, which is the same file when it was cut. Its indirect
    /// block is held.
    pub(crate) fn free_beyond(&mut self, old: &Inode, new: &Inode) -> Result<(), Error> {
        // exercise 5.15 begin
        for index in new.blocks()..old.blocks() {
            if let Ok(number) = self.number(old, index) {
                self.free(number);
            }
        }
        if old.indirect != 0 && new.indirect != 0 {
            self.has_shrunk = true;
        }
        Ok(())
        // exercise 5.15 end
    }
}
