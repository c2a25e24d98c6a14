//! A device that each word goes through: what comes out of it tells all that went in, and in which order.

/// Its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fifo(u32);

impl Fifo {
    /// As it is at first.
    pub const NEW: Self = Self(0x3141_5926);

    /// The next word that comes out.
    pub fn read(&mut self) -> u32 {
        self.write(1);
        self.0
    }

    /// A word goes in.
    pub fn write(&mut self, word: u32) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b1).rotate_left(13);
    }
}
