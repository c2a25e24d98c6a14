//! Decoding of calls, and giving way.

use libos::{EnvId, EnvStatus, Error, Window, env, layout, probe, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, started};

/// Numbers, arguments, results.
pub fn dispatch(mut check: Check) -> Result<(), Error> {
    step!(check, "getenvid tells who we are");
    let id = probe::call(Sysno::Getenvid, [check.lots.any(); 5]);
    let own = env::slot(0).id().0;
    saw!(
        check,
        "getenvid, and the id in the table at UENVS",
        (id, own)
    );
    let (id, word) = (id.unwrap_or(0), check.lots.from(0, 1023) as usize);

    step!(check, "an unknown number is an invalid argument");
    let [some, low, high] = [1, 9500, 9590].map(|first| first + check.lots.from(0, 50));
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

    step!(check, "arguments 4 and 5 come from the stack");
    let from = Window::new(check.lots.from(0, 400) as usize);
    from.alloc(window::PRIVATE)?;
    let drawn = check.lots.any();
    from.write(word, drawn);
    let mut kinds = [
        window::READ_ONLY,
        window::COPY_ON_WRITE,
        window::SHARED,
        window::PRIVATE,
    ];
    check.lots.shuffle(&mut kinds);
    for flags in kinds {
        let to = Window::new(check.lots.from(500, 900) as usize);
        let arguments = [id, from.address(), id, to.address(), flags.bits()];
        let result = probe::call(Sysno::MemMap, arguments);
        saw!(
            check,
            "mem_map to this address, the flags that are there then, and a word",
            (to.address(), result, to.flags(), to.read(word))
        );
    }

    step!(check, "what cannot be read there is an invalid argument");
    let nothing = Window::new(950).address();
    let mapped = from.address();
    let mut places = [
        0,
        nothing + 4 * check.lots.from(0, 1000),
        mapped + check.lots.from(1, 3),
        mapped + layout::PAGE_SIZE - 16,
        0x8000_0000 + 4 * check.lots.from(0, 1000),
        u32::MAX - 19,
        u32::MAX - 15,
        layout::UTOP,
        layout::UTOP - 16,
    ];
    check.lots.shuffle(&mut places);
    Window::containing(mapped + layout::PAGE_SIZE)
        .into_iter()
        .for_each(Window::unmap);
    for sp in places {
        let refused = probe::call_without_stack(sp, [id, mapped, id]);
        saw!(check, "sp, and what mem_map returns", (sp, refused));
    }
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

    step!(
        check,
        "a child that never gives way has its turn too, and ends"
    );
    let alone = probe::child(|_| env::spin(), 0)?;
    let started = env::set_status(alone, EnvStatus::Runnable);
    saw!(check, "starting it", started);
    let slot = env::slot_of(alone);
    let (before, yields) = (slot.runs(), check.lots.from(1, 4));
    for _ in 0..yields {
        yield_now();
    }
    let turns = slot.runs().wrapping_sub(before);
    saw!(
        check,
        "how often we gave way, and its turns",
        (yields, turns)
    );
    let id = probe::call(Sysno::Getenvid, [0; 5]);
    saw!(check, "our id after that", id);
    let ended = env::destroy(alone);
    saw!(
        check,
        "ending it, and whether it is there",
        (ended, slot.is(alone))
    );
    let result = probe::call(Sysno::Yield, [EnvId::SELF.0; 5]);
    saw!(check, "what yield returns", result);
    Ok(())
}
