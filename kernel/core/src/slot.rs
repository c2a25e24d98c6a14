//! Slots: the places in the table of environments, and a table with a value for each.

use core::num::NonZeroU16;

use mos_abi::NENV;

/// A slot of the table of environments: 0 to 1023.
// As in an environment's id, bit 10 is always 1: so `Option<Slot>` is one half-word, and `None` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slot(NonZeroU16);

impl Slot {
    /// Slot number `index` modulo 1024.
    pub const fn new(index: usize) -> Self {
        match NonZeroU16::new((NENV | (index % NENV)) as u16) {
            Some(bits) => Self(bits),
            None => unreachable!(),
        }
    }

    /// Its number.
    pub const fn index(self) -> usize {
        self.0.get() as usize % NENV
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

    /// All values, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut()
    }

    // teacher begin
    /// All values, `N` at a time, to change.
    pub fn chunks<const N: usize>(&mut self) -> impl Iterator<Item = &mut [T; N]> {
        const { assert!(NENV.is_multiple_of(N)) };
        self.0.as_chunks_mut().0.iter_mut()
    }

    // teacher end
    /// The value of `slot`.
    pub fn at(&self, slot: Slot) -> &T {
        match self.0.get(slot.index()) {
            Some(value) => value,
            None => unreachable!("a slot is below NENV"),
        }
    }

    /// The value of `a`, and that of `b` to change; `None` where they are the same.
    pub fn two(&mut self, a: Slot, b: Slot) -> Option<(&T, &mut T)> {
        let [a, b] = self.0.get_disjoint_mut([a.index(), b.index()]).ok()?;
        Some((a, b))
    }

    /// The value of `slot`, to change.
    pub fn at_mut(&mut self, slot: Slot) -> &mut T {
        match self.0.get_mut(slot.index()) {
            Some(value) => value,
            None => unreachable!("a slot is below NENV"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_knows_its_number() {
        assert!((0..NENV).all(|index| Slot::new(index).index() == index));
        assert_eq!(Slot::new(NENV + 7).index(), 7);
        assert_eq!(size_of::<Option<Slot>>(), 2);
    }
}
