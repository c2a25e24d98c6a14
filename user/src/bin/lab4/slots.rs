//! The slots of environments, and their owners.

use libos::{EnvId, Error, env, layout, probe, view};
use mos_abi::{NENV, Sysno};
use mos_exam::{Name, saw, step};
use mos_user::check::Check;

use crate::children::end;

/// Slots but our own, which is the first.
const OTHERS: u32 = NENV as u32 - 1;

fn new() -> Result<u32, Error> {
    probe::call(Sysno::EnvAlloc, [0; 5])
}

/// Makes children until there is no slot left, and returns how many.
fn fill() -> usize {
    (0..2 * NENV).take_while(|_| new().is_ok()).count()
}

/// All slots, and those that are used again.
pub fn slots(mut check: Check) -> Result<(), Error> {
    step!(check, "there are 1024 environments and not one more");
    let free = view::free_frames();
    saw!(check, "children", fill());
    saw!(check, "one more", new().map(Name));

    step!(
        check,
        "a slot's next owner has another id and nothing of the last one"
    );
    for _ in 0..check.lots.from(4, 8) {
        let n = check.lots.from(1, OTHERS);
        let slot = env::slot(n as usize);
        let old = slot.id();
        if check.lots.from(0, 2) == 0 {
            saw!(check, "a new child while there is no slot", new().map(Name));
        }
        let ends = (end(old), slot.status(), end(old));
        saw!(
            check,
            "ending a child, the status that its slot shows, and ending it again",
            (n, ends)
        );
        let next = new();
        saw!(check, "a new child then", next.map(Name));
        let id = EnvId(next.unwrap_or(0));
        let seen = (id.index(), Name(old.0), Name(slot.id().0));
        saw!(
            check,
            "its slot, the id of the last owner, and the id that is there now",
            seen
        );
        let seen = (
            slot.status(),
            slot.runs(),
            slot.handler(),
            slot.ipc_recving(),
        );
        saw!(
            check,
            "its status, turns, handler, and whether it waits",
            seen
        );
        let result = end(old);
        saw!(
            check,
            "ending the old one when the slot has a new owner",
            result
        );
    }

    step!(check, "all of them can be ended");
    let ended = |n: &u32| end(env::slot(*n as usize).id()).is_ok();
    // Steps of a size that leads to each slot.
    let (start, step) = (check.lots.from(0, OTHERS), 1 << check.lots.from(0, 9));
    let mut order = (0..OTHERS).map(|n| 1 + (start + n * step) % OTHERS);
    for _ in 0..3 {
        let some = check.lots.from(100, 300) as usize;
        let count = order.by_ref().take(some).filter(ended).count();
        saw!(
            check,
            "ended, and environments that are left",
            (count, env::all().count())
        );
    }
    let count = order.filter(ended).count();
    saw!(
        check,
        "ended, and environments that are left",
        (count, env::all().count())
    );
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames that are not free again", taken);
    Ok(())
}

/// What becomes of a child's handler when its slot has another owner.
pub fn handlers(check: &mut Check) {
    step!(check, "a slot's next owner has no handler");
    // So that the next child gets the slot of the one that has ended.
    fill();
    for _ in 0..check.lots.from(4, 8) {
        let slot = env::slot(check.lots.from(1, OTHERS) as usize);
        let func = layout::UTEXT + 4 * check.lots.from(0, 0xffff);
        let arguments = [slot.id().0, func, layout::UXSTACKTOP, 0, 0];
        let result = probe::call(Sysno::SetPgfaultHandler, arguments);
        saw!(
            check,
            "giving a child a handler, and what is in its slot then",
            (result, slot.handler())
        );
        let ends = check.lots.from(0, 2) > 0;
        if ends {
            _ = end(slot.id()).and_then(|()| new());
        }
        saw!(
            check,
            "whether the slot got a new owner, and the handler there",
            (ends, slot.handler())
        );
    }
    for n in 1..NENV {
        _ = end(env::slot(n).id());
    }
}
