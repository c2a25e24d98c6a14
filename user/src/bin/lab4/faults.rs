//! Stores to pages that may not be written.

use core::hint::black_box;

use libos::{
    EnvId, EnvStatus, Error, Fault, Global, Window, env, layout, probe, window, yield_now,
};
use mos_abi::Sysno;
use mos_user::check::Check;

const SHARED: Window = Window::new(1000);

/// Faults seen by [`note`]: how many, and the last address.
static SEEN: Global<(u32, u32)> = Global::new((0, 0));

/// Makes the page writable, keeping its contents out of it.
fn note(fault: Fault) {
    SEEN.with(|seen| *seen = (seen.0 + 1, fault.va));
    let page = Window::containing(fault.va).expect("a fault in a window");
    page.alloc(window::PRIVATE).expect("memory");
}

fn note_twice(fault: Fault) {
    note(fault);
    note(fault);
}

/// The handler is called, with the right address, and the store is done again.
pub fn handler(mut check: Check) -> Result<(), Error> {
    let me = env::id();
    let set = |func, top| probe::call(Sysno::SetPgfaultHandler, [me.0, func, top, 0, 0]);
    for (func, top) in [
        (layout::UTOP, layout::UXSTACKTOP),
        (0x8000_0000, layout::UXSTACKTOP),
    ] {
        check.same("a handler above UTOP", set(func, top), Err(Error::Inval));
    }
    for top in [layout::UTOP + 4, u32::MAX, layout::UXSTACKTOP - 2] {
        check.same("a bad stack", set(0, top), Err(Error::Inval));
    }
    check.ok("a handler and its stack must be below UTOP");

    libos::set_pgfault_handler(note)?;
    for round in 1..=check.lots.from(5, 15) {
        let page = Window::new(check.lots.from(0, 900) as usize);
        page.alloc(window::READ_ONLY)?;
        let (index, value) = (check.lots.from(0, 1023) as usize, check.lots.any());
        page.write(index, value);
        let va = page.address() + index as u32 * 4;
        check.same("faults, and where", SEEN.get(), (round, va));
        check.same("the store was done again", page.read(index), value);
    }
    check.ok("the handler learns the address, and the store is done again");

    let before = SEEN.get().0;
    libos::set_pgfault_handler(note_twice)?;
    Window::new(902).alloc(window::READ_ONLY)?;
    Window::new(902).write(0, 1);
    check.same("faults, each counted twice", SEEN.get().0, before + 2);
    check.ok("a second handler takes the place of the first");

    SHARED.alloc(window::SHARED)?;
    let child = probe::child(stores_without_handler, 0)?;
    let arguments = [child.0, 0, layout::UXSTACKTOP, 0, 0];
    check.same(
        "no handler",
        probe::call(Sysno::SetPgfaultHandler, arguments),
        Ok(0),
    );
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    check.same("how far it came", SHARED.read(0), 1);
    check.ok("without a handler the store ends its environment");
    Ok(())
}

fn stores_without_handler(_: u32) {
    let page = Window::new(901);
    page.alloc(window::READ_ONLY).expect("memory");
    SHARED.write(0, 1);
    page.write(0, 1);
    SHARED.write(0, 2);
}

static LEVELS: Global<u32> = Global::new(0);
static DEEPEST: Global<(u32, u32)> = Global::new((0, 0));

/// Stores to the next page, which is read-only too; then makes its own writable.
fn deeper(fault: Fault) {
    DEEPEST.with(|(depth, deepest)| {
        *depth += 1;
        *deepest = *(&*depth).max(&*deepest);
    });
    let n = (fault.va - Window::new(0).address()) / layout::PAGE_SIZE;
    if n + 1 < LEVELS.get() {
        Window::new(n as usize + 1).write(3, 101 + n);
    }
    Window::new(n as usize)
        .alloc(window::PRIVATE)
        .expect("memory");
    DEEPEST.with(|(depth, _)| *depth -= 1);
}

/// Handlers that fault themselves.
pub fn nested(mut check: Check) -> Result<(), Error> {
    libos::set_pgfault_handler(deeper)?;
    let levels = check.lots.from(2, 5);
    LEVELS.set(levels);
    for n in 0..levels as usize {
        Window::new(n).alloc(window::READ_ONLY)?;
    }
    Window::new(0).write(3, 100);
    check.same(
        "depth at the end, and the greatest",
        DEEPEST.get(),
        (0, levels),
    );
    check.ok("a handler may fault itself, on the same stack");
    for n in 0..levels {
        check.same("what was stored", Window::new(n as usize).read(3), 100 + n);
    }
    check.ok("every store is done in the end");

    // Below the normal stack, which is then no sign of a handler that faults.
    SHARED.alloc(window::SHARED)?;
    STACK.alloc(window::SHARED)?;
    let child = probe::child(faults_when_told, 0)?;
    env::set_status(child, EnvStatus::Runnable)?;
    while SHARED.read(0) != 1 && env::slot_of(child).is(child) {
        yield_now();
    }
    let top = STACK.address() + layout::PAGE_SIZE;
    let arguments = [child.0, env::slot_of(child).handler(), top, 0, 0];
    probe::call(Sysno::SetPgfaultHandler, arguments)?;
    SHARED.write(0, 2);
    env::wait(child);
    check.same("how far the child came", SHARED.read(0), 3);
    let pc = STACK.read(Window::WORDS - 1);
    check.holds("the end of the trapframe, at the top of the stack", pc != 0);
    check.ok("an exception stack may be anywhere below UTOP");
    Ok(())
}

/// The exception stack of a child.
const STACK: Window = Window::new(999);

/// Faults once its exception stack is where its parent wants it.
fn faults_when_told(_: u32) {
    libos::set_pgfault_handler(note).expect("memory");
    SHARED.write(0, 1);
    while SHARED.read(0) != 2 {
        yield_now();
    }
    let page = Window::new(901);
    page.alloc(window::READ_ONLY).expect("memory");
    page.write(0, 1);
    SHARED.write(0, 3);
}

/// Uses hi and lo too.
fn multiply(fault: Fault) {
    black_box(u64::from(black_box(fault.va)) * u64::from(black_box(fault.pc)));
    note(fault);
}

/// Every register survives an upcall.
pub fn registers(mut check: Check) -> Result<(), Error> {
    libos::set_pgfault_handler(multiply)?;
    let other = probe::child(|_| env::spin(), 0)?;
    env::set_status(other, EnvStatus::Runnable)?;
    let page = Window::new(check.lots.from(0, 900) as usize);
    page.alloc(window::PRIVATE)?;
    for n in 0..check.param(0) {
        match n % 2 {
            0 => page.map(EnvId::SELF, window::COPY_ON_WRITE)?,
            _ => page.alloc(window::READ_ONLY)?,
        }
        check.same("registers", probe::registers_survive_store(page), Ok(()));
    }
    env::destroy(other)?;
    check.ok("all registers are the same after a fault");
    Ok(())
}
