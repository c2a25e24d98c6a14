//! Communicating processes.

use libos::{Error, env, view};
use mos_exam::{saw, step};
use mos_user::challenges::matrix::{self, Matrix};
use mos_user::challenges::series::{self, Digits, Rational};
use mos_user::check::{Check, frames_since};

/// A grid that multiplies, twice.
pub fn matrix(mut check: Check) -> Result<(), Error> {
    let mut draw = || -> Matrix { [(); 3].map(|()| [(); 3].map(|()| check.lots.any())) };
    let [left, right, other] = [draw(), draw(), draw()];
    let product = matrix::multiply(&left, &right)?;
    let (before, free) = (env::all().count(), view::free_frames());
    let again = matrix::multiply(&product, &other)?;
    step!(check, "the product is right");
    for row in product {
        saw!(check, "a row of the product", row);
    }
    for row in again {
        saw!(check, "a row of its product with a third one", row);
    }
    step!(check, "nothing is left of the grid");
    saw!(
        check,
        "environments that are left",
        env::all().count() - before
    );
    saw!(check, "frames that are not free again", frames_since(free));
    saw!(
        check,
        "the sum of the last row",
        again[2].iter().fold(0, |a: u32, b| a.wrapping_add(*b))
    );
    Ok(())
}

/// Terms of the series.
const TERMS: usize = 12;

/// sin(a x + b x^3).
pub fn series(mut check: Check) -> Result<(), Error> {
    let [a, b] = [check.lots.from(1, 3), check.lots.from(1, 3)].map(|n| n as i32);
    let mut terms = [Rational::ZERO; TERMS];
    series::sine_of(1, 1, &mut terms[..2])?;
    let (before, free) = (env::all().count(), view::free_frames());
    let count = series::sine_of(a, b, &mut terms)?;
    step!(check, "each term is exact");
    saw!(check, "the numbers drawn", [a, b]);
    for (power, term) in terms.iter().enumerate() {
        saw!(
            check,
            "a power of x, whether its coefficient is negative, and that",
            (power, coefficient(*term))
        );
    }
    step!(check, "nothing is left of the streams");
    saw!(check, "environments that have worked", count);
    saw!(
        check,
        "environments that are left",
        env::all().count() - before
    );
    saw!(check, "frames that are not free again", frames_since(free));
    saw!(
        check,
        "whether the last coefficient is negative, and that",
        coefficient(terms[TERMS - 1])
    );
    Ok(())
}

/// Its sign, and what is above the line and below it.
fn coefficient(term: Rational) -> (bool, [Digits; 2]) {
    let parts = term.parts();
    (parts[0] < 0, parts.map(|part| Digits(part.unsigned_abs())))
}
