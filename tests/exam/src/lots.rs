//! What a run draws by lot.

use core::hash::Hasher;
use siphasher::sip::SipHasher13;

/// What a run draws by lot, one number after the other.
#[derive(Clone, Debug)]
pub struct Lots {
    seed: u64,
    next: u32,
}

impl Lots {
    /// From the first number that belongs to `seed` on.
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: 0 }
    }

    // lab 5 begin
    /// The same without the first `next` numbers.
    pub const fn beginning_at(seed: u64, next: u32) -> Self {
        Self { seed, next }
    }

    // lab 5 end
    /// Any number.
    pub fn any(&mut self) -> u32 {
        let mut hasher = SipHasher13::new_with_keys(self.seed, !self.seed);
        hasher.write(&self.next.to_le_bytes());
        self.next = self.next.wrapping_add(1);
        hasher.finish() as u32
    }

    /// A number from `low` to `high`, both included; `low` if there is none.
    // Out of line, so that it divides: by a number that it knows the compiler multiplies, and that sooner after it has
    // read the product before than an R3000 allows.
    #[inline(never)]
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
