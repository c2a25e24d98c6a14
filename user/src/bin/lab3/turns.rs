//! Programs that share the CPU.

use libos::{EnvStatus, Global, Window, console, env, println, probe, yield_now};
use mos_user::check::{Check, started};

static OURS: Global<u32> = Global::new(0);

/// Three programs at the same addresses.
pub fn first_run(mut check: Check) {
    let me = env::id();
    let n = me.index();
    let value = check.lots.any() ^ me.0;
    OURS.set(value);
    let mut on_the_stack = [value; 16];
    for _ in 0..check.lots.from(5, 10) {
        yield_now();
        check.same("our memory after others had the CPU", OURS.get(), value);
        check.same("our stack", on_the_stack, [value; 16]);
        on_the_stack.reverse();
    }
    check.same("our id", env::slot(n).id(), started(n));
    check.same("our status", env::slot(n).status(), EnvStatus::Runnable);
    if n > 0 {
        env::wait(started(0));
        return;
    }
    check.ok("each environment has its own id and memory");
    for other in 1..3 {
        check.holds("another's turns", env::slot(other).runs() >= 5);
    }
    check.holds("our own turns", env::slot(0).runs() >= 5);
    check.ok("each was given the CPU, and is counted");
}

/// Nobody can run until somebody types.
pub fn idle(mut check: Check) {
    let right = check.lots.any();
    // More than once, since the first answer may come before the CPU has begun to wait.
    for n in 1..=3 {
        println!("type it, {n}");
        let mut digits = [0; 9];
        let typed = console::read_line(&mut digits);
        let text = core::str::from_utf8(typed).unwrap_or_default();
        check.same("what was typed", u32::from_str_radix(text, 16), Ok(right));
    }
    check.ok("the CPU waits for a key, and the program gets it");
}

/// Two busy loops.
pub fn timer(check: Check) {
    let other = env::slot(1 - env::id().index());
    for _ in 0..6 {
        let before = other.runs();
        // Never gives way of its own accord.
        while other.runs() == before && other.status() != libos::EnvStatus::Free {}
    }
    if env::id() == started(0) {
        check.ok("a busy loop loses the CPU to the other, again and again");
    }
}

/// Exceptions in a row: each first store to a page is one.
pub fn registers_saved(mut check: Check) {
    for _ in 0..check.lots.from(10, 30) {
        let page = Window::new(check.lots.from(0, 10_000) as usize);
        check.same("registers", probe::registers_survive_refill(page), Ok(()));
    }
    check.ok("all registers survive an exception");
}

/// The others have other values in their registers.
pub fn registers_restored(mut check: Check) {
    // On GXemul the timer knows the host's time only.
    let (mut turns, mut rounds) = (0, 0);
    while turns < 2 || rounds < check.param(0) {
        rounds += 1;
        let before = env::slot(env::id().index()).runs();
        // Never the same number as another's: the registers are filled with it.
        let spins = check.lots.from(12_000, 25_000) << 2 | env::id().index() as u32;
        check.same("registers", probe::registers_survive_spin(spins), Ok(()));
        turns += env::slot(env::id().index()).runs() - before;
    }
    if env::id() == started(0) {
        check.ok("all registers survive another program's turn");
    }
}
