//! Address-space ids: 1024 environments on the 64 (R3000) or 256 (4Kc) that a TLB knows.
//!
//! Ids are handed out in generations. An environment keeps its id until the generation ends; when
//! the ids of a generation are used up the whole TLB is flushed, once, and everybody gets a new id
//! when next switched to. So no two live address spaces ever share an id, and the id of an
//! environment that ended needs no flush: it is not handed out again in its generation.

use crate::machine::{Asid, Machine};
use crate::slot::{Slot, Table};

/// Ids that a generation has at most: the largest number that fits [`Tag`].
const IDS: u32 = 256;

// teacher begin
/// Where the number of a CPU is in a tag, of several CPUs: each has generations of its own.
const CPU_SHIFT: u32 = 29;
/// The last generation of a CPU whose number can be in a tag must be far away: so it is another one where this is set.
const LATE: u32 = 1 << 28;

// teacher end
/// An id and the generation it was handed out in: generation * 256 + id. Generation 0 has no ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(u32);

impl Tag {
    /// No id yet.
    pub const NONE: Self = Self(0);

    /// The id, of whatever generation.
    pub const fn asid(self) -> Asid {
        Asid::new(self.0 % IDS)
    }
    // teacher begin

    /// Whether it is one of those of the CPU with this number.
    pub const fn is_of_cpu(self, number: usize) -> bool {
        self.0 >> CPU_SHIFT == number as u32
    }
    // teacher end
}

/// Hands out ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asids {
    /// The tag of id 0 of this generation.
    base: u32,
    /// How many ids of this generation are left; the highest of them is the next.
    left: u32,
}

impl Asids {
    // teacher begin
    /// Where the tag of id 0 is in it, for assembly.
    pub const BASE: usize = core::mem::offset_of!(Self, base);

    // teacher end
    /// Before the first generation with ids.
    pub const fn new() -> Self {
        Self { base: IDS, left: 0 }
    }

    // teacher begin
    /// Those of the CPU with this number, of several.
    pub const fn of_cpu(number: usize) -> Self {
        Self {
            base: (number as u32) << CPU_SHIFT | IDS,
            left: 0,
        }
    }

    /// Whether there will be no more before long that are this CPU's, of several.
    pub const fn are_used_up(&self) -> bool {
        self.base & LATE != 0
    }

    /// They are, for those who cannot wait.
    pub fn use_up(&mut self) {
        self.base |= LATE;
    }

    // teacher end
    /// Before the last generations, so many: for those who want to see them come round, and cannot wait.
    pub const fn before_last(generations: u32) -> Self {
        Self {
            base: 0_u32.wrapping_sub(generations.wrapping_add(1).wrapping_mul(IDS)),
            left: 0,
        }
    }

    /// The id in `tag`, if it is of this generation. Otherwise the TLB holds nothing of its owner.
    pub fn live(&self, tag: Tag) -> Option<Asid> {
        // exercise 2.14 begin
        let id = tag.0 ^ self.base;
        (id < IDS).then_some(Asid::new(id))
        // exercise 2.14 end
    }

    /// A new id for `slot`, which has none that is live.
    pub fn hand_out<M: Machine, T: AsMut<Tag>>(
        &mut self,
        table: &mut Table<T>,
        slot: Slot,
        machine: &mut M,
    ) -> Asid {
        // exercise 2.14 begin
        const { assert!(M::ASIDS <= IDS) };
        if self.left == 0 {
            self.next_generation(table);
            self.left = M::ASIDS.saturating_sub(1);
            machine.tlb_flush();
        }
        let asid = Asid::new(self.left);
        self.left = self.left.saturating_sub(1);
        *table.at_mut(slot).as_mut() = Tag(self.base | asid.number());
        asid
        // exercise 2.14 end
    }

    /// When the generations come round, an environment that was not run since the last time must not be
    /// taken for one of today.
    fn next_generation<T: AsMut<Tag>>(&mut self, table: &mut Table<T>) {
        // exercise 2.14 begin
        self.base = self.base.checked_add(IDS).unwrap_or_else(|| {
            table
                .iter_mut()
                .for_each(|entry| *entry.as_mut() = Tag::NONE);
            IDS
        });
        // exercise 2.14 end
    }
}

impl Default for Asids {
    fn default() -> Self {
        Self::new()
    }
}

impl AsMut<Tag> for Tag {
    fn as_mut(&mut self) -> &mut Tag {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_abi::NENV;

    #[test]
    fn generations_come_round_without_anyone_keeping_an_old_id() {
        let mut table = Table::new([Tag(IDS + 5); NENV]);
        let mut asids = Asids::before_last(0);
        assert_eq!(asids.live(Tag(IDS + 5)), None);
        asids.next_generation(&mut table);
        assert_eq!(asids.base, IDS);
        assert_eq!(asids.live(*table.at(Slot::new(7))), None);
    }
}
