//! Benchmark: fork, and the copies that follow.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Mark, Op};
use libos::{Error, Fork, Window, env, fork, mark, measure, window};

const SAMPLES: usize = 16;
/// Pages in all, for a fork of the size that other kernels were measured with.
const PAGES: usize = 13;
/// Writable pages on top of them.
const MORE: usize = 32;

fn main() -> Result<(), Error> {
    let few = PAGES - bench::pages();
    grow(0, few)?;
    mark!(Mark::Case(PAGES as u16));
    bench::forks(few, SAMPLES)?;

    grow(few, MORE)?;
    mark!(Mark::Case((PAGES + MORE) as u16));
    bench::forks(few + MORE, SAMPLES)?;
    copies(few + MORE)
}

/// Puts private pages in `count` windows from number `first` on.
fn grow(first: usize, count: usize) -> Result<(), Error> {
    (first..first + count).try_for_each(|n| Window::new(n).alloc(window::PRIVATE))
}

/// Stores to every page that a child shares, which does not run meanwhile.
fn copies(windows: usize) -> Result<(), Error> {
    match fork()? {
        Fork::Child => env::exit(),
        Fork::Parent(child) => {
            for n in 0..windows {
                measure!(Op::CowFault, Window::new(n).write(0, 0));
            }
            env::destroy(child)
        }
    }
}
