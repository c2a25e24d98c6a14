//! What the compiler does in line with numbers of 128 bits, done without the multiplier: the R3000 wants two instructions between a
//! look at its result and the next product, and the compiler does not see to that where it makes many.

use core::fmt::{self, Write};

/// The product, modulo 2^128: by shifts and sums.
pub fn product(a: i128, b: i128) -> i128 {
    let (mut shifted, mut left, mut sum) = (a as u128, b as u128, 0_u128);
    // The shorter one, without its sign, decides how long it takes.
    if a.unsigned_abs() < b.unsigned_abs() {
        (shifted, left) = (left, shifted);
    }
    let negative = (left as i128) < 0;
    left = (left as i128).unsigned_abs();
    while left != 0 {
        if left & 1 != 0 {
            sum = sum.wrapping_add(shifted);
        }
        shifted <<= 1;
        left >>= 1;
    }
    let sum = sum as i128;
    if negative { sum.wrapping_neg() } else { sum }
}

/// A number in decimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digits(pub u128);

impl fmt::Display for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0_u8; 39];
        let mut rest = self.0;
        let mut count = 0;
        for digit in &mut digits {
            (rest, *digit) = by_ten(rest);
            count += 1;
            if rest == 0 {
                break;
            }
        }
        let written = digits.iter().take(count).rev();
        written
            .copied()
            .try_for_each(|digit| f.write_char(char::from(b'0' + digit)))
    }
}

impl fmt::Debug for Digits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A tenth, and the rest: one bit after the other.
fn by_ten(number: u128) -> (u128, u8) {
    let (mut left, mut tenth, mut rest) = (number, 0_u128, 0_u8);
    for _ in 0..128 {
        rest = rest << 1 | (left >> 127) as u8;
        left <<= 1;
        tenth <<= 1;
        if rest >= 10 {
            rest -= 10;
            tenth |= 1;
        }
    }
    (tenth, rest)
}
