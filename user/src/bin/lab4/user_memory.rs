//! Addresses that the kernel must not believe.

use libos::{EnvId, EnvStatus, Error, PteFlags, Window, env, layout, probe, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

/// Where a program has memory, and where it has none.
pub fn user_memory(mut check: Check) -> Result<(), Error> {
    let child = probe::child(|_| {}, 0)?;
    let n = check.lots.from(2, 800) as usize;
    step!(check, "nothing is read at or above UTOP, or around the end");
    let mut places = [
        0x8000_0000,
        0x8001_0000,
        0xffff_fe00,
        u32::MAX - 3,
        layout::UTOP,
        layout::UTOP - 156,
        0xa000_0000,
    ];
    for va in &mut places {
        // Not so far that the last ones come to the start.
        *va = va.saturating_add(4 * check.lots.from(0, 35)) & !3;
    }
    check.lots.shuffle(&mut places);
    trapframes(&check, child, &places);

    step!(check, "nothing is read where no page is");
    let (first, second) = (Window::new(n), Window::new(n + 1));
    let mut places = [
        0,
        4 * check.lots.from(1, 900),
        first.address() + 4 * check.lots.from(0, 900),
        second.address() - 4 * check.lots.from(1, 37),
    ];
    check.lots.shuffle(&mut places);
    trapframes(&check, child, &places);

    step!(check, "every page of what is read must be there");
    first.alloc(window::READ_ONLY)?;
    let ends = second.address() - 4 * check.lots.from(1, 37);
    trapframes(&check, child, &[ends]);
    second.alloc(window::PRIVATE)?;
    let mut places = [
        ends,
        first.address() + 4 * check.lots.from(0, 900),
        first.address() + check.lots.from(1, 3),
        second.address() + 4 * check.lots.from(0, 980) + check.lots.from(1, 3),
        second.address() + layout::PAGE_SIZE - 4 * check.lots.from(1, 37),
    ];
    check.lots.shuffle(&mut places);
    trapframes(&check, child, &places);

    step!(check, "a handler and its stack lie below UTOP");
    handlers(&mut check, child);
    env::destroy(child)?;

    step!(
        check,
        "nothing is written where the program may not write itself"
    );
    // What the kernel writes for a program is the trapframe on its exception stack.
    let mut kinds = [window::READ_ONLY, window::COPY_ON_WRITE, window::READ_ONLY];
    check.lots.shuffle(&mut kinds);
    for flags in kinds {
        let written = written(&mut check, Window::new(n + 2), flags)?;
        saw!(
            check,
            "an exception stack's flags, what its owner said last, and whether a trapframe is there",
            (flags, written)
        );
    }
    Ok(())
}

/// Has the kernel read a trapframe for `child` at each of these addresses.
fn trapframes(check: &Check, child: EnvId, places: &[u32]) {
    for &va in places {
        let result = probe::call(Sysno::SetTrapframe, [child.0, va, 0, 0, 0]);
        saw!(check, "a trapframe at this address", (va, result));
    }
}

/// Handlers and stacks for `child`.
fn handlers(check: &mut Check, child: EnvId) {
    let page = layout::PAGE_SIZE;
    let text = layout::UTEXT + 4 * check.lots.from(0, 1000);
    let mut asked = [
        (layout::UTOP, layout::UXSTACKTOP),
        (0x8000_0000, layout::UXSTACKTOP),
        (u32::MAX, layout::UXSTACKTOP),
        (text, layout::UTOP + page),
        (text, 0x8000_0000),
        (text, layout::UTOP - 2),
        (text, layout::UXSTACKTOP),
    ];
    check.lots.shuffle(&mut asked);
    for (func, top) in asked {
        let arguments = [child.0, func, top, 0, 0];
        let result = probe::call(Sysno::SetPgfaultHandler, arguments);
        let slot = env::slot_of(child);
        saw!(
            check,
            "a handler and its stack, whether they are taken, and what the child has then",
            ((func, top), result, (slot.handler(), slot.xstacktop()))
        );
    }
}

/// What a child says, and what it is told.
const SIGNAL: Window = Window::new(1000);

/// What a child says last whose exception stack is `witness` with these `flags`, and whether anything is written there.
fn written(check: &mut Check, witness: Window, flags: PteFlags) -> Result<(u32, bool), Error> {
    SIGNAL.alloc(window::SHARED)?;
    witness.alloc(window::PRIVATE)?;
    let drawn = check.lots.any();
    let child = probe::child(stores_when_told, drawn)?;
    env::set_status(child, EnvStatus::Runnable)?;
    until(1, child);
    let stack = layout::UXSTACKTOP - layout::PAGE_SIZE;
    let arguments = [0, witness.address(), child.0, stack, flags.bits()];
    probe::call(Sysno::MemMap, arguments)?;
    SIGNAL.write(0, 2);
    env::wait(child);
    let anything = (0..Window::WORDS).any(|index| witness.read(index) != 0);
    Ok((SIGNAL.read(1), anything))
}

fn until(signal: u32, child: EnvId) {
    while SIGNAL.read(0) != signal && env::slot_of(child).is(child) {
        yield_now();
    }
}

/// Faults once it has got another exception stack. What it says depends on what was `drawn`.
fn stores_when_told(drawn: u32) {
    probe::expect_faults().expect("memory");
    let page = Window::new(1001);
    page.alloc(window::READ_ONLY).expect("memory");
    SIGNAL.write(0, 1);
    until(2, env::id());
    SIGNAL.write(1, drawn);
    page.write(0, 1);
    SIGNAL.write(1, !drawn);
}
