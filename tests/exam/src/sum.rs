//! Contents, in a word.

/// A sum of bytes in which their order counts. It takes no product, which two machines would make in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum(u32);

impl Default for Sum {
    fn default() -> Self {
        Self::new()
    }
}

impl Sum {
    /// Of no bytes.
    pub const fn new() -> Self {
        Self(0x9e37_79b9)
    }

    /// Takes in the bytes that come next.
    pub fn add(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0.rotate_left(5) ^ u32::from(byte)).wrapping_add(0x7f4a_7c15);
        }
    }

    /// What it is by now.
    pub const fn value(self) -> u32 {
        self.0
    }
}

/// The sum of `bytes`.
pub fn sum(bytes: &[u8]) -> u32 {
    let mut sum = Sum::new();
    sum.add(bytes);
    sum.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_number_of_bytes_count() {
        let mut parts = Sum::new();
        parts.add(b"ab");
        parts.add(b"c");
        assert_eq!(parts.value(), sum(b"abc"));
        for other in [&b"acb"[..], b"ab", b"abc\0", b""] {
            assert_ne!(sum(other), sum(b"abc"));
        }
    }
}
