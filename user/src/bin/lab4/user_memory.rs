//! Addresses that the kernel must not believe.

use libos::{EnvId, EnvStatus, Error, Window, env, layout, probe, window, yield_now};
use mos_abi::Sysno;
use mos_user::check::Check;

const INVAL: Result<u32, Error> = Err(Error::Inval);

/// Where a program has memory, and where it has none.
pub fn user_memory(mut check: Check) -> Result<(), Error> {
    let child = probe::child(|_| {}, 0)?;
    let frame_at = |va| probe::call(Sysno::SetTrapframe, [child.0, va, 0, 0, 0]);
    let page = layout::PAGE_SIZE;
    let n = check.lots.from(2, 800) as usize;
    let (first, second) = (Window::new(n), Window::new(n + 1));

    for va in [
        0x8000_0000,
        0x8001_0000,
        0xffff_ff00,
        0xffff_fffc,
        layout::UTOP,
        0xa000_0000,
    ] {
        check.same("a trapframe above UTOP", frame_at(va), INVAL);
    }
    check.same(
        "one that ends above UTOP",
        frame_at(layout::UTOP - 8),
        INVAL,
    );
    check.ok("nothing is read at or above UTOP, or around the end");

    check.same(
        "a trapframe where nothing is mapped",
        frame_at(first.address()),
        INVAL,
    );
    check.same("one at 0", frame_at(0), INVAL);
    check.ok("nothing is read where no page is");

    first.alloc(window::READ_ONLY)?;
    check.same(
        "a trapframe that begins in a page",
        frame_at(second.address() - 40),
        INVAL,
    );
    second.alloc(window::PRIVATE)?;
    check.same(
        "a trapframe across two pages",
        frame_at(second.address() - 40),
        Ok(0),
    );
    let misaligned = first.address() + check.lots.from(1, 3);
    check.same("a misaligned one", frame_at(misaligned), INVAL);
    check.ok("every page of what is read must be there");

    let write = |va| {
        probe::call(
            Sysno::SetPgfaultHandler,
            [child.0, va, layout::UXSTACKTOP, 0, 0],
        )
    };
    for func in [layout::UTOP, 0x8000_0000, u32::MAX] {
        check.same("a handler above UTOP", write(func), INVAL);
    }
    for top in [layout::UTOP + page, 0x8000_0000, layout::UTOP - 2] {
        let arguments = [child.0, layout::UTEXT, top, 0, 0];
        check.same(
            "its stack",
            probe::call(Sysno::SetPgfaultHandler, arguments),
            INVAL,
        );
    }
    check.same("the child's handler", env::slot_of(child).handler(), 0);
    check.ok("a handler and its stack lie below UTOP");
    env::destroy(child)?;

    // What the kernel writes for a program is the trapframe on its exception stack.
    let witness = Window::new(n + 2);
    for flags in [window::READ_ONLY, window::COPY_ON_WRITE] {
        SIGNAL.alloc(window::SHARED)?;
        witness.alloc(window::PRIVATE)?;
        let child = probe::child(stores_when_told, 0)?;
        env::set_status(child, EnvStatus::Runnable)?;
        until(1, child);
        let stack = layout::UXSTACKTOP - page;
        let arguments = [0, witness.address(), child.0, stack, flags.bits()];
        probe::call(Sysno::MemMap, arguments)?;
        SIGNAL.write(0, 2);
        env::wait(child);
        check.same("how far a child came", SIGNAL.read(0), 2);
        let zeros = (0..Window::WORDS).all(|index| witness.read(index) == 0);
        check.holds("a page that the child may not write is as before", zeros);
    }
    check.ok("nothing is written where the program may not write itself");
    Ok(())
}

/// What a child says, and what it is told.
const SIGNAL: Window = Window::new(1000);

fn until(signal: u32, child: EnvId) {
    while SIGNAL.read(0) != signal && env::slot_of(child).is(child) {
        yield_now();
    }
}

/// Faults once it has got another exception stack.
fn stores_when_told(_: u32) {
    probe::expect_faults().expect("memory");
    let page = Window::new(1001);
    page.alloc(window::READ_ONLY).expect("memory");
    SIGNAL.write(0, 1);
    until(2, env::id());
    page.write(0, 1);
    SIGNAL.write(0, 3);
}
