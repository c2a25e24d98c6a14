//! Handlers that fault themselves, and exception stacks elsewhere.

use core::mem::offset_of;

use libos::probe::upcall;
use libos::{EnvStatus, Error, Fault, Global, Window, env, layout, probe, window};
use mos_abi::{Sysno, Trapframe};
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

use crate::handlers::{self, SEEN, note};

const SHARED: Window = Window::new(1000);

/// Where [`deeper`] is: the first page, how many there are, and which word of them is stored to.
static PAGES: Global<(usize, usize, usize)> = Global::new((0, 0, 0));
/// Handlers that are running, the most that were, and what was made of all addresses.
static DEPTH: Global<(usize, usize, u32)> = Global::new((0, 0, 0));
static VALUES: Global<[u32; 6]> = Global::new([0; 6]);

/// Stores to the next page, which is read-only too; then makes its own writable.
fn deeper(fault: Fault) {
    let (first, count, index) = PAGES.get();
    let n = DEPTH.get().0;
    DEPTH.with(|(depth, deepest, sum)| {
        *depth += 1;
        *deepest = (*deepest).max(*depth);
        *sum = sum.rotate_left(5) ^ fault.va;
    });
    let (faults, _) = SEEN.get();
    if n > count || faults > 100 {
        // It never ends.
        env::exit();
    }
    SEEN.set((faults + 1, fault.va));
    if n + 1 < count {
        Window::new(first + n + 1).write(index, VALUES.get()[n + 1]);
    }
    let _ = Window::new(first + n).alloc(window::PRIVATE);
    DEPTH.with(|(depth, ..)| *depth = depth.saturating_sub(1));
}

/// Handlers that fault themselves.
pub fn handlers(mut check: Check) -> Result<(), Error> {
    step!(check, "a handler may fault itself, on the same stack");
    upcall::set_handler(deeper)?;
    let first = check.lots.from(0, 900) as usize;
    let count = check.lots.from(3, 5) as usize;
    let index = check.lots.from(0, 1023) as usize;
    let values = core::array::from_fn(|_| check.lots.any());
    PAGES.set((first, count, index));
    VALUES.set(values);
    let page = |n| Window::new(first + n);
    for n in 0..count {
        page(n).alloc(window::READ_ONLY)?;
    }
    page(0).write(index, values[0]);
    let (depth, deepest, addresses) = DEPTH.get();
    saw!(
        check,
        "handlers that run still, and the most that ran at a time",
        (depth, deepest)
    );
    saw!(check, "what was made of all addresses", addresses);
    step!(check, "every store is done in the end");
    for n in 0..count {
        saw!(check, "what was stored to a page", page(n).read(index));
    }
    step!(check, "an exception stack may be anywhere below UTOP");
    elsewhere(&mut check)
}

/// Below the normal stack, which is then no sign of a handler that faults.
fn elsewhere(check: &mut Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let stack = Window::new(check.lots.from(910, 990) as usize);
    stack.alloc(window::SHARED)?;
    for index in [1, 2, 3] {
        SHARED.write(index, check.lots.any());
    }
    SHARED.write(1, SHARED.read(1) % 1024);
    let child = probe::child(faults_when_told, 0)?;
    let slot = env::slot_of(child);
    env::set_status(child, EnvStatus::Runnable)?;
    until(|| SHARED.read(0) == 1 || !slot.is(child));
    let top = stack.address() + layout::PAGE_SIZE;
    let arguments = [child.0, slot.handler(), top, 0, 0];
    let _ = probe::call(Sysno::SetPgfaultHandler, arguments);
    SHARED.write(0, 2);
    let has_ended = until_it_ends(child);
    saw!(
        check,
        "whether the child ended, the address of its fault, and what it read behind its store",
        (has_ended, SHARED.read(4), SHARED.read(5))
    );
    let at = Window::WORDS - (size_of::<Trapframe>() - offset_of!(Trapframe, cp0_badvaddr)) / 4;
    saw!(
        check,
        "the address in the trapframe at the top of its exception stack",
        stack.read(at)
    );
    let _ = env::destroy(child);
    Ok(())
}

/// Faults once its exception stack is where its parent wants it, at the word and with the value that it is told.
fn faults_when_told(_: u32) {
    let _ = upcall::set_handler(note);
    SHARED.write(0, 1);
    until(|| SHARED.read(0) == 2);
    let page = Window::new(901);
    let index = SHARED.read(1) as usize % Window::WORDS;
    let _ = page.alloc(window::READ_ONLY);
    handlers::expect(page);
    page.write(index, SHARED.read(2));
    SHARED.write(4, SEEN.get().1);
    SHARED.write(5, page.read(index));
}
