//! Products of long numbers and of doubles, without the multiplier: the compiler's own are made of many products of words, and
//! the R3000 wants two instructions between a look at hi or lo and the next product, which it does not leave.

/// Bits of a double behind its exponent.
const FRACTION: u32 = 52;
const ONE: u64 = 1 << FRACTION;

/// a * b, of 64 bits at most.
pub fn times(a: u64, b: u64) -> u64 {
    let ones = (0..64).filter(|&at| b >> at & 1 == 1);
    ones.fold(0, |sum, at| sum.wrapping_add(a << at))
}

/// a * b, rounded to nearest. Neither they nor it may be too large or too small for a double with all its bits; 0 may be.
pub fn product(a: f64, b: f64) -> f64 {
    let (a, b) = (a.to_bits(), b.to_bits());
    let sign = (a ^ b) & 1 << 63;
    let exponent = |word: u64| (word >> FRACTION) & 0x7ff;
    if exponent(a) == 0 || exponent(b) == 0 {
        return f64::from_bits(sign);
    }
    let digits = |word: u64| word & (ONE - 1) | ONE;
    let whole = fraction(digits(a), digits(b));
    let sum = (exponent(a) + exponent(b)).wrapping_sub(1023);
    // 105 bits, or 106.
    let bits = match whole >> 105 {
        0 => sum.wrapping_sub(1) << FRACTION,
        _ => sum << FRACTION,
    };
    let (kept, rest) = match whole >> 105 {
        0 => ((whole >> 52) as u64, (whole as u64) << 12),
        _ => ((whole >> 53) as u64, (whole as u64) << 11),
    };
    let half = 1 << 63;
    let up = rest > half || (rest == half && kept & 1 == 1);
    // The first digit counts in the exponent, and so does a carry.
    f64::from_bits(sign | bits.wrapping_add(kept).wrapping_add(up.into()))
}

/// a * b, of 56 bits at most, four bits of b at a time.
fn fraction(a: u64, b: u64) -> u128 {
    let mut multiples = [0; 16];
    let mut sum = 0_u64;
    for multiple in &mut multiples {
        *multiple = sum;
        sum = sum.wrapping_add(a);
    }
    let digits = (0..14).rev().map(|at| (b >> (at << 2)) as usize % 16);
    digits.fold(0, |product, digit| {
        let multiple = multiples.get(digit).copied().unwrap_or(0);
        (product << 4) + u128::from(multiple)
    })
}
