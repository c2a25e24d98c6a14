//! The queues environments stand in: rings through the environments themselves, by slot.
//!
//! A slot is in at most one ring: a free one among the free slots, a runnable one in the run queue of
//! its CPU, one that waits for a byte among the console's readers.

use crate::slot::{Slot, Table};

/// A slot's neighbours in its ring, while it is in one.
// Aligned so that both are written at once.
#[repr(align(4))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    prev: Option<Slot>,
    next: Option<Slot>,
}

impl Link {
    // teacher begin
    /// Where the previous one is in it, for assembly.
    pub const PREV: usize = core::mem::offset_of!(Self, prev);
    /// Where the next one is in it, for assembly.
    pub const NEXT: usize = core::mem::offset_of!(Self, next);

    // teacher end
    /// In no ring.
    pub const NONE: Self = Self {
        prev: None,
        next: None,
    };
}

impl AsRef<Link> for Link {
    fn as_ref(&self) -> &Link {
        self
    }
}

impl AsMut<Link> for Link {
    fn as_mut(&mut self) -> &mut Link {
        self
    }
}

/// A queue of slots, first in, first out: a ring, of which the head is known, and so the tail before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    head: Option<Slot>,
}

impl Ring {
    /// An empty queue.
    pub const fn new() -> Self {
        Self { head: None }
    }

    /// The slot at the head.
    pub fn first(&self) -> Option<Slot> {
        self.head
    }

    /// Puts `slot`, which is in no ring, at the tail.
    pub fn push<T: AsMut<Link>>(&mut self, table: &mut Table<T>, slot: Slot) {
        // exercise 3.1 begin
        let head = *self.head.get_or_insert(slot);
        let tail = table.at_mut(head).as_mut().prev.unwrap_or(slot);
        *table.at_mut(slot).as_mut() = Link {
            prev: Some(tail),
            next: Some(head),
        };
        table.at_mut(tail).as_mut().next = Some(slot);
        table.at_mut(head).as_mut().prev = Some(slot);
        // exercise 3.1 end
    }

    /// Puts `slot`, which is in no ring, before the head.
    pub fn push_first<T: AsMut<Link>>(&mut self, table: &mut Table<T>, slot: Slot) {
        self.push(table, slot);
        self.head = Some(slot);
    }

    /// Takes `slot`, which is in this ring, out of it.
    pub fn remove<T: AsMut<Link>>(&mut self, table: &mut Table<T>, slot: Slot) {
        // exercise 3.1 begin
        let link = table.at_mut(slot).as_mut();
        let Link {
            prev: Some(prev),
            next: Some(next),
        } = *link
        else {
            return;
        };
        *link = Link::NONE;
        if next == slot {
            self.head = None;
            return;
        }
        table.at_mut(prev).as_mut().next = Some(next);
        table.at_mut(next).as_mut().prev = Some(prev);
        if self.head == Some(slot) {
            self.head = Some(next);
        }
        // exercise 3.1 end
    }

    /// Takes the slot at the head out.
    pub fn remove_first<T: AsMut<Link>>(&mut self, table: &mut Table<T>) {
        if let Some(head) = self.head {
            self.remove(table, head);
        }
    }

    /// Puts `slot`, which is in no ring, in the place of the slot at the head, which leaves.
    pub fn replace_first<T: AsMut<Link>>(&mut self, table: &mut Table<T>, slot: Slot) {
        let Some(head) = self.head else {
            return;
        };
        self.head = Some(slot);
        let link = core::mem::replace(table.at_mut(head).as_mut(), Link::NONE);
        let (Some(prev), Some(next)) = (link.prev, link.next) else {
            return;
        };
        if next == head {
            *table.at_mut(slot).as_mut() = Link {
                prev: Some(slot),
                next: Some(slot),
            };
        } else {
            *table.at_mut(slot).as_mut() = link;
            table.at_mut(prev).as_mut().next = Some(slot);
            table.at_mut(next).as_mut().prev = Some(slot);
        }
    }

    /// The slot at the head goes to the tail.
    pub fn rotate<T: AsRef<Link>>(&mut self, table: &Table<T>) {
        // exercise 3.1 begin
        if let Some(head) = self.head {
            self.head = table.at(head).as_ref().next;
        }
        // exercise 3.1 end
    }

