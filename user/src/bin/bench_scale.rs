//! Benchmark: what a call, a switch and a fork cost with more and more environments alive.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Mark, Op};
use libos::{EnvId, Error, Window, env, mark, measure, window};

const SAMPLES: usize = 16;
/// Pages of the fork.
const PAGES: usize = 13;

fn main() -> Result<(), Error> {
    mark!(Mark::Case(1));
    round(1)?;
    mark!(Mark::Case(10));
    round(10)?;
    mark!(Mark::Case(100));
    round(100)?;
    mark!(Mark::Case(1000));
    round(1000)
}

/// Measures while `alive` environments are alive, most of them doing nothing.
fn round(alive: usize) -> Result<(), Error> {
    let mut idle = [EnvId::SELF; 1000];
    let idle = &mut idle[1..alive];
    for child in idle.iter_mut() {
        *child = bench::empty_child()?;
    }
    for _ in 0..SAMPLES {
        measure!(Op::Getenvid, bench::getenvid());
    }
    // This needs two that run: one more than the round says.
    bench::switches(SAMPLES)?;

    let windows = PAGES - bench::pages();
    for n in 0..windows {
        Window::new(n).alloc(window::PRIVATE)?;
    }
    bench::forks(windows, SAMPLES)?;
    (0..windows).for_each(|n| Window::new(n).unmap());
    idle.iter().try_for_each(|&child| env::destroy(child))
}
