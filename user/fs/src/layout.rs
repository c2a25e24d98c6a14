//! Where things are on a disk, and the byte orders that disks come in.
//!
//! Block 0 boots, block 1 is the super block, then comes the bitmap (a 1 is a free block), then whatever was allocated.
//! The super block has the magic number, the number of blocks and the root's entry; an entry has 256 bytes, so that it
//! never crosses the border of a sector. What earlier systems leave zero there is ours: a word that is not 0 while the disk is
//! in use, and the log of [`rename`](crate::rename).

/// Bytes of a block.
pub const BLOCK: usize = 4096;
/// Bytes of a sector.
pub const SECTOR: usize = 512;
/// Sectors of a block.
pub const SECTORS: usize = BLOCK / SECTOR;
/// The bytes of a block.
pub type Block = [u8; BLOCK];
/// The bytes of a sector.
pub type Sector = [u8; SECTOR];

/// The block that says what all others are.
pub const SUPER: u32 = 1;
/// Where the number of blocks is in the super block.
pub const BLOCKS: usize = 4;
/// Where the root's entry is in the super block.
pub const ROOT: usize = 8;
/// Where the super block says that the disk is in use: it was not closed since, if the word is not 0.
pub const IN_USE: usize = 264;

/// The first block of the bitmap.
pub const BITMAP: u32 = 2;
/// Bits of a block of the bitmap.
pub const BITS: u32 = 8 * BLOCK as u32;
/// Most blocks that a disk can have here: 1 GiB.
pub const MOST_BLOCKS: u32 = 8 * BITS;

/// Bytes of an entry, which is a file's name and all that is known of it but its contents.
pub const ENTRY: usize = 256;
/// Entries of a block of a directory.
pub const ENTRIES: usize = BLOCK / ENTRY;
/// Bytes of a name, with the zero behind it.
pub const NAME: usize = 128;
/// Where an entry has the size.
pub const SIZE: usize = 128;
/// Where it has the type.
pub const TYPE: usize = 132;
/// Where it has the numbers of its first blocks.
pub const DIRECT: usize = 136;
/// Where it has the number of the block with the numbers of the others.
pub const INDIRECT: usize = 176;
/// The type of a file.
pub const TYPE_FILE: u32 = 0;
/// The type of a directory.
pub const TYPE_DIRECTORY: u32 = 1;

/// Blocks of a file that its entry names.
pub const DIRECTS: u32 = 10;
/// Words of a block.
pub const WORDS: u32 = 1024;
/// Bytes of a path, with the zero behind it.
pub const PATH: usize = 1024;

/// The blocks that `bytes` fill, the last perhaps in part.
pub const fn blocks_of(bytes: u32) -> u32 {
    bytes.div_ceil(BLOCK as u32)
}

/// The block that byte `offset` of a file is in.
pub const fn block_at(offset: u32) -> u32 {
    const BYTES: u32 = BLOCK as u32;
    offset / BYTES
}

/// The block that a sector is in; how many whole blocks so many sectors are.
pub const fn block_of_sector(sector: u32) -> u32 {
    const EACH: u32 = SECTORS as u32;
    sector / EACH
}

/// The first block behind super block and bitmap on a disk of `blocks` blocks.
pub const fn first_free(blocks: u32) -> u32 {
    BITMAP.saturating_add(blocks.div_ceil(BITS))
}

/// Whose file system it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// MOS, little-endian: ours.
    Mos,
    /// MOS of the years on an R3000 that is big-endian.
    MosBig,
    /// JOS.
    Jos,
}

impl Format {
    /// The format that begins its super block like this.
    pub fn of(magic: [u8; 4]) -> Option<Self> {
        let all = [Self::Mos, Self::MosBig, Self::Jos];
        all.into_iter().find(|format| format.magic() == magic)
    }

    /// What its super block begins with.
    pub const fn magic(self) -> [u8; 4] {
        match self {
            Self::Mos => 0x6828_6097_u32.to_le_bytes(),
            Self::MosBig => 0x6828_6097_u32.to_be_bytes(),
            Self::Jos => 0x4a05_30ae_u32.to_le_bytes(),
        }
    }

    /// Which word of the indirect block is the first in use: that of block 10, though JOS counts from there.
    const fn first_indirect(self) -> u32 {
        match self {
            Self::Mos | Self::MosBig => DIRECTS,
            Self::Jos => 0,
        }
    }

    /// Where in an indirect block the number of a file's block `index` is.
    pub const fn indirect(self, index: u32) -> usize {
        let word = index
            .wrapping_sub(DIRECTS)
            .wrapping_add(self.first_indirect());
        (word as usize).wrapping_mul(4)
    }

    /// Most blocks of a file.
    pub const fn most(self) -> u32 {
        (WORDS + DIRECTS).wrapping_sub(self.first_indirect())
    }

    /// Most bytes of a file.
    pub const fn most_bytes(self) -> u32 {
        self.most().wrapping_mul(BLOCK as u32)
    }

    /// The word at `at`; 0, where there is none.
    pub fn word(self, bytes: &[u8], at: usize) -> u32 {
        let bytes = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        let bytes = bytes.copied().unwrap_or_default();
        match self {
            Self::Mos | Self::Jos => u32::from_le_bytes(bytes),
            Self::MosBig => u32::from_be_bytes(bytes),
        }
    }

    /// How many of these words follow `last` one after the other, each by `step` more.
    pub fn ascending(self, words: &[u8], last: u32, step: u32) -> u32 {
        let mut next = last;
        let goes_on = |&&bytes: &&[u8; 4]| {
            next = next.wrapping_add(step);
            next == match self {
                Self::Mos | Self::Jos => u32::from_le_bytes(bytes),
                Self::MosBig => u32::from_be_bytes(bytes),
            }
        };
        words.as_chunks().0.iter().take_while(goes_on).count() as u32
    }

    /// Puts a word at `at`, if there is room.
    pub fn set_word(self, bytes: &mut [u8], at: usize, word: u32) {
        let new = match self {
            Self::Mos | Self::Jos => word.to_le_bytes(),
            Self::MosBig => word.to_be_bytes(),
        };
        if let Some(old) = bytes
            .get_mut(at..)
            .and_then(|bytes| bytes.first_chunk_mut())
        {
            *old = new;
        }
    }
}
