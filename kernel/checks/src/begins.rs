//! Lab 3: new environments, without anything in them.

use mos_abi::{EnvId, NENV};
use mos_core::{Kernel, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, is_bare, last, view};
use crate::memory::{frame, take_all};
use crate::need;

/// Slots that are left when memory runs out.
const LEFT: usize = 3;

/// New environments, as many as there may be.
pub fn slots<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a new environment has an id of its own, and nothing but what it was given"
    );
    boot(kernel, check, None)?;
    let mut parent = EnvId::SELF;
    let count = check.lots.from(5, 9) as usize;
    for _ in 0..count {
        let (free, priority) = (kernel.mem.free_frames(), check.lots.from(0, 9));
        let slot = kernel.env_alloc(parent, priority);
        let slot = need!(check, "env_alloc", slot, kernel)?;
        let seen = view(kernel, slot);
        let words = [
            seen.env_id,
            seen.env_parent_id,
            seen.env_status,
            seen.env_pri,
        ];
        saw!(
            check,
            "its slot; its parent and priority; and what programs see: id, parent, status, priority, whether all else is 0",
            (slot.index(), (parent, priority), words, is_bare(seen)),
            kernel
        );
        let id = kernel.id(slot);
        let taken = Difference::of(free, kernel.mem.free_frames());
        let seen = (
            id.0 == words[0],
            taken,
            kernel.alive(),
            kernel.live_asid(slot).is_some(),
            last(kernel.run_queue()),
        );
        saw!(
            check,
            "whether the kernel has the same id, frames taken, how many live, whether it has an address-space id, the run queue's end",
            seen,
            kernel
        );
        if check.lots.from(0, 1) == 0 {
            parent = id;
        }
    }

    step!(
        check,
        "there are as many as slots, and none without memory for it"
    );
    let more = (count..NENV - LEFT).take_while(|_| kernel.env_alloc(EnvId::SELF, 1).is_ok());
    let more = more.count();
    saw!(check, "more of them", (count, more), kernel);
    let mut spare = [frame(&mut kernel.mem, check)?; LEFT];
    for slot in &mut spare[1..] {
        *slot = frame(&mut kernel.mem, check)?;
    }
    take_all(&mut kernel.mem);
    for frame in spare {
        let priority = check.lots.from(1, 9);
        let none = kernel.env_alloc(parent, priority).map(|slot| slot.index());
        kernel.mem.page_free(frame);
        let one = kernel.env_alloc(parent, priority).map(|slot| slot.index());
        saw!(
            check,
            "a new one without a free frame, the slot of one with one frame, how many live, and free frames",
            (none, one, kernel.alive(), kernel.mem.free_frames()),
            kernel
        );
    }
    let none = kernel.env_alloc(parent, 1).map(|slot| slot.index());
    saw!(
        check,
        "one more than there are slots, and how many live",
        (none, kernel.alive()),
        kernel
    );
    Ok(())
}
