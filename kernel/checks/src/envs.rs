//! Lab 3: environments and how they begin.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UTEXT, UTOP};
use mos_abi::trapframe::reg;
use mos_abi::{Env, EnvId, EnvStatus, Error, PteFlags, Sysno, Trapframe};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};

use crate::check::{Check, Wrong};
use crate::program::{Segment, TEXT, executable, program};

/// What programs see of the environment in `slot`.
pub fn view<M: Platform>(kernel: &mut Kernel<M>, slot: Slot) -> Env {
    kernel.mem.machine.tables().envs[slot.index()]
}

pub fn boot<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &Check,
    limit: Option<u32>,
) -> Result<(), Wrong> {
    let booted = kernel.boot(limit);
    check.get("boot", booted, kernel)
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
    let id = check.get("env_create", id, kernel)?;
    Ok(Slot::new(id.index()))
}

/// The environment that runs ends itself.
pub fn end_current<M: Platform>(kernel: &mut Kernel<M>) {
    kernel.syscall([Sysno::EnvDestroy as u32, 0, 0, 0]);
}

/// Ids, and whom they name.
pub fn ids<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    boot(kernel, check, None)?;
    let slots = [
        start(kernel, check, 1)?,
        start(kernel, check, 1)?,
        start(kernel, check, 1)?,
    ];
    let caller = slots[check.lots.from(0, 2) as usize];
    for permission in [Permission::Family, Permission::Anyone] {
        check.same(
            "id 0",
            kernel.envid2env(caller, 0, permission),
            Ok(caller),
            kernel,
        )?;
        let id = kernel.id(caller).0;
        check.same(
            "its own id",
            kernel.envid2env(caller, id, permission),
            Ok(caller),
            kernel,
        )?;
        for wrong in [
            id ^ 1 << 11,
            (id ^ 1 << 10) | 1 << 12,
            id | 1 << 31,
            id + 512,
            EnvId::new(0, 3).0,
            1,
        ] {
            let found = kernel.envid2env(caller, wrong, permission);
            check.same("the id of nobody", found, Err(Error::BadEnv), kernel)?;
        }
    }
    check.ok(
        "an id names the environment that lives in its slot, and 0 the caller",
        kernel,
    );
    for other in slots.into_iter().filter(|&slot| slot != caller) {
        let id = kernel.id(other).0;
        let family = kernel.envid2env(caller, id, Permission::Family);
        check.same("no relative, as family", family, Err(Error::BadEnv), kernel)?;
        let anyone = kernel.envid2env(caller, id, Permission::Anyone);
        check.same("no relative, as anyone", anyone, Ok(other), kernel)?;
    }
    let parent = kernel.id(caller);
    let child = kernel.env_alloc(parent, 1);
    let child = check.get("env_alloc", child, kernel)?;
    let id = kernel.id(child).0;
    let found = kernel.envid2env(caller, id, Permission::Family);
    check.same("a child, as family", found, Ok(child), kernel)?;
    let found = kernel.envid2env(child, parent.0, Permission::Family);
    check.same("a parent, as family", found, Err(Error::BadEnv), kernel)?;
    for other in slots.into_iter().filter(|&slot| slot != caller) {
        let found = kernel.envid2env(other, id, Permission::Family);
        check.same(
            "the child of another, as family",
            found,
            Err(Error::BadEnv),
            kernel,
        )?;
    }
    check.ok("family is oneself and one's children", kernel);
    Ok(())
}

/// What the first environments look like.
pub fn create<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    boot(kernel, check, None)?;
    for n in 0..check.lots.from(2, 5) as usize {
        let (priority, entry) = (check.lots.from(1, 9), UTEXT + 4 * check.lots.from(0, 15));
        let id = {
            let file = executable(entry, &[TEXT]);
            kernel.env_create(&program(&*file, priority))
        };
        check.same("id", id, Ok(EnvId::new(0, n)), kernel)?;
        let slot = Slot::new(n);
        let right = Env {
            env_id: EnvId::new(0, n).0,
            env_status: EnvStatus::Runnable as u32,
            env_pri: priority,
            ..Env::FREE
        };
        check.same("what programs see of it", view(kernel, slot), right, kernel)?;
        let mut tf = Trapframe::ZERO;
        tf.cp0_epc = entry;
        tf.regs[reg::SP] = USTACKTOP - 16;
        let seen = Trapframe {
            cp0_status: 0,
            ..*kernel.tf(slot)
        };
        check.same("its registers", seen, tf, kernel)?;
        let directory = kernel.space(slot).directory;
        let stack = kernel.mem.page_lookup(directory, USTACKTOP - PAGE_SIZE);
        let flags = stack.map(|(_, flags)| flags);
        check.same("its stack", flags, Some(PteFlags::V | PteFlags::R), kernel)?;
        check.same(
            "below it",
            kernel.mem.pte(directory, USTACKTOP - 2 * PAGE_SIZE),
            0,
            kernel,
        )?;
        check.same(
            "the exception stack",
            kernel.mem.pte(directory, UTOP - PAGE_SIZE),
            0,
            kernel,
        )?;
        let last = kernel.run_queue().last();
        check.same("the last of the run queue", last, Some(slot), kernel)?;
    }
    check.ok(
        "a first environment is runnable, with entry point, stack and nothing else",
        kernel,
    );

    let (free, alive) = (kernel.mem.free_frames(), kernel.alive());
    let bad = Segment {
        start: 0x1000,
        ..TEXT
    };
    let refused = {
        let file = executable(UTEXT, &[TEXT, bad]);
        kernel.env_create(&program(&*file, 1))
    };
    check.same(
        "a program that is none",
        refused,
        Err(Error::NotExec),
        kernel,
    )?;
    check.same("free frames", kernel.mem.free_frames(), free, kernel)?;
    check.same("environments", kernel.alive(), alive, kernel)?;
    check.ok("nothing is left of one that could not be started", kernel);
    Ok(())
}
