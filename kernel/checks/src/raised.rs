//! Lab 3: exceptions, as the kernel finds them in the trapframe of the environment that runs.

use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, USTACKTOP};
use mos_abi::trapframe::reg;
use mos_abi::{PteFlags, Sysno};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::envs::{boot, start, who};
use crate::memory::{address, fill, frame, in_use, map, set_word};
use crate::sum::sum;

/// Cause.ExcCode of some exceptions.
pub const TLB_LOAD: u32 = 2;
pub const TLB_STORE: u32 = 3;
pub const SYSCALL: u32 = 8;
pub const COPROCESSOR: u32 = 11;
/// Cause: in a branch delay slot.
pub const DELAY_SLOT: u32 = 1 << 31;

/// The environment that runs has exception `code` at `pc`, about the address `va`.
pub fn raise<M: Platform>(kernel: &mut Kernel<M>, slot: Slot, code: u32, pc: u32, va: u32) {
    let tf = kernel.tf(slot);
    tf.cp0_cause = code & DELAY_SLOT | (code & 0x1f) << 2;
    (tf.cp0_epc, tf.cp0_badvaddr) = (pc, va);
    kernel.exception();
}

/// Some environments, of which the first runs.
pub fn begin<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
    count: u32,
) -> Result<Slot, Wrong> {
    boot(kernel, check, None)?;
    let first = start(kernel, check, 1)?;
    for _ in 1..count {
        start(kernel, check, 1)?;
    }
    kernel.resume();
    Ok(first)
}

/// An address of an instruction.
pub fn place(check: &mut Check) -> u32 {
    0x40_0000 + 4 * check.lots.from(0, 0xffff)
}

/// What is handled, and how the environment goes on.
pub fn handled<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "a system call goes on behind its instruction");
    let slot = begin(kernel, check, 1)?;
    for _ in 0..check.lots.from(5, 9) {
        for register in 1..reg::A0 {
            kernel.tf(slot).regs[register] = check.lots.any();
        }
        let call = [Sysno::Getenvid, Sysno::Yield][check.lots.from(0, 1) as usize];
        kernel.tf(slot).regs[reg::A0] = call as u32;
        let pc = place(check);
        raise(kernel, slot, SYSCALL, pc, check.lots.any());
        let next = who(kernel.resume());
        let tf = kernel.tf(slot);
        let kept = sum([tf.regs[1], tf.regs[3]]);
        saw!(
            check,
            "a call and where it is made; v0 and epc then, what is made of two other registers, and who goes on",
            ((call, pc), tf.regs[reg::V0], tf.cp0_epc, kept, next),
            kernel
        );
    }

    step!(check, "the instruction that old programs have is skipped");
    let space = kernel.space(slot);
    for _ in 0..check.lots.from(2, 5) {
        let table = check.lots.from(10, 300);
        let pc = address(check, table);
        let code = map(&mut kernel.mem, check, space, pc)?;
        let old = 0x4080_7000 | check.lots.from(0, 31) << 16;
        set_word(&mut kernel.mem, code, pc >> 2, old);
        raise(kernel, slot, COPROCESSOR, pc, 0);
        let next = who(kernel.resume());
        let epc = kernel.tf(slot).cp0_epc;
        saw!(
            check,
            "where such an instruction is, epc then, and who goes on",
            (pc, epc, next),
            kernel
        );
    }
    Ok(())
}

/// Pages that come when they are touched.
pub fn demanded<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a page of zeros comes where one is touched, and one frame is taken for it"
    );
    let slot = begin(kernel, check, 1)?;
    let space = kernel.space(slot);
    // So that the next frames are such with something in them.
    let mut used = [frame(&mut kernel.mem, check)?; 12];
    for slot in &mut used[1..] {
        *slot = frame(&mut kernel.mem, check)?;
    }
    for frame in used {
        fill(&mut kernel.mem, check, frame);
        kernel.mem.page_free(frame);
    }
    let table = check.lots.from(20, 300);
    let near = address(check, table);
    map(&mut kernel.mem, check, space, near ^ 1 << 13)?;
    let mut places = [
        DEMAND_FLOOR + check.lots.from(0, 0xfff) * 4,
        USTACKTOP - PAGE_SIZE - 4 * check.lots.from(1, 1000),
        near,
        near ^ 1 << 12,
        near,
        near ^ 1 << 14,
        near ^ 1 << 13,
    ];
    check.lots.shuffle(&mut places);
    for va in places {
        let (before, free) = (
            kernel.mem.page_lookup(space.directory, va).is_some(),
            kernel.mem.free_frames(),
        );
        let pc = place(check);
        let code = [TLB_LOAD, TLB_STORE][check.lots.from(0, 1) as usize];
        raise(kernel, slot, code, pc, va);
        let next = who(kernel.resume());
        let page = kernel.mem.page_lookup(space.directory, va);
        let odd = page.map(|(frame, _)| in_use(&mut kernel.mem, frame));
        let flags: Option<PteFlags> = page.map(|(_, flags)| flags);
        let taken = Difference::of(free, kernel.mem.free_frames());
        saw!(
            check,
            "an address that is touched, whether its page was there, its flags then, words that are not 0, frames taken for page and table",
            (va, before, flags, odd, taken),
            kernel
        );
        let again = kernel.tf(slot).cp0_epc == pc;
        saw!(
            check,
            "whether it is touched again, and who does it",
            (again, next),
            kernel
        );
    }
    Ok(())
}
