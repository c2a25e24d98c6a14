//! A tree of forks, three levels deep: each of the 15 environments has its own path through it.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Error, Fork, env, fork, println};

const DEPTH: usize = 3;

fn main() -> Result<(), Error> {
    let mut path = [0; DEPTH];
    let mut len = 0;
    // Every round is run by another generation: a child goes on where its parent called `fork`.
    'generation: while len < DEPTH {
        announce(&path[..len]);
        for branch in *b"01" {
            match fork()? {
                Fork::Child => {
                    path[len] = branch;
                    len += 1;
                    continue 'generation;
                }
                Fork::Parent(child) => env::wait(child),
            }
        }
        return Ok(());
    }
    announce(&path[..len]);
    Ok(())
}

fn announce(path: &[u8]) {
    println!("forktree: '{}'", core::str::from_utf8(path).unwrap_or("?"));
}
