//! Lab 3: environments and their turns.

use mos_abi::Sysno;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Outcome, Platform};

use crate::check::{Check, Wrong};
use crate::envs::{boot, end_current, start, view};

/// Whose turn it is, and for how long.
pub fn slices<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let limit = 200;
    boot(kernel, check, Some(limit))?;
    const COUNT: usize = 4;
    let mut priorities = [1; COUNT];
    for priority in &mut priorities {
        *priority = check.lots.from(1, 5);
        start(kernel, check, *priority)?;
    }
    check.same("before anyone runs", kernel.cpu().current, None, kernel)?;
    let mut runs = [0; COUNT];
    let mut ticks = 0;
    for turn in 0..check.lots.from(8, 15) as usize {
        let n = turn % COUNT;
        runs[n] += 1;
        for _ in 0..priorities[n] {
            check.same("who runs", kernel.resume(), Next::Run(Slot::new(n)), kernel)?;
            check.same(
                "how often it was given the CPU",
                view(kernel, Slot::new(n)).env_runs,
                runs[n],
                kernel,
            )?;
            kernel.timer_tick();
            ticks += 1;
        }
    }
    check.ok(
        "each runs as many slices as its priority says, in turn",
        kernel,
    );

    for _ in 0..6 {
        let Next::Run(first) = kernel.resume() else {
            return check.holds("somebody runs", false, kernel);
        };
        kernel.syscall([Sysno::Yield as u32, 0, 0, 0]);
        let next = Slot::new((first.index() + 1) % COUNT);
        check.same(
            "who runs after a yield",
            kernel.resume(),
            Next::Run(next),
            kernel,
        )?;
        let last = kernel.run_queue().last();
        check.same("the last of the queue", last, Some(first), kernel)?;
    }
    for left in (1..COUNT).rev() {
        end_current(kernel);
        check.holds(
            "another goes on",
            matches!(kernel.resume(), Next::Run(_)),
            kernel,
        )?;
        check.same("who waits", kernel.run_queue().count(), left - 1, kernel)?;
    }
    let Next::Run(alone) = kernel.resume() else {
        return check.holds("somebody runs", false, kernel);
    };
    for _ in ticks..limit - 1 {
        kernel.timer_tick();
        check.same("alone", kernel.resume(), Next::Run(alone), kernel)?;
    }
    kernel.timer_tick();
    let outcome = kernel.resume();
    check.same(
        "at the limit",
        outcome,
        Next::PowerOff(Outcome::TimeLimit),
        kernel,
    )?;
    check.ok(
        "who yields goes last, and one that is alone goes on",
        kernel,
    );
    Ok(())
}
