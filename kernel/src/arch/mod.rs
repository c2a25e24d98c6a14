//! The CPU: what only assembly can do, and how Rust calls it.
//!
//! `cp0.S`, `cpu_page.S`, `stackframe.S`, `start.S`, `handlers.S`, `frames.S` and `mem.S` serve both CPUs; `vectors.S` and `tlb.S`
//! exist once for each.

use core::arch::global_asm;

mod cpu_page;
// teacher begin
mod shortcuts;
// teacher end
mod syscalls;

#[cfg(feature = "malta")]
mod mips32;
#[cfg(feature = "testmips")]
mod r3000;

#[cfg(feature = "malta")]
pub use mips32::{
    ASID_SHIFT, ASIDS, LETS_PROGRAMS_STRAY, STATUS_USER, STEPS, leave_debug_mode, timer, uhi_exit,
};
// teacher begin
#[cfg(all(feature = "malta", any(feature = "audit", feature = "monitor")))]
pub use mips32::MOST_TLB_ENTRIES;
#[cfg(feature = "malta")]
pub use mips32::STATUS_CALL;
#[cfg(feature = "malta")]
pub use mips32::{TLB_PAGES, tlb_holds};
#[cfg(feature = "testmips")]
pub use r3000::STATUS_CALL;
#[cfg(feature = "testmips")]
pub use r3000::{TLB_PAGES, tlb_holds};
// teacher end
#[cfg(feature = "testmips")]
pub use r3000::{
    ASID_SHIFT, ASIDS, LETS_PROGRAMS_STRAY, STATUS_USER, STEPS, gxemul_fail, leave_debug_mode, spin,
};

pub use cpu_page::CpuPage;
pub use syscalls::{FAST, WHOLE};

// teacher begin
/// What a kernel for a floating-point unit has of assembly.
#[cfg(feature = "fpu")]
macro_rules! of_fpu {
    ($file:literal) => {
        include_str!($file)
    };
}

#[cfg(not(feature = "fpu"))]
macro_rules! of_fpu {
    ($file:literal) => {
        ""
    };
}

// teacher end
/// These pieces of assembly as one, with the numbers that they have names for.
macro_rules! together {
    ($($pieces:tt)*) => {
        global_asm!(
            $($pieces)*
            // teacher begin
            // otherwise: options(raw)
            ENV_ID = const shortcuts::env::ID,
            ENV_WALK = const shortcuts::env::WALK,
            ENV_TAG = const shortcuts::env::TAG,
            ENV_LINK = const shortcuts::env::LINK,
            ENV_PREV = const shortcuts::env::PREV,
            ENV_NEXT = const shortcuts::env::NEXT,
            ENV_WAIT = const shortcuts::env::WAIT,
            ENV_LINE = const shortcuts::env::LINE,
            ENV_VIEW = const shortcuts::env::VIEW,
            VIEW_STATUS = const shortcuts::VIEW_STATUS,
            VIEW_VALUE = const shortcuts::VIEW_VALUE,
            VIEW_FROM = const shortcuts::VIEW_FROM,
            VIEW_PERM = const shortcuts::VIEW_PERM,
            VIEW_RECVING = const shortcuts::VIEW_RECVING,
            VIEW_DSTVA = const shortcuts::VIEW_DSTVA,
            HEAR = const shortcuts::HEAR,
            CALL = const shortcuts::CALL,
            MESSAGE = const shortcuts::MESSAGE,
            KEPT = const shortcuts::KEPT,
            UTOP = const shortcuts::UTOP,
            VIEW_PRI = const shortcuts::VIEW_PRI,
            VIEW_RUNS = const shortcuts::VIEW_RUNS,
            CURRENT = const shortcuts::CURRENT,
            FIRST = const shortcuts::FIRST,
            SLICES = const shortcuts::SLICES,
            TAGS = const shortcuts::TAGS,
            ENV_PARENT = const shortcuts::env::PARENT,
            ENV_HANDLED = const shortcuts::env::HANDLED,
            PAGES = const shortcuts::PAGES,
            FREE = const shortcuts::FREE,
            GROUPS = const shortcuts::GROUPS,
            FRAMES = const shortcuts::FRAMES,
            DIRTY = const shortcuts::DIRTY,
            ZEROED = const shortcuts::ZEROED,
            FRESH = const shortcuts::FRESH,
            READY = const shortcuts::READY,
            PP_REF = const shortcuts::PP_REF,
            RUN_FROM = const shortcuts::run::FROM,
            RUN_VA = const shortcuts::run::VA,
            RUN_DIRECTORY = const shortcuts::run::DIRECTORY,
            RUN_TO = const shortcuts::run::TO,
            RUN_COUNT = const shortcuts::run::COUNT,
            RUN_MASK = const shortcuts::run::MASK,
            RUN_VALUE = const shortcuts::run::VALUE,
            RUN_FLAGS = const shortcuts::run::FLAGS,
            DEMAND_FLOOR = const shortcuts::DEMAND_FLOOR,
            USTACKTOP = const shortcuts::USTACKTOP,
            FIRST_CALL = const mos_abi::Sysno::FIRST,
            SYSCALLS = const mos_abi::Sysno::RANGE,
            LAST_WORDS = const crate::stack::LAST_WORDS,
            // teacher end
        );
    };
}

