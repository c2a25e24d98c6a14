//! Blocks in memory: which ones, which of their sectors are not on the disk yet, and who makes room.

use crate::layout::{BLOCK, Block, SECTOR, SUPER};
use crate::store::Store;
use core::ops::Range;

/// The fewest slots that work: one operation holds on to some blocks while it looks at others.
pub const FEWEST: usize = 16;
/// No slot.
const NONE: u16 = u16::MAX;

/// When a block that was changed is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// The bitmap.
    Bitmap,
    /// What is in files, and every block that nothing on the disk names yet.
    Data,
    /// Numbers of a file's blocks, in a block that its entry names already.
    Indirect,
    /// Directories, and the super block with the root's entry.
    Entries,
}

/// What is known of one cached block.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// Its number; 0: there is none.
    block: u32,
    /// A bit for each sector that is not on the disk.
    dirty: u8,
    class: Class,
    /// Nothing on the disk names it, as far as is known.
    fresh: bool,
    /// Somebody wanted it since the hand passed.
    wanted: bool,
    /// How many hold on to it.
    holds: u8,
    /// The first of those slots whose blocks hash to this one's index.
    first: u16,
    /// The next of the slots with the same hash.
    next: u16,
}

impl Slot {
    /// A slot with nothing in it.
    pub const EMPTY: Self = Self {
        block: 0,
        dirty: 0,
        class: Class::Data,
        fresh: false,
        wanted: false,
        holds: 0,
        first: NONE,
        next: NONE,
    };
}

/// The cached blocks.
pub(crate) struct Cache<S> {
    pub store: S,
    /// How many slots have something that is not on the disk.
    dirty: usize,
    /// Where the search for a slot that can be had goes on.
    hand: usize,
}

impl<S: Store> Cache<S> {
    pub fn new(mut store: S) -> Self {
        store.slots().fill(Slot::EMPTY);
        Self {
            store,
            dirty: 0,
            hand: 0,
        }
    }

    /// How many slots there are.
    pub fn len(&mut self) -> usize {
        let blocks = self.store.blocks().len();
        self.store.slots().len().min(blocks).min(NONE.into())
    }

    /// Whether all of it is on the disk.
    pub fn is_clean(&self) -> bool {
        self.dirty == 0
    }

    fn slot(&mut self, at: usize) -> Option<&mut Slot> {
        self.store.slots().get_mut(at)
    }

    fn hash(&mut self, block: u32) -> usize {
        (block as usize).checked_rem(self.len()).unwrap_or(0)
    }

    /// The slot that `block` is in.
    pub fn find(&mut self, block: u32) -> Option<usize> {
        let hash = self.hash(block);
        let slots = self.store.slots();
        let mut at = slots.get(hash)?.first;
        loop {
            let slot = slots.get_mut(usize::from(at))?;
            if slot.block == block {
                slot.wanted = true;
                return Some(at.into());
            }
            at = slot.next;
        }
    }

    /// A slot for `block`, which is in none; what is in it now is on the disk. `None`: all that could be had is not.
    pub fn claim(&mut self, block: u32) -> Option<usize> {
        let len = self.len();
        // A first round may only find out that everything was wanted.
        for _ in 0..len.saturating_mul(2) {
            let at = self.hand;
            self.hand = if at.saturating_add(1) < len {
                at.saturating_add(1)
            } else {
                0
            };
            let slot = self.slot(at)?;
            if slot.dirty != 0 || slot.holds != 0 {
                continue;
            }
            if slot.block != 0 && slot.wanted {
                slot.wanted = false;
                continue;
            }
            self.forget(at);
            self.put(at, block);
            return Some(at);
        }
        None
    }

    fn put(&mut self, at: usize, block: u32) {
        let hash = self.hash(block);
        let next = self.slot(hash).map_or(NONE, |head| {
            let next = head.first;
            head.first = u16::try_from(at).unwrap_or(NONE);
            next
        });
        if let Some(slot) = self.slot(at) {
            (slot.block, slot.next) = (block, next);
            (slot.fresh, slot.wanted) = (false, true);
        }
    }

