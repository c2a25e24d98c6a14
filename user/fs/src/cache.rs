//! Blocks in memory: which ones, which of their sectors are not on the disk yet, and who makes room.

use crate::layout::{BLOCK, Block, SECTOR, SUPER};
use crate::store::Store;
use core::ops::Range;

/// The fewest slots that work: one operation holds on to some blocks while it looks at others.
pub const FEWEST: usize = 16;
/// How many blocks that others see are passed over before one must go.
const PATIENCE: usize = 32;
/// No slot; others are one more than their index. An empty slot is zeros, so that a program has room for many and no file full.
const NONE: u16 = 0;

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
    /// Others can store to it.
    lent: bool,
    /// On whose account.
    whom: u16,
    /// A bit for each of the 32 slots from 32 times this one's index on: others can store to it, or it is dirty.
    marked: u32,
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
        class: Class::Bitmap,
        fresh: false,
        wanted: false,
        holds: 0,
        lent: false,
        whom: 0,
        marked: 0,
        first: NONE,
        next: NONE,
    };
}

/// What leads to slot `at`.
fn link(at: usize) -> u16 {
    u16::try_from(at.wrapping_add(1)).unwrap_or(NONE)
}

/// The cached blocks.
pub(crate) struct Cache<S> {
    pub store: S,
    /// How many slots have something that is not on the disk.
    dirty: usize,
    /// How many slots others can store to.
    lent: usize,
    /// Where the search for a slot that can be had goes on.
    hand: usize,
}

impl<S: Store> Cache<S> {
    pub fn new(store: S) -> Self {
        Self {
            store,
            dirty: 0,
            lent: 0,
            hand: 0,
        }
    }

