//! Exact fractions.

use core::fmt;

use super::wide::{Digits, product};

/// A fraction in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rational {
    numerator: i128,
    /// More than 0.
    denominator: i128,
}

impl Rational {
    /// Nothing.
    pub const ZERO: Self = Self::whole(0);

    /// A whole number.
    pub const fn whole(number: i32) -> Self {
        Self {
            numerator: number as i128,
            denominator: 1,
        }
    }

    /// This fraction.
    ///
    /// # Panics
    ///
    /// When `denominator` is not more than 0.
    pub fn new(numerator: i128, denominator: i128) -> Self {
        assert!(denominator > 0, "a denominator that is not more than 0");
        let common = common(numerator, denominator);
        Self {
            numerator: numerator / common,
            denominator: denominator / common,
        }
    }

    /// What stands above the line and below it.
    pub const fn parts(self) -> [i128; 2] {
        [self.numerator, self.denominator]
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Self {
        if self.numerator == 0 {
            return other;
        }
        let common = common(self.denominator, other.denominator);
        let (ours, theirs) = (other.denominator / common, self.denominator / common);
        Self::new(
            product(self.numerator, ours) + product(other.numerator, theirs),
            product(self.denominator, ours),
        )
    }

    /// The product.
    pub fn times(self, other: Self) -> Self {
        if self.numerator == 0 || other.numerator == 0 {
            return Self::ZERO;
        }
        // What is common to one's numerator and the other's denominator first, so that it stays small.
        let [one, two] = [
            common(self.numerator, other.denominator),
            common(other.numerator, self.denominator),
        ];
        Self {
            numerator: product(self.numerator / one, other.numerator / two),
            denominator: product(self.denominator / two, other.denominator / one),
        }
    }
}

/// The largest number that divides both, of which `b` is more than 0: by halves and differences, as this machine has no
/// division of such numbers.
fn common(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    if a == 0 {
        return b as i128;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            (a, b) = (b, a);
        }
        b -= a;
    }
    (a << twos) as i128
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.numerator < 0 {
            f.write_str("-")?;
        }
        let [above, below] = self.parts().map(|part| Digits(part.unsigned_abs()));
        match self.denominator {
            1 => above.fmt(f),
            _ => write!(f, "{above}/{below}"),
        }
    }
}
