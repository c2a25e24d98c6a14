//! Whose an exception in kernel mode is. A program on GXemul's R3000 can get there ([`mos_core::Kernel::strayed`]), with
//! any registers and a pc that may be anywhere.

use core::ops::Range;

use mos_abi::Trapframe;
use mos_abi::layout::PAGE_SIZE;
use mos_abi::trapframe::reg;
use mos_core::env::raise::raises;

use crate::ram::KSEG0;
use crate::{backtrace, stack};

/// The pages of the vectors, with all code that runs with a program's sp: `arch/handlers.S`.
const VECTORS: Range<u32> = KSEG0..KSEG0 + 2 * PAGE_SIZE;
/// Cause: the exception is in the branch delay slot behind EPC.
const CAUSE_BD: u32 = 1 << 31;

/// Whether an instruction of the kernel's can have raised the exception that `frame` tells of, while it ran on the
/// kernel's stack.
pub fn is_kernels_own(frame: &Trapframe) -> bool {
    let pc = match frame.cp0_cause & CAUSE_BD {
        0 => frame.cp0_epc,
        _ => frame.cp0_epc.wrapping_add(4),
    };
    let on_stack = || stack::range().contains(&(frame.regs[reg::SP] as usize));
    let word = vector(pc).or_else(|| backtrace::text(pc).filter(|_| on_stack()));
    word.is_some_and(|word| raises(word, frame))
}

/// The instruction at `address`, if that is on the pages of the vectors.
fn vector(address: u32) -> Option<u32> {
    let inside = VECTORS.contains(&address) && address.is_multiple_of(4);
    // SAFETY: both pages are there, nobody writes to it, and the address is aligned.
    inside.then(|| unsafe { core::ptr::with_exposed_provenance::<u32>(address as usize).read() })
}
