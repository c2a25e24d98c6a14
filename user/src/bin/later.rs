//! Sleeps for a minute, in which the counters of every clock run over that is 32 bits wide and counts tens of nanoseconds.

#![no_std]
#![forbid(unsafe_code)]

use libos::println;
use libos::time::{Ticks, sleep};

const SECONDS: u32 = 60;

fn main() {
    sleep(Ticks(SECONDS * Ticks::per_second()));
    println!("later: here I am again");
}
