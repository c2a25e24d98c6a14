//! Signed lines: how a check proves that it passed.
//!
//! For each run the harness draws a key and puts it, with a seed, the check's name and its parameters, into an
//! [`Order`] inside the program (or the kernel) that carries the check out. The check reads its order, draws
//! what it works with from the seed, and signs each line that says that something was as it should be. So
//! nobody can print such a line who has not got as far as the check's own code. As only the seal depends on the
//! key, two runs with one seed execute the same number of instructions.
//!
//! An order that was never filled in has an empty name: the program was started by a person.

#![no_std]
#![forbid(unsafe_code)]

mod order;

pub use order::{Order, Template, template};

use core::hash::Hasher;
use siphasher::sip::SipHasher13;

/// A run's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub u64);

impl Key {
    /// What stands behind the line `label` of the check called `check`: 16 digits.
    pub fn seal(self, check: &str, label: &str) -> Seal {
        let hash = self.hash(&[check.as_bytes(), label.as_bytes()]);
        // Digit by digit: formatting a number takes longer the greater it is.
        Seal(core::array::from_fn(|at| {
            b"0123456789abcdef"[(hash >> (60 - 4 * at) & 0xf) as usize]
        }))
    }

    fn hash(self, parts: &[&[u8]]) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0, !self.0);
        for part in parts {
            hasher.write(part);
            hasher.write(&[0xff]);
        }
        hasher.finish()
    }
}

/// The proof behind a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal([u8; 16]);

impl Seal {
    /// Its digits.
    pub fn digits(&self) -> &str {
        // They are ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What a run draws by lot, one number after the other.
#[derive(Clone, Debug)]
pub struct Lots {
    seed: Key,
    next: u32,
}

impl Lots {
    /// From the first number that belongs to `seed` on.
    pub const fn new(seed: u64) -> Self {
        let seed = Key(seed);
        Self { seed, next: 0 }
    }

    /// Any number.
    pub fn any(&mut self) -> u32 {
        let drawn = self.seed.hash(&[&self.next.to_le_bytes()]) as u32;
        self.next = self.next.wrapping_add(1);
        drawn
    }

    /// A number from `low` to `high`, both included; `low` if there is none.
    pub fn from(&mut self, low: u32, high: u32) -> u32 {
        let span = u64::from(high.saturating_sub(low)).wrapping_add(1);
        low.wrapping_add((u64::from(self.any()) % span) as u32)
    }

    /// Puts `items` in an order drawn by lot.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.from(0, last as u32) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_depends_on_key_check_and_label() {
        let seal = Key(1).seal("cow", "a");
        assert_eq!(seal, Key(1).seal("cow", "a"));
        for other in [
            Key(2).seal("cow", "a"),
            Key(1).seal("co", "wa"),
            Key(1).seal("cow", "b"),
        ] {
            assert_ne!(seal, other);
        }
        assert!(seal.digits().bytes().all(|digit| digit.is_ascii_hexdigit()));
    }

    #[test]
    fn lots_stay_in_their_range_and_shuffling_keeps_everything() {
        let mut lots = Lots::new(7);
        assert!((0..200).all(|_| (3..=9).contains(&lots.from(3, 9))));
        assert!((0..50).any(|_| lots.from(3, 9) == 9));
        assert_eq!(lots.from(5, 5), 5);
        let mut items = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        let before = items;
        lots.shuffle(&mut items);
        assert_ne!(items, before);
        items.sort_unstable();
        assert_eq!(items, before);
    }
}
