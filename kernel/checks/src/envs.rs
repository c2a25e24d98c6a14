//! Lab 3: environments and how they begin.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UTEXT, UTOP};
use mos_abi::trapframe::reg;
use mos_abi::{Env, NENV, Sysno, Trapframe};
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::need;
use crate::program::{Segment, TEXT, executable, program};

/// What programs see of the environment in `slot`.
pub fn view<M: Platform>(kernel: &mut Kernel<M>, slot: Slot) -> Env {
    kernel.mem.machine.tables().envs[slot.index()]
}

/// Whether programs see nothing of it but what they see of others too: id, parent, status and priority, and how
/// often it ran.
pub fn is_bare(seen: Env) -> bool {
    let Env {
        env_id,
        env_parent_id,
        env_status,
        env_pri,
        env_runs,
        ..
    } = seen;
    let bare = Env {
        env_id,
        env_parent_id,
        env_status,
        env_pri,
        env_runs,
        ..Env::FREE
    };
    seen == bare
}

/// The slot of the one who goes on, if somebody does.
pub fn who(next: Next) -> Result<usize, Next> {
    match next {
        Next::Run(slot) => Ok(slot.index()),
        other => Err(other),
    }
}

/// The last of some slots, and how many they are; if there is no end, of some of them.
pub fn last(slots: impl Iterator<Item = Slot>) -> (Option<usize>, usize) {
    let slots = slots.take(NENV + 1).map(Slot::index);
    slots.fold((None, 0), |(_, count), slot| (Some(slot), count + 1))
}

/// Begins.
pub fn boot<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &Check,
    limit: Option<u32>,
) -> Result<(), Wrong> {
    let booted = kernel.boot(limit);
    need!(check, "boot", booted, kernel)
}

/// A new environment with this priority.
pub fn start<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &Check,
    priority: u32,
) -> Result<Slot, Wrong> {
    let id = {
        let file = executable(UTEXT, &[TEXT]);
        kernel.env_create(&program(&*file, priority))
    };
    let id = need!(check, "env_create", id, kernel)?;
    Ok(Slot::new(id.index()))
}

/// The environment that runs ends itself.
pub fn end_current<M: Platform>(kernel: &mut Kernel<M>) {
    kernel.syscall([Sysno::EnvDestroy as u32, 0, 0, 0]);
}

/// What the first environments look like.
pub fn create<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a first environment is runnable, with entry point, stack and nothing else"
    );
    boot(kernel, check, None)?;
    for _ in 0..check.lots.from(2, 5) {
        let (priority, entry) = (check.lots.from(1, 9), UTEXT + 4 * check.lots.from(0, 15));
        let id = {
            let file = executable(entry, &[TEXT]);
            kernel.env_create(&program(&*file, priority))
        };
        let id = need!(check, "env_create", id, kernel)?;
        let slot = Slot::new(id.index());
        let seen = view(kernel, slot);
        saw!(
            check,
            "its id, and what programs see of it: id, parent, status, priority and runs",
            (
                id,
                [
                    seen.env_id,
                    seen.env_parent_id,
                    seen.env_status,
                    seen.env_pri,
                    seen.env_runs
                ]
            ),
            kernel
        );
        let mut tf = *kernel.tf(slot);
        let (epc, sp) = (tf.cp0_epc, tf.regs[reg::SP]);
        (tf.cp0_epc, tf.cp0_status, tf.regs[reg::SP]) = (0, 0, 0);
        let bare = is_bare(seen) && tf == Trapframe::ZERO;
        saw!(
            check,
            "its epc and sp, and whether all else of it is 0",
            (epc, sp, bare),
            kernel
        );
        let directory = kernel.space(slot).directory;
        let mut pages = [
            UTEXT,
            USTACKTOP - PAGE_SIZE,
            USTACKTOP - 2 * PAGE_SIZE,
            UTOP - PAGE_SIZE,
        ];
        check.lots.shuffle(&mut pages);
        for page in pages {
            let flags = kernel.mem.page_lookup(directory, page);
            let flags = flags.map(|(_, flags)| flags);
            saw!(check, "the flags of a page", (page, flags), kernel);
        }
        let queue = last(kernel.run_queue());
        saw!(
            check,
            "the last slot of the run queue, and how many are in it",
            queue,
            kernel
        );
    }
    remains(kernel, check)
}

/// What is left of a program that could not be started.
fn remains<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "nothing is left of one that could not be started");
    let at = |start: u32| Segment { start, ..TEXT };
    let below = at(0x1000 + 4 * check.lots.from(0, 100));
    let above = at(USTACKTOP - 4 * check.lots.from(1, 15));
    let beside = at(UTEXT + PAGE_SIZE * check.lots.from(1, 9));
    let within = at(UTEXT + 4 * check.lots.from(1, 15));
    let mut others = [below, above, beside, within, beside, below];
    check.lots.shuffle(&mut others);
    for other in others {
        let (free, alive) = (kernel.mem.free_frames(), kernel.alive());
        let started = {
            let file = executable(UTEXT, &[TEXT, other]);
            kernel.env_create(&program(&*file, 1))
        };
        let frames = Difference::of(free, kernel.mem.free_frames());
        let more = Difference::of(kernel.alive(), alive);
        let queue = last(kernel.run_queue());
        saw!(
            check,
            "a second segment here, whether the program starts, environments and frames taken, the run queue's end",
            (other.start, started.map(drop), more, frames, queue),
            kernel
        );
    }
    let dying = kernel.dying().count();
    saw!(check, "environments that wait for their end", dying, kernel);
    Ok(())
}
