//! Several CPUs: one in the kernel at a time, behind the big kernel lock, and the others in user mode or at rest.
//!
//! | module | concept |
//! | --- | --- |
//! | [`start`] | finding the CPUs and starting them |
//! | [`lock`] | who is in the kernel, and who is called in |
//! | [`stop`] | the end, for all at once |
//! | [`word`] | what is read and written by several |
//!
//! On one CPU all of this is never asked for anything: [`are_several`] is all that it costs, where it costs anything at all.

mod lock;
mod start;
mod stop;
mod word;

use mos_abi::text::{Decimal, Text};
use mos_core::Kernel;
use mos_core::machine::Pending;

use crate::arch::{self, CpuPage};
use crate::board::{self, Board};
use crate::hardware::Hardware;

#[cfg(feature = "monitor")]
pub use lock::hold_others;
#[cfg(feature = "audit")]
pub use lock::wait_for_shortcuts;
pub use lock::{KIND, aside, call_in, flush_everywhere};
pub use start::{found, set_apart, start};
pub use stop::{hear_others, number_in_panic, stop_others};
pub use word::Word;

/// How many CPUs run; 1 until all others are started.
static COUNT: Word = Word::new(1);

/// Whether there are several.
#[inline(always)]
pub fn are_several() -> bool {
    COUNT.get() != 1
}

/// How many there are.
pub fn count() -> u32 {
    COUNT.get()
}

/// Comes into the kernel, whose value nobody else has then.
#[cold]
#[inline(never)]
pub fn enter(kernel: *mut Kernel<Hardware>) {
    // exercise smp.3 begin
    let spins = lock::acquire();
    // SAFETY: we have the lock, so this is the only reference.
    unsafe { &mut *kernel }.enter(CpuPage::number() as usize, spins);
    // exercise smp.3 end
}

/// Says what the lock had to do, if that is asked for.
#[optimize(size)]
#[cold]
#[inline(never)]
pub fn tell_lock(kernel: &Kernel<Hardware>) {
    if are_several() {
        let counts = kernel.lock_statistics();
        let counts = [counts.acquisitions, counts.contended, counts.spins];
        let [acquisitions, contended, spins] = counts.map(Decimal);
        let kind = Text(KIND);
        log::debug!(
            "lock {kind}: {acquisitions} acquisitions, {contended} contended, {spins} spins"
        );
    }
}

/// What has come in, and a tick that has come by way of another CPU.
#[inline(always)]
pub fn with_tick(pending: Pending) -> Pending {
    let timer = are_several() && board::current().has_ticked(CpuPage::number());
    Pending {
        timer: pending.timer | timer,
        ..pending
    }
}

/// Leaves the kernel, be it to rest.
#[cold]
#[inline(never)]
pub fn leave(kernel: &mut Kernel<Hardware>, rests: bool) {
    // exercise smp.3 begin
    let woken = kernel.leave(rests);
    lock::release(woken);
    // exercise smp.3 end
}

/// Leaves the kernel and waits for an interrupt, where there is nothing to run.
#[optimize(size)]
#[cold]
pub fn rest(kernel: &mut Kernel<Hardware>) -> ! {
    // exercise smp.3 begin
    leave(kernel, true);
    arch::idle_among_others()
    // exercise smp.3 end
}

#[expect(improper_ctypes, reason = "it is written in Rust")]
unsafe extern "C" {
    /// What [`crate::trap`] does with an exception, and the way out of it.
    fn trap_exception(kernel: &mut Kernel<Hardware>);
}

/// Any exception in user mode but an interrupt: where `handle_exception` goes instead when there are several.
#[unsafe(no_mangle)]
extern "C" fn trap_exception_in_turn(kernel: *mut Kernel<Hardware>) {
    // exercise smp.3 begin
    enter(kernel);
    // SAFETY: we have the lock, so this is the only reference.
    let kernel = unsafe { &mut *kernel };
    let several = kernel.will_call();
    // SAFETY: it has what it needs.
    unsafe { trap_exception(kernel) };
    if let Some(caller) = several {
        kernel.has_called(caller);
    }
    leave(kernel, false);
    // exercise smp.3 end
}
