//! A child with a copy of everything, at once.

use libos::{Error, Fork, dumbfork, println, yield_now};

/// Lines that the parent and the child print.
const PARENT: u32 = 10;
const CHILD: u32 = 20;

/// Parent and child greet in turns.
pub fn greet() -> Result<(), Error> {
    let (who, lines) = match dumbfork()? {
        Fork::Parent(_) => ("parent", PARENT),
        Fork::Child => ("child", CHILD),
    };
    for line in 0..lines {
        println!("{line}: I am the {who}!");
        yield_now();
    }
    Ok(())
}
