//! Lab 3: who has the CPU.

use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, last, start, view, who};

/// At most so many environments.
const MOST: usize = 6;

/// Who goes on, and what that changes.
pub fn who_runs<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "who has the CPU goes on, and the head of the queue if nobody has it"
    );
    boot(kernel, check, None)?;
    let mut slots = [Slot::new(0); MOST];
    let slots = &mut slots[..check.lots.from(4, MOST as u32) as usize];
    for slot in &mut *slots {
        let priority = check.lots.from(1, 9);
        *slot = start(kernel, check, priority)?;
    }
    while kernel.alive() > 0 {
        let next = who(kernel.resume());
        let runs = next.map_or(0, |index| view(kernel, Slot::new(index)).env_runs);
        let cpu = kernel.cpu();
        let seen = (next, runs, cpu.current.map(Slot::index), cpu.slices);
        saw!(
            check,
            "who goes on, how often it was given the CPU by now, who has that, and its slices",
            seen,
            kernel
        );
        let Ok(index) = next else {
            break;
        };
        match check.lots.from(0, 2) {
            0 => kernel.cpu().slices = check.lots.from(10, 99),
            1 => kernel.cpu().current = None,
            _ => kernel.env_free_at_once(Slot::new(index)),
        }
    }
    let next = who(kernel.resume());
    saw!(
        check,
        "what comes when all have ended, and the run queue's end",
        (next, last(kernel.run_queue())),
        kernel
    );

    step!(
        check,
        "each has an address-space id of its own when it runs"
    );
    for slot in &mut *slots {
        let priority = check.lots.from(1, 9);
        *slot = start(kernel, check, priority)?;
    }
    let live = |kernel: &mut Kernel<M>, slots: &[Slot]| {
        let ids = slots.iter().map(|&slot| kernel.live_asid(slot));
        ids.flatten().count()
    };
    let before = live(kernel, slots);
    for _ in 0..slots.len() {
        kernel.resume();
        if let Some(first) = kernel.cpu().current {
            let id = kernel.live_asid(first);
            let others = slots.iter().filter(|&&slot| slot != first);
            let same = others.filter(|&&slot| id.is_some() && kernel.live_asid(slot) == id);
            let same = same.count();
            saw!(
                check,
                "who runs, whether it has an id, and how many others have the same",
                (first.index(), id.is_some(), same),
                kernel
            );
            kernel.env_free_at_once(first);
        }
    }
    let words = (before, live(kernel, slots), check.lots.any());
    saw!(
        check,
        "how many had one before they ran, how many when all have ended, and a number",
        words,
        kernel
    );
    Ok(())
}
