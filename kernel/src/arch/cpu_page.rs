//! The page that the entry code reaches without a free register: `arch/cpu_page.S`.

use core::cell::{Cell, UnsafeCell};
use core::mem::MaybeUninit;

use mos_abi::Trapframe;
use mos_core::Kernel;
// teacher begin
use mos_core::slot::Slot;
// teacher end

use super::syscalls::Entries;
// teacher begin
use super::syscalls::{FUNCTIONS, Functions, SHARED};
// teacher end
use crate::arch;
use crate::hardware::Hardware;
// teacher begin
use crate::smp::{self, Word};
use crate::tables;
// teacher end

#[expect(improper_ctypes, reason = "assembly only says where it is")]
unsafe extern "C" {
    /// The page where it is mapped, for good: the last one of mapped kernel space.
    static cpu_page: CpuPage;
}

/// Bytes that o32 has a caller leave free for the arguments of a callee.
const ARGUMENT_AREA: usize = 16;

/// One CPU's page. The order of its words is known to assembly.
#[repr(C)]
pub struct CpuPage {
    /// Where SAVE_ALL stores and RESTORE_SOME loads.
    trapframe: Cell<*mut Trapframe>,
    /// What the TLB refill walks: the second half of a page directory.
    tables: Cell<u32>,
    /// Top of the kernel stack, below an argument area.
    stack: Cell<*const u8>,
    /// k0 of the program, while a vector uses k0. Rust has no business with it.
    _k0: Cell<u32>,
    /// What the handlers of system calls get.
    kernel: Cell<*mut Kernel<Hardware>>,
    /// EntryHi on the way back to user mode: the address-space id.
    entryhi: Cell<u32>,
    /// Registers of the program, while entry code uses them.
    _scratch: [Cell<u32>; 3],
    /// Status on the way to user mode.
    status: Cell<u32>,
    // teacher begin
    /// The table of environments.
    slots: Cell<*mut Trapframe>,
    /// What of the kernel's state is this CPU's while it is not in the kernel.
    part: Cell<*mut Kernel<Hardware>>,
    /// The words of [`mos_lock::Aside`]: its own, those of all from the first one to behind the last one, and that of who has the lock.
    aside: Cell<[*const Word; 4]>,
    // teacher end
    /// The handlers of system calls, from which `handle_sys` loads without a register to point to them.
    entries: Cell<Entries>,
    // teacher begin
    /// Likewise.
    functions: Cell<Functions>,
    /// Where `kernel_fault` saves the registers.
    fault: Cell<Trapframe>,
    /// This CPU's number. Assembly has no business with it.
    number: Cell<u32>,
    // teacher end
}

/// The frame behind it.
#[repr(C, align(4096))]
struct Memory(UnsafeCell<MaybeUninit<CpuPage>>);

// SAFETY: nothing but `init` ever refers to it.
unsafe impl Sync for Memory {}

static MEMORY: Memory = Memory(UnsafeCell::new(MaybeUninit::uninit()));

/// This CPU's page.
fn page() -> &'static CpuPage {
    // SAFETY: `init` came first (it is the first thing `start` does) and mapped the page; any bits are a value of
    // it; there is one CPU, and it comes here with interrupts off.
    unsafe { &cpu_page }
}

impl CpuPage {
    /// Maps the page, and says where traps find their stack and what they hand to Rust.
    pub fn init(top: *const u8, kernel: *mut Kernel<Hardware>, entries: &Entries) {
        // teacher begin
        // otherwise: arch::wire_cpu_page(MEMORY.0.get().cast());
        Self::init_at(MEMORY.0.get().cast(), top, kernel, entries);
    }

    /// The same for a page in this frame.
    pub fn init_at(
        memory: *mut Self,
        top: *const u8,
        kernel: *mut Kernel<Hardware>,
        entries: &Entries,
    ) {
        arch::wire_cpu_page(memory);
        // teacher end
        page().stack.set(top.wrapping_sub(ARGUMENT_AREA));
        page().kernel.set(kernel);
        page().status.set(arch::STATUS_USER);
        // teacher begin
        page().slots.set(tables::trapframe(Slot::new(0)));
        page().part.set(kernel);
        page().functions.set(FUNCTIONS);
        // teacher end
        Self::set_entries(entries);
    }

    /// Whether the console's interrupt comes through in user mode.
    pub fn listen(on: bool) {
        // teacher begin
        // otherwise: let kept = if on { u32::MAX } else { !arch::STATUS_IM2 };
        // otherwise: page().status.set(arch::STATUS_USER & kept);
        // It comes to the first CPU.
        // SAFETY: as for `page`; whoever comes here has the kernel to itself.
        let first: &Self = unsafe { &*MEMORY.0.get().cast() };
        let others = first.status.get() & !arch::STATUS_IM2;
        let own = if on { arch::STATUS_IM2 } else { 0 };
        first.status.set(others | own);
        // teacher end
    }

    // lab 3 begin
    /// From now on a TLB refill goes back to kernel mode, for a check of it: on the R3000, which has no other way than Status
    /// from here.
    #[cfg(feature = "checks")]
    pub fn stay_in_kernel() {
        const USER: u32 = 1 << 3 | 1 << 2; // KUp, IEp
        page().status.set(arch::STATUS_USER & !USER);
    }
    // lab 3 end

    /// What handles system calls.
    pub fn set_entries(entries: &Entries) {
        page().entries.set(*entries);
    }

    // teacher begin
    /// Where this CPU's kernel stack starts.
    pub fn stack_top() -> *const u8 {
        page().stack.get().wrapping_add(ARGUMENT_AREA)
    }

    /// The registers of what raised an exception in kernel mode.
    pub fn fault() -> Trapframe {
        page().fault.get()
    }

    /// This CPU's number, if there are several.
    pub fn number() -> u32 {
        page().number.get()
    }

    /// This is CPU `number`.
    pub fn set_number(number: u32) {
        page().number.set(number);
    }

    /// From now on calls of other CPUs come through, and no system call is carried out without the kernel's lock but those that nobody
    /// else can be about.
    pub fn be_one_of_several() {
        page().status.set(page().status.get() | arch::STATUS_CALL);
        let number = Self::number() as usize;
        let part = Kernel::<Hardware>::PARTS + number * Kernel::<Hardware>::PART;
        page().part.set(page().kernel.get().wrapping_byte_add(part));
        let (own, all, closed) = smp::aside(number);
        let all = all.as_ptr_range();
        page().aside.set([own, all.start, all.end, closed]);
        Self::set_entries(if log::max_level() == log::LevelFilter::Trace {
            &arch::WHOLE
        } else {
            &SHARED
        });
    }

    // teacher end
    /// Who runs next: where its registers are, what the TLB refill walks, and what EntryHi will be.
    pub fn switch(trapframe: *mut Trapframe, tables: u32, entryhi: u32) {
        let page = page();
        page.trapframe.set(trapframe);
        page.tables.set(tables);
        page.entryhi.set(entryhi);
    }
}
