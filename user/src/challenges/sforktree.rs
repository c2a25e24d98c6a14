//! A tree of environments with the same memory: each has its own path through it, on its stack.

use libos::{Error, Fork, env, println, sfork};

/// How deep it is.
pub const DEPTH: usize = 3;

/// Grows a tree of `depth` levels below us and calls `visit` in each of its environments, ours too, with the path to it.
/// Comes back in all of them.
pub fn grow(depth: usize, mut visit: impl FnMut(&[u8])) -> Result<(), Error> {
    let mut path = [0; DEPTH];
    let depth = depth.min(DEPTH);
    let mut len = 0;
    // Every round is run by another generation: a child goes on where its parent called `sfork`.
    'generation: loop {
        visit(&path[..len]);
        if len == depth {
            return Ok(());
        }
        for branch in *b"01" {
            if let Fork::Child = sfork()? {
                path[len] = branch;
                len += 1;
                continue 'generation;
            }
        }
        return Ok(());
    }
}

/// Says who we are and how we came to be.
pub fn announce(path: &[u8]) {
    let path = core::str::from_utf8(path).unwrap_or("?");
    println!("{}: I am '{path}'", env::id());
}