/// All assembly, and some more.
#[cfg(feature = "malta")]
macro_rules! assembly {
    ($($more:literal)?) => {
        together!(
            include_str!("mips32/isa.S"),
            include_str!("cp0.S"),
            include_str!("cpu_page.S"),
            include_str!("stackframe.S"),
            // teacher begin
            of_fpu!("mips32/fpu.S"),
            of_fpu!("fpu.S"),
            // teacher end
            include_str!("mips32/vectors.S"),
            include_str!("start.S"),
            // teacher begin
            include_str!("shortcuts.S"),
            include_str!("pages.S"),
            include_str!("run.S"),
            // teacher end
            include_str!("handlers.S"),
            include_str!("frames.S"),
            include_str!("mem.S"),
            include_str!("mips32/tlb.S"),
            // teacher begin
            include_str!("mips32/lock.S"),
            include_str!("several.S"),
            include_str!("secondary.S"),
            // teacher end
            include_str!("mips32/timer.S"),
            include_str!("mips32/debug.S"),
            include_str!("mips32/uhi.S"),
            $(include_str!($more),)?
        );
    };
}

/// All assembly, and some more.
#[cfg(feature = "testmips")]
macro_rules! assembly {
    ($($more:literal)?) => {
        together!(
            include_str!("cp0.S"),
            include_str!("cpu_page.S"),
            include_str!("stackframe.S"),
            // teacher begin
            of_fpu!("r3000/fpu.S"),
            of_fpu!("fpu.S"),
            // teacher end
            include_str!("r3000/vectors.S"),
            include_str!("start.S"),
            // teacher begin
            include_str!("shortcuts.S"),
            include_str!("pages.S"),
            include_str!("run.S"),
            // teacher end
            include_str!("handlers.S"),
            include_str!("frames.S"),
            include_str!("mem.S"),
            include_str!("r3000/tlb.S"),
            // teacher begin
            include_str!("r3000/lock.S"),
            include_str!("several.S"),
            include_str!("secondary.S"),
            // teacher end
            include_str!("r3000/delay.S"),
            include_str!("r3000/failure.S"),
            $(include_str!($more),)?
        );
    };
}

#[cfg(not(feature = "checks"))]
assembly!();
// The checks know the macros.
#[cfg(feature = "checks")]
assembly!("checks.S");

/// Functions in assembly. Those declared `safe` can be called at any time: they touch only registers that
/// Rust code does not depend on.
mod asm {
    use mos_abi::Trapframe;
    use mos_core::machine::FrameWords;

