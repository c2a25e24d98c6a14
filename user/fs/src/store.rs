//! The memory that a file system is given to work in.

use core::ops::Range;

use crate::cache::Slot;
use crate::layout::Block;
use crate::node::Node;

/// Room for cached blocks, for what must be known of all blocks, and for open files. Where it is, is its owner's business: a server
/// can have the blocks where it can map them to others, who look at them, or store to them ([`Fs::lend`](crate::Fs::lend)).
pub trait Store {
    /// What is known of each cached block: as many as there is room for, [`Slot::EMPTY`] at first.
    fn slots(&mut self) -> &mut [Slot];

    /// A bit for each block of the disk, all of them 0 at first.
    fn bits(&mut self) -> &mut [u32];

    /// As many as files can be open, [`Node::FREE`] at first.
    fn nodes(&mut self) -> &mut [Node];

    /// How many slots can be used.
    fn len(&mut self) -> usize {
        self.slots().len()
    }

    /// Whether none can.
    fn is_empty(&mut self) -> bool {
        self.len() == 0
    }

    /// Makes room for `block` in slot `at`, with anything in it, which nobody else sees; `false`: there is none.
    fn place(&mut self, _at: usize, _block: u32) -> bool {
        true
    }

    /// `block` is in slot `at` no more. Who sees it keeps what he sees, which is his alone.
    fn vacate(&mut self, _at: usize, _block: u32) {}

    /// What is in `block`, in slot `at`, to which nobody else can store.
    fn block(&mut self, at: usize, block: u32) -> &mut Block;

    /// What is in it at this moment, even if others can store to it.
    fn look(&mut self, at: usize, block: u32) -> &Block {
        self.block(at, block)
    }

    /// Stores `bytes` at `offset`, even if others can store there.
    fn put(&mut self, at: usize, block: u32, offset: usize, bytes: &[u8]) {
        let to = self.block(at, block).get_mut(offset..).unwrap_or_default();
        for (to, &from) in to.iter_mut().zip(bytes) {
            *to = from;
        }
    }

    /// Whether others see `block`.
    fn is_shared(&mut self, _block: u32) -> bool {
        false
    }

    /// The first of these blocks that others see so often that soon no more of them could.
    fn first_worn(&mut self, _blocks: Range<u32>) -> Option<u32> {
        None
    }

    /// Puts `block` somewhere else, where nobody else sees it. Who sees it, or could store to it, keeps what he sees, which is his
    /// alone. `false`: there is no room, and all is as before.
    fn renew(&mut self, _block: u32) -> bool {
        false
    }

    /// Whether somebody saw a block that was vacated or renewed, since this was asked last.
    fn has_parted(&mut self) -> bool {
        false
    }

    /// Others may store to `block` from now on.
    fn lend(&mut self, _block: u32) {}

    /// Nobody else sees `block`, to which others could store: no more they can.
    fn take_back(&mut self, _block: u32) {}
}

/// A store made of four pieces of memory, arrays or vectors.
#[derive(Clone, Debug)]
pub struct Memory<S, B, W, N> {
    /// See [`Store::slots`].
    pub slots: S,
    /// The blocks, one for each slot.
    pub blocks: B,
    /// See [`Store::bits`].
    pub bits: W,
    /// See [`Store::nodes`].
    pub nodes: N,
}

impl<S, B, W, N> Store for Memory<S, B, W, N>
where
    S: AsMut<[Slot]>,
    B: AsMut<[Block]>,
    W: AsMut<[u32]>,
    N: AsMut<[Node]>,
{
    fn slots(&mut self) -> &mut [Slot] {
        self.slots.as_mut()
    }

    fn bits(&mut self) -> &mut [u32] {
        self.bits.as_mut()
    }

    fn nodes(&mut self) -> &mut [Node] {
        self.nodes.as_mut()
    }

    fn len(&mut self) -> usize {
        let blocks = self.blocks.as_mut().len();
        self.slots.as_mut().len().min(blocks)
    }

    fn block(&mut self, at: usize, _block: u32) -> &mut Block {
        // Slots are those that the cache has found below `len`.
        #[allow(clippy::indexing_slicing)]
        &mut self.blocks.as_mut()[at]
    }
}
