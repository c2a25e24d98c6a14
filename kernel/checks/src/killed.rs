//! Lab 3: programs that do what they may not.

use mos_abi::layout::{USTACKTOP, UTEXT};
use mos_abi::trapframe::reg;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::envs::who;
use crate::memory::take_all;
use crate::raised::{COPROCESSOR, DELAY_SLOT, SYSCALL, TLB_LOAD, TLB_STORE, begin, raise};

/// Cause.ExcCode of others.
const TLB_MOD: u32 = 1;
const ADDRESS_LOAD: u32 = 4;
const BREAKPOINT: u32 = 9;

/// Each of them does something else. The kernel's lines are to show it.
pub fn killed<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let drawn = check.lots.any() % 0x1000;
    let pc = UTEXT | drawn << 4;
    let deeds = [
        (BREAKPOINT, 0),
        (TLB_LOAD, drawn),
        (TLB_STORE, USTACKTOP + drawn),
        (TLB_MOD, UTEXT + drawn),
        (ADDRESS_LOAD, 0x6000_0001 | drawn << 4),
        (SYSCALL | DELAY_SLOT, 0),
        (COPROCESSOR, 0),
    ];
    step!(
        check,
        "who does wrong has ended, with all that was his, and the next one goes on"
    );
    // One is left for the end of memory.
    begin(kernel, check, deeds.len() as u32 + 1)?;
    for (code, va) in deeds {
        let Next::Run(slot) = kernel.resume() else {
            break;
        };
        kernel.tf(slot).regs[reg::A0] = check.lots.any();
        let free = kernel.mem.free_frames();
        raise(kernel, slot, code, pc, va);
        let seen = (
            slot.index(),
            code & !DELAY_SLOT,
            kernel.cpu().current.map(Slot::index),
            kernel.alive(),
        );
        let freed = Difference::of(kernel.mem.free_frames(), free);
        let next = who(kernel.resume());
        saw!(
            check,
            "who, the code of its exception, who has the CPU then, how many live, frames that are free again, and who goes on",
            (seen, freed, next),
            kernel
        );
    }

    step!(check, "and so has one for whose page there is no memory");
    if let Next::Run(slot) = kernel.resume() {
        take_all(&mut kernel.mem);
        raise(kernel, slot, TLB_STORE, pc, 0x6000_0000 | drawn << 12);
        saw!(
            check,
            "how many live when memory has run out, what comes then, and the number in the addresses",
            (kernel.alive(), who(kernel.resume()), drawn),
            kernel
        );
    }
    Ok(())
}
