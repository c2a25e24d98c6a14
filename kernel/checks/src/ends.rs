//! Lab 3: ends of environments, and slots that are used again.

use mos_abi::layout::UTEXT;
use mos_abi::package::Program;
use mos_abi::{EnvId, NENV, Sysno};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Platform};
use mos_exam::{Difference, Name, saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, end_current, is_bare, last, start, view, who};
use crate::need;
use crate::owners::Owners;
use crate::program::{TEXT, executable, program};

/// Ends, and slots that are used again.
pub fn ends<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "the end of an environment gives back slot and frames"
    );
    boot(kernel, check, None)?;
    let free = kernel.mem.free_frames();
    let count = check.lots.from(3, 6);
    for _ in 0..count {
        let priority = check.lots.from(2, 4);
        start(kernel, check, priority)?;
    }
    for _ in 0..count {
        for _ in 0..check.lots.from(0, 4) {
            kernel.resume();
            kernel.timer_tick();
        }
        let Next::Run(current) = kernel.resume() else {
            break;
        };
        end_of(kernel, check, current)?;
    }
    let (next, frames) = (
        who(kernel.resume()),
        Difference::of(free, kernel.mem.free_frames()),
    );
    saw!(check, "what comes when all have ended", next, kernel);
    saw!(check, "frames that are missing", frames, kernel);

    step!(
        check,
        "a slot's next owner has another id, and nothing of the last one"
    );
    owners(kernel, check)?;
    let frames = Difference::of(free, kernel.mem.free_frames());
    saw!(check, "frames that are missing", frames, kernel);
    only_slot(kernel, check)
}

/// The one that runs has a child, and ends itself and that.
fn end_of<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
    current: Slot,
) -> Result<(), Wrong> {
    let id = kernel.id(current);
    let child = kernel.env_alloc(id, check.lots.from(2, 9));
    let child = need!(check, "env_alloc", child, kernel)?;
    let (child_id, born) = (kernel.id(child), view(kernel, child));
    saw!(
        check,
        "who runs, and of its child: parent, status, priority, and whether all else is 0",
        (
            current.index(),
            Name(born.env_parent_id) == Name(id.0),
            born.env_status,
            born.env_pri,
            is_bare(born)
        ),
        kernel
    );
    kernel.syscall([Sysno::EnvDestroy as u32, child_id.0, 0, 0]);
    let (free_slot, _) = last(kernel.free_slots());
    end_current(kernel);
    let found = [child_id, id].map(|id| kernel.envid2env(current, id.0, Permission::Anyone));
    let left = view(kernel, current);
    saw!(
        check,
        "who is found by the ids of the dead, and what programs see of the second",
        (
            found.map(|found| found.map(Slot::index)),
            left.env_id == id.0,
            left.env_status,
            left.env_pri,
            is_bare(left)
        ),
        kernel
    );
    let queued = kernel.run_queue().take(NENV).any(|slot| slot == current);
    let (slot, _) = last(kernel.free_slots());
    saw!(
        check,
        "how many live, whether the dead waits for the CPU, and the last free slot before and after",
        (kernel.alive(), queued, free_slot, slot),
        kernel
    );
    Ok(())
}

/// More environments one after the other than there are slots.
fn owners<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let (mut owners, mut sum) = (Owners::new(), 0_u32);
    let mut refused = Ok(());
    let count = NENV as u32 + check.lots.from(10, 30);
    for _ in 0..count {
        let priority = check.lots.from(1, 9);
        let id = {
            let file = executable(UTEXT, &[TEXT]);
            kernel.env_create(&program(&*file, priority))
        };
        let id = match id {
            Ok(id) => id,
            Err(error) => {
                refused = Err(error);
                break;
            }
        };
        let slot = Slot::new(id.index());
        owners.look(kernel, slot);
        let seen = view(kernel, slot);
        sum = sum.rotate_left(3) ^ seen.env_pri ^ seen.env_parent_id;
        // Its frames are needed again: one after the other.
        kernel.resume();
        end_current(kernel);
    }
    saw!(
        check,
        "whether one was refused of many environments, one after the other",
        refused,
        kernel
    );
    owners.report(kernel, check);
    saw!(check, "their priorities, added up", sum, kernel);
    Ok(())
}

/// With all other slots taken, the next owner comes while the last one's address-space id is still good.
fn only_slot<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mut only = start(kernel, check, 1)?;
    let others = (0..NENV).map_while(|_| kernel.env_alloc(EnvId::SELF, 1).ok());
    let others = others.count();
    saw!(check, "how many slots were free besides", others, kernel);
    for _ in 0..check.lots.from(2, 5) {
        let next = who(kernel.resume());
        let given = kernel.live_asid(only).is_some();
        end_current(kernel);
        let priority = check.lots.from(1, 9);
        let slot = start(kernel, check, priority)?;
        let same = (next == Ok(only.index()), slot == only);
        let fresh = (kernel.live_asid(slot).is_none(), view(kernel, slot).env_pri);
        saw!(
            check,
            "whether the only one runs, has an address-space id, has its slot taken; whether the next has none yet; priority",
            (same.0, given, same.1, fresh),
            kernel
        );
        only = slot;
    }
    kernel.resume();
    end_current(kernel);
    rights(kernel, check)
}

/// The only slot there is goes from one that may use devices to one that may not.
fn rights<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let priority = check.lots.from(1, 9);
    let id = {
        let file = executable(UTEXT, &[TEXT]);
        let trusted = Program {
            device: true,
            ..program(&*file, priority)
        };
        kernel.env_create(&trusted)
    };
    let id = need!(check, "env_create", id, kernel)?;
    let trusted = kernel.may_use_devices(Slot::new(id.index()));
    kernel.resume();
    end_current(kernel);
    let next = kernel.env_alloc(EnvId::SELF, priority);
    let next = need!(check, "env_alloc", next, kernel)?;
    saw!(
        check,
        "priority of one that may use devices, whether it may, whether its slot's next owner may",
        (priority, trusted, kernel.may_use_devices(next)),
        kernel
    );
    Ok(())
}
