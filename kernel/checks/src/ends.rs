//! Lab 3: ends of environments, and slots that are used again.

use mos_abi::layout::UTEXT;
use mos_abi::{Env, EnvId, EnvStatus, Error, NENV, Sysno};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Outcome, Platform};

use crate::check::{Check, Wrong};
use crate::envs::{boot, end_current, start, view};
use crate::program::{TEXT, executable, program};

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
