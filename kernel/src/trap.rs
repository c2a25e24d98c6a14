//! From a trap to mos-core and back. `arch/handlers.S` calls the functions here, after the
//! registers of the environment were saved in its trapframe.

// teacher begin
// otherwise: use mos_abi::Trapframe;
// teacher end
use mos_core::{Kernel, Next, Outcome};

#[cfg(feature = "audit")]
use crate::audit;
use crate::big_lock;
use crate::board::{self, Board};
use crate::hardware::Hardware;
#[cfg(feature = "monitor")]
use crate::monitor;
// teacher begin
// otherwise: use crate::{arch, panic, serial, stack, stray};
use crate::{arch, panic, serial, smp, stack, stray};
// teacher end

/// How many free frames are zeroed before the CPU rests.
const ZERO_AHEAD: usize = 16;

// teacher begin
// otherwise: /// Where `kernel_fault` saves the registers.
// otherwise: #[unsafe(no_mangle)]
// otherwise: static mut FAULT_FRAME: Trapframe = Trapframe::ZERO;
// teacher end

/// An interrupt, in user mode or in the idle loop.
#[unsafe(no_mangle)]
extern "C" fn trap_interrupt(cause: u32) {
    big_lock::with(|kernel| {
        kernel.interrupted();
        let pending = board::current().interrupt(cause);
        // teacher begin
        let pending = smp::with_tick(pending);
        // teacher end
        if pending.console {
            kernel.console_ready();
        }
        if pending.timer {
            stack::check();
            serial::tell_loss();
            kernel.timer_tick();
            #[cfg(feature = "audit")]
            audit::tick(kernel);
        }
        #[cfg(feature = "monitor")]
        monitor::if_asked(kernel);
        leave_by_and_by(kernel);
    });
}

/// `yield`; the caller's registers are saved.
#[unsafe(no_mangle)]
extern "C" fn trap_yield(kernel: &mut Kernel<Hardware>) {
    kernel.sched_yield();
    // teacher begin
    // otherwise: if !kernel.switch_at_once() {
    // otherwise:     leave_by_and_by(kernel);
    // otherwise: }
    // The plain ones are carried out in assembly.
    leave_by_and_by(kernel);
    // teacher end
}

/// Any other exception in user mode.
#[unsafe(no_mangle)]
extern "C" fn trap_exception(kernel: &mut Kernel<Hardware>) {
    #[cfg(feature = "monitor")]
    if monitor::exception(kernel) {
        return leave_or_idle(kernel);
    }
    kernel.exception();
    leave_or_idle(kernel);
}

/// An exception in kernel mode: a bug, unless it is a program's that strayed there.
#[unsafe(no_mangle)]
extern "C" fn trap_kernel_fault(_cause: u32) {
    // teacher begin
    // otherwise: // SAFETY: `kernel_fault` has written it, and will not again before this is over.
    // otherwise: let frame = unsafe { FAULT_FRAME };
    let frame = arch::CpuPage::fault();
    // teacher end
    if !arch::LETS_PROGRAMS_STRAY || stray::is_kernels_own(&frame) {
        panic::kernel_fault(frame)
    }
    big_lock::with(|kernel| {
        // teacher begin
        // otherwise: if !kernel.strayed() {
        // Who strayed may have been taken off meanwhile.
        if !kernel.strayed() && !smp::are_several() {
            // teacher end
            panic::kernel_fault(frame)
        }
        leave_by_and_by(kernel);
    });
}

/// The way out after anything that is no system call: to an environment, by returning, or to no environment.
#[inline(always)]
fn leave_or_idle(kernel: &mut Kernel<Hardware>) {
    match kernel.resume() {
        Next::Run(_) => {}
        next => stop(kernel, next),
    }
}

/// [`leave_or_idle`] out of line, for those who seldom come by.
#[cold]
#[inline(never)]
pub fn leave_by_and_by(kernel: &mut Kernel<Hardware>) {
    leave_or_idle(kernel);
}

/// A system call has left nobody to run at once; the registers of all are saved.
#[cold]
#[unsafe(no_mangle)]
extern "C" fn trap_nobody(kernel: &mut Kernel<Hardware>) -> ! {
    leave_by_and_by(kernel);
    // SAFETY: `leave_by_and_by` has put an environment's trapframe and tables into the CPU page.
    unsafe { crate::ret_from_exception() }
}

/// The way out where no environment can go on: to the idle loop, or nowhere.
#[optimize(size)]
#[cold]
fn stop(kernel: &mut Kernel<Hardware>, next: Next) -> ! {
    stack::check();
    serial::tell_loss();
    match next {
        Next::PowerOff(outcome) => power_off(kernel, outcome),
        // teacher begin
        _ if smp::are_several() => smp::rest(kernel),
        // teacher end
        _ => {
            // One at a time, so that no interrupt waits for more.
            for _ in 0..ZERO_AHEAD {
                if arch::interrupt_is_pending() {
                    break;
                }
                kernel.mem.zero_ahead(1);
            }
            arch::idle()
        }
    }
}

/// The last words.
#[optimize(size)]
#[cold]
fn power_off(kernel: &mut Kernel<Hardware>, outcome: Outcome) -> ! {
    // teacher begin
    smp::tell_lock(kernel);
    // teacher end
    #[cfg(feature = "monitor")]
    monitor::end(kernel, outcome);
    match outcome {
        Outcome::Done => kernel.say(format_args!("[mos] power off")),
        Outcome::Incomplete => kernel.say(format_args!(
            "[mos] power off, but not every program was started"
        )),
        Outcome::Deadlock => kernel.explain_deadlock(),
        Outcome::TimeLimit => kernel.say(format_args!("[mos] time limit reached")),
    }
    board::power_off(outcome == Outcome::Done)
}
