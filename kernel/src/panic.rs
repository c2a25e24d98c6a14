//! Kernel panics: for broken invariants only. They say where, show the registers and a backtrace, and end
//! the run as a failure.

use core::fmt::Write;
use core::panic::PanicInfo;

use mos_abi::Trapframe;
use mos_abi::trapframe::reg;
use mos_core::env::fault::Exception;

use crate::backtrace;
use crate::board;
use crate::serial::{self, Console};
use crate::{arch, package};

#[optimize(size)]
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let mut frame = Trapframe::ZERO;
    arch::save_registers(&mut frame);
    begin();
    // A console does not fail.
    _ = writeln!(Console, "{info}");
    report(&frame)
}

/// An exception in kernel mode.
#[optimize(size)]
pub fn kernel_fault(frame: Trapframe) -> ! {
    begin();
    let what = Exception::of(frame.cp0_cause);
    let (pc, va) = (frame.cp0_epc, frame.cp0_badvaddr);
    // A console does not fail.
    _ = writeln!(Console, "{what}, pc {pc:08x}, address {va:08x}");
    report(&frame)
}

fn begin() {
    arch::interrupts_off();
    serial::force_unlock();
    _ = write!(Console, "\n[mos] kernel panic: ");
}

#[optimize(size)]
fn report(frame: &Trapframe) -> ! {
    for (i, (name, value)) in reg::NAMES.iter().zip(frame.regs).enumerate() {
        let end = if i % 4 == 3 { '\n' } else { ' ' };
        _ = write!(Console, "  {name:>4} {value:08x}{end}");
    }
    _ = writeln!(
        Console,
        "  status {:08x}   cause {:08x}",
        frame.cp0_status, frame.cp0_cause
    );
    let (sp, ra) = (frame.regs[reg::SP], frame.regs[reg::RA]);
    for pc in backtrace::frames(frame.cp0_epc, sp, ra) {
        _ = match package::symbol(pc) {
            Some(symbol) => writeln!(
                Console,
                "  at {pc:08x} {} + {:#x}",
                symbol.name,
                pc - symbol.address
            ),
            None => writeln!(Console, "  at {pc:08x}"),
        };
    }
    board::power_off(false)
}
