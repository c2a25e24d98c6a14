//! Decoding of calls, and giving way.

use libos::{EnvId, EnvStatus, Error, Window, env, layout, probe, window, yield_now};
use mos_abi::Sysno;
use mos_user::check::{Check, started};

/// Numbers, arguments, results.
pub fn dispatch(mut check: Check) -> Result<(), Error> {
    let id = probe::call(Sysno::Getenvid, [0; 5])?;
    check.same("getenvid", id, started(0).0);
    check.same("the id in the table at UENVS", env::slot(0).id().0, id);
    check.ok("getenvid tells who we are");

    for number in [0, 9526, 9544 + check.lots.from(0, 50), u32::MAX] {
        check.same(
            "an unknown number",
            probe::unknown_call(number),
            Err(Error::Inval),
        );
    }
    check.ok("an unknown number is an invalid argument");

    let (from, to) = (
        check.lots.from(0, 400) as usize,
        check.lots.from(500, 900) as usize,
    );
    let (from, to) = (Window::new(from), Window::new(to));
    from.alloc(window::PRIVATE)?;
    from.write(5, 77);
    for flags in [window::READ_ONLY, window::COPY_ON_WRITE, window::SHARED] {
        let arguments = [id, from.address(), id, to.address(), flags.bits()];
        check.same("mem_map", probe::call(Sysno::MemMap, arguments), Ok(0));
        check.same("the flags, argument 5", to.flags(), Some(flags));
        check.same("the page at argument 4", to.read(5), 77);
    }
    check.ok("arguments 4 and 5 come from the stack");

    let nothing = Window::new(950).address();
    let mapped = from.address();
    for sp in [
        0,
        nothing,
        mapped + 2,
        0x8000_0000,
        0xffff_fff0,
        layout::UTOP,
    ] {
        let refused = probe::call_without_stack(sp, [id, mapped, id]);
        check.same("arguments that cannot be read", refused, Err(Error::Inval));
    }
    check.ok("what cannot be read there is an invalid argument");
    Ok(())
}

/// Every other environment has its turn, and a yield ends the whole share of slices.
pub fn yields(mut check: Check) -> Result<(), Error> {
    let others = check.param(0) as usize;
    let me = env::id();
    if me != started(0) {
        while env::slot(0).is(started(0)) {
            yield_now();
        }
        return Ok(());
    }
    for _ in 0..=others {
        yield_now();
    }
    for _ in 0..check.lots.from(5, 12) {
        let runs = |n: usize| env::slot(n).runs();
        let before: [u32; 8] = core::array::from_fn(runs);
        yield_now();
        for (n, before) in before.iter().enumerate().take(others + 1).skip(1) {
            let turns = runs(n).wrapping_sub(*before);
            check.same("turns of another while we gave way", turns, 1);
        }
        check.same("turns of our own", runs(0).wrapping_sub(before[0]), 1);
    }
    check.ok("each of the others has one turn before we have the next");

    let alone = probe::child(|_| env::spin(), 0)?;
    env::set_status(alone, EnvStatus::Runnable)?;
    let before = env::slot_of(alone).runs();
    yield_now();
    check.same(
        "turns of a new child",
        env::slot_of(alone).runs().wrapping_sub(before),
        1,
    );
    check.same(
        "our id after that",
        probe::call(Sysno::Getenvid, [0; 5]),
        Ok(me.0),
    );
    check.same("ending it", env::destroy(alone), Ok(()));
    check.same("it is gone", env::slot_of(alone).is(alone), false);
    check.same(
        "what yield returns",
        probe::call(Sysno::Yield, [EnvId::SELF.0; 5]),
        Ok(0),
    );
    check.ok("a child that never gives way has its turn too, and ends");
    Ok(())
}
