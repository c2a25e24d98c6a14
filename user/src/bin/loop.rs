//! Busy loops that never give way share the CPU by priority.
//!
//! Start two or more: `make run PROG=loop,loop PRI=1,3`. Each spins until all of them together have had
//! a number of time slices, and says how many of these were its own.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, env, println};

const SLICES: u32 = 200;
/// Further slices in which the others, too, notice that it is time to count.
const GRACE: u32 = 40;

fn main() {
    let me = env::slot_of(env::id());
    let counted = spin(SLICES);
    let (mine, priority) = (me.runs(), me.priority());
    spin(SLICES + GRACE);
    println!("loop: with priority {priority} I had {mine} of {counted} time slices");
}

/// Spins until the environments that the kernel started have had `slices` time slices; returns how
/// many there were.
fn spin(slices: u32) -> u32 {
    loop {
        let started = env::all().filter(|e| e.parent() == EnvId::SELF);
        let sum = started.map(env::Slot::runs).sum();
        if sum >= slices {
            return sum;
        }
    }
}
