//! Exception stacks that are full or missing.

use core::hint::black_box;
use core::mem::MaybeUninit;

use libos::{EnvStatus, Error, Window, env, layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_abi::trapframe::TF_SIZE;
use mos_exam::{saw, step};
use mos_user::check::{Check, frames_since, until_it_ends};

use crate::handlers::{self, SEEN, note};

const SHARED: Window = Window::new(1000);
/// The exception stack of a child, and what lies below it.
const STACK: Window = Window::new(999);
const BELOW: Window = Window::new(998);
/// Places where no page is, until a program touches it.
const MISSING: Window = Window::new(995);
const ELSEWHERE: Window = Window::new(990);
/// What a child stores to.
const PAGE: Window = Window::new(901);

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
    let mut places = [
        (STACK, ELSEWHERE.address() + 2048),
        (MISSING, ELSEWHERE.address() + 2048),
        // Run over, and another stack that begins at the very bottom of the page below.
        (STACK, BELOW.address() + check.lots.from(128, 510) * 8),
        (STACK, BELOW.address()),
    ];
    check.lots.shuffle(&mut places);
    for (stack, sp) in places {
        let has_ended = handle_there(&mut check, stack, sp)?;
        saw!(
            check,
            "exception stack and sp of a child, whether it ended, and what its handler said",
            (stack.address(), sp, has_ended, SHARED.read(0))
        );
    }

    step!(check, "its parent goes on");
    libos::set_pgfault_handler(note)?;
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
    let mut places = [64, 96, 128, 2048, 3072];
    check.lots.shuffle(&mut places);
    for place in places {
        for index in 0..Window::WORDS {
            BELOW.write(index, check.lots.any());
        }
        let has_ended = handle_there(&mut check, STACK, STACK.address() + place)?;
        saw!(
            check,
            "bytes left, whether the child ended, and what its handler said",
            (place, has_ended, SHARED.read(0))
        );
        let words = (0..Window::WORDS).map(|index| BELOW.read(index));
        let sum = words.fold(0, |sum: u32, word| sum.rotate_left(1) ^ word);
        // A handler that has room may need more of it.
        if place < TF_SIZE {
            saw!(check, "what is made of the page below the stack", sum);
        }
    }
    Ok(())
}

/// Has a child store to a read-only page with its sp at `sp`; its handler has `stack`. Whether it ended.
fn handle_there(check: &mut Check, stack: Window, sp: u32) -> Result<bool, Error> {
    SHARED.write(0, 0);
    SHARED.write(1, check.lots.any());
    let scratch = Window::new(997);
    scratch.alloc(window::PRIVATE)?;
    PAGE.alloc(window::READ_ONLY)?;
    let child = probe::child(|_| {}, 0)?;
    let handler = says_and_ends as extern "C" fn() as usize as u32;
    let top = stack.address() + layout::PAGE_SIZE;
    probe::call(Sysno::SetPgfaultHandler, [child.0, handler, top, 0, 0])?;
    let pc = stores as extern "C" fn(u32) as usize as u32;
    probe::set_registers(child, scratch, pc, sp, PAGE.address())?;
    env::set_status(child, EnvStatus::Runnable)?;
    let has_ended = until_it_ends(child);
    let _ = env::destroy(child);
    Ok(has_ended)
}

/// Stores to the page of `va`, with little on the stack.
extern "C" fn stores(va: u32) {
    if let Some(page) = Window::containing(va) {
        page.write(0, 1);
    }
}

/// The handler of a child that [`stores`]. There is nothing to go back to.
extern "C" fn says_and_ends() {
    SHARED.write(0, SHARED.read(1));
    env::exit();
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
    let _ = libos::set_pgfault_handler(note);
    store(number);
}

fn faults_for_ever(number: u32) {
    let _ = libos::set_pgfault_handler(|_| PAGE.write(0, 1));
    store(number);
}

/// The same, with so much on the stack that the second time sp is below it.
fn runs_over(number: u32) {
    let _ = libos::set_pgfault_handler(|_| {
        black_box(MaybeUninit::<[u8; 3000]>::uninit());
        PAGE.write(0, 1);
    });
    store(number);
}

fn has_no_stack(number: u32) {
    let _ = probe::expect_faults();
    probe::drop_exception_stack();
    store(number);
}
