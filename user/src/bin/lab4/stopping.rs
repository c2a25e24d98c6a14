//! set_env_status: children that stop, go on and end.

use libos::{EnvId, EnvStatus, Error, env, probe, view};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until};

use crate::children::end;
use crate::running::{PAGE, READ, SHARED, reported, start, turns, twin};

/// Where the words of each child begin in [`SHARED`].
const EACH: usize = 16;

/// A child that says again and again what its page has.
pub fn stops(check: &mut Check, child: EnvId) {
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
}

/// Numbers that are statuses, and others.
pub fn any_other(check: &mut Check, child: EnvId) {
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

/// Children that run until they are ended.
pub fn ends(check: &mut Check) -> Result<(), Error> {
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