    // teacher begin
    /// Puts `slot`, which is in no ring, behind the last one that it does not pass. The head is passed by nobody if it is to
    /// be kept.
    pub fn insert<T: AsMut<Link> + AsRef<Link>>(
        &mut self,
        table: &mut Table<T>,
        slot: Slot,
        keeps_head: bool,
        passes: impl Fn(&T, Slot) -> bool,
    ) {
        let Some(head) = self.head else {
            return self.push(table, slot);
        };
        let mut next = head;
        let first = loop {
            let other = table.at(next).as_ref().prev.unwrap_or(head);
            let kept = keeps_head && other == head;
            if kept || !passes(table.at(other), other) {
                break head;
            }
            next = other;
            if other == head {
                break slot;
            }
        };
        // Before the one to come after it, as before a head.
        self.head = Some(next);
        self.push(table, slot);
        self.head = Some(first);
    }

    /// Takes the slot at the tail out, and returns it.
    pub fn remove_last<T: AsMut<Link> + AsRef<Link>>(
        &mut self,
        table: &mut Table<T>,
    ) -> Option<Slot> {
        let last = table.at(self.head?).as_ref().prev?;
        self.remove(table, last);
        Some(last)
    }

    /// The head is `slot` from now on, which is in this ring; those that were before it come last.
    pub fn turn_to(&mut self, slot: Slot) {
        self.head = Some(slot);
    }

    // teacher end
    /// The slots from head to tail.
    pub fn iter<'a, T: AsRef<Link>>(
        &self,
        table: &'a Table<T>,
    ) -> impl Iterator<Item = Slot> + use<'a, T> {
        let head = self.head;
        core::iter::successors(head, move |&slot| {
            table
                .at(slot)
                .as_ref()
                .next
                .filter(|&next| Some(next) != head)
        })
    }
}

impl Default for Ring {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use mos_abi::NENV;
    use std::vec::Vec;

    fn numbers(ring: &Ring, table: &Table<Link>) -> Vec<usize> {
        ring.iter(table).map(Slot::index).collect()
    }

    #[test]
    fn slots_leave_in_the_order_they_came_and_from_anywhere() {
        let mut table = Table::new([Link::NONE; NENV]);
        let mut ring = Ring::new();
        for index in [3, 1, 4, 15, 9] {
            ring.push(&mut table, Slot::new(index));
        }
        ring.remove(&mut table, Slot::new(4));
        assert_eq!(numbers(&ring, &table), [3, 1, 15, 9]);
        ring.rotate(&table);
        assert_eq!(numbers(&ring, &table), [1, 15, 9, 3]);
        ring.remove(&mut table, Slot::new(1));
        ring.push(&mut table, Slot::new(0));
        assert_eq!(numbers(&ring, &table), [15, 9, 3, 0]);
        ring.replace_first(&mut table, Slot::new(4));
        assert_eq!(numbers(&ring, &table), [4, 9, 3, 0]);
        while ring.first().is_some() {
            ring.remove_first(&mut table);
        }
        ring.push(&mut table, Slot::new(8));
        ring.replace_first(&mut table, Slot::new(1));
        assert_eq!(numbers(&ring, &table), [1]);
        ring.remove_first(&mut table);
        assert_eq!(numbers(&ring, &table), []);
        ring.rotate(&table);
        assert_eq!(ring.first(), None);
    }

    // teacher begin
    #[test]
    fn slots_go_where_they_pass_nobody_any_more() {
        let mut table = Table::new([Link::NONE; NENV]);
        let mut ring = Ring::new();
        let mut insert = |ring: &mut Ring, index, keeps_head| {
            let lower = |_: &Link, other: Slot| index % 10 < other.index() % 10;
            ring.insert(&mut table, Slot::new(index), keeps_head, lower);
        };
        for index in [5, 3, 7, 13, 1, 11] {
            insert(&mut ring, index, false);
        }
        insert(&mut ring, 0, true);
        insert(&mut ring, 10, false);
        insert(&mut ring, 17, true);
        assert_eq!(numbers(&ring, &table), [1, 0, 10, 11, 3, 13, 5, 7, 17]);
        assert_eq!(ring.remove_last(&mut table), Some(Slot::new(17)));
        ring.turn_to(Slot::new(3));
        assert_eq!(numbers(&ring, &table), [3, 13, 5, 7, 1, 0, 10, 11]);
        while ring.remove_last(&mut table).is_some() {}
        assert_eq!(ring.first(), None);
    }
    // teacher end
}
