//! Numbers at random, quickly (Marsaglia, "Xorshift RNGs", 2003).

/// Where they come from.
#[derive(Clone, Copy, Debug)]
pub struct Chance(u32);

impl Chance {
    /// Those of this seed.
    pub fn new(seed: u32) -> Self {
        let mut chance = Self(seed.wrapping_add(1) << 8 | 0x5d);
        (0..4).for_each(|_| _ = chance.any());
        chance
    }

    /// Any number but 0.
    pub fn any(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }

    /// One below `end`, a power of 2.
    pub fn below(&mut self, end: u32) -> u32 {
        self.any() >> 7 & (end - 1)
    }
}
