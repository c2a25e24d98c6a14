//! Finding the CPUs and starting them.
//!
//! Each has a page and a stack of its own, in memory that is set apart before the kernel takes over the rest. They are started
//! one after the other, and wait until all are there: nobody asks for the lock before.

use mos_core::Kernel;
use mos_core::env::cpus::MOST;

use mos_abi::layout::PAGE_SIZE;
use mos_abi::text::Decimal;

use super::word::Word;
use super::{COUNT, lock};
use crate::arch::{self, CpuPage};
use crate::board::{self, Board};
use crate::hardware::Hardware;
use crate::ram::KSEG0;
use crate::{big_lock, stack, trap};

/// What a CPU has beyond the first one: its page, its stack, and the one for its last words.
const OWN: u32 = (PAGE_SIZE as usize + stack::SIZE + stack::LAST_WORDS) as u32;

/// Where that is of CPU 1, and behind it of the others; 0: there are no others.
static SET_APART: Word = Word::new(0);
/// How many CPUs there are, started or not.
static FOUND: Word = Word::new(1);
/// The number of the CPU that is being started.
static STARTING: Word = Word::new(0);
/// The top of its stack.
#[unsafe(no_mangle)]
static SECONDARY_STACK: Word = Word::new(0);
/// The last one that has started.
static STARTED: Word = Word::new(0);
/// All have.
static ALL_THERE: Word = Word::new(0);

/// Where memory is free that is free from `used` on, when each CPU has its own. A kernel that is not for several leaves them
/// alone, and so does one with too little memory for it, which will say so.
#[optimize(size)]
pub fn set_apart(used: u32, memory: u32) -> u32 {
    let fit = cfg!(not(any(feature = "fpu", feature = "other-rule")));
    let count = board::current().cpus().min(MOST as u32);
    let start = used.next_multiple_of(PAGE_SIZE);
    let end = start + count.saturating_sub(1) * OWN;
    if !fit || count < 2 || end > memory {
        return used;
    }
    FOUND.set(count);
    SET_APART.set(KSEG0 + start);
    end
}

/// How many CPUs there are for this kernel, started or not.
pub fn found() -> u32 {
    FOUND.get()
}

/// Starts the others, if there are any.
#[optimize(size)]
pub fn start() {
    if found() != 1 {
        start_others(found());
    }
}

#[optimize(size)]
#[cold]
#[inline(never)]
fn start_others(count: u32) {
    let board = board::current();
    board.prepare();
    // exercise smp.2 begin
    for number in 1..count {
        let own = SET_APART.get() + (number - 1) * OWN;
        STARTING.set(number);
        SECONDARY_STACK.set(own + PAGE_SIZE + stack::SIZE as u32);
        arch::sync();
        board.start_cpu(number, arch::secondary_start());
        let started = STARTED.is_soon(number);
        assert!(started, "CPU {} does not start", Decimal(number));
    }
    // exercise smp.2 end
    CpuPage::set_number(0);
    // Nobody else wants it yet.
    lock::acquire();
    COUNT.set(count);
    arch::be_for_several();
    CpuPage::be_one_of_several();
    board.join(0);
    arch::sync();
    ALL_THERE.set(1);
}

/// Where a CPU begins that was started: on its own stack, with interrupts off.
#[unsafe(no_mangle)]
extern "C" fn secondary_main() -> ! {
    // exercise smp.2 begin
    // otherwise: let number = todo!();
    let number = STARTING.get();
    let own = SET_APART.get() + (number - 1) * OWN;
    let top = SECONDARY_STACK.get();
    let pointer =
        |address: u32| core::ptr::with_exposed_provenance_mut::<CpuPage>(address as usize);
    CpuPage::init_at(
        pointer(own),
        pointer(top).cast(),
        big_lock::kernel(),
        &arch::WHOLE,
    );
    CpuPage::set_number(number);
    arch::tlb_flush();
    stack::init_own();
    arch::sync();
    STARTED.set(number);
    // exercise smp.2 end
    while ALL_THERE.get() == 0 {}
    arch::sync();
    CpuPage::be_one_of_several();
    arch::tlb_flush();
    board::current().join(number);
    big_lock::with(|kernel: &mut Kernel<Hardware>| trap::leave_by_and_by(kernel));
    // SAFETY: `leave_by_and_by` has put an environment's trapframe and tables into the CPU page.
    unsafe { crate::ret_from_exception() }
}
