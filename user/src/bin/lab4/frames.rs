//! fork, and the frames that it takes.

use libos::{Error, Fork, Window, env, fork, view, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since, until_it_ends};

/// The last window, behind all that take up memory.
const SHARED: Window = Window::new(Window::COUNT - 1);

/// No frame is lost, and a fork that fails leaves nothing.
pub fn all_come_back(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let page = Window::new(0);
    page.alloc(window::PRIVATE)?;
    once(&mut check, page)?;
    step!(check, "fork and the child's end give back every frame");
    let free = view::free_frames();
    let mut seen = 0_u32;
    for _ in 0..check.param(0) {
        seen = seen.rotate_left(3) ^ once(&mut check, page)?;
    }
    saw!(
        check,
        "frames that are free now and were not",
        frames_since(free)
    );
    saw!(
        check,
        "what was made of all that parent and child read",
        seen
    );

    step!(
        check,
        "a fork without memory leaves no child and no frame behind"
    );
    let mut taken = 1;
    while taken < Window::COUNT - 1 && Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    let mut spare = |frames: u32| {
        for _ in 0..frames {
            taken = taken.saturating_sub(1).max(1);
            Window::new(taken).unmap();
        }
    };
    // Enough for a child to begin with, not for all of its tables.
    for _ in 0..check.lots.from(3, 6) {
        spare(1);
        try_once(&mut check, page);
    }
    spare(check.lots.from(100, 200));
    try_once(&mut check, page);
    Ok(())
}

/// Forks, and tells what came of it.
fn try_once(check: &mut Check, page: Window) {
    page.write(0, 0);
    let free = view::free_frames();
    let seen = once(check, page);
    saw!(
        check,
        "what fork returns, or else what parent and child read",
        seen
    );
    saw!(
        check,
        "frames that are free now and were not",
        frames_since(free)
    );
    let others = env::all().filter(|slot| slot.id() != env::id()).count();
    saw!(check, "other environments", others);
}

/// Parent and child store to `page`; what is made of what both read then.
fn once(check: &mut Check, page: Window) -> Result<u32, Error> {
    let [ours, theirs] = [check.lots.any(), check.lots.any()];
    page.write(0, ours);
    match fork()? {
        Fork::Child => {
            let inherited = page.read(0);
            page.write(0, theirs);
            SHARED.write(0, page.read(0) ^ inherited.rotate_left(1));
            env::exit()
        }
        Fork::Parent(child) => {
            page.write(0, !ours);
            until_it_ends(child);
            Ok(SHARED.read(0) ^ page.read(0).rotate_left(2))
        }
    }
}
