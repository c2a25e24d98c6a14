//! What a program's library does before a fault can be handled.

use libos::layout::{PAGE_SIZE, USTACKTOP, UTEXT, UXSTACKTOP};
use libos::upcall::Handler;
use libos::{EnvId, Error, Window, env, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::handlers::{note, note_thrice, note_twice};

const STACK: u32 = UXSTACKTOP - PAGE_SIZE;

/// A handler is set again and again; each time its stack is looked at through a window.
pub fn handler(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "who sets a handler has an exception stack of one page, and the kernel knows of both"
    );
    let slot = env::slot_of(env::id());
    let window = Window::new(check.lots.from(0, 900) as usize);
    window.alloc(window::PRIVATE)?;
    let place = |check: &Check| {
        let handler = slot.handler();
        saw!(
            check,
            "flags of the page below UXSTACKTOP, and the top of the stack that the kernel knows",
            (view::page_flags(STACK), slot.xstacktop())
        );
        saw!(
            check,
            "whether the kernel knows a handler, and whether that is in our program",
            (handler != 0, (UTEXT..USTACKTOP).contains(&handler))
        );
    };
    place(&check);
    let free = view::free_frames();
    let set = libos::set_pgfault_handler(note);
    saw!(
        check,
        "what set_pgfault_handler of libos returns, and the frames that it takes",
        (set, free.wrapping_sub(view::free_frames()))
    );
    place(&check);

    step!(
        check,
        "whoever sets another one has an empty stack once more"
    );
    let mut handlers: [Handler; 4] = [note, note_twice, note_thrice, note];
    check.lots.shuffle(&mut handlers);
    let at = check.lots.from(0, 1023) as usize;
    for handler in handlers {
        let drawn = check.lots.any();
        look(window);
        window.write(at, drawn);
        let (before, frame) = (window.read(at), window.frame());
        let set = libos::set_pgfault_handler(handler);
        look(window);
        saw!(
            check,
            "a word of the stack, what libos returns, the word there then, and whether the frame is another",
            (before, set, window.read(at), window.frame() != frame)
        );
    }
    place(&check);
    Ok(())
}

/// Maps the exception stack at `window` too; zeros are there where there is none.
fn look(window: Window) {
    let me = EnvId::SELF.0;
    let flags = window::PRIVATE.bits();
    let mapped = probe::call(Sysno::MemMap, [me, STACK, me, window.address(), flags]);
    if mapped.is_err() {
        let _ = window.alloc(window::PRIVATE);
    }
}
