//! From a trap to mos-core and back. `arch/handlers.S` calls the four functions here, after the
//! registers of the environment were saved in its trapframe.

use mos_abi::Trapframe;
use mos_core::fault::Exception;
use mos_core::{Kernel, Next, Outcome};

use crate::big_lock;
use crate::board::{self, Board};
use crate::cpu_page::CPU_PAGE;
use crate::hardware::Hardware;
use crate::{arch, panic, stack};

/// How many free frames are zeroed before the CPU rests: few enough for a key to be answered at once.
const ZERO_AHEAD: usize = 16;

/// Where `kernel_fault` saves the registers.
#[unsafe(no_mangle)]
static mut FAULT_FRAME: Trapframe = Trapframe::ZERO;

/// An interrupt, in user mode or in the idle loop.
#[unsafe(no_mangle)]
extern "C" fn trap_interrupt(cause: u32) {
    big_lock::with(|kernel| {
        let pending = board::current().interrupt(cause);
        if pending.console {
            kernel.console_ready();
        }
        if pending.timer {
            kernel.timer_tick();
        }
        leave_or_idle(kernel);
    });
}

/// A system call, by its number and the arguments in registers. Returns 0 when the caller goes on, with its
/// result in v0 of its trapframe; 1 when another environment does; -1 when nobody does for now. The caller's
/// s-registers, gp and fp are not in its trapframe yet: the entry code puts them there on 1 and -1.
#[unsafe(no_mangle)]
extern "C" fn trap_syscall(number: u32, a: u32, b: u32, c: u32) -> i32 {
    big_lock::with(|kernel| {
        if kernel.syscall([number, a, b, c]) {
            return 0;
        }
        match leave(kernel) {
            Leave::ToUser => 1,
            Leave::ToIdle => -1,
        }
    })
}

/// Any other exception in user mode.
#[unsafe(no_mangle)]
extern "C" fn trap_exception(cause: u32) {
    if !matches!(Exception::of(cause), Exception::Syscall | Exception::TlbMod) {
        arch::leave_debug_mode();
    }
    big_lock::with(|kernel| {
        kernel.exception();
        leave_or_idle(kernel);
    });
}

/// An exception in kernel mode: a bug.
#[unsafe(no_mangle)]
extern "C" fn trap_kernel_fault(_cause: u32) -> ! {
    // SAFETY: `kernel_fault` has written it and goes nowhere else from here.
    panic::kernel_fault(unsafe { FAULT_FRAME })
}

/// Where the way out of the kernel leads.
enum Leave {
    /// To the environment in the CPU page.
    ToUser,
    /// To the idle loop.
    ToIdle,
}

/// Prepares the way out; does not return where there is none.
fn leave(kernel: &mut Kernel<Hardware>) -> Leave {
    stack::check();
    match kernel.resume() {
        Next::Run(slot) => {
            CPU_PAGE.set_trapframe(kernel.tf(slot));
            Leave::ToUser
        }
        Next::Idle => {
            kernel.mem.zero_ahead(ZERO_AHEAD);
            Leave::ToIdle
        }
        Next::PowerOff(outcome) => power_off(kernel, outcome),
    }
}

/// The way out where all registers that matter are saved: to user mode by returning, or to the idle loop.
pub fn leave_or_idle(kernel: &mut Kernel<Hardware>) {
    match leave(kernel) {
        Leave::ToUser => {}
        Leave::ToIdle => arch::idle(),
    }
}

/// Set when the run can be no success any more, however it ends.
static SPOILT: spin::Once<()> = spin::Once::new();

/// A program could not be started: the run can be no success any more.
pub fn spoil() {
    SPOILT.call_once(|| ());
}

/// The last words.
#[cold]
fn power_off(kernel: &mut Kernel<Hardware>, outcome: Outcome) -> ! {
    let success = outcome == Outcome::Done && !SPOILT.is_completed();
    match outcome {
        Outcome::Done if success => kernel.say(format_args!("[mos] power off")),
        Outcome::Done => kernel.say(format_args!(
            "[mos] power off, but not every program was started"
        )),
        Outcome::Deadlock => kernel.explain_deadlock(),
        Outcome::TimeLimit => kernel.say(format_args!("[mos] time limit reached")),
    }
    board::current().power_off(success)
}
