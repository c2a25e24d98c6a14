//! Benchmark: exceptions that a program does not see, and those that it handles itself.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Op};
use libos::{Error, Window, measure, window};

const SAMPLES: usize = 32;
/// Every other page, as an entry of the 4Kc's TLB maps two: more than either TLB has entries.
const PAGES: usize = 128;

fn main() -> Result<(), Error> {
    READ_ONLY.alloc(window::READ_ONLY)?;
    bench::faults(READ_ONLY, SAMPLES)?;

    for page in pages() {
        measure!(Op::FirstTouch, page.read(0));
    }
    // Loaded again one after the other, each is gone from the TLB when its turn comes.
    for page in pages() {
        measure!(Op::TlbRefill, page.read(0));
    }
    Ok(())
}

const READ_ONLY: Window = Window::new(2 * PAGES);

fn pages() -> impl Iterator<Item = Window> {
    (0..PAGES).map(|n| Window::new(2 * n))
}
