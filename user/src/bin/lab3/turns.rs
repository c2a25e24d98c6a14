//! Programs that share the CPU.

use libos::{EnvStatus, Global, Window, console, env, println, probe, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, started};

static OURS: Global<u32> = Global::new(0);

/// Three programs at the same addresses.
pub fn first_run(mut check: Check) {
    let me = env::id();
    let n = me.index();
    let value = check.lots.any() ^ me.0;
    OURS.set(value);
    let mut on_the_stack = [value; 16];
    // Each has a step of its own, since who comes first is up to the system.
    match n {
        0 => step!(check, "the first environment has its own id and memory"),
        1 => step!(check, "the second environment has its own id and memory"),
        _ => step!(check, "the third environment has its own id and memory"),
    }
    for _ in 0..check.lots.from(5, 10) {
        yield_now();
        // Both change with each turn, so that what is seen depends on all turns before it.
        OURS.set(OURS.get().rotate_left(3) ^ on_the_stack[7]);
        on_the_stack[7] = on_the_stack[7].wrapping_add(check.lots.any());
    }
    saw!(check, "our memory after others had the CPU", OURS.get());
    saw!(check, "our stack", on_the_stack);
    let ours = env::slot(n).id() == started(n);
    saw!(check, "whether our id is that of our slot", ours);
    saw!(check, "our status", env::slot(n).status());
    if n > 0 {
        env::wait(started(0));
        return;
    }
    step!(check, "each was given the CPU, and is counted");
    for other in 0..3 {
        let often = env::slot(other).runs() >= 5;
        saw!(check, "whether one had five turns or more", often);
    }
}

/// Nobody can run until somebody types.
pub fn idle(mut check: Check) {
    step!(check, "the CPU waits for a key, and the program gets it");
    // More than once, since the first answer may come before the CPU has begun to wait.
    for n in 1..=3 {
        println!("type it, {n}");
        let mut digits = [0; 9];
        let typed = console::read_line(&mut digits);
        let text = core::str::from_utf8(typed).unwrap_or_default();
        saw!(check, "what was typed", text);
    }
}

/// Two busy loops.
pub fn timer(mut check: Check) {
    let me = env::id().index();
    match me {
        0 => step!(
            check,
            "a busy loop loses the CPU to the other, again and again"
        ),
        _ => step!(check, "and so does the other one"),
    }
    let other = env::slot(1 - me);
    let mut sum = 0_u32;
    for _ in 0..check.lots.from(5, 8) {
        let before = other.runs();
        // Never gives way of its own accord.
        while other.runs() == before && other.status() != EnvStatus::Free {}
        sum = sum.rotate_left(3) ^ check.lots.any() ^ me as u32;
        saw!(check, "what was added up until the other had a turn", sum);
    }
}

/// Exceptions in a row: each first store to a page is one.
pub fn registers_saved(mut check: Check) {
    step!(check, "all registers survive an exception");
    for _ in 0..check.lots.from(10, 30) {
        let n = check.lots.from(0, 10_000) as usize;
        let changed = probe::registers_survive_refill(Window::new(n)).err();
        saw!(
            check,
            "the page that is stored to, and the first register that this changes",
            (n, changed)
        );
    }
}

/// The others have other values in their registers.
pub fn registers_restored(mut check: Check) {
    let me = env::id().index();
    match me {
        0 => step!(check, "all registers survive another program's turn"),
        1 => step!(check, "and so do those of the second program"),
        _ => step!(check, "and those of the third"),
    }
    // On GXemul the timer knows the host's time only, so that there may be more rounds.
    let (mut turns, mut rounds, mut sum) = (0, 0, 0_u32);
    let mut first = None;
    while turns < 2 || rounds < check.param(0) {
        let before = env::slot(me).runs();
        // Never the same number as another's: the registers are filled with it.
        let spins = check.lots.from(12_000, 25_000) << 2 | me as u32;
        let changed = probe::registers_survive_spin(spins).err();
        if rounds < check.param(0) && changed.is_none() {
            sum = sum.rotate_left(3) ^ spins;
        }
        first = first.or(changed);
        rounds += 1;
        turns += env::slot(me).runs().wrapping_sub(before);
    }
    saw!(
        check,
        "the first register that changed while we counted",
        first
    );
    saw!(
        check,
        "what we counted to and no register changed, added up",
        sum
    );
}
