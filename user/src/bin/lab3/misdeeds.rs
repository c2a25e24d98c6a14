//! Faults that end a program.

use libos::probe::{self, Misdeed};
use libos::{EnvStatus, Global, Window, env, yield_now};
use mos_exam::{saw, step};
use mos_user::check::{Check, started};

static OURS: Global<u32> = Global::new(0);

/// What the first of `count` programs sees while the others come to their ends, and who is left then.
fn see_others(check: &mut Check, count: usize) {
    let stack = check.lots.any();
    OURS.set(stack);
    for n in 1..count {
        env::wait(started(n));
        OURS.set(OURS.get().rotate_left(3) ^ check.lots.any());
    }
    saw!(
        check,
        "words of ours when they have ended",
        (OURS.get(), stack)
    );
    for n in 1..count {
        let slot = env::slot(n);
        saw!(
            check,
            "which of them, and whether its slot is free",
            (n, slot.status() == EnvStatus::Free)
        );
    }
}

/// Does it, and says so if it goes on.
fn commit(check: &Check, misdeed: Misdeed) {
    probe::commit(misdeed);
    saw!(check, "a program goes on that should have ended", misdeed);
}

/// Each of the others does something else that it must not.
pub fn exceptions(mut check: Check) {
    // The kernel's lines are to show it.
    let drawn = check.lots.any() % 0x1000;
    step!(check, "all that did wrong have ended, and the others go on");
    match env::id().index() {
        0 => see_others(&mut check, 6),
        1 => commit(&check, Misdeed::Break),
        2 => commit(&check, Misdeed::Reserved),
        3 => commit(&check, Misdeed::Overflow),
        4 => commit(&check, Misdeed::Misaligned(drawn)),
        _ => {
            probe::store_above_utop(0x8000_0000 | drawn << 12);
            saw!(check, "a program goes on that stored above UTOP", drawn);
        }
    }
}

/// What is handled, and what ends a program. Each of the others does something else.
pub fn exception_kinds(mut check: Check) {
    match env::id().index() {
        0 => {
            step!(check, "a system call goes on behind its instruction");
            let mut sum = check.lots.any();
            for _ in 0..check.lots.from(3, 8) {
                yield_now();
                sum = sum.rotate_left(3) ^ check.lots.any();
                saw!(check, "what was added up between calls", sum);
            }
            step!(check, "the instruction that old programs have is skipped");
            for _ in 0..check.lots.from(2, 4) {
                probe::old_instruction();
                sum = sum.rotate_left(3) ^ check.lots.any();
                saw!(check, "what was added up between them", sum);
            }
            step!(check, "the others have ended");
            see_others(&mut check, 3);
        }
        n => {
            step!(check, "the others have ended");
            match n {
                1 => commit(&check, Misdeed::CallInDelaySlot),
                _ => commit(&check, Misdeed::ProbeTlb),
            }
        }
    }
}

/// Each of the others touches what it may not.
pub fn kill_line(mut check: Check) {
    // The kernel's lines are to show it.
    let drawn = check.lots.any() % 0x1000;
    step!(check, "the ends of others leave us and their frames alone");
    match env::id().index() {
        0 => {
            let page = Window::new(3);
            for index in 0..8 {
                page.write(index, check.lots.any());
            }
            see_others(&mut check, 5);
            let words: [u32; 8] = core::array::from_fn(|index| page.read(index));
            saw!(check, "our page", words);
        }
        1 => commit(&check, Misdeed::NullLoad(drawn)),
        2 => commit(&check, Misdeed::GuardStore(drawn)),
        3 => commit(&check, Misdeed::TextStore(drawn)),
        _ => {
            let first = drawn as usize;
            (first..Window::COUNT).for_each(|n| Window::new(n).write(0, 1));
            (0..first).for_each(|n| Window::new(n).write(0, 1));
        }
    }
}
