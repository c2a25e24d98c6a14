//! Digits that show who has the CPU.

use core::hint::black_box;

use libos::{env, print, println};

/// Turns that each has.
const TURNS: u32 = 10;
/// Steps of a busy loop, a good part of a time slice, between two digits.
const STEPS: u32 = 100_000;

/// Prints `digit` again and again, until this environment has had its turns.
pub fn print(digit: u32) {
    let me = env::slot_of(env::id());
    while me.runs() < TURNS {
        print!("{digit}");
        (0..STEPS).for_each(|step| _ = black_box(step));
    }
    println!();
}
