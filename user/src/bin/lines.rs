//! Parent and child print long lines at the same time, each of one letter.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, env, fork, println};

/// How many lines each prints.
const LINES: usize = 100;

fn main() -> Result<(), Error> {
    match fork()? {
        Fork::Child => (0..LINES).for_each(|_| println!("{:b<240}", "")),
        Fork::Parent(child) => {
            (0..LINES).for_each(|_| println!("{:a<240}", ""));
            env::wait(child);
            println!("lines: done");
        }
    }
    Ok(())
}
