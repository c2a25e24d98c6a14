//! Children that wait for a message that never comes.

use libos::{
    EnvId, EnvStatus, Error, Message, Window, env, ipc_recv, ipc_recv_page, layout, probe, window,
    yield_now,
};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends, until_it_waits};

use crate::children::end;
use crate::memory::within;
use crate::running::{SHARED, start, twin};

/// The word of [`SHARED`] that says whether a child's call has returned, with [`RESULT`] and what the child stored then.
const DONE: usize = 0;
const RESULT: usize = 1;
const WORD: usize = 2;

/// What a parent does to a child that waits.
#[derive(Clone, Copy)]
enum Deed {
    /// Makes it runnable.
    Start,
    /// Stops it, and makes it runnable then.
    Stop,
    /// Ends it.
    End,
}

/// How a wait begins, and how it ends when nobody sends.
pub fn waiting(mut check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let page = |check: &mut Check| {
        within(
            Window::new(check.lots.from(0, 900) as usize),
            &mut check.lots,
        )
    };
    let mut calls = [
        (layout::UTOP, Deed::End),
        (layout::UTOP + check.lots.from(0, 0xffff) * 4, Deed::End),
        (0x8000_0000 | check.lots.any(), Deed::End),
        (u32::MAX - check.lots.from(0, 4095), Deed::End),
        (0, Deed::Start),
        (page(&mut check), Deed::Start),
        (0, Deed::Stop),
        (page(&mut check), Deed::Stop),
        (0, Deed::End),
        (page(&mut check), Deed::End),
    ];
    check.lots.shuffle(&mut calls);
    for (dstva, deed) in calls {
        wait(&mut check, dstva, deed)?;
    }
    step!(check, "libos says so to its caller");
    for _ in 0..2 {
        broken_off(&mut check, ipc_recv)?;
        let window = Window::new(check.lots.from(0, 900) as usize);
        broken_off(&mut check, || ipc_recv_page(window))?;
    }
    Ok(())
}

/// A child waits by `receive`, and is made runnable.
fn broken_off(
    check: &mut Check,
    receive: impl FnOnce() -> Result<Message, Error>,
) -> Result<(), Error> {
    let word = check.lots.any();
    SHARED.write(RESULT, 0);
    SHARED.write(WORD, 0);
    let child = twin(|| {
        let result = receive().map_or_else(|error| error.code(), |_| 0);
        SHARED.write(RESULT, result as u32);
        SHARED.write(WORD, word);
    })?;
    start(child).ok();
    until_it_waits(child);
    start(child).ok();
    until_it_ends(child);
    saw!(
        check,
        "what it returned when nobody had sent anything, and a word that was stored then",
        (Error::check(SHARED.read(RESULT) as i32), SHARED.read(WORD))
    );
    end(child).ok();
    Ok(())
}

/// A child calls ipc_recv with this address; if it waits, this is done to it.
fn wait(check: &mut Check, dstva: u32, deed: Deed) -> Result<(), Error> {
    let word = check.lots.any();
    for at in [DONE, RESULT, WORD] {
        SHARED.write(at, 0);
    }
    let child = twin(|| {
        let result = probe::call(Sysno::IpcRecv, [dstva, 0, 0, 0, 0]);
        let result = result.map_or_else(|error| error.code(), |v0| v0 as i32);
        SHARED.write(RESULT, result as u32);
        SHARED.write(WORD, word);
        SHARED.write(DONE, 1);
    })?;
    let slot = env::slot_of(child);
    start(child).ok();
    until_it_waits(child);
    let left = || {
        let result = Error::check(SHARED.read(RESULT) as i32);
        (SHARED.read(DONE) != 0).then(|| (result, SHARED.read(WORD)))
    };
    if dstva >= layout::UTOP {
        step!(
            check,
            "ipc_recv refuses an address above UTOP before it waits"
        );
        saw!(
            check,
            "an address, what ipc_recv returned and a word that was stored then, and whether its caller is shown waiting",
            (dstva, left(), slot.ipc_recving())
        );
        end(child).ok();
        return Ok(());
    }
    step!(check, "the table shows who waits for a message");
    let turns = turns(check, child);
    saw!(
        check,
        "an address, whether a child is shown waiting, its status, and in which page it wants one",
        (
            dstva,
            slot.ipc_recving(),
            slot.status(),
            slot.ipc_dstva() / layout::PAGE_SIZE
        )
    );
    saw!(
        check,
        "what its call returned so far, and its turns while nobody sends",
        (left(), turns)
    );
    step!(check, "a wait that is broken off fails");
    match deed {
        Deed::Stop => {
            let stopped = env::set_status(child, EnvStatus::NotRunnable);
            saw!(
                check,
                "stopping it, whether it waits then, and its status",
                (stopped, slot.ipc_recving(), slot.status())
            );
        }
        Deed::Start => {}
        Deed::End => {
            saw!(check, "ending it", end(child));
            saw!(
                check,
                "whether it waits then, and what its wait returned",
                (slot.ipc_recving(), left())
            );
            return Ok(());
        }
    }
    saw!(check, "making it runnable", start(child));
    saw!(check, "whether it waits then", slot.ipc_recving());
    until_it_ends(child);
    saw!(
        check,
        "what its wait returned, and a word that it stored then",
        left()
    );
    end(child).ok();
    Ok(())
}

/// How often it was given the CPU while we gave way.
fn turns(check: &mut Check, child: EnvId) -> u32 {
    let slot = env::slot_of(child);
    let before = slot.runs();
    for _ in 0..check.lots.from(2, 5) {
        yield_now();
    }
    slot.runs().wrapping_sub(before)
}
