//! Address-space ids: 1024 environments on the 64 (R3000) or 256 (4Kc) that a TLB knows.
//!
//! Ids are handed out in generations. An environment keeps its id until the generation ends; when
//! the ids of a generation are used up the whole TLB is flushed, once, and everybody gets a new id
//! when next switched to. So no two live address spaces ever share an id, and the id of an
//! environment that ended needs no flush: it is not handed out again in its generation.

use crate::machine::Machine;

/// An address-space id, as the TLB compares it with EntryHi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asid(u32);

impl Asid {
    /// The number: 0 to [`Machine::ASIDS`] - 1. 0 is never an environment's.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// An id and the generation it was handed out in. Generation 0 has no ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    generation: u64,
    asid: Asid,
}

impl Tag {
    /// No id yet.
    pub const NONE: Self = Self {
        generation: 0,
        asid: Asid(0),
    };
}

/// Hands out ids. The generation is 64 bits wide, so that it never comes round.
#[derive(Clone, Debug, Default)]
pub struct Asids {
    generation: u64,
    /// How many ids of this generation are left; the highest of them is the next.
    left: u32,
}

impl Asids {
    /// Before the first generation. All zero, like the rest of the kernel's initial state, so that it
    /// takes no room in the image.
    pub const fn new() -> Self {
        Self {
            generation: 0,
            left: 0,
        }
    }

    /// The id in `tag`, if it is of this generation. Otherwise the TLB holds nothing of its owner.
    pub fn live(&self, tag: Tag) -> Option<Asid> {
        (tag.generation == self.generation && tag != Tag::NONE).then_some(tag.asid)
    }

    /// The id in `tag`, renewed first where its generation has ended.
    pub fn renew<M: Machine>(&mut self, tag: &mut Tag, machine: &mut M) -> Asid {
        if let Some(asid) = self.live(*tag) {
            return asid;
        }
        if self.left == 0 {
            self.generation = self.generation.wrapping_add(1);
            self.left = M::ASIDS.saturating_sub(1);
            machine.tlb_flush();
        }
        let asid = Asid(self.left);
        self.left = self.left.saturating_sub(1);
        *tag = Tag {
            generation: self.generation,
            asid,
        };
        asid
    }
}
