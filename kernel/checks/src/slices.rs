//! Lab 3: environments and their turns.

use mos_abi::Sysno;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, end_current, last, start, view, who};

/// Who goes on, and how often it was given the CPU by now.
fn turn<M: Platform>(kernel: &mut Kernel<M>) -> (Result<usize, Next>, u32) {
    let next = who(kernel.resume());
    let runs = next.map_or(0, |index| view(kernel, Slot::new(index)).env_runs);
    (next, runs)
}

/// Whose turn it is, and for how long.
pub fn slices<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "each runs as many slices as its priority says, in turn"
    );
    let limit = check.lots.from(120, 220);
    boot(kernel, check, Some(limit))?;
    let count = check.lots.from(3, 5);
    for _ in 0..count {
        let priority = check.lots.from(1, 5);
        start(kernel, check, priority)?;
    }
    let current = kernel.cpu().current.map(Slot::index);
    saw!(check, "who has the CPU at first", current, kernel);
    let mut ticks = check.lots.from(20, 28);
    for _ in 0..ticks {
        let turn = turn(kernel);
        saw!(
            check,
            "who has this slice, and how often it was given the CPU",
            turn,
            kernel
        );
        kernel.timer_tick();
    }

    step!(check, "who yields goes last, and one that is alone goes on");
    for _ in 0..10 {
        let first = turn(kernel);
        let yields = check.lots.from(0, 2) > 0;
        if yields {
            kernel.syscall([Sysno::Yield as u32, 0, 0, 0]);
        } else {
            kernel.timer_tick();
            ticks += 1;
        }
        let next = turn(kernel);
        let (last, _) = last(kernel.run_queue());
        saw!(
            check,
            "who runs, whether it yields, who runs then, and who is the last in the queue",
            (first, yields, next, last),
            kernel
        );
    }
    for _ in 1..count {
        end_current(kernel);
        let next = turn(kernel);
        let queue = last(kernel.run_queue());
        saw!(
            check,
            "who goes on after an end, who is the last that waits, and how many wait",
            (next, queue),
            kernel
        );
    }
    let alone = who(kernel.resume());
    let mut more = 0;
    let end = loop {
        kernel.timer_tick();
        let next = who(kernel.resume());
        if next != alone || more > limit {
            break next;
        }
        more += 1;
    };
    saw!(
        check,
        "who was alone, for how many ticks of all that were given, and what came then",
        (alone, ticks + more, end),
        kernel
    );
    Ok(())
}
