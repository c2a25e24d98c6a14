//! Lab 2: what a function in assembly leaves of its caller's registers.

use core::arch::global_asm;

use mos_checks::{Check, Wrong, saw, step};
use mos_core::Kernel;
use mos_core::machine::{Frame, Machine};

use crate::arch;
use crate::hardware::Hardware;

global_asm!(include_str!("kept.S"), options(raw));

/// Those that a caller wants back.
const NAMES: [&str; 10] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "gp", "fp"];

mod asm {
    use mos_core::machine::FrameWords;

    unsafe extern "C" {
        pub safe fn check_kept(
            function: usize,
            from: &mut FrameWords,
            to: &mut FrameWords,
            kept: &mut [u32; super::NAMES.len()],
        );
    }
}

/// Zeroing and copying frames: what comes of registers.
pub fn registers(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "both keep the registers that their callers want back"
    );
    let functions = [
        ("zero_frame", arch::zero_frame as *const () as usize),
        ("copy_frame", arch::copy_frame as *const () as usize),
    ];
    let first = kernel.mem.machine.memory_map().first_free.ppn();
    for (function, address) in functions {
        let [from, to] = [0, 1].map(|n| Frame::new(first + n));
        let Some((_, [from, to])) = kernel.mem.machine.two_frames(from, to) else {
            continue;
        };
        let before = NAMES.map(|_| check.lots.any());
        let mut kept = before;
        asm::check_kept(address, from, to, &mut kept);
        let changed = (0..NAMES.len()).find(|&n| kept[n] != before[n]);
        let sum = kept
            .iter()
            .fold(0, |sum: u32, word| sum.rotate_left(1) ^ word);
        saw!(
            check,
            "the function, the first register that is another, and all of them, added up",
            (function, changed.map(|n| NAMES[n]), sum),
            kernel
        );
    }
    Ok(())
}
