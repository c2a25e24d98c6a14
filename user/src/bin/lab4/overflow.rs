//! Exception stacks that are full or missing.

use core::hint::black_box;
use core::mem::MaybeUninit;

use libos::{EnvStatus, Error, Fault, Window, env, layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_user::check::Check;

const SHARED: Window = Window::new(1000);
/// The exception stack of a child.
const STACK: Window = Window::new(999);

/// A handler that never stops faulting.
pub fn full(check: Check) -> Result<(), Error> {
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
