//! Numbers and names in messages, in little code: core's own way of writing them can pad, align and sign them too, and is a
//! tenth of a small kernel.

use core::fmt::{Display, Formatter, Result, Write};
use core::num::NonZero;

/// Text as it is.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a>(pub &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.0)
    }
}

/// A number in decimal digits.
#[derive(Clone, Copy, Debug)]
pub struct Decimal(pub u32);

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        const TEN: NonZero<u32> = NonZero::new(10).unwrap();
        digits(f, self.0, TEN, 1)
    }
}

const SIXTEEN: NonZero<u32> = NonZero::new(16).unwrap();

/// A number in hexadecimal digits, as many as it needs.
#[derive(Clone, Copy, Debug)]
pub struct Hex(pub u32);

impl Display for Hex {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        digits(f, self.0, SIXTEEN, 1)
    }
}

/// A number in eight hexadecimal digits.
#[derive(Clone, Copy, Debug)]
pub struct Hex8(pub u32);

impl Display for Hex8 {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        digits(f, self.0, SIXTEEN, 1 << 28)
    }
}

/// Has `put` have the bytes of `c` in UTF-8 (RFC 3629, section 3).
#[inline(always)]
pub fn put_char(c: char, mut put: impl FnMut(u8)) {
    let mut bytes = utf8(c);
    loop {
        put(bytes as u8);
        bytes >>= 8;
        if bytes == 0 {
            return;
        }
    }
}

/// These bytes, the first one lowest.
#[inline(never)]
#[optimize(size)]
fn utf8(c: char) -> u32 {
    let (mut rest, mut bytes, mut most) = (c as u32, 0, 0x7f);
    // Six bits a byte, the last ones first, until what is left has room beside what says how many there are.
    while rest > most {
        bytes = bytes << 8 | 0x80 | rest & 0x3f;
        rest >>= 6;
        most = most >> 1 & 0x1f;
    }
    bytes << 8 | most << 1 ^ 0xfe | rest
}

/// Writes the digits of `value` from that on which counts `unit`, or from one before it that is not 0.
#[inline(never)]
#[optimize(size)]
fn digits(f: &mut Formatter<'_>, value: u32, base: NonZero<u32>, mut unit: u32) -> Result {
    while value.checked_div(unit) >= Some(base.get()) {
        unit *= base.get();
    }
    while let Some(digits) = value.checked_div(unit) {
        let digit = char::from_digit(digits % base, base.get());
        f.write_char(digit.unwrap_or('?'))?;
        unit /= base;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::{format, string::ToString};

    #[test]
    fn characters_are_what_core_writes() {
        for c in '\0'..=char::MAX {
            let mut bytes = std::vec![];
            put_char(c, |byte| bytes.push(byte));
            assert_eq!(bytes, c.encode_utf8(&mut [0; 4]).as_bytes(), "{c:?}");
        }
    }

    #[test]
    fn digits_are_what_core_writes() {
        for value in [0, 1, 9, 10, 15, 16, 99, 100, 0x0fff_ffff, 1 << 28, u32::MAX] {
            assert_eq!(Decimal(value).to_string(), value.to_string());
            assert_eq!(Hex(value).to_string(), format!("{value:x}"));
            assert_eq!(Hex8(value).to_string(), format!("{value:08x}"));
        }
    }
}
