//! Twenty children count, yielding and being preempted all the time; none loses a single count.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;

use libos::{EnvId, Error, Fork, Global, env, fork, ipc_recv, ipc_send, println, yield_now};

const CHILDREN: u32 = 20;
const ROUNDS: u32 = 10;
const COUNTS: u32 = 10_000;

static COUNTER: Global<u32> = Global::new(0);

fn main() -> Result<(), Error> {
    let parent = env::id();
    for _ in 0..CHILDREN {
        if fork()? == Fork::Child {
            return child(parent);
        }
    }
    let mut sum = 0;
    for _ in 0..CHILDREN {
        sum += ipc_recv()?.value;
    }
    println!("stresssched: {CHILDREN} children counted to {sum} together");
    Ok(())
}

fn child(parent: EnvId) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        yield_now();
        for _ in 0..COUNTS {
            COUNTER.with(|n| *n = black_box(*n) + 1);
        }
    }
    println!("[{}] stresssched on CPU 0", env::id());
    ipc_send(parent, COUNTER.get())
}
