//! Exception stacks that are full or missing.

use core::hint::black_box;
use core::mem::MaybeUninit;

use libos::probe::{self, upcall};
use libos::{EnvStatus, Error, PteFlags, Window, env, view, window, yield_now};
use mos_abi::trapframe::TF_SIZE;
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since, until_it_ends};

use crate::handlers::{self, SEEN, note};
use crate::room::{BELOW, PAGE, SHARED, STACK, fill, handle_there, sum};

/// Places where no page is, until a program touches it.
const MISSING: Window = Window::new(995);
const ELSEWHERE: Window = Window::new(990);

/// Handlers without room to work.
pub fn full(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "a full or missing exception stack ends the environment, and no other"
    );
    SHARED.alloc(window::SHARED)?;
    let free = view::free_frames();
    let mut children = [
        faults_for_ever as fn(u32),
        runs_over,
        has_no_stack,
        is_right,
    ];
    check.lots.shuffle(&mut children);
    for child in children {
        SHARED.write(1, 0);
        let child = probe::child(child, check.lots.any())?;
        env::set_status(child, EnvStatus::Runnable)?;
        let has_ended = until_it_ends(child);
        let _ = env::destroy(child);
        saw!(
            check,
            "whether a child ended, and what it said before its store and behind it",
            (has_ended, SHARED.read(0), SHARED.read(1))
        );
        saw!(
            check,
            "frames that are free now and were not",
            frames_since(free)
        );
    }
    for page in [BELOW, STACK] {
        page.alloc(window::SHARED)?;
    }
    let read_only = window::READ_ONLY | PteFlags::LIBRARY;
    let mut places = [
        (STACK, ELSEWHERE.address() + 2048, window::SHARED),
        (STACK, ELSEWHERE.address() + 2048, read_only),
        (STACK, ELSEWHERE.address() + 2048, window::COPY_ON_WRITE),
        (MISSING, ELSEWHERE.address() + 2048, window::SHARED),
        // Run over, and another stack that begins at the very bottom of the page below.
        (
            STACK,
            BELOW.address() + check.lots.from(128, 510) * 8,
            window::SHARED,
        ),
        (STACK, BELOW.address(), window::SHARED),
    ];
    check.lots.shuffle(&mut places);
    for (stack, sp, flags) in places {
        fill(&mut check, STACK);
        let has_ended = handle_there(&mut check, (stack, flags), sp)?;
        saw!(
            check,
            "exception stack, its flags, and sp of a child, whether it ended, and what its handler said",
            (stack.address(), flags, sp, has_ended, SHARED.read(0))
        );
        if !flags.writable() {
            saw!(check, "what is made of that stack", sum(STACK));
        }
    }

    step!(check, "its parent goes on");
    upcall::set_handler(note)?;
    for _ in 0..check.lots.from(2, 5) {
        yield_now();
        PAGE.alloc(window::READ_ONLY)?;
        handlers::expect(PAGE);
        let index = check.lots.from(0, 1023) as usize;
        PAGE.write(index, check.lots.any());
        let (faults, va) = SEEN.get();
        saw!(
            check,
            "faults of our own, the address of the last, and what is there",
            (faults, va, PAGE.read(index))
        );
    }

    step!(check, "no trapframe goes below a full stack");
    let mut places = [0, 64, 96, 128, TF_SIZE - 4, TF_SIZE, 2048, 3072];
    check.lots.shuffle(&mut places);
    for place in places {
        fill(&mut check, BELOW);
        let stack = (STACK, window::SHARED);
        let has_ended = handle_there(&mut check, stack, STACK.address() + place)?;
        saw!(
            check,
            "bytes left, whether the child ended, and what its handler said",
            (place, has_ended, SHARED.read(0))
        );
        // A handler that has room may need more of it.
        if place < TF_SIZE {
            saw!(
                check,
                "what is made of the page below the stack",
                sum(BELOW)
            );
        }
    }
    Ok(())
}

/// What all children of [`full`] do once their handler is as each wants it.
fn store(number: u32) {
    let _ = PAGE.alloc(window::READ_ONLY);
    handlers::expect(PAGE);
    SHARED.write(0, number);
    PAGE.write(0, 1);
    SHARED.write(1, number);
}

fn is_right(number: u32) {
    let _ = upcall::set_handler(note);
    store(number);
}

fn faults_for_ever(number: u32) {
    let _ = upcall::set_handler(|_| PAGE.write(0, 1));
    store(number);
}

/// The same, with so much on the stack that the second time sp is below it.
fn runs_over(number: u32) {
    let _ = upcall::set_handler(|_| {
        black_box(MaybeUninit::<[u8; 3000]>::uninit());
        PAGE.write(0, 1);
    });
    store(number);
}

fn has_no_stack(number: u32) {
    let _ = upcall::set_handler(note);
    probe::drop_exception_stack();
    store(number);
}
