//! Benchmark: calls that touch no memory, and giving way to another environment.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{self, Op};
use libos::{Error, env, measure};

const SAMPLES: usize = 32;

fn main() -> Result<(), Error> {
    for _ in 0..SAMPLES {
        measure!(Op::Getenvid, bench::getenvid());
    }
    for _ in 0..SAMPLES {
        measure!(Op::EnvLife, env::destroy(bench::empty_child()?)?);
    }
    bench::switches(SAMPLES)
}
