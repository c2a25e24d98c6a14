//! The primes, by a sieve of environments, until there are no more environments; then all is free again.
//!
//! With a limit as the program's first argument, up to that.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, args, env, println, view};
use mos_user::sieve;

fn main() -> Result<(), Error> {
    let limit = args().nth(1).and_then(|text| text.parse().ok());
    // A small one first: what it leaves, an exception stack and page tables, stays.
    sieve::primes(2, false)?;
    let before = (env::all().count(), view::free_frames());
    let found = sieve::primes(limit.unwrap_or(u32::MAX), true)?;
    let after = (env::all().count(), view::free_frames());
    println!();
    if found.full {
        println!("primes: fork: {}", Error::NoFreeEnv);
    }
    println!("primes: {} up to {}", found.count, found.last);
    println!(
        "primes: environments and pages are as before: {}",
        before == after
    );
    Ok(())
}
