//! A parent gets the CPU back from a child that never gives it up, and ends it.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, env, fork, println, yield_now};

fn main() -> Result<(), Error> {
    println!("I am the parent.  Forking the child...");
    let Fork::Parent(child) = fork()? else {
        println!("I am the child.  Spinning...");
        env::spin()
    };
    println!("I am the parent.  Running the child...");
    for _ in 0..8 {
        yield_now();
    }
    println!("I am the parent.  Killing the child...");
    println!(
        "spin: the child had {} time slices or more",
        env::slot_of(child).runs().min(8)
    );
    env::destroy(child)?;
    println!(
        "spin: the child has ended: {}",
        !env::slot_of(child).is(child)
    );
    println!("spin: ending it again gives {:?}", env::destroy(child));
    Ok(())
}
