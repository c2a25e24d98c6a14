//! Benchmark: bytes through a pipe, a page at a time.
//!
//! Reader and writer take turns: what one does while the other waits belongs to it too.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::Op;
use libos::fd::{self, Fd};
use libos::io::Error;
use libos::{Fork, env, measure, quick_fork};

const SAMPLES: usize = 32;
const PAGE: usize = 4096;

fn main() -> Result<(), Error> {
    let mut bytes = [0; PAGE];
    let (read, write) = fd::pipe()?;
    match quick_fork()? {
        Fork::Child => {
            fd::close(read)?;
            bytes.fill(1);
            // Until nobody reads any more.
            while fd::write(write, &bytes).is_ok() {}
            env::exit()
        }
        Fork::Parent(child) => {
            fd::close(write)?;
            // Until both know each other.
            (0..SAMPLES).try_for_each(|_| page(read, &mut bytes))?;
            for _ in 0..SAMPLES {
                measure!(Op::Pipe, page(read, &mut bytes)?);
            }
            fd::close(read)?;
            env::wait(child);
            Ok(())
        }
    }
}

fn page(from: Fd, bytes: &mut [u8; PAGE]) -> Result<(), Error> {
    let mut len = 0;
    while len < PAGE {
        len += fd::read(from, &mut bytes[len..])?;
    }
    Ok(())
}
