//! All of fork's family and of communicating processes, three times over: nothing is left of it.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, batch_fork, env, println};
use mos_user::challenges::{
    amnesia, dumbfork, in_a_child, left, matrix, pingpongs, series, sforktree,
};
use mos_user::sieve;

const ROUNDS: u32 = 3;

fn main() -> Result<(), Error> {
    // What stays: an exception stack, and page tables.
    in_a_child(|| Ok(()))?;
    let before = left();
    for _ in 0..ROUNDS {
        in_a_child(dumbfork::greet)?;
        in_a_child(|| match batch_fork()? {
            Fork::Child => env::exit(),
            Fork::Parent(child) => {
                env::wait(child);
                Ok(())
            }
        })?;
        in_a_child(|| amnesia::rewind(3))?;
        in_a_child(|| pingpongs::count(10, false).map(drop))?;
        in_a_child(|| sforktree::grow(sforktree::DEPTH, |_| ()))?;
        in_a_child(|| sieve::primes(100, false).map(drop))?;
        in_a_child(|| matrix::multiply(&[[2; 3]; 3], &[[3; 3]; 3]).map(drop))?;
        in_a_child(|| series::sine_of(1, 1, &mut [series::Rational::ZERO; 8]).map(drop))?;
        println!(
            "family: as many environments and free pages as before: {}",
            left() == before
        );
    }
    Ok(())
}
