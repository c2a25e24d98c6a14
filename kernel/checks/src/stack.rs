//! Lab 4: arguments 4 and 5 of a call, from the stack of who makes it.

use mos_abi::layout::{PAGE_SIZE, PDX_SHIFT};
use mos_abi::trapframe::reg;
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, start};
use crate::memory::{fill, map};

/// An environment with two pages, one behind the other, that are full of words drawn by lot; and where they are. There
/// is nothing before and behind them.
pub fn two_pages<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
) -> Result<(Slot, u32), Wrong> {
    boot(kernel, check, None)?;
    let slot = start(kernel, check, 1)?;
    let space = kernel.space(slot);
    let table = check.lots.from(100, 400);
    let first = table << PDX_SHIFT | check.lots.from(1, 1000) << 12;
    for va in [first, first + PAGE_SIZE] {
        let frame = map(&mut kernel.mem, check, space, va)?;
        fill(&mut kernel.mem, check, frame);
    }
    Ok((slot, first))
}

/// Reports what the kernel takes for arguments 4 and 5 when the environment's sp is at each of these places.
pub fn taken<M: Platform>(kernel: &mut Kernel<M>, check: &Check, slot: Slot, places: &[u32]) {
    for &sp in places {
        kernel.tf(slot).regs[reg::SP] = sp;
        let both = kernel.stack_arguments::<2>(slot);
        saw!(check, "sp, and arguments 4 and 5", (sp, both), kernel);
        let one = kernel.stack_arguments::<1>(slot);
        saw!(check, "the same where there is no fifth", (sp, one), kernel);
    }
}

/// Where they are, and where they cannot be.
pub fn arguments<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "arguments 4 and 5 come from 16(sp) and 20(sp)");
    let (slot, first) = two_pages(kernel, check)?;
    let second = first + PAGE_SIZE;
    let mut places = [
        first - 16,
        first + 4 * check.lots.from(0, 1000),
        first + 4 * check.lots.from(0, 1000),
        // One in each page.
        second - 20,
        second + 4 * check.lots.from(0, 1000),
        second + PAGE_SIZE - 24,
    ];
    check.lots.shuffle(&mut places);
    taken(kernel, check, slot, &places);

    step!(check, "what cannot be read there is an invalid argument");
    let mut places = [
        0,
        // Only the second, or only the first, is in a page.
        first - 20,
        second + PAGE_SIZE - 20,
        first - PAGE_SIZE + 4 * check.lots.from(0, 1000),
        second + PAGE_SIZE + 4 * check.lots.from(0, 1000),
        u32::MAX - 15,
    ];
    check.lots.shuffle(&mut places);
    taken(kernel, check, slot, &places);
    Ok(())
}
