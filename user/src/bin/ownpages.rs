//! Pages that are ours alone, however they are marked: the results of a batch lie in some that a fork has made copy-on-write, and
//! a snapshot keeps one that the child would share with its own children.

#![no_std]
#![forbid(unsafe_code)]

use libos::{
    Batch, EnvStatus, Error, Fork, Snapshot, Window, env, fork, println, window, yield_now,
};

/// Enough calls for three pages.
const CALLS: usize = 300;

/// Every result is there when the calls' pages were shared meanwhile.
fn results() -> Result<(), Error> {
    let mut batch = Batch::<CALLS>::new();
    for _ in 0..CALLS {
        batch.getenvid();
    }
    let child = match fork()? {
        Fork::Child => None,
        Fork::Parent(child) => Some(child),
    };
    batch.make().map_err(|stopped| stopped.error)?;
    let missing = (0..CALLS).filter(|&at| batch.result(at) != env::id().0);
    println!("{} results are missing", missing.count());
    match child {
        Some(child) => env::wait(child),
        None => env::exit(),
    }
    Ok(())
}

/// A child that counts in a page of its own, and says how far it is, is where it was.
fn taken_back() -> Result<(), Error> {
    let (said, count) = (Window::new(0), Window::new(1));
    said.alloc(window::SHARED)?;
    let child = match fork()? {
        Fork::Child => {
            count.alloc(window::SHARED)?;
            loop {
                count.write(0, count.read(0) + 1);
                said.write(0, count.read(0));
                yield_now();
            }
        }
        Fork::Parent(child) => child,
    };
    let wait_for = |least: u32| {
        while said.read(0) < least {
            yield_now();
        }
        said.read(0)
    };
    wait_for(3);
    let snapshot = Snapshot::take(child)?;
    let then = said.read(0);
    env::set_status(child, EnvStatus::Runnable)?;
    wait_for(then + 10);
    snapshot.restore(child)?;
    said.write(0, 0);
    env::set_status(child, EnvStatus::Runnable)?;
    // It may be one step ahead of what it had said, and make one more before we look.
    println!("it is where it was: {}", wait_for(1) <= then + 2);
    env::destroy(child)
}

fn main() -> Result<(), Error> {
    results()?;
    taken_back()
}
