//! Lab 3: environments and their turns.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UTEXT, UTOP};
use mos_abi::trapframe::reg;
use mos_abi::{Env, EnvId, EnvStatus, Error, NENV, PteFlags, Sysno, Trapframe};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Outcome, Platform};

use crate::check::{Check, Wrong};
use crate::program::{Segment, TEXT, executable, program};

/// What programs see of the environment in `slot`.
fn view<M: Platform>(kernel: &mut Kernel<M>, slot: Slot) -> Env {
    kernel.mem.machine.tables().envs[slot.index()]
}

fn boot<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &Check,
    limit: Option<u32>,
) -> Result<(), Wrong> {
    let booted = kernel.boot(limit);
    check.get("boot", booted, kernel)
}

/// A new environment with this priority.
fn start<M: Platform>(kernel: &mut Kernel<M>, check: &Check, priority: u32) -> Result<Slot, Wrong> {
    let id = {
        let file = executable(UTEXT, &[TEXT]);
        kernel.env_create(&program(&*file, priority))
    };
    let id = check.get("env_create", id, kernel)?;
    Ok(Slot::new(id.index()))
}

/// The environment that runs ends itself.
fn end_current<M: Platform>(kernel: &mut Kernel<M>) {
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

/// Ends, and slots that are used again.
pub fn ends<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    boot(kernel, check, None)?;
    let free = kernel.mem.free_frames();
    let count = check.lots.from(3, 6) as usize;
    for _ in 0..count {
        start(kernel, check, 3)?;
    }
    let mut ended = 0;
    while let Next::Run(_) = kernel.resume() {
        for _ in 0..check.lots.from(0, 4) {
            kernel.timer_tick();
        }
        let Next::Run(current) = kernel.resume() else {
            return check.holds("somebody runs", false, kernel);
        };
        let id = kernel.id(current).0;
        let child = kernel.env_alloc(EnvId(id), check.lots.from(2, 9));
        let child = check.get("env_alloc", child, kernel)?;
        let born = view(kernel, child);
        let right = Env {
            env_id: kernel.id(child).0,
            env_parent_id: id,
            env_status: EnvStatus::NotRunnable as u32,
            env_pri: born.env_pri,
            ..Env::FREE
        };
        check.same("what programs see of a child", born, right, kernel)?;
        kernel.syscall([Sysno::EnvDestroy as u32, right.env_id, 0, 0]);
        end_current(kernel);
        for dead in [right.env_id, id] {
            let found = kernel.envid2env(current, dead, Permission::Anyone);
            check.same("the id of the dead", found, Err(Error::BadEnv), kernel)?;
        }
        ended += 1;
        let right = Env {
            env_id: id,
            ..Env::FREE
        };
        check.same("what is left of it", view(kernel, current), right, kernel)?;
        check.same("environments", kernel.alive(), count - ended, kernel)?;
        let queued = kernel.run_queue().any(|slot| slot == current);
        check.same("whether it stands in a queue", queued, false, kernel)?;
        let last = kernel.free_slots().last();
        check.same("the last of the free slots", last, Some(current), kernel)?;
    }
    check.same("how many have ended", ended, count, kernel)?;
    check.same(
        "what comes then",
        kernel.resume(),
        Next::PowerOff(Outcome::Done),
        kernel,
    )?;
    check.same("free frames", kernel.mem.free_frames(), free, kernel)?;
    check.ok(
        "the end of an environment gives back slot and frames",
        kernel,
    );

    // All slots, and then those that were used.
    let mut started = 0;
    loop {
        let id = {
            let file = executable(UTEXT, &[TEXT]);
            kernel.env_create(&program(&*file, 1))
        };
        let Ok(id) = id else { break };
        // Each of the first ones had a child.
        let again = usize::from(started >= NENV - 2 * count);
        let slot = Slot::new(id.index());
        let mut seen = view(kernel, slot);
        seen.env_status = 0;
        let right = Env {
            env_id: id.0,
            env_pri: 1,
            ..Env::FREE
        };
        check.same("what programs see of it", seen, right, kernel)?;
        check.same(
            "its generation",
            (id.generation() as usize, id.0 >> 31),
            (again, 0),
            kernel,
        )?;
        started += 1;
        // Its frames are needed again: one after the other.
        kernel.resume();
        end_current(kernel);
        if started > NENV + 20 {
            break;
        }
    }
    check.holds("a slot can be used again", started > NENV, kernel)?;
    check.same("free frames", kernel.mem.free_frames(), free, kernel)?;

    // With all other slots taken, the next owner comes while the last one's address-space id is still good.
    let only = start(kernel, check, 1)?;
    while kernel.env_alloc(EnvId::SELF, 1).is_ok() {}
    for _ in 0..check.lots.from(2, 5) {
        check.same("who runs", kernel.resume(), Next::Run(only), kernel)?;
        let given = kernel.live_asid(only).is_some();
        check.holds("who runs has an address-space id", given, kernel)?;
        end_current(kernel);
        let next = start(kernel, check, 1)?;
        check.same("the only free slot", next, only, kernel)?;
        let asid = kernel.live_asid(next);
        check.same("address-space id of a new one", asid, None, kernel)?;
    }
    check.ok(
        "a slot's next owner has another id, and nothing of the last one",
        kernel,
    );
    Ok(())
}

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
