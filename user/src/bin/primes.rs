//! A sieve of environments: each keeps the first number it gets, a prime, and passes on what that does
//! not divide to the next, which it forks when it is needed.
//!
//! The limit is the program's first argument, or 1877, which takes 288 environments.

#![no_std]
#![forbid(unsafe_code)]

use libos::{EnvId, Error, Fork, Window, args, env, fork, ipc_recv, ipc_send, println, window};

/// Shared by all: word 0 counts the primes, word 1 is the last one.
const RESULT: Window = Window::new(0);
/// Sent behind the last number.
const END: u32 = 0;

fn main() -> Result<(), Error> {
    let limit = args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(1877);
    RESULT.alloc(window::SHARED)?;
    let Fork::Parent(first) = fork()? else {
        return filter();
    };
    for number in 2..=limit {
        ipc_send(first, number)?;
    }
    ipc_send(first, END)?;
    env::wait(first);
    println!(
        "primes: {} up to {limit}, the last is {}",
        RESULT.read(0),
        RESULT.read(1)
    );
    Ok(())
}

/// One stage, and by forking all that follow.
fn filter() -> Result<(), Error> {
    'stage: loop {
        let prime = ipc_recv()?.value;
        if prime == END {
            return Ok(());
        }
        // Stages come into being one after the other, so nobody else writes here now.
        RESULT.write(0, RESULT.read(0) + 1);
        RESULT.write(1, prime);
        let mut next: Option<EnvId> = None;
        loop {
            let number = ipc_recv()?.value;
            if number != END && number % prime == 0 {
                continue;
            }
            match next {
                None if number == END => return Ok(()),
                Some(next) if number == END => {
                    ipc_send(next, END)?;
                    env::wait(next);
                    return Ok(());
                }
                Some(next) => ipc_send(next, number)?,
                None => match fork()? {
                    Fork::Child => continue 'stage,
                    Fork::Parent(child) => {
                        ipc_send(child, number)?;
                        next = Some(child);
                    }
                },
            }
        }
    }
}
