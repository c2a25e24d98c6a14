//! Exceptions that a program handles itself: which there are, and what is told of each.

use core::array;

use libos::exception::{Exception, Exceptions, Next, map_missing, set_exception_handler};
use libos::probe::{self, Misdeed, commit};
use libos::{Error, Fork, Global, Window, env, fork, layout, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_waits};

/// Shared by everybody: what handlers were told.
const NOTES: Window = Window::new(1000);

/// What the handler was told last, and how often it was called.
static TOLD: Global<Option<(Exceptions, Option<u32>)>> = Global::new(None);
pub static TIMES: Global<u32> = Global::new(0);
/// Whether that was in a delay slot.
pub static IN_SLOT: Global<bool> = Global::new(false);

/// Notes it.
pub fn note(exception: &Exception) {
    TOLD.set(Some((exception.kind, exception.va)));
    TIMES.with(|times| *times += 1);
    IN_SLOT.set(exception.in_delay_slot);
}

/// Notes it, and has the program go on behind it; but our stack grows as ever.
fn skip(exception: &Exception) -> Next {
    let is_on_stack = |va: u32| va < layout::ULIM && Window::containing(va).is_none();
    if exception.va.is_some_and(is_on_stack) && map_missing(exception).is_ok() {
        return Next::Resume;
    }
    note(exception);
    Next::Skip
}

/// Notes it where all can see it, and ends.
fn end(exception: &Exception) -> Next {
    if exception.va.and_then(Window::containing).is_none() && map_missing(exception).is_ok() {
        return Next::Resume;
    }
    NOTES.write(0, NOTES.read(0) + 1);
    NOTES.write(1, exception.va.unwrap_or(0));
    env::exit()
}

/// So many deeds there are.
const DEEDS: usize = 9;

/// Deed `which`, with a number drawn.
fn commit_deed(which: usize, drawn: u32) {
    let missing = Window::new((drawn % 900) as usize).address() + (drawn >> 20 & 0xffc);
    match which {
        0 => drop(probe::peek(missing)),
        1 => probe::poke(missing, drawn),
        2 => drop(probe::peek(missing | 2)),
        3 => probe::poke(layout::ULIM | missing & 0xff_fffc, drawn),
        4 => commit(Misdeed::Break),
        5 => commit(Misdeed::Reserved),
        6 => commit(Misdeed::ProbeTlb),
        7 => commit(Misdeed::Overflow),
        _ => drop(probe::divide(drawn, 0)),
    }
}

/// Deeds in an order drawn by lot.
fn deeds(check: &mut Check) -> [(usize, u32); DEEDS] {
    let mut deeds = array::from_fn(|which| (which, check.lots.any()));
    check.lots.shuffle(&mut deeds);
    deeds
}

/// Each kind.
pub fn kinds(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    set_exception_handler(Exceptions::all(), skip)?;
    let before = env::slot_of(env::id()).handler();
    step!(check, "each is told with its kind and its address");
    for (deed, drawn) in deeds(&mut check) {
        commit_deed(deed, drawn);
        let told = TOLD.with(Option::take);
        saw!(check, "a deed, and what was told of it", (deed, told));
    }
    saw!(check, "how often the handler was called", TIMES.get());
    let stores = env::slot_of(env::id()).handler();
    saw!(
        check,
        "whether stores to read-only pages go where they went",
        stores == before
    );

    step!(check, "other kinds are as if there were no handler");
    for (deed, drawn) in deeds(&mut check) {
        let kinds = Exceptions::from_bits_truncate(check.lots.any());
        NOTES.write(0, 0);
        NOTES.write(1, 0);
        let Fork::Parent(child) = fork()? else {
            set_exception_handler(kinds, skip)?;
            NOTES.write(0, drawn);
            commit_deed(deed, drawn);
            NOTES.write(1, drawn ^ TIMES.get());
            env::exit()
        };
        until(|| !env::slot_of(child).is(child));
        let seen = (kinds.bits(), deed, NOTES.read(0), NOTES.read(1));
        saw!(
            check,
            "kinds, a deed, and what a child said before it and behind it",
            seen
        );
    }

    step!(check, "what makes no sense is refused");
    let all = Exceptions::all().bits();
    let stray = 1 << check.lots.from(16, 31);
    let far = check.lots.any() | layout::ULIM;
    let mut calls = [
        (stray, 0, layout::UXSTACKTOP),
        (all | 1 << 8, 0, layout::UXSTACKTOP),
        (1, 0, layout::UXSTACKTOP),
        (1 << check.lots.from(6, 7), 0, layout::UXSTACKTOP),
        (all, far & !3, layout::UXSTACKTOP),
        (all, layout::UTOP, layout::UXSTACKTOP),
        (all, 0, far & !3),
        (all, 0, layout::UXSTACKTOP - 2),
        (0, 0, layout::UXSTACKTOP),
    ];
    check.lots.shuffle(&mut calls);
    for (kinds, func, top) in calls {
        let result = probe::call(Sysno::SetExceptionHandler, [0, kinds, func, top, 0]);
        saw!(
            check,
            "kinds, a handler, a stack, and what the call returns",
            (kinds, func, top, result)
        );
    }
    Ok(())
}

/// A child of `fork` has its parent's handler, also with other registers; who gives it up has none.
pub fn inherited(mut check: Check) -> Result<(), Error> {
    NOTES.alloc(window::SHARED)?;
    let mut draw = || {
        let page = check.lots.from(0, 900) as usize;
        Window::new(page).address() + 4 * check.lots.from(0, 1023)
    };
    let drawn = [(); 4].map(|()| draw());
    set_exception_handler(Exceptions::TLB_STORE, end)?;
    step!(check, "a child has its parent's handler");
    let Fork::Parent(child) = fork()? else {
        probe::poke(drawn[0], 1);
        env::exit()
    };
    until(|| !env::slot_of(child).is(child));
    saw_faults(&check);

    step!(check, "it has it with other registers too");
    let Fork::Parent(child) = fork()? else {
        libos::ipc_recv()?;
        env::exit()
    };
    until_it_waits(child);
    let sp = layout::USTACKTOP - 64;
    Window::new(999).alloc(window::PRIVATE)?;
    probe::set_registers(child, Window::new(999), probe::stores(), sp, drawn[1])?;
    env::set_status(child, libos::EnvStatus::Runnable)?;
    until(|| !env::slot_of(child).is(child));
    saw_faults(&check);

    step!(check, "who gives it up has none, and its parent still has");
    let Fork::Parent(child) = fork()? else {
        set_exception_handler(Exceptions::all(), |_| Next::Default)?;
        probe::poke(drawn[2], drawn[3]);
        NOTES.write(2, probe::peek(drawn[2]));
        commit(Misdeed::Break);
        NOTES.write(2, 0);
        env::exit()
    };
    until(|| !env::slot_of(child).is(child));
    saw!(check, "a word that it stored", NOTES.read(2));
    let Fork::Parent(child) = fork()? else {
        probe::poke(drawn[3], 1);
        env::exit()
    };
    until(|| !env::slot_of(child).is(child));
    saw_faults(&check);
    Ok(())
}

/// What a child's handler noted.
fn saw_faults(check: &Check) {
    saw!(
        check,
        "faults of a child, and their address",
        [NOTES.read(0), NOTES.read(1)]
    );
}
