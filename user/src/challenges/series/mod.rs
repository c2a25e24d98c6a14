//! Power series as streams of environments, after M. Douglas McIlroy, "Squinting at Power Series", 1990.
//!
//! A series is an environment that gives its coefficients, one after the other, to whoever asks. Sums of products, and one
//! series put into another, are environments that ask others. Nothing is computed before somebody wants to know, so that
//! series need not end; and none knows how many terms will be wanted.

mod process;
mod rational;
mod stream;
mod wide;

use libos::{Error, env};

pub use rational::Rational;
pub use wide::Digits;

use super::until_only;
use process::{Compose, Polynomial, Sine};
use stream::spawn;

/// Terms that can be asked for: more would not be exact.
pub const TERMS: usize = 24;

/// The first terms of sin(`a` x + `b` x^3), and how many environments have worked them out. All of them have ended when
/// these are there.
///
/// # Panics
///
/// When `terms` has room for more than [`TERMS`].
pub fn sine_of(a: i32, b: i32, terms: &mut [Rational]) -> Result<usize, Error> {
    assert!(terms.len() <= TERMS, "too many terms");
    let before = env::all().count();
    let inner = spawn(Polynomial::new([0, a, 0, b]))?;
    let outer = spawn(Sine::new())?;
    let sine = spawn(Compose::new(outer, inner))?;
    for term in terms {
        *term = sine.next()?;
    }
    let most = env::all().count() - before;
    sine.end()?;
    until_only(before);
    Ok(most)
}
