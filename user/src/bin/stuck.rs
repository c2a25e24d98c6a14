//! Three wait for a message that nobody sends, and one is not started: where there are several CPUs, all of them rest then.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::empty_child;
use libos::{Error, Fork, fork, ipc_recv};

fn main() -> Result<(), Error> {
    for _ in 0..2 {
        if let Fork::Child = fork()? {
            return ipc_recv().map(drop);
        }
    }
    empty_child()?;
    ipc_recv().map(drop)
}
