//! Environments with the same memory that work together.

use libos::{Error, Fork, Window, Word, env, view, window};
use mos_exam::{saw, step};
use mos_user::challenges::{pingpongs, sforktree, until_only};
use mos_user::check::{Check, frames_since, until_it_ends};

const DRAWN: Window = Window::new(1000);

/// Two count together.
pub fn pingpongs(mut check: Check) -> Result<(), Error> {
    // What stays: an exception stack, and page tables.
    pingpongs::count(1, false).map(end_of_the_child)?;
    let free = view::free_frames();
    let last = check.lots.from(20, 90);
    match pingpongs::count(last, false)? {
        Fork::Child => {
            step!(check, "the child has counted to the last number");
            saw!(check, "the number", pingpongs::value());
        }
        Fork::Parent(child) => {
            until_it_ends(child);
            step!(check, "so has the parent, and nothing is left of the child");
            saw!(check, "the number", pingpongs::value());
            saw!(check, "frames that are not free again", frames_since(free));
        }
    }
    Ok(())
}

/// The parent goes on when the child has ended.
fn end_of_the_child(who: Fork) {
    match who {
        Fork::Child => env::exit(),
        Fork::Parent(child) => {
            until_it_ends(child);
        }
    }
}

/// What the environments of the tree write, each in a word of its own.
static NOTES: [Word; 16] = [const { Word::new(0) }; 16];

/// A tree: each sees what those above it have written.
pub fn tree(mut check: Check) -> Result<(), Error> {
    DRAWN.alloc(window::SHARED)?;
    for number in 0..NOTES.len() {
        DRAWN.write(number, check.lots.any());
    }
    let (root, before) = (env::id(), env::all().count());
    sforktree::grow(sforktree::DEPTH, |path| {
        let place = path
            .iter()
            .fold(1, |place, branch| place * 2 + usize::from(branch & 1));
        let above = NOTES[place / 2].get();
        NOTES[place].set(above.rotate_left(5) ^ DRAWN.read(place));
    })?;
    if env::id() != root {
        return Ok(());
    }
    until_only(before);
    step!(check, "all have written in the same memory");
    for notes in NOTES.chunks(4) {
        for note in notes {
            saw!(check, "what one has written", note.get());
        }
    }
    saw!(
        check,
        "environments that are left",
        env::all().count() - before
    );
    Ok(())
}
