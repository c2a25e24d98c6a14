//! Works on while it listens for keys: looks for one between two pieces of work, and never waits for it.

#![no_std]
#![forbid(unsafe_code)]

use libos::console::getchar_now;
use libos::{println, yield_now};

fn main() {
    println!("anykey: a key tells how far I am, q ends me");
    let mut primes = 0_u32;
    for number in 2.. {
        primes += u32::from(is_prime(number));
        match getchar_now() {
            Some(b'q') => break,
            Some(key) => println!("{}: {primes} primes up to {number}", key.escape_ascii()),
            None => yield_now(),
        }
    }
    println!("anykey: found some primes meanwhile: {}", primes > 0);
}

fn is_prime(number: u32) -> bool {
    (2..number)
        .take_while(|divisor| divisor * divisor <= number)
        .all(|divisor| !number.is_multiple_of(divisor))
}
