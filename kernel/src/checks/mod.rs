//! The checks of the labs: those of `mos-checks`, and those that need the hardware itself.

// lab 2 begin
mod kept;
// lab 2 end
// lab 3 begin
mod registers;
// lab 3 end
mod start;
// lab 3 begin
mod ticks;
// lab 3 end
// teacher begin
mod tickets;
// teacher end
// lab 2 begin
mod tlb;
// lab 2 end
mod wire;

use core::fmt::Write;

use mos_checks::{Check, Line, OVER, Wrong};
use mos_core::Kernel;

use crate::board;
use crate::hardware::Hardware;

/// Carries out the check that this kernel was started for, if it is one of lab 1, before anything but the
/// first instructions was done. `memory` is its size.
pub fn begin(kernel: &mut Kernel<Hardware>, memory: u32) {
    let Some(mut check) = Check::ordered() else {
        return;
    };
    let check = &mut check;
    let carried_out = match check.name() {
        "first-instructions" => start::first_instructions(check, memory),
        "send" => start::send(check),
        "receive" => start::receive(kernel, check),
        "text" => start::text(kernel, check),
        "log" => start::log(kernel, check),
        "options" => start::options(kernel, check),
        "package" => start::package(kernel, check, memory),
        "power-off" => start::power_off(kernel, check),
        "elf-header" | "elf-segments" | "bytes-into-frame" => mos_checks::carry_out(kernel, check),
        _ => return,
    };
    finish(kernel, carried_out)
}

// lab 2 begin
/// The same for the checks of the labs after it, when memory is known.
pub fn carry_out(kernel: &mut Kernel<Hardware>) {
    let Some(mut check) = Check::ordered() else {
        return;
    };
    let carried_out = match check.name() {
        "frame-registers" => kept::registers(kernel, &mut check),
        "tlb-invalidate" => tlb::invalidate(kernel, &mut check),
        // lab 2 end
        // lab 3 begin
        "timer-ticks" => ticks::ticks(kernel, &mut check),
        "save-regs" => registers::saved(kernel, &mut check),
        "restore-some" => registers::restored(kernel, &mut check),
        "refill-in-kernel" => registers::refilled(kernel, &mut check),
        // lab 3 end
        // teacher begin
        "tickets-in-turn" => tickets::in_turn(kernel, &mut check),
        // teacher end
        // lab 2 begin
        _ => mos_checks::carry_out(kernel, &mut check),
    };
    finish(kernel, carried_out)
}
// lab 2 end

/// The end of a kernel that was started for a check. A line has said what was wrong, if anything was.
fn finish(kernel: &mut Kernel<Hardware>, carried_out: Result<(), Wrong>) -> ! {
    // A console does not fail.
    _ = writeln!(Line(&mut wire::Wire), "\n{OVER}");
    if carried_out.is_ok() {
        kernel.say(format_args!("[mos] power off"));
    }
    board::power_off(carried_out.is_ok())
}
