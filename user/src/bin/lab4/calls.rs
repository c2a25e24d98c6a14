//! Numbers of calls, and giving way.

use libos::{Error, env, probe, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, started};

/// Numbers and results.
pub fn dispatch(mut check: Check) -> Result<(), Error> {
    step!(check, "getenvid tells who we are");
    let id = probe::call(Sysno::Getenvid, [check.lots.any(); 5]);
    let own = env::slot(0).id().0;
    saw!(
        check,
        "getenvid, and the id in the table at UENVS",
        (id, own)
    );

    step!(check, "an unknown number is an invalid argument");
    // In a tree of the teacher's there are more calls: up to 9640 a number may be of one here and of none there.
    let [some, low, high] = [1, 9500, 9640].map(|first| first + check.lots.from(0, 50));
    let mut numbers = [
        0,
        9526,
        9544,
        some,
        low,
        low + 20,
        high,
        high << 16,
        u32::MAX,
    ];
    check.lots.shuffle(&mut numbers);
    for number in numbers {
        let result = match Sysno::from_u32(number) {
            Some(_) => probe::call(Sysno::Getenvid, [0; 5]),
            None => probe::unknown_call(number),
        };
        saw!(
            check,
            "a call's number (getenvid, where there is such a call), and what it returns",
            (number, result)
        );
    }
    let last = Sysno::FIRST + Sysno::RANGE as u32 - 1;
    for beyond in 1..=check.lots.from(2, 5) {
        saw!(
            check,
            "a number so far beyond the last call's, and what it returns",
            (beyond, probe::unknown_call(last + beyond))
        );
    }
    Ok(())
}

/// Turns that each has in the first step of [`yields`].
fn rounds(check: &Check) -> u32 {
    let mut lots = check.lots.clone();
    let times = lots.from(5, 12);
    let yields = (0..times).map(|_| lots.from(1, 6));
    check.param(0) + 1 + yields.sum::<u32>()
}

/// Every other environment has its turn, and a yield ends the whole share of slices.
pub fn yields(mut check: Check) -> Result<(), Error> {
    let others = check.param(0) as usize;
    let me = env::id();
    if me != started(0) {
        let rounds = rounds(&check);
        while env::slot(0).is(started(0)) {
            // After the first step, the last one never gives way.
            if me != started(others) || env::slot(others).runs() < rounds {
                yield_now();
            }
        }
        return Ok(());
    }
    step!(
        check,
        "each of the others has one turn before we have the next"
    );
    for _ in 0..=others {
        yield_now();
    }
    let runs = |n: usize| env::slot(n).runs();
    for _ in 0..check.lots.from(5, 12) {
        let yields = check.lots.from(1, 6);
        let before: [u32; 8] = core::array::from_fn(runs);
        for _ in 0..yields {
            yield_now();
        }
        let turns: [u32; 8] = core::array::from_fn(|n| runs(n).wrapping_sub(before[n]));
        saw!(
            check,
            "how often we gave way, and the turns of each slot's environment meanwhile",
            (yields, turns)
        );
    }

    step!(check, "who gives way goes on behind the call, with 0");
    for _ in 0..check.lots.from(2, 4) {
        let drawn = check.lots.any();
        let before = runs(others);
        let result = probe::call(Sysno::Yield, [drawn; 5]);
        let id = probe::call(Sysno::Getenvid, [drawn; 5]);
        // On GXemul, ticks that the host was too busy for come all at once.
        let had_turn = runs(others) != before;
        saw!(
            check,
            "a number, what yield returns for it, our id after that, and whether one that never gives way had its turn",
            (drawn, result, id, had_turn)
        );
    }
    Ok(())
}