    unsafe extern "C" {
        pub fn wire_cpu_page(pa: u32);
        pub safe fn tlb_invalidate(page: u32, asid: u32);
        pub safe fn tlb_flush();
        pub safe fn tlb_replace(page: u32, asid: u32, entry: u32);
        pub safe fn interrupts_off() -> u32;
        pub fn interrupts_restore(status: u32);
        pub safe fn read_cause() -> u32;
        pub safe fn read_prid() -> u32;
        pub safe fn save_registers(frame: &mut Trapframe);
        pub safe fn zero_frame(frame: &mut FrameWords);
        pub safe fn copy_frame(from: &FrameWords, to: &mut FrameWords);
        pub fn idle() -> !;
    }

    // teacher begin
    use mos_core::machine::Run;

    unsafe extern "C" {
        pub safe fn sync_memory();
        pub fn map_run(run: &Run) -> u32;
        pub fn count_allowed(walk: u32, va: u32, count: u32, mask: u32, value: u32) -> u32;
        pub fn exchange_word(word: *mut u32, old: u32, new: u32) -> u32;
        pub fn secondary_start();
        pub fn idle_among_others() -> !;
        pub fn trap_exception_in_turn();
        pub fn end_aside();
        pub fn end_touch();
        pub fn several_in_rust();
        pub fn several_touch();
        pub fn zero_aside();
        pub fn copy_aside();
        pub static mut call_trap_exception: u32;
        pub static mut call_zero_frame: u32;
        pub static mut call_copy_frame: u32;
        pub static mut hand_over_end: [u32; 2];
        pub static mut has_changed_end: [u32; 2];
        pub static mut touch_begin: [u32; 2];
        pub static mut touched_end: [u32; 2];
        pub static mut sys_in_rust: [u32; 2];
    }

    #[cfg(feature = "malta")]
    unsafe extern "C" {
        pub static mut tlb_flush_end: u32;
    }

    #[cfg(feature = "testmips")]
    unsafe extern "C" {
        pub safe fn pass_turn();
        pub fn refill_anew();
        pub static mut refill_end: [u32; 2];
    }

    #[cfg(feature = "fpu")]
    unsafe extern "C" {
        pub safe fn fpu_present() -> u32;
        pub safe fn fpu_store(registers: &mut super::Floats);
        pub safe fn fpu_load(registers: &super::Floats);
        pub safe fn fpu_take_cause() -> u32;
    }
    // teacher end
}

// teacher begin
#[cfg(feature = "testmips")]
pub use asm::pass_turn;
pub use asm::{count_allowed, map_run, sync_memory as sync};

/// Has `word`, which all CPUs change in this way, be `new`, if it is `old`. Returns whether it was.
pub fn exchange(word: *mut u32, old: u32, new: u32) -> bool {
    // SAFETY: whoever has a pointer to such a word has it from the word.
    unsafe { asm::exchange_word(word, old, new) != 0 }
}

/// The address at which a CPU begins that another one has started.
pub fn secondary_start() -> u32 {
    (asm::secondary_start as *const ()).addr() as u32
}

/// Waits for an interrupt, be it a call of another CPU, as [`idle`] does.
pub fn idle_among_others() -> ! {
    // SAFETY: as for `idle`: the kernel's lock is released.
    unsafe { asm::idle_among_others() }
}

/// From now on the entry code is that for several CPUs: a few of its instructions are others. This is the only CPU that runs,
/// and both emulators see what is written to code; a CPU with caches would have to be told.
#[optimize(size)]
pub fn be_for_several() {
    const J: u32 = 2 << 26;
    const JAL: u32 = 3 << 26;
    const NOP: u32 = 0;
    type Code = unsafe extern "C" fn();
    let to = |jump, target: Code| {
        let target = (target as *const ()).addr() as u32;
        jump | target >> 2 & ((1 << 26) - 1)
    };
    let calls: [(*mut u32, Code); 3] = [
        (
            &raw mut asm::call_trap_exception,
            asm::trap_exception_in_turn,
        ),
        (&raw mut asm::call_zero_frame, asm::zero_aside),
        (&raw mut asm::call_copy_frame, asm::copy_aside),
    ];
    let jumps: [(*mut [u32; 2], Code); 5] = [
        (&raw mut asm::hand_over_end, asm::end_aside),
        (&raw mut asm::has_changed_end, asm::end_aside),
        (&raw mut asm::touch_begin, asm::several_touch),
        (&raw mut asm::touched_end, asm::end_touch),
        (&raw mut asm::sys_in_rust, asm::several_in_rust),
    ];
    // SAFETY: all are instructions, in memory that can be written, and nobody else runs.
    unsafe {
        for (at, target) in calls {
            at.write_volatile(to(JAL, target));
        }
        for (at, target) in jumps {
            at.write_volatile([to(J, target), NOP]);
        }
        #[cfg(feature = "testmips")]
        (&raw mut asm::refill_end).write_volatile([to(J, asm::refill_anew), NOP]);
        #[cfg(feature = "malta")]
        {
            let end = &raw mut asm::tlb_flush_end;
            end.write_volatile(end.read_volatile() & !0xffff | mips32::MOST_TLB_ENTRIES);
        }
    }
}

