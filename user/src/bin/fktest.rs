//! Father, child and grandchild each have a variable of their own at the same address.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, Global, env, fork, println};

static A: Global<u32> = Global::new(0);

fn main() -> Result<(), Error> {
    match fork()? {
        Fork::Child => child(),
        Fork::Parent(child) => {
            A.set(A.get() + 1);
            env::wait(child);
            println!("this is father: a is {}", A.get());
            Ok(())
        }
    }
}

fn child() -> Result<(), Error> {
    match fork()? {
        Fork::Child => {
            A.set(A.get() + 3);
            println!("    this is grandchild: a is {}", A.get());
        }
        Fork::Parent(grandchild) => {
            A.set(A.get() + 2);
            env::wait(grandchild);
            println!("  this is child: a is {}", A.get());
        }
    }
    Ok(())
}