    /// How many slots there are.
    pub fn len(&mut self) -> usize {
        self.store.len().min(usize::from(u16::MAX))
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
    #[inline]
    pub fn find(&mut self, block: u32) -> Option<usize> {
        let hash = self.hash(block);
        let slots = self.store.slots();
        let mut at = slots.get(hash)?.first;
        loop {
            let index = usize::from(at).checked_sub(1)?;
            let slot = slots.get_mut(index)?;
            if slot.block == block {
                slot.wanted = true;
                return Some(index);
            }
            at = slot.next;
        }
    }

    /// The slots one behind the other that `block` and those behind it are in, `count` at most; none, where `block` is in none.
    pub fn find_run(&mut self, block: u32, count: u32) -> Range<usize> {
        let Some(first) = self.find(block) else {
            return 0..0;
        };
        let slots = self.store.slots();
        let end = slots.len().min(first.saturating_add(count as usize));
        let slots = slots.get_mut(first..end).unwrap_or_default();
        let mut next = block;
        for slot in slots {
            if slot.block != next {
                break;
            }
            slot.wanted = true;
            next = next.wrapping_add(1);
        }
        first..first.saturating_add(next.wrapping_sub(block) as usize)
    }

    /// A slot for `block`, which is in none; what is in it now is on the disk. `None`: all that could be had is not.
    pub fn claim(&mut self, block: u32) -> Option<usize> {
        let len = self.len();
        let mut patience = PATIENCE;
        // A first round may only find out that everything was wanted.
        for _ in 0..len.saturating_mul(2) {
            let at = self.hand;
            self.hand = if at.saturating_add(1) < len {
                at.saturating_add(1)
            } else {
                0
            };
            let slot = self.slot(at)?;
            // exercise 5.10 begin
            // otherwise: if slot.block != 0 {
            // otherwise:     continue;
            // otherwise: }
            if slot.dirty != 0 || slot.holds != 0 {
                continue;
            }
            if slot.block != 0 && slot.wanted {
                slot.wanted = false;
                continue;
            }
            // exercise 5.10 end
            let old = slot.block;
            if old != 0 && patience > 0 && self.store.is_shared(old) {
                patience = patience.saturating_sub(1);
                continue;
            }
            self.forget(at);
            if self.store.place(at, block) {
                self.put(at, block);
                return Some(at);
            }
        }
        None
    }

    fn put(&mut self, at: usize, block: u32) {
        let hash = self.hash(block);
        let next = self.slot(hash).map_or(NONE, |head| {
            let next = head.first;
            head.first = link(at);
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
        self.store.vacate(at, slot.block);
        let hash = self.hash(slot.block);
        let slots = self.store.slots();
        let this = link(at);
        if let Some(head) = slots.get_mut(hash) {
            if head.first == this {
                head.first = slot.next;
            } else {
                let mut before = head.first;
                while let Some(other) = slots.get_mut(usize::from(before).wrapping_sub(1)) {
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
        let number = self.number(at);
        self.store.block(at, number)
    }

    /// What is in it, even if others can store to it.
    pub fn look(&mut self, at: usize) -> &Block {
        let number = self.number(at);
        self.store.look(at, number)
    }

    fn number(&mut self, at: usize) -> u32 {
        self.slot(at).map_or(0, |slot| slot.block)
    }

    /// Bytes of the block in slot `at`, to which nobody else can store, and which are going to be changed.
    pub fn edit(&mut self, at: usize, class: Class, range: Range<usize>) -> &mut [u8] {
        self.mark(at, class, range.clone());
        self.block(at).get_mut(range).unwrap_or_default()
    }

    /// Changes bytes of a file, to which others may be able to store as well.
    pub fn store(&mut self, at: usize, offset: usize, bytes: &[u8]) {
        let range = offset..offset.saturating_add(bytes.len());
        self.mark(at, Class::Data, range);
        let number = self.number(at);
        self.store.put(at, number, offset, bytes);
    }

    /// Bytes of the block in slot `at` are others than on the disk.
    pub fn mark(&mut self, at: usize, class: Class, range: Range<usize>) {
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
            self.note(at);
        }
    }

    /// Has others store to slots, on account of `whom`, who keep them where they are.
    pub fn lend(&mut self, slots: Range<usize>, whom: u16) {
        let mut from = slots.start;
        while let Some(at) = self.first_not_lent(from..slots.end) {
            self.lend_one(at, whom);
            from = at.saturating_add(1);
        }
    }

    fn first_not_lent(&mut self, slots: Range<usize>) -> Option<usize> {
        let start = slots.start;
        let slots = self.store.slots().get(slots)?;
        let at = slots.iter().position(|slot| !slot.lent)?;
        Some(start.saturating_add(at))
    }

    fn lend_one(&mut self, at: usize, whom: u16) {
        self.show(at..at.saturating_add(1));
        let Some(slot) = self.slot(at) else {
            return;
        };
        (slot.lent, slot.whom) = (true, whom);
        let number = slot.block;
        self.hold(at);
        self.note(at);
        self.lent = self.lent.saturating_add(1);
        self.store.lend(number);
    }

    /// Has others be able to see slots: whoever has had one mapped as often as a page can be keeps nobody from it.
    pub fn show(&mut self, slots: Range<usize>) {
        let first = self.number(slots.start);
        let mut blocks = first..first.wrapping_add(slots.len() as u32);
        while let Some(block) = self.store.first_worn(blocks.clone()) {
            let at = slots.start.wrapping_add(block.wrapping_sub(first) as usize);
            if self.store.renew(block) && self.is_lent(at) {
                self.mark(at, Class::Data, 0..BLOCK);
                self.part(at);
            }
            blocks.start = block.wrapping_add(1);
        }
    }

    /// Whether others can store to slot `at`.
    pub fn is_lent(&mut self, at: usize) -> bool {
        self.slot(at).is_some_and(|slot| slot.lent)
    }

    /// How many slots others can store to.
    pub fn lent(&self) -> usize {
        self.lent
    }

    /// How many on account of `whom`.
    pub fn lent_to(&mut self, whom: u16) -> usize {
        let is_his = |slot: &&Slot| slot.lent && slot.whom == whom;
        self.store.slots().iter().filter(is_his).count()
    }

    /// Slot `at` is ours alone again, if nobody else sees it.
    pub fn take_back(&mut self, at: usize) {
        let number = self.number(at);
        if self.is_lent(at) && !self.store.is_shared(number) {
            self.part(at);
            self.store.take_back(number);
        }
    }

    /// Who can store to slot `at` may go on, but that is not our block any more.
    pub fn part(&mut self, at: usize) {
        if let Some(slot) = self.slot(at).filter(|slot| slot.lent) {
            slot.lent = false;
            self.lent = self.lent.saturating_sub(1);
            self.let_go(at);
            self.note(at);
        }
    }

    /// Sets or clears the bit of slot `at`.
    fn note(&mut self, at: usize) {
        let is_marked = self
            .slot(at)
            .is_some_and(|slot| slot.lent || slot.dirty != 0);
        let bit = 1_u32.unbounded_shl((at % 32) as u32);
        if let Some(slot) = self.slot(at / 32) {
            slot.marked = if is_marked {
                slot.marked | bit
            } else {
                slot.marked & !bit
            };
        }
    }

    /// The first slot from `from` on that others can store to or that is dirty.
    pub fn next_marked(&mut self, from: usize) -> Option<usize> {
        let len = self.len();
        let slots = self.store.slots();
        let mut skipped = from % 32;
        for group in from / 32..len.div_ceil(32) {
            let marked = slots.get(group)?.marked;
            let rest = marked & u32::MAX.unbounded_shl(skipped as u32);
            if rest != 0 {
                let at = group.wrapping_mul(32);
                return Some(at.wrapping_add(rest.trailing_zeros() as usize));
            }
            skipped = 0;
        }
        None
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
            self.note(at);
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
