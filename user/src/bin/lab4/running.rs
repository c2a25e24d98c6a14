//! set_env_status: children that run.

use libos::{EnvId, EnvStatus, Error, Window, env, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, frames_since, until, until_it_ends};

use crate::children::end;
use crate::stopping;

/// Where parent and child leave words for each other.
pub const SHARED: Window = Window::new(1000);
/// What a child reads.
pub const PAGE: Window = Window::new(1001);
/// The word of [`SHARED`] in which the child says what it read.
pub const READ: usize = 0;
/// The one that says how often it has done so.
const ROUND: usize = 1;

/// A child on a copy of our memory that does something and ends. It is not runnable yet.
pub fn twin(something: impl FnOnce()) -> Result<EnvId, Error> {
    match probe::twin()? {
        EnvId::SELF => {
            something();
            env::exit()
        }
        child => Ok(child),
    }
}

/// Makes it runnable.
pub fn start(child: EnvId) -> Result<(), Error> {
    env::set_status(child, EnvStatus::Runnable)
}

/// Gives way so often.
pub fn turns(n: u32) {
    for _ in 0..n {
        yield_now();
    }
}

/// Starting, stopping, ending.
pub fn status(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    first_turn(&mut check)?;
    let child = runs(&mut check)?;
    stopping::stops(&mut check, child);
    stopping::any_other(&mut check, child);
    end(child).ok();
    stopping::ends(&mut check)
}

/// What a child is when it wakes up, and what it may not do.
fn first_turn(check: &mut Check) -> Result<(), Error> {
    step!(
        check,
        "the child goes on behind the call with 0 and its parent's registers"
    );
    let me = env::id();
    let (secret, word) = (check.lots.any(), check.lots.any());
    let free = view::free_frames();
    let child = twin(|| {
        saw!(check, "a number that the parent had", secret);
        let names = (Name(env::id().0), Name(me.0));
        saw!(check, "the child's own id, and its parent's", names);
        let parent = env::slot_of(env::id()).parent();
        saw!(check, "its parent's in its slot", Name(parent.0));
        saw!(check, "ending its parent", env::destroy(me));
        let stopped = env::set_status(me, EnvStatus::NotRunnable);
        saw!(check, "stopping its parent", stopped);
        SHARED.write(READ, word ^ secret);
    })?;
    step!(check, "the parent got the child's id");
    let names = (Name(me.0), Name(child.0), Name(env::slot_of(child).id().0));
    saw!(
        check,
        "our own id, the child's, and that in its slot",
        names
    );
    saw!(check, "starting it", start(child));
    until_it_ends(child);
    saw!(check, "what it left", SHARED.read(READ));
    let missing = frames_since(free).wrapping_neg();
    saw!(
        check,
        "frames that are not free again after its end",
        missing
    );
    Ok(())
}

/// The child: says again and again what its page has.
fn reports(parent: EnvId) {
    until(|| {
        SHARED.write(READ, PAGE.read(0));
        SHARED.write(ROUND, SHARED.read(ROUND).wrapping_add(1));
        !env::slot_of(parent).is(parent)
    });
}

/// What a child that runs has said by now.
pub fn reported() -> u32 {
    let round = SHARED.read(ROUND);
    until(|| SHARED.read(ROUND).wrapping_sub(round) >= 2);
    SHARED.read(READ)
}

/// A child whose pages come and go while it runs.
fn runs(check: &mut Check) -> Result<EnvId, Error> {
    step!(
        check,
        "a child that is made runnable runs, and sees its pages come and go"
    );
    let me = env::id();
    PAGE.alloc(window::PRIVATE)?;
    PAGE.write(0, check.lots.any());
    let child = twin(|| reports(me))?;
    SHARED.write(READ, check.lots.any());
    turns(check.lots.from(3, 6));
    saw!(
        check,
        "a word that a child overwrites when it runs",
        SHARED.read(READ)
    );
    PAGE.write(0, check.lots.any());
    let seen = (start(child), start(child), reported());
    saw!(
        check,
        "starting it twice, and what it reads in its page then",
        seen
    );
    let mut calls = [
        Sysno::MemAlloc,
        Sysno::MemMap,
        Sysno::MemMap,
        Sysno::MemCopy,
        Sysno::MemUnmap,
        Sysno::MemUnmap,
    ];
    check.lots.shuffle(&mut calls);
    for call in calls {
        PAGE.write(0, check.lots.any());
        let (va, id, flags) = (PAGE.address(), child.0, window::READ_ONLY.bits());
        let arguments = match call {
            Sysno::MemAlloc => [id, va, flags, 0, 0],
            Sysno::MemMap => [0, va, id, va, flags],
            Sysno::MemCopy => [va, id, va, flags, 0],
            _ => [id, va, 0, 0, 0],
        };
        let seen = (call, probe::call(call, arguments), reported());
        saw!(
            check,
            "a call for it, what that returned, and what it reads then",
            seen
        );
        PAGE.write(0, check.lots.any());
        saw!(check, "what it reads after a store of ours", reported());
    }
    PAGE.map(child, window::READ_ONLY).ok();
    Ok(child)
}
