//! Stores to pages that may not be written.

use core::hint::black_box;

use libos::probe::upcall;
use libos::upcall::Handler;
use libos::{EnvId, EnvStatus, Error, Fault, Window, env, layout, probe, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

use crate::handlers::{self, SEEN, note, note_thrice, note_twice};
use crate::{children, slots};

const SHARED: Window = Window::new(1000);

/// What the kernel notes of a handler.
pub fn handlers(mut check: Check) -> Result<(), Error> {
    step!(check, "a handler and its stack must be below UTOP");
    refuse_handlers(&mut check)?;
    slots::handlers(&mut check);
    Ok(())
}

/// The handler is called, with the right address, and the store is done again.
pub fn reported(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "the handler learns the address, and the store is done again"
    );
    upcall::set_handler(note)?;
    for _ in 0..check.lots.from(5, 12) {
        let seen = store(&mut check)?;
        saw!(
            check,
            "faults so far, the address of the last, and what is there now",
            seen
        );
    }

    step!(check, "all registers are as they were when it is done");
    let mut changed = Ok(());
    for _ in 0..check.lots.from(10, 20) {
        let page = Window::new(check.lots.from(0, 900) as usize);
        page.alloc(window::READ_ONLY)?;
        handlers::expect(page);
        changed = changed.and(probe::registers_survive_store(page));
    }
    saw!(
        check,
        "the first register that a fault changed",
        changed.err()
    );
    saw!(check, "faults so far, and the last address", SEEN.get());

    step!(check, "without a handler the store ends its environment");
    SHARED.alloc(window::SHARED)?;
    let mut behind = [false, true, false];
    check.lots.shuffle(&mut behind);
    for has_handler in behind {
        SHARED.write(1, 0);
        let [number, marker] = [check.lots.any() >> 1, u32::from(has_handler) << 31];
        let child = probe::child(stores_to_read_only_page, number | marker)?;
        env::set_status(child, EnvStatus::Runnable)?;
        let has_ended = until_it_ends(child);
        saw!(
            check,
            "whether a child has ended, and what it said before a store and behind it",
            (has_ended, SHARED.read(0), SHARED.read(1))
        );
        let _ = env::destroy(child);
    }
    Ok(())
}

/// Handlers and exception stacks for a child, which is never started.
fn refuse_handlers(check: &mut Check) -> Result<(), Error> {
    let child = children::bare()?;
    let word = |check: &mut Check| check.lots.from(1, 0xffff) * 4;
    let top = layout::UXSTACKTOP;
    let mut operands = [
        (layout::UTEXT + word(check), top),
        (0, layout::UTEXT + word(check)),
        (layout::UTOP - word(check), top - word(check)),
        (layout::UTOP - 4, layout::PAGE_SIZE + word(check)),
        (layout::UTOP + word(check), top),
        (0x8000_0000 | word(check), top),
        (layout::UTEXT + word(check) + check.lots.from(1, 3), top),
        (layout::UTEXT, layout::UTOP + word(check)),
        (0, 0x8000_0000 | word(check)),
        (layout::UTEXT, top - check.lots.from(1, 3)),
    ];
    check.lots.shuffle(&mut operands);
    let slot = env::slot_of(child);
    let set = |func, top| probe::call(Sysno::SetPgfaultHandler, [child.0, func, top, 0, 0]);
    let _ = set(layout::UTEXT, layout::UTEXT);
    for (func, top) in operands {
        saw!(
            check,
            "handler and top of its stack, and what set_pgfault_handler returns",
            (func, top, set(func, top))
        );
        saw!(
            check,
            "handler and top that the table shows then",
            (slot.handler(), slot.xstacktop())
        );
    }
    env::destroy(child)
}

/// Stores to a read-only page, and tells how many faults there were by then, the last address, and what the page has.
fn store(check: &mut Check) -> Result<(u32, u32, u32), Error> {
    let page = Window::new(check.lots.from(0, 900) as usize);
    let index = check.lots.from(0, 1023) as usize;
    page.alloc(window::READ_ONLY)?;
    handlers::expect(page);
    page.write(index, check.lots.any());
    let (faults, va) = SEEN.get();
    Ok((faults, va, page.read(index)))
}

/// Says a number, stores to a read-only page, and says the number once more. The topmost bit tells whether there is a
/// handler.
fn stores_to_read_only_page(number: u32) {
    let page = Window::new(901);
    let _ = upcall::set_handler(note);
    if number >> 31 == 0 {
        let arguments = [EnvId::SELF.0, 0, layout::UXSTACKTOP, 0, 0];
        let _ = probe::call(Sysno::SetPgfaultHandler, arguments);
    }
    let _ = page.alloc(window::READ_ONLY);
    handlers::expect(page);
    SHARED.write(0, number);
    page.write(0, 1);
    SHARED.write(1, number);
}

/// Uses hi and lo too.
fn multiply(fault: Fault) {
    black_box(u64::from(black_box(fault.va)) * u64::from(black_box(fault.pc)));
    note(fault);
}

/// Every register survives an upcall of libos.
pub fn registers(mut check: Check) -> Result<(), Error> {
    step!(check, "all registers are the same after a fault");
    libos::set_pgfault_handler(multiply)?;
    let other = probe::child(|_| env::spin(), 0)?;
    env::set_status(other, EnvStatus::Runnable)?;
    let (mut changed, mut addresses) = (Ok(()), 0_u32);
    for _ in 0..check.param(0) {
        let page = Window::new(check.lots.from(0, 900) as usize);
        page.alloc(window::READ_ONLY)?;
        handlers::expect(page);
        changed = changed.and(probe::registers_survive_store(page));
        addresses = addresses.rotate_left(1) ^ SEEN.get().1;
    }
    env::destroy(other)?;
    saw!(
        check,
        "the first register that a fault changed",
        changed.err()
    );
    saw!(
        check,
        "faults, and what was made of their addresses",
        (SEEN.get().0, addresses)
    );

    step!(check, "a second handler takes the place of the first");
    let mut handlers: [Handler; 6] = [note, note, note_twice, note_twice, note_thrice, note_thrice];
    check.lots.shuffle(&mut handlers);
    for handler in handlers {
        libos::set_pgfault_handler(handler)?;
        let seen = store(&mut check)?;
        saw!(
            check,
            "faults so far as handlers count, the last address, and what is there",
            seen
        );
    }
    Ok(())
}