    /// Empties a slot, whatever was in it. One that is held stays, as if it were on the disk.
    pub fn forget(&mut self, at: usize) {
        self.clean(at);
        let Some(&mut slot) = self.slot(at) else {
            return;
        };
        if slot.block == 0 || slot.holds != 0 {
            return;
        }
        let hash = self.hash(slot.block);
        let slots = self.store.slots();
        let this = u16::try_from(at).unwrap_or(NONE);
        if let Some(head) = slots.get_mut(hash) {
            if head.first == this {
                head.first = slot.next;
            } else {
                let mut before = head.first;
                while let Some(other) = slots.get_mut(usize::from(before)) {
                    if other.next == this {
                        other.next = slot.next;
                        break;
                    }
                    before = other.next;
                }
            }
        }
        if let Some(slot) = slots.get_mut(at) {
            (slot.block, slot.next) = (0, NONE);
        }
    }

    /// Keeps the block in slot `at` where it is, until it is let go of as often.
    pub fn hold(&mut self, at: usize) {
        if let Some(slot) = self.slot(at) {
            slot.holds = slot.holds.saturating_add(1);
        }
    }

    /// See [`Cache::hold`].
    pub fn let_go(&mut self, at: usize) {
        if let Some(slot) = self.slot(at) {
            slot.holds = slot.holds.saturating_sub(1);
        }
    }

    /// The block in slot `at`.
    pub fn block(&mut self, at: usize) -> &mut Block {
        // Slots come from `find` and `claim`, which know how many there are.
        #[allow(clippy::indexing_slicing)]
        &mut self.store.blocks()[at]
    }

    /// Bytes of the block in slot `at`, which are going to be changed.
    pub fn edit(&mut self, at: usize, class: Class, range: Range<usize>) -> &mut [u8] {
        let first = range.start / SECTOR;
        let sectors = range.end.div_ceil(SECTOR).saturating_sub(first);
        let mask = (1_u32.unbounded_shl(sectors as u32)).wrapping_sub(1);
        let mask = mask.unbounded_shl(first as u32) as u8;
        let mut is_new = false;
        if let Some(slot) = self.slot(at) {
            is_new = slot.dirty == 0 && mask != 0;
            slot.dirty |= mask;
            if !slot.fresh {
                slot.class = class;
            }
        }
        if is_new {
            self.dirty = self.dirty.saturating_add(1);
        }
        self.block(at).get_mut(range).unwrap_or_default()
    }

    /// Makes slot `at` a block of zeros that nothing names yet.
    pub fn blank(&mut self, at: usize) {
        self.clean(at);
        if let Some(slot) = self.slot(at) {
            slot.fresh = true;
            slot.class = Class::Data;
        }
        self.edit(at, Class::Data, 0..BLOCK).fill(0);
    }

    /// The block in slot `at` and its dirty sectors, if it has any and is of `class`.
    pub fn pending(&mut self, at: usize, class: Class) -> Option<(u32, u8)> {
        let slot = self.slot(at)?;
        (slot.dirty != 0 && slot.class == class).then_some((slot.block, slot.dirty))
    }

    /// All of slot `at` is on the disk.
    pub fn clean(&mut self, at: usize) {
        let Some(slot) = self.slot(at) else {
            return;
        };
        if core::mem::take(&mut slot.dirty) != 0 {
            self.dirty = self.dirty.saturating_sub(1);
        }
    }

    /// All that names blocks is on the disk: none is fresh.
    pub fn settle(&mut self) {
        for slot in self.store.slots() {
            slot.fresh = false;
        }
    }

    /// Changes a word of the super block where it is cached, which has no need to be written for that.
    pub fn patch_super(&mut self, patch: impl FnOnce(&mut Block)) {
        if let Some(at) = self.find(SUPER) {
            patch(self.block(at));
        }
    }
}