/// Has EntryHi be `entryhi`, whose id counts with the next access to a program's memory.
#[inline(always)]
pub fn set_entryhi(entryhi: u32) {
    // SAFETY: the kernel's own memory is no matter of address-space ids, and the way to user mode is long enough.
    unsafe {
        core::arch::asm!(
            ".set push",
            ".set noat", // the compiler may choose at as well
            "mtc0 {}, $10",
            ".set pop",
            in(reg) entryhi,
            options(nomem, nostack)
        );
    }
}

#[cfg(feature = "fpu")]
pub use asm::{fpu_load, fpu_present, fpu_store, fpu_take_cause};

/// The registers of the floating-point unit: f0 to f31, and FCSR. `fpu.S` loads and stores pairs of them.
#[cfg(feature = "fpu")]
#[repr(C, align(8))]
#[derive(Clone, Copy)]
pub struct Floats([u32; 33]);

#[cfg(feature = "fpu")]
impl Floats {
    /// Those of who has never used it.
    pub const ZERO: Self = Self([0; 33]);

    /// FCSR.
    pub const fn fcsr(&self) -> u32 {
        self.0[32]
    }
}

/// Status.CU1: the unit is the program's.
#[cfg(feature = "fpu")]
pub const STATUS_CU1: u32 = 1 << 29;
// teacher end

pub use asm::{
    copy_frame, interrupts_off, read_cause, read_prid, save_registers, tlb_flush, tlb_invalidate,
    tlb_replace, zero_frame,
};

/// Status.IM2: the console's interrupt comes through.
pub const STATUS_IM2: u32 = 1 << 10;

/// What the boot loader left in a0 to a3. `_start` stores it.
#[unsafe(no_mangle)]
static mut BOOT_REGISTERS: [u32; 4] = [0; 4];

/// Never set: what the R3000's idle loop spins on.
#[unsafe(no_mangle)]
static IDLE_FLAG: u32 = 0;

/// What the boot loader left in a0 to a3.
pub fn boot_registers() -> [u32; 4] {
    // SAFETY: `_start` wrote it before any Rust code ran, and nothing writes it again.
    unsafe { BOOT_REGISTERS }
}

/// Maps `page`, a frame, where the entry code expects this CPU's page, for good.
pub fn wire_cpu_page(page: *mut CpuPage) {
    let pa = page.expose_provenance() as u32 & 0x1fff_ffff;
    // SAFETY: the page is aligned to its size and used by nothing but the entry code and `cpu_page`.
    unsafe { asm::wire_cpu_page(pa) }
}

/// Whether an interrupt waits that user mode would take.
pub fn interrupt_is_pending() -> bool {
    read_cause() & STATUS_USER & 0xff00 != 0
}

/// Restores Status as [`interrupts_off`] found it.
pub fn interrupts_restore(status: u32) {
    // SAFETY: the value came from Status, so it changes nothing but the interrupt enable bit.
    unsafe { asm::interrupts_restore(status) }
}

/// Waits for an interrupt, whose handler starts with an empty stack.
pub fn idle() -> ! {
    // SAFETY: the kernel holds no lock and no borrow across it, as the trap that called this is over.
    unsafe { asm::idle() }
}
