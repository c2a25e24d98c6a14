//! An image, and where words are in it. The format is that of all years: block 0 boots, block 1 says how many blocks there
//! are and has the root's entry, then comes the bitmap, in which a 1 is a free block, then files and folders.

use std::ops::Range;

/// Bytes of a block.
pub const BLOCK: usize = 4096;
/// Bytes of a sector.
pub const SECTOR: usize = 512;
/// What block 1 begins with.
pub const MAGIC: u32 = 0x6828_6097;
/// Where that is.
pub const SUPER: usize = BLOCK;
/// Where there is a word that is not 0 while the disk is in use.
pub const IN_USE: usize = SUPER + 264;
/// Bits of a block of the bitmap.
pub const BITS: u32 = 8 * BLOCK as u32;

/// Bytes of an entry.
const ENTRY: usize = 256;
/// Blocks of a file that its entry names.
const DIRECTS: u32 = 10;
/// Most blocks of a file: as many as its indirect block has words, of which the first ten are not used.
pub const MOST: u32 = 1024;

/// An entry: where it begins in the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(usize);

impl Entry {
    /// The root's.
    pub const ROOT: Self = Self(SUPER + 8);

    /// Those of block number `block`.
    pub fn all_of(block: u32) -> impl Iterator<Item = Self> {
        let start = block as usize * BLOCK;
        (start..start + BLOCK).step_by(ENTRY).map(Self)
    }

    const fn size(self) -> usize {
        self.0 + 128
    }

    const fn kind(self) -> usize {
        self.0 + 132
    }

    const fn direct(self, index: u32) -> usize {
        self.0 + 136 + 4 * index as usize
    }

    const fn indirect(self) -> usize {
        self.0 + 176
    }
}

/// The bytes of a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image(pub Vec<u8>);

impl Image {
    /// Zeros.
    pub fn of_blocks(blocks: u32) -> Self {
        Self(vec![0; blocks as usize * BLOCK])
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> u32 {
        (self.0.len() / BLOCK) as u32
    }

    /// The word at `at`; 0 where there is none.
    pub fn word(&self, at: usize) -> u32 {
        let bytes = self.0.get(at..).and_then(|bytes| bytes.first_chunk());
        bytes.copied().map_or(0, u32::from_le_bytes)
    }

    /// Puts a word at `at`, if that is on the disk.
    pub fn set_word(&mut self, at: usize, word: u32) {
        if let Some(bytes) = self.0.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
            *bytes = word.to_le_bytes();
        }
    }

    /// Where block number `block` is.
    pub fn place(block: u32) -> Range<usize> {
        let start = block as usize * BLOCK;
        start..start + BLOCK
    }

    /// The blocks in front of all files.
    pub fn reserved(blocks: u32) -> u32 {
        2 + blocks.div_ceil(BITS)
    }

    /// Whether the bitmap says that `block` is free.
    pub fn is_free(&self, block: u32) -> bool {
        let at = 2 * BLOCK + block as usize / 8;
        self.0
            .get(at)
            .is_some_and(|bits| bits >> (block % 8) & 1 == 1)
    }

    /// Has the bitmap say so, or not.
    pub fn set_free(&mut self, block: u32, free: bool) {
        if let Some(bits) = self.0.get_mut(2 * BLOCK + block as usize / 8) {
            let bit = 1 << (block % 8);
            *bits = if free { *bits | bit } else { *bits & !bit };
        }
    }

    /// The name of an entry, which is empty if that is free.
    pub fn name(&self, entry: Entry) -> String {
        let bytes = self
            .0
            .get(entry.0..)
            .and_then(|rest| rest.first_chunk::<128>());
        let bytes = bytes.map_or(&[][..], |name| {
            name.split(|&byte| byte == 0).next().unwrap_or(name)
        });
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// Makes an entry one of an empty file or folder; without a name, a free one.
    pub fn set_entry(&mut self, entry: Entry, name: &str, is_folder: bool) {
        let Some(bytes) = self
            .0
            .get_mut(entry.0..)
            .and_then(|rest| rest.first_chunk_mut::<ENTRY>())
        else {
            return;
        };
        bytes.fill(0);
        for (byte, letter) in bytes.iter_mut().zip(name.bytes().take(127)) {
            *byte = letter;
        }
        self.set_word(entry.kind(), is_folder.into());
    }

    /// Bytes of its file.
    pub fn size(&self, entry: Entry) -> u32 {
        self.word(entry.size())
    }

    /// Says how many bytes its file has.
    pub fn set_size(&mut self, entry: Entry, size: u32) {
        self.set_word(entry.size(), size);
    }

    /// What it says it is: 0, a file; 1, a folder.
    pub fn kind(&self, entry: Entry) -> u32 {
        self.word(entry.kind())
    }

    /// Its indirect block; 0, if there is none.
    pub fn indirect(&self, entry: Entry) -> u32 {
        self.word(entry.indirect())
    }

    /// Says which its indirect block is.
    pub fn set_indirect(&mut self, entry: Entry, block: u32) {
        self.set_word(entry.indirect(), block);
    }

    /// Where the number of block `index` of its file is. There is no such place without an indirect block.
    fn number_at(&self, entry: Entry, index: u32) -> Option<usize> {
        match (index, self.indirect(entry)) {
            (0..DIRECTS, _) => Some(entry.direct(index)),
            (_, 0) => None,
            (_, indirect) => Some(Self::place(indirect).start + 4 * index as usize),
        }
    }

    /// The number of block `index` of its file; 0, if it has none there.
    pub fn number(&self, entry: Entry, index: u32) -> u32 {
        self.number_at(entry, index).map_or(0, |at| self.word(at))
    }

    /// Says which block `index` of its file is, if there is room for it: see [`needs_indirect`](Self::needs_indirect).
    pub fn set_number(&mut self, entry: Entry, index: u32, block: u32) {
        if let Some(at) = self.number_at(entry, index) {
            self.set_word(at, block);
        }
    }

    /// Whether block `index` can only be named once there is an indirect block.
    pub fn needs_indirect(&self, entry: Entry, index: u32) -> bool {
        self.number_at(entry, index).is_none()
    }
}
