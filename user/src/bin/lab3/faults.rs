//! Faults: those that are made good, and those that are not.

use libos::probe::{self, Misdeed};
use libos::{Window, env, view, window, yield_now};
use mos_user::check::{Check, started};

/// Waits until all others that were started have ended.
fn wait_for_others(count: usize) {
    for n in 1..count {
        env::wait(started(n));
    }
}

/// More pages than the TLB has entries, in an order drawn by lot, while another program does the same.
pub fn refill(mut check: Check) {
    let pages = check.param(0);
    let value = |n: u32| (n + 1).wrapping_mul(0x0101_0101) ^ env::id().0;
    for n in 0..pages {
        Window::new(n as usize * 7).write(n as usize + 1, value(n));
    }
    for round in 0..pages * 6 {
        let n = check.lots.from(0, pages - 1);
        let page = Window::new(n as usize * 7);
        check.same("what was stored", page.read(n as usize + 1), value(n));
        let other = Window::new(check.lots.from(0, pages - 1) as usize * 7);
        let survived = probe::registers_survive_refill(other);
        check.same("registers, at another page", survived, Ok(()));
        if round % 100 == 0 {
            yield_now();
        }
    }
    if env::id() == started(0) {
        check.ok("every page has what was stored there, and no register changes on the way to it");
    }
}

/// Pages that come when they are touched.
pub fn demand(mut check: Check) {
    let first = check.lots.from(0, 500) as usize;
    Window::new(first).write(0, 1);
    let free = view::free_frames();
    for n in 1..8 {
        let page = Window::new(first + n);
        check.same("before", page.flags(), None);
        match n % 2 {
            0 => page.write(n, 0),
            _ => check.same("a first load", page.read(n), 0),
        }
        check.same("flags", page.flags(), Some(window::PRIVATE));
        let zeros = (0..Window::WORDS).all(|index| page.read(index) == 0);
        check.holds("all zeros", zeros);
        page.write(5, 5);
        check.same("a store", page.read(5), 5);
    }
    check.ok("a page comes when it is touched, all zeros");
    check.holds(
        "a frame for each",
        free - view::free_frames() == 7 || crosses(first),
    );
    check.ok("one frame is taken for it");
}

/// Whether windows from `first` on need a second page table.
fn crosses(first: usize) -> bool {
    (Window::new(first).address() ^ Window::new(first + 7).address()) >> 22 != 0
}

/// Each of the others does something else that it must not.
pub fn exceptions(check: Check) {
    match env::id().index() {
        0 => {
            wait_for_others(6);
            check.ok("all that did wrong have ended, and the others go on");
        }
        1 => probe::commit(Misdeed::Break),
        2 => probe::commit(Misdeed::Reserved),
        3 => probe::commit(Misdeed::Overflow),
        4 => probe::commit(Misdeed::Misaligned),
        _ => probe::store_above_utop(0x8000_0000),
    }
}

/// What is handled, and what ends a program. Each of the others does something else.
pub fn exception_kinds(check: Check) {
    match env::id().index() {
        0 => {
            for _ in 0..3 {
                yield_now();
            }
            check.ok("a system call goes on behind its instruction");
            probe::old_instruction();
            check.ok("the instruction that old programs have is skipped");
            wait_for_others(3);
            check.ok("the others have ended");
        }
        1 => probe::commit(Misdeed::CallInDelaySlot),
        _ => probe::commit(Misdeed::ProbeTlb),
    }
}

/// Each of the others touches what it may not.
pub fn kill_line(check: Check) {
    match env::id().index() {
        0 => {
            Window::new(3).write(0, 77);
            wait_for_others(5);
            check.same("our page", Window::new(3).read(0), 77);
            check.ok("the ends of others leave us and their frames alone");
        }
        1 => probe::commit(Misdeed::NullLoad),
        2 => probe::commit(Misdeed::GuardStore),
        3 => probe::commit(Misdeed::TextStore),
        _ => (0..Window::COUNT).for_each(|n| Window::new(n).write(0, 1)),
    }
}
