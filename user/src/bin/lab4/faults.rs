//! Stores to pages that may not be written.

use core::hint::black_box;
use core::mem::MaybeUninit;

use libos::{
    EnvId, EnvStatus, Error, Fault, Global, Window, env, layout, probe, view, window, yield_now,
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

/// A handler that never stops faulting.
pub fn overflow(check: Check) -> Result<(), Error> {
    SHARED.alloc(window::SHARED)?;
    let free = view::free_frames();
    for bad in [faults_for_ever as fn(u32), runs_over, has_no_stack] {
        SHARED.write(0, 0);
        let child = probe::child(bad, 0)?;
        env::set_status(child, EnvStatus::Runnable)?;
        env::wait(child);
        check.holds("it came to its store", SHARED.read(0) > 0);
        check.holds("and not beyond", SHARED.read(1) == 0);
        check.same("free frames", view::free_frames(), free);
    }
    check.ok("a full or missing exception stack ends the environment, and no other");
    yield_now();
    check.same("we still run", SHARED.read(1), 0);
    check.ok("its parent goes on");

    // A few words are left of the stack, and the page below it may be written.
    let (below, scratch) = (Window::new(998), Window::new(997));
    for page in [below, STACK] {
        page.alloc(window::SHARED)?;
    }
    scratch.alloc(window::PRIVATE)?;
    Window::new(901).alloc(window::READ_ONLY)?;
    let child = probe::child(|_| {}, 0)?;
    let arguments = [
        child.0,
        layout::UTEXT,
        STACK.address() + layout::PAGE_SIZE,
        0,
        0,
    ];
    probe::call(Sysno::SetPgfaultHandler, arguments)?;
    let (pc, sp) = (stores as extern "C" fn(u32), STACK.address() + 128);
    probe::set_registers(
        child,
        scratch,
        pc as usize as u32,
        sp,
        Window::new(901).address(),
    )?;
    env::set_status(child, EnvStatus::Runnable)?;
    env::wait(child);
    let zeros = (0..Window::WORDS).all(|index| below.read(index) == 0);
    check.holds("the page below the stack is as before", zeros);
    check.ok("no trapframe goes below a full stack");
    Ok(())
}

/// Stores to the page of `va`, with little on the stack.
extern "C" fn stores(va: u32) {
    if let Some(page) = Window::containing(va) {
        page.write(0, 1);
    }
}

fn faults_for_ever(_: u32) {
    libos::set_pgfault_handler(|fault| {
        SHARED.write(0, SHARED.read(0) + 1);
        let page = Window::containing(fault.va).expect("a window");
        page.write(0, 1);
    })
    .expect("memory");
    Window::new(5).alloc(window::READ_ONLY).expect("memory");
    Window::new(5).write(0, 1);
    SHARED.write(1, 1);
}

/// The same, with so much on the stack that the second time sp is below it.
fn runs_over(_: u32) {
    #[inline(never)]
    fn handler(fault: Fault) {
        black_box(MaybeUninit::<[u8; 3000]>::uninit());
        let page = Window::containing(fault.va).expect("a window");
        page.write(0, 1);
    }
    libos::set_pgfault_handler(handler).expect("memory");
    Window::new(5).alloc(window::READ_ONLY).expect("memory");
    SHARED.write(0, 1);
    Window::new(5).write(0, 1);
    SHARED.write(1, 1);
}

fn has_no_stack(_: u32) {
    probe::expect_faults().expect("memory");
    let stack = layout::UXSTACKTOP - layout::PAGE_SIZE;
    probe::drop_exception_stack();
    SHARED.write(0, stack);
    Window::new(5).alloc(window::READ_ONLY).expect("memory");
    Window::new(5).write(0, 1);
    SHARED.write(1, 1);
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

/// Two neighbours, one copy-on-write and one not: on the 4Kc they share an entry of the TLB.
pub fn cow_trap(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    let base = check.lots.from(0, 200) as usize * 2;
    let witness = Window::new(900);
    for (copied, writable) in
        [(base, base + 1), (base + 3, base + 2)].map(|(c, w)| (Window::new(c), Window::new(w)))
    {
        for page in [copied, writable] {
            page.alloc(window::PRIVATE)?;
            page.write(0, 1);
        }
        probe::call(
            Sysno::MemMap,
            [
                0,
                copied.address(),
                0,
                witness.address(),
                window::READ_ONLY.bits(),
            ],
        )?;
        copied.map(EnvId::SELF, window::COPY_ON_WRITE)?;
        let frames = (copied.frame(), writable.frame());
        writable.write(0, 2);
        check.same("the writable page's frame", writable.frame(), frames.1);
        check.same("the other's", copied.frame(), frames.0);
        copied.write(0, 3);
        check.same("what the copy was made of", witness.read(0), 1);
        check.same("the copy", copied.read(0), 3);
        check.holds("has its own frame", copied.frame() != frames.0);
        check.same(
            "the neighbour",
            (writable.read(0), writable.frame()),
            (2, frames.1),
        );
    }
    check.ok("a store to one page of a pair says nothing of the other");
    Ok(())
}

/// A store to a copy-on-write page.
pub fn cow_store(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    for kept in [
        window::COPY_ON_WRITE,
        window::COPY_ON_WRITE | libos::PteFlags::D,
    ] {
        let n = check.lots.from(0, 400) as usize;
        let (page, witness) = (Window::new(n), Window::new(n + 401));
        page.alloc(window::PRIVATE)?;
        for index in 0..Window::WORDS {
            page.write(index, check.lots.any());
        }
        probe::call(
            Sysno::MemMap,
            [
                0,
                page.address(),
                0,
                witness.address(),
                window::READ_ONLY.bits(),
            ],
        )?;
        let frame = page.frame();
        page.map(EnvId::SELF, kept)?;
        let (index, value) = (check.lots.from(0, 1023) as usize, check.lots.any());
        let old = page.read(index);
        page.write(index, value);
        check.same("what was stored", page.read(index), value);
        check.same("the other mapping", witness.read(index), old);
        check.holds("it has a frame of its own", page.frame() != frame);
        check.ok("a store to a copy-on-write page changes a copy");
        let same = (0..Window::WORDS)
            .filter(|&i| page.read(i) == witness.read(i))
            .count();
        check.same("words that are the same", same, Window::WORDS - 1);
        check.same("flags", page.flags(), Some(kept & !libos::PteFlags::COW));
        check.same(
            "names of the old frame",
            view::pp_ref(frame.unwrap_or(0)),
            1,
        );
        page.write(index, !value);
        check.same(
            "a second store",
            (page.read(index), witness.read(index)),
            (!value, old),
        );
        check.ok("the copy has the rest of the page, and its other flags");
    }
    let refused = Window::new(950);
    refused.alloc(window::READ_ONLY)?;
    check.same(
        "a read-only page is none to copy",
        libos::fork::pgfault(refused.address()),
        false,
    );
    check.same(
        "nor is nothing",
        libos::fork::pgfault(Window::new(951).address()),
        false,
    );
    refused.alloc(window::PRIVATE)?;
    check.same(
        "nor a writable one",
        libos::fork::pgfault(refused.address()),
        false,
    );
    check.ok("no other page is copied");
    Ok(())
}
