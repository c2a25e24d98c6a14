//! The memory that a file system is given to work in.

use crate::cache::Slot;
use crate::layout::Block;

/// Room for cached blocks and for what must be known of all blocks. Where it is, is its owner's business: a server
/// can have the blocks where it can map them to others.
pub trait Store {
    /// What is known of each cached block: as many as there is room for.
    fn slots(&mut self) -> &mut [Slot];

    /// The cached blocks, one for each slot.
    fn blocks(&mut self) -> &mut [Block];

    /// A bit for each block of the disk, all of them 0 at first.
    fn bits(&mut self) -> &mut [u32];
}

/// A store made of three pieces of memory, arrays or vectors.
#[derive(Clone, Debug)]
pub struct Memory<S, B, W> {
    /// See [`Store::slots`]; [`Slot::EMPTY`] at first.
    pub slots: S,
    /// See [`Store::blocks`].
    pub blocks: B,
    /// See [`Store::bits`].
    pub bits: W,
}

impl<S: AsMut<[Slot]>, B: AsMut<[Block]>, W: AsMut<[u32]>> Store for Memory<S, B, W> {
    fn slots(&mut self) -> &mut [Slot] {
        self.slots.as_mut()
    }

    fn blocks(&mut self) -> &mut [Block] {
        self.blocks.as_mut()
    }

    fn bits(&mut self) -> &mut [u32] {
        self.bits.as_mut()
    }
}
