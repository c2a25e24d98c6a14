//! The queues environments stand in: doubly linked through the environments themselves, by slot.
//!
//! A slot is in at most one list: a free one in the list of free slots, a runnable one in the run queue
//! (unless it has the CPU), one that waits for a byte among the console's readers.

use mos_abi::NENV;

/// A slot of the table of environments: 0 to 1023.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(u16);

impl Slot {
    /// Slot number `index` modulo 1024.
    pub const fn new(index: usize) -> Self {
        Self((index % NENV) as u16)
    }

    /// Its number.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A value for each slot. Lookup cannot fail, as a [`Slot`] is always in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<T>([T; NENV]);

impl<T> Table<T> {
    /// The table with these values.
    pub const fn new(values: [T; NENV]) -> Self {
        Self(values)
    }

    /// The value of `slot`.
    pub fn at(&self, slot: Slot) -> &T {
        let [first, ..] = &self.0;
        self.0.get(slot.index() % NENV).unwrap_or(first)
    }

    /// The value of `slot`, to change.
    pub fn at_mut(&mut self, slot: Slot) -> &mut T {
        match self.0.get_mut(slot.index() % NENV) {
            Some(value) => value,
            None => unreachable!("a slot is below NENV"),
        }
    }
}

/// A slot's neighbours in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    prev: Option<Slot>,
    next: Option<Slot>,
}

impl Link {
    /// In no list, or alone in one.
    pub const NONE: Self = Self {
        prev: None,
        next: None,
    };
}

/// A queue of slots, first in, first out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    head: Option<Slot>,
    tail: Option<Slot>,
}

impl List {
    /// An empty queue.
    pub const fn new() -> Self {
        Self {
            head: None,
            tail: None,
        }
    }

    /// The slot at the head.
    pub fn first(&self) -> Option<Slot> {
        self.head
    }

    /// Puts `slot`, which is in no list, at the tail.
    pub fn push(&mut self, links: &mut Table<Link>, slot: Slot) {
        *links.at_mut(slot) = Link {
            prev: self.tail,
            next: None,
        };
        match self.tail {
            Some(tail) => links.at_mut(tail).next = Some(slot),
            None => self.head = Some(slot),
        }
        self.tail = Some(slot);
    }

    /// Takes the slot at the head.
    pub fn pop(&mut self, links: &mut Table<Link>) -> Option<Slot> {
        let slot = self.head?;
        self.remove(links, slot);
        Some(slot)
    }

    /// Takes `slot`, which is in this list, out of it.
    pub fn remove(&mut self, links: &mut Table<Link>, slot: Slot) {
        let Link { prev, next } = *links.at(slot);
        match prev {
            Some(prev) => links.at_mut(prev).next = next,
            None => self.head = next,
        }
        match next {
            Some(next) => links.at_mut(next).prev = prev,
            None => self.tail = prev,
        }
        *links.at_mut(slot) = Link::NONE;
    }

    /// The slots from head to tail.
    pub fn iter<'a>(&self, links: &'a Table<Link>) -> impl Iterator<Item = Slot> + use<'a> {
        core::iter::successors(self.head, |&slot| links.at(slot).next)
    }
}

impl Default for List {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    fn numbers(list: &List, links: &Table<Link>) -> Vec<usize> {
        list.iter(links).map(Slot::index).collect()
    }

    #[test]
    fn slots_leave_in_the_order_they_came_and_from_anywhere() {
        let mut links = Table::new([Link::NONE; NENV]);
        let mut list = List::new();
        for index in [3, 1, 4, 15, 9] {
            list.push(&mut links, Slot::new(index));
        }
        list.remove(&mut links, Slot::new(4));
        assert_eq!(numbers(&list, &links), [3, 1, 15, 9]);
        list.remove(&mut links, Slot::new(9));
        assert_eq!(list.pop(&mut links), Some(Slot::new(3)));
        list.push(&mut links, Slot::new(3));
        assert_eq!(numbers(&list, &links), [1, 15, 3]);
        while list.pop(&mut links).is_some() {}
        assert_eq!((list.first(), list.pop(&mut links)), (None, None));
    }
}
