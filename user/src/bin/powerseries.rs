//! The power series of sin(x + x^3), by streams of environments.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, println};
use mos_user::challenges::series::{self, Rational, TERMS};

fn main() -> Result<(), Error> {
    let mut terms = [Rational::ZERO; TERMS];
    let count = series::sine_of(1, 1, &mut terms)?;
    println!("sin(x + x^3), worked out by {count} environments:");
    for (power, term) in terms.iter().enumerate() {
        if *term != Rational::ZERO {
            println!("{term} x^{power}");
        }
    }
    Ok(())
}
