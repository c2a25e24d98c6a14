//! Waits that are broken off.

use libos::{Error, env, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends, until_it_waits};

use crate::children::end;
use crate::running::{SHARED, start, twin};

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
            SHARED.write(0, result as u32);
            SHARED.write(1 + n, word);
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
            let result = Error::check(SHARED.read(0) as i32);
            let seen = (result, SHARED.read(1 + n));
            saw!(
                check,
                "what its wait returned, and a word that it stored then",
                seen
            );
        } else {
            saw!(check, "ending it", end(child));
            let seen = (slot.ipc_recving(), SHARED.read(1 + n));
            saw!(
                check,
                "whether it waits then, and a word that it would store",
                seen
            );
        }
    }
    Ok(())
}
