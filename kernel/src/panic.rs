//! Kernel panics: for broken invariants only. They say where, show the registers and a backtrace, and end
//! the run as a failure.

use core::fmt::Write;
use core::panic::PanicInfo;

use mos_abi::Trapframe;
use mos_abi::package::Symbol;
use mos_abi::text::{Decimal, Hex, Hex8, Text};
use mos_abi::trapframe::reg;
use mos_core::env::fault::Exception;

use crate::backtrace;
use crate::board;
use crate::serial::{self, Console};
use crate::{arch, package};
// teacher begin
use crate::smp;
// teacher end

#[optimize(size)]
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut frame = Trapframe::ZERO;
    arch::save_registers(&mut frame);
    begin();
    // A console does not fail.
    if let Some(at) = info.location() {
        let (file, line, column) = (Text(at.file()), Decimal(at.line()), Decimal(at.column()));
        _ = writeln!(Console, "panicked at {file}:{line}:{column}:");
    }
    _ = writeln!(Console, "{}", info.message());
    report(&frame)
}

/// An exception in kernel mode.
#[optimize(size)]
pub fn kernel_fault(frame: Trapframe) -> ! {
    begin();
    let what = Exception::of(frame.cp0_cause);
    let [pc, va] = [frame.cp0_epc, frame.cp0_badvaddr].map(Hex8);
    // A console does not fail.
    _ = writeln!(Console, "{what}, pc {pc}, address {va}");
    report(&frame)
}

#[optimize(size)]
fn begin() {
    arch::interrupts_off();
    // teacher begin
    smp::stop_others();
    // teacher end
    serial::force_unlock();
    _ = write!(Console, "\n[mos] kernel panic: ");
    // teacher begin
    if let Some(number) = smp::number_in_panic() {
        _ = write!(Console, "CPU {}: ", Decimal(number));
    }
    // teacher end
}

/// The backtrace.
#[optimize(size)]
#[inline(never)]
fn tell_callers(frame: &Trapframe) {
    let (sp, ra) = (frame.regs[reg::SP], frame.regs[reg::RA]);
    for pc in backtrace::frames(frame.cp0_epc, sp, ra) {
        _ = write!(Console, "  at {}", Hex8(pc));
        if let Some(Symbol { address, name }) = package::symbol(pc) {
            _ = write!(Console, " {} + 0x{}", Text(name), Hex(pc - address));
        }
        _ = Console.write_str("\n");
    }
}

// teacher begin
/// Where this CPU is, which another one has stopped by its panic.
#[optimize(size)]
#[inline(never)]
pub fn tell_where(number: u32) {
    let mut frame = Trapframe::ZERO;
    arch::save_registers(&mut frame);
    _ = writeln!(Console, "CPU {} was stopped:", Decimal(number));
    tell_callers(&frame);
}

// teacher end
#[optimize(size)]
fn report(frame: &Trapframe) -> ! {
    for (i, (name, value)) in reg::NAMES.iter().zip(&frame.regs).enumerate() {
        let end = Text(if i % 4 == 3 { "\n" } else { " " });
        let indent = Text("      ".get(name.len()..).unwrap_or_default());
        _ = write!(Console, "{indent}{} {}{end}", Text(name), Hex8(*value));
    }
    let [status, cause] = [frame.cp0_status, frame.cp0_cause].map(Hex8);
    _ = writeln!(Console, "  status {status}   cause {cause}");
    tell_callers(frame);
    // teacher begin
    smp::hear_others();
    // teacher end
    #[cfg(feature = "monitor")]
    crate::monitor::panicked(mos_monitor::Place {
        pc: frame.cp0_epc,
        sp: frame.regs[reg::SP],
        ra: frame.regs[reg::RA],
    });
    board::power_off(false)
}
