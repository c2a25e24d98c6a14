//! What the challenges' programs do, so that they, their checks and a test of all of them do the same: `docs/challenges`.

pub mod amnesia;
pub mod digits;
pub mod dumbfork;
pub mod matrix;
pub mod pingpongs;
pub mod series;
pub mod sforktree;

use libos::{Error, Fork, env, fork, view, yield_now};

/// How many environments there are, and how many frames are free.
pub fn left() -> (usize, u32) {
    (env::all().count(), view::free_frames())
}

/// Gives way until there are no more than `count` environments.
pub fn until_only(count: usize) {
    while env::all().count() > count {
        yield_now();
    }
}

/// Has a child do `act`, and comes back when it and all its descendants have ended.
pub fn in_a_child(act: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let before = env::all().count();
    if let Fork::Child = fork()? {
        act()?;
        env::exit()
    }
    until_only(before);
    Ok(())
}
