//! Lab 3: ends of environments that never ran.

use mos_abi::layout::{UTOP, pdx};
use mos_abi::{EnvId, NENV};
use mos_core::env::Permission;
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, is_bare, last, view};
use crate::memory::{address, map};
use crate::need;
use crate::owners::Owners;

/// At most so many environments live at a time.
const MOST: usize = 8;

/// Ends, and slots that are used again.
pub fn ended<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "the end of an environment gives back slot and frames"
    );
    boot(kernel, check, None)?;
    let free = kernel.mem.free_frames();
    let mut slots = [Slot::new(0); MOST];
    let slots = &mut slots[..check.lots.from(5, MOST as u32) as usize];
    for slot in &mut *slots {
        let new = kernel.env_alloc(EnvId::SELF, check.lots.from(1, 9));
        *slot = need!(check, "env_alloc", new, kernel)?;
        let space = kernel.space(*slot);
        for _ in 0..check.lots.from(0, 5) {
            let table = check.lots.from(1, pdx(UTOP) - 1);
            let va = address(check, table);
            map(&mut kernel.mem, check, space, va)?;
        }
        if check.lots.from(0, 3) > 0 {
            kernel.make_runnable(*slot);
        }
    }
    // The head of the queue has the CPU.
    let first = kernel.run_queue().next();
    kernel.cpu().current = first;
    check.lots.shuffle(slots);
    for &slot in &*slots {
        let (before, id) = (kernel.mem.free_frames(), kernel.id(slot));
        kernel.env_free_at_once(slot);
        let found = kernel.envid2env(slot, id.0, Permission::Anyone).is_ok();
        let left = view(kernel, slot);
        saw!(
            check,
            "who ended, whether its id finds it, and what programs see: whether its last id, status, priority, whether all else is 0",
            (
                slot.index(),
                found,
                (
                    left.env_id == id.0,
                    left.env_status,
                    left.env_pri,
                    is_bare(left)
                )
            ),
            kernel
        );
        let queued = kernel.run_queue().take(NENV).any(|other| other == slot);
        let current = kernel.cpu().current.map(Slot::index);
        let frames = Difference::of(kernel.mem.free_frames(), before);
        saw!(
            check,
            "whether it waits for the CPU, who has that, how many live, the last free slot, and frames that are free again",
            (
                queued,
                current,
                kernel.alive(),
                last(kernel.free_slots()),
                frames
            ),
            kernel
        );
    }
    let missing = Difference::of(free, kernel.mem.free_frames());
    saw!(check, "frames that are missing", missing, kernel);

    step!(
        check,
        "a slot's next owner has another id, and nothing of the last one"
    );
    owners(kernel, check)?;
    let missing = Difference::of(free, kernel.mem.free_frames());
    saw!(check, "frames that are missing", missing, kernel);
    Ok(())
}

/// More environments one after the other than there are slots.
fn owners<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let (mut owners, mut sum) = (Owners::new(), 0_u32);
    let count = NENV as u32 + check.lots.from(10, 30);
    for _ in 0..count {
        let new = kernel.env_alloc(EnvId::SELF, check.lots.from(1, 9));
        let slot = need!(check, "env_alloc", new, kernel)?;
        owners.look(kernel, slot);
        sum = sum.rotate_left(3) ^ view(kernel, slot).env_pri ^ slot.index() as u32;
        kernel.env_free_at_once(slot);
    }
    owners.report(kernel, check);
    saw!(check, "their priorities and slots, added up", sum, kernel);
    Ok(())
}
