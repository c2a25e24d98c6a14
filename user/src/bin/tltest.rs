//! A store to kernel memory ends the environment that tries it, and nobody else.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, env, fork, layout, println, probe};

fn main() -> Result<(), Error> {
    match fork()? {
        Fork::Child => {
            println!("tltest: storing to kernel memory at {:#010x}", layout::ULIM);
            probe::store_above_utop(layout::ULIM);
            println!("tltest: WRONG: the store was done");
        }
        Fork::Parent(child) => {
            env::wait(child);
            println!("tltest: the child has ended, its parent goes on");
        }
    }
    Ok(())
}
