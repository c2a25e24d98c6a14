//! The checks of the labs: those of `mos-checks`, and those that need the hardware itself.

mod tlb;

use mos_checks::Check;
use mos_core::Kernel;

use crate::board::{self, Board};
use crate::hardware::Hardware;

/// Carries out the check that this kernel was started for, if it was.
pub fn carry_out(kernel: &mut Kernel<Hardware>) {
    let Some(mut check) = Check::ordered() else {
        return;
    };
    // A line says what was wrong; the missing seals say the rest.
    let _ = match check.name() {
        "tlb-invalidate" => tlb::invalidate(kernel, &mut check),
        _ => mos_checks::carry_out(kernel, &mut check),
    };
    kernel.say(format_args!("[mos] power off"));
    board::current().power_off(true)
}
