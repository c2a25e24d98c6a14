//! set_env_status: children that run, stop and end.

use libos::{EnvId, EnvStatus, Error, Window, env, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, frames_since, until, until_it_ends, until_it_waits};

use crate::children::end;

/// Where parent and child leave words for each other.
const SHARED: Window = Window::new(1000);
/// What a child reads.
const PAGE: Window = Window::new(1001);
/// Words of [`SHARED`]: what the child read, how often it has done so, and where those of each child begin.
const READ: usize = 0;
const ROUND: usize = 1;
const EACH: usize = 16;

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

fn start(child: EnvId) -> Result<(), Error> {
    env::set_status(child, EnvStatus::Runnable)
}

fn turns(n: u32) {
    for _ in 0..n {
        yield_now();
    }
}

/// Starting, stopping, ending.
pub fn status(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    first_turn(&mut check)?;
    let child = runs(&mut check)?;
    stops(&mut check, child)?;
    any_other(&mut check, child);
    end(child).ok();
    ends(&mut check)
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
fn reported() -> u32 {
    let round = SHARED.read(ROUND);
    until(|| SHARED.read(ROUND).wrapping_sub(round) >= 2);
    SHARED.read(READ)
}

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

fn stops(check: &mut Check, child: EnvId) -> Result<(), Error> {
    step!(check, "one that is stopped does not, and can go on");
    let (on, off) = (EnvStatus::Runnable, EnvStatus::NotRunnable);
    let mut all = [on, off, on, off, on, off, off, on];
    check.lots.shuffle(&mut all);
    for status in all {
        let result = env::set_status(child, status);
        PAGE.write(0, check.lots.any());
        SHARED.write(READ, check.lots.any());
        if status == on {
            reported();
        } else {
            turns(check.lots.from(3, 6));
        }
        let seen = (
            status,
            result,
            env::slot_of(child).status(),
            SHARED.read(READ),
        );
        saw!(
            check,
            "a status, the answer to it, the status in the table, and a word that it overwrites when it runs",
            seen
        );
    }
    Ok(())
}

fn any_other(check: &mut Check, child: EnvId) {
    step!(check, "any other status is refused");
    let mut all = [
        3,
        u32::MAX,
        0x100 + check.lots.from(0, 2),
        check.lots.any() | 4,
        check.lots.any() | 4,
        1,
        2,
        2,
    ];
    check.lots.shuffle(&mut all);
    for status in all {
        let answer = probe::call(Sysno::SetEnvStatus, [child.0, status, 0, 0, 0]);
        let seen = (status, answer, env::slot_of(child).raw_status());
        saw!(
            check,
            "a status, the answer to it, and the status in the table",
            seen
        );
    }
}

fn ends(check: &mut Check) -> Result<(), Error> {
    const COUNT: usize = 4;
    step!(check, "status 0 ends it, as env_destroy does");
    let me = env::id();
    let free = view::free_frames();
    let mut children = [(0, EnvId::SELF); COUNT];
    for (n, place) in children.iter_mut().enumerate() {
        let word = check.lots.any() | 1;
        let child = twin(|| {
            until(|| {
                SHARED.write(EACH + n, word);
                !env::slot_of(me).is(me)
            });
        })?;
        start(child).ok();
        *place = (n, child);
    }
    check.lots.shuffle(&mut children);
    for at in 0..COUNT {
        let (n, child) = children[at];
        let is_status = check.lots.from(0, 1) == 0;
        let result = match is_status {
            true => env::set_status(child, EnvStatus::Free),
            false => end(child),
        };
        let seen = (
            n,
            is_status,
            result,
            env::slot_of(child).is(child),
            end(child),
        );
        saw!(
            check,
            "which child, whether by its status, the answer, whether it lives, and ending it again",
            seen
        );
        (EACH..EACH + COUNT).for_each(|word| SHARED.write(word, 0));
        let rest = &children[at + 1..];
        until(|| rest.iter().all(|&(n, _)| SHARED.read(EACH + n) != 0));
        let words: [u32; COUNT] = core::array::from_fn(|n| SHARED.read(EACH + n));
        saw!(check, "a word of each child, 0 unless it runs", words);
    }
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames that are not free again", taken);
    Ok(())
}

/// Children that wait for a message that never comes.
pub fn broken_off(check: &mut Check) -> Result<(), Error> {
    step!(check, "a wait that is broken off fails");
    SHARED.alloc(window::SHARED)?;
    let mut ways = [true, true, false];
    check.lots.shuffle(&mut ways);
    for (n, is_status) in ways.into_iter().enumerate() {
        let word = check.lots.any();
        let child = twin(|| {
            let result = libos::ipc_recv().map_or_else(|error| error.code(), |_| 0);
            SHARED.write(EACH, result as u32);
            SHARED.write(EACH + 1 + n, word);
        })?;
        start(child).ok();
        until_it_waits(child);
        let slot = env::slot_of(child);
        saw!(
            check,
            "whether a child waits, and its status",
            (slot.ipc_recving(), slot.status())
        );
        if is_status {
            saw!(check, "making it runnable", start(child));
            saw!(check, "whether it waits then", slot.ipc_recving());
            until_it_ends(child);
            let result = Error::check(SHARED.read(EACH) as i32);
            let seen = (result, SHARED.read(EACH + 1 + n));
            saw!(
                check,
                "what its wait returned, and a word that it stored then",
                seen
            );
        } else {
            saw!(check, "ending it", end(child));
            let seen = (slot.ipc_recving(), SHARED.read(EACH + 1 + n));
            saw!(
                check,
                "whether it waits then, and a word that it would store",
                seen
            );
        }
    }
    Ok(())
}
