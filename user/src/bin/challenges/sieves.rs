//! A sieve that runs out of environments.

use libos::{EnvId, Error, env, probe, view};
use mos_abi::{NENV, Sysno};
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since};
use mos_user::sieve;

/// So many that are not there but for their places leave the sieve few.
pub fn run_out(mut check: Check) -> Result<(), Error> {
    let places = check.lots.from(20, 50) as usize;
    // What stays.
    sieve::primes(2, false)?;
    let (before, free) = (env::all().count(), view::free_frames());
    let mut idle = [EnvId::SELF; NENV];
    let fill = NENV - before - places;
    for id in idle.iter_mut().take(fill) {
        *id = EnvId(probe::call(Sysno::EnvAlloc, [0; 5])?);
    }
    step!(check, "as many primes are found as there are environments");
    for _ in 0..2 {
        let found = sieve::primes(u32::MAX, false)?;
        saw!(
            check,
            "how many, and the last one",
            (found.count, found.last)
        );
        saw!(check, "whether there were too few", found.full);
        let now = env::all().count();
        saw!(check, "environments that are left", now - before - fill);
    }
    step!(check, "so are they when there are enough");
    let limit = check.lots.from(10, 50);
    let found = sieve::primes(limit, false)?;
    saw!(
        check,
        "how many, and the last one",
        (found.count, found.last)
    );
    for &id in idle.iter().take(fill) {
        env::destroy(id)?;
    }
    step!(check, "everything is free again");
    saw!(
        check,
        "environments that are left",
        env::all().count() - before
    );
    saw!(check, "frames that are not free again", frames_since(free));
    saw!(check, "places there were", places);
    Ok(())
}
