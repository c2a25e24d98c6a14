//! Probes for tests: what a program should not do, and what it should not notice.

// teacher begin
mod image;
// teacher end
pub mod upcall;

// teacher begin
pub use image::own_file;
// teacher end

use core::arch::{asm, global_asm};
use core::ops::RangeInclusive;

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UTEXT, UTOP, UXSTACKTOP};
use mos_abi::trapframe::{TF_WORDS, reg};
use mos_abi::{EnvId, EnvStatus, Error, PteFlags, Sysno, Trapframe};

// teacher begin
use crate::batch::{Batch, Stopped};
// teacher end
use crate::{Window, env, fork, syscall, view};

global_asm!(include_str!("asm/probe.S"));

/// Registers $0 to $31, hi, lo.
type Registers = [u32; 34];
const HI: usize = 32;
const LO: usize = 33;
/// Their values are those of $8 and $9.
const T0: usize = 8;
const T1: usize = 9;

unsafe extern "C" {
    /// Loads the registers with patterns, stores to `va`, and dumps the registers.
    fn probe_registers(va: u32, dump: *mut Registers);
    /// Loads the registers with patterns, counts `turns` down to 0 in $25, and dumps the registers.
    fn probe_spin(turns: u32, dump: *mut Registers);
    /// Stores 0 to `va`.
    fn probe_store(va: u32);
    /// Goes on at $v1, with hi and lo in $a2 and $a3.
    fn probe_hi_lo() -> !;
}

/// A register that a store changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its name.
    pub register: &'static str,
    /// What it was before.
    pub before: u32,
    /// What it was after.
    pub after: u32,
}

/// Stores 0 to word 0 of `window` with a known value in every register, and names the first that is not
/// the same afterwards. $k0 and $k1 are not looked at: a handler returns through $k0.
pub fn registers_survive_store(window: Window) -> Result<(), Changed> {
    survive_store(window, 26..=27)
}

/// The same where no handler has to see to the store, and $k0 is looked at.
pub fn registers_survive_refill(window: Window) -> Result<(), Changed> {
    survive_store(window, 27..=27)
}

fn survive_store(window: Window, ignored: RangeInclusive<usize>) -> Result<(), Changed> {
    let mut after: Registers = [0; 34];
    let dump = &raw mut after;
    // SAFETY: the function writes to the window and to all of `after`, and keeps the registers that
    // its callers rely on.
    unsafe { probe_registers(window.address(), dump) };
    let va = window.address();
    compare(&after, [va, pattern(25) ^ va], ignored)
}

/// Keeps the CPU busy for `turns` of a loop with a known value in every register, and names the first that is
/// not the same afterwards. $k1 is the kernel's and not looked at.
pub fn registers_survive_spin(turns: u32) -> Result<(), Changed> {
    let mut after: Registers = [0; 34];
    // SAFETY: the function writes to all of `after`, and keeps the registers that its callers rely on.
    unsafe { probe_spin(turns, &raw mut after) };
    compare(&after, [turns, 0], 27..=27)
}

/// What a register is filled with.
fn pattern(register: usize) -> u32 {
    0x0101_0101 * register as u32
}

/// Names the first register that is not as it was: filled with its pattern, changed by `a0`. $25 must be `r25`.
/// Those that are `ignored` may be anything.
fn compare(
    after: &Registers,
    [a0, r25]: [u32; 2],
    ignored: RangeInclusive<usize>,
) -> Result<(), Changed> {
    let before = |register: usize| match register {
        reg::A0 => a0,
        reg::A1 => &raw const *after as u32,
        25 => r25,
        // The place of $zero holds the sp of before.
        reg::SP => after[0],
        HI => pattern(T0) ^ a0,
        LO => pattern(T1) ^ a0,
        _ => pattern(register) ^ a0,
    };
    (1..after.len())
        .filter(|register| !ignored.contains(register))
        .map(|register| Changed {
            register: match register {
                HI => "hi",
                LO => "lo",
                _ => reg::NAMES[register],
            },
            before: before(register),
            after: after[register],
        })
        .find(|r| r.before != r.after)
        .map_or(Ok(()), Err)
}

/// What a program must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdeed {
    /// A `break` instruction.
    Break,
    /// An instruction that there is not.
    Reserved,
    /// An addition that overflows.
    Overflow,
    /// A load from an odd address in the windows: this is what lies between its first four digits and a last one of 1.
    Misaligned(u32),
    /// A load from this offset in the page at address 0.
    NullLoad(u32),
    /// A store to this offset in the page between the stacks.
    GuardStore(u32),
    /// A store to this offset in the first page of our own code.
    TextStore(u32),
    /// A system call in the delay slot of a branch.
    CallInDelaySlot,
    /// A look into the TLB.
    ProbeTlb,
}

/// No instruction of any MIPS CPU, and the way back; outside the code, all of which is checked to be of an R3000.
static RESERVED: [u32; 3] = [0xfc00_0000, 0x0120_0008, 0]; // jr $9

/// Does it, which ends this environment. Of an offset, the last twelve bits count.
pub fn commit(misdeed: Misdeed) {
    let offset = |n: u32| n % PAGE_SIZE;
    let store = |va: u32| {
        // SAFETY: no Rust object is there that anybody writes to. The store is never done.
        unsafe { asm!("sb $0, 0($8)", in("$8") va, options(nostack)) }
    };
    match misdeed {
        // SAFETY: none of these instructions has an effect before the kernel ends us.
        Misdeed::Break => unsafe { asm!("break") },
        // SAFETY: as above; the way there has none either.
        Misdeed::Reserved => unsafe {
            asm!(
                ".set noreorder",
                "jalr $9, $8",
                "nop", // delay slot
                ".set reorder",
                in("$8") &raw const RESERVED,
                out("$9") _,
            )
        },
        // SAFETY: as above.
        Misdeed::Overflow => unsafe { asm!("add $8, $8, $8", inout("$8") 0x7000_0000 => _) },
        Misdeed::Misaligned(n) => {
            let va = Window::new(0).address() | offset(n) << 4 | 1;
            // SAFETY: as above; nor is the load.
            unsafe { asm!("lw $8, 0($8)", inout("$8") va => _, options(nostack, readonly)) }
        }
        Misdeed::NullLoad(n) => {
            let va = offset(n);
            // SAFETY: as above.
            unsafe { asm!("lb $8, 0($8)", inout("$8") va => _, options(nostack, readonly)) }
        }
        Misdeed::GuardStore(n) => store(USTACKTOP + offset(n)),
        Misdeed::TextStore(n) => store(UTEXT + offset(n)),
        // SAFETY: as above. A kernel that makes the call all the same changes v0 only.
        Misdeed::CallInDelaySlot => unsafe {
            asm!(
                ".set noreorder",
                "b 2f",
                "syscall", // delay slot
                "2:",
                ".set reorder",
                in("$4") Sysno::Getenvid as u32,
                out("$2") _,
            )
        },
        // SAFETY: as above.
        Misdeed::ProbeTlb => unsafe { asm!("tlbp") },
    }
}

/// Has the one instruction of CP0 that old programs have, and the kernel skips.
pub fn old_instruction() {
    // SAFETY: it does nothing.
    unsafe { asm!("mtc0 $0, $14", options(nostack)) }
}

/// Stores 0 to `va`, at or above UTOP, which ends this environment.
///
/// # Panics
///
/// When `va` is below UTOP or not a multiple of 4.
pub fn store_above_utop(va: u32) {
    assert!(
        va >= UTOP && va.is_multiple_of(4),
        "not above UTOP: {va:#010x}"
    );
    // SAFETY: no Rust object is there. Should the store be done after all, the kernel is broken.
    unsafe { (va as *mut u32).write_volatile(0) }
}

// teacher begin
/// The word at `va`, wherever that is.
pub fn peek(va: u32) -> u32 {
    let word;
    // SAFETY: a load changes nothing, and what it finds is any number.
    unsafe {
        asm!(
            "lw $8, 0($8)",
            "nop", // load delay
            inout("$8") va => word,
            options(nostack, readonly),
        )
    }
    word
}

/// Stores `value` at `va`, where nothing of ours is.
///
/// # Panics
///
/// When there is something.
pub fn poke(va: u32, value: u32) {
    let ours = va < UTOP && view::page_flags(va).is_some();
    assert!(!ours, "there is something at {va:#010x}");
    // SAFETY: no Rust object is there.
    unsafe { asm!("sw $9, 0($8)", in("$8") va, in("$9") value, options(nostack)) }
}

/// Loads the word at `va` in the delay slot of a branch, which is `taken` or not. Returns the word, and whether it was.
pub fn load_in_delay_slot(va: u32, taken: bool) -> (u32, bool) {
    let (word, way): (u32, u32);
    // SAFETY: a load changes nothing, and what it finds is any number.
    unsafe {
        asm!(
            ".set noreorder",
            "bnez $9, 2f",
            "lw $8, 0($8)", // delay slot
            "b 3f",
            "li $10, 0", // delay slot
            "2: li $10, 1",
            "3:",
            ".set reorder",
            inout("$8") va => word,
            in("$9") u32::from(taken),
            out("$10") way,
            options(nostack, readonly),
        )
    }
    (word, way != 0)
}

/// Divides as programs in C are compiled to: 0 as the divisor is told to a debugger.
pub fn divide(a: u32, b: u32) -> u32 {
    let quotient;
    // SAFETY: nothing but registers changes.
    unsafe {
        asm!(
            ".set noreorder",
            "divu $0, $8, $9",
            "bnez $9, 2f",
            "nop", // delay slot
            "break 7",
            "2:",
            "mflo $10",
            ".set reorder",
            in("$8") a,
            in("$9") b,
            out("$10") quotient,
        )
    }
    quotient
}
// teacher end

/// Makes a system call with arguments that need make no sense.
///
/// # Panics
///
/// When it would change memory of ours that is not in a window, or have us go on elsewhere.
pub fn call(call: Sysno, arguments: [u32; 5]) -> Result<u32, Error> {
    assert_harmless(call, arguments);
    // SAFETY: what the call changes of our memory is a window at most.
    unsafe { syscall::any(call as u32, arguments) }
}

/// Panics when such a call would change memory of ours that is not in a window, or have us go on elsewhere.
fn assert_harmless(call: Sysno, arguments: [u32; 5]) {
    let [a, b, c, d, _] = arguments;
    let ours = |id| id == EnvId::SELF.0 || id == env::id().0;
    let harmless = |va| va == 0 || va >= UTOP || Window::containing(va).is_some();
    // teacher begin
    let foreign = |va| va >= UTOP || view::page_flags(va).is_none();
    // teacher end
    let allowed = match call {
        Sysno::MemAlloc | Sysno::MemUnmap => !ours(a) || harmless(b),
        Sysno::MemMap => !ours(c) || harmless(d),
        Sysno::MemCopy => !ours(b) || harmless(c),
        Sysno::MemShare => !ours(a),
        Sysno::IpcRecv | Sysno::ReadDev => harmless(a),
        Sysno::IpcCall => harmless(c),
        Sysno::SetPgfaultHandler => !ours(a) || b == 0 || b >= UTOP,
        Sysno::SetTrapframe => !ours(a),
        // teacher begin
        Sysno::SetExceptionHandler => !ours(a) || c == 0 || foreign(c),
        Sysno::GetTrapframe => harmless(b),
        // There are no calls there.
        Sysno::Batch => b == 0 || !a.is_multiple_of(4) || foreign(a),
        // teacher end
        _ => true,
    };
    assert!(allowed, "{}: not on our own memory", call.name());
}

// teacher begin
/// Makes several calls in one, each of which [`call`] would make alone.
///
/// # Panics
///
/// When it would not, or they are more than 16.
pub fn batch(calls: &[(Sysno, [u32; 5])]) -> Result<(), Stopped> {
    let mut batch = Batch::<16>::new();
    for &(call, arguments) in calls {
        assert_harmless(call, arguments);
        batch.push(call, arguments);
    }
    batch.make()
}
// teacher end

/// Makes the call mem_map with these first three arguments, and sp at a place from which the others cannot be read.
///
/// # Panics
///
/// When they can.
pub fn call_without_stack(sp: u32, arguments: [u32; 3]) -> Result<u32, Error> {
    let there = |va: u32| va < UTOP && view::page_flags(va).is_some();
    let readable = sp.is_multiple_of(4) && there(sp.wrapping_add(16)) && there(sp.wrapping_add(20));
    assert!(!readable, "arguments can be read at {sp:#010x}");
    let [a, b, c] = arguments;
    let v0: i32;
    // SAFETY: nothing uses the stack while sp is another, and nothing is mapped.
    unsafe {
        asm!(
            "move $18, $29",
            "move $29, $9",
            "syscall",
            "move $29, $18",
            inout("$4") Sysno::MemMap as u32 => _,
            inout("$5") a => _,
            inout("$6") b => _,
            inout("$7") c => _,
            inout("$9") sp => _,
            out("$18") _,
            lateout("$2") v0,
            // What a call does not keep.
            out("$3") _, out("$8") _, out("$10") _, out("$11") _, out("$12") _, out("$13") _,
            out("$14") _, out("$15") _, out("$24") _, out("$25") _,
        )
    };
    Error::check(v0)
}

/// Makes a system call with a number that no call has.
///
/// # Panics
///
/// When there is such a call.
pub fn unknown_call(number: u32) -> Result<u32, Error> {
    assert!(Sysno::from_u32(number).is_none(), "there is call {number}");
    // SAFETY: a kernel that knows the call after all is broken.
    unsafe { syscall::any(number, [0; 5]) }
}

/// Has the kernel load the registers of `id`, a child, from the words that begin at `window`: pc, sp and the
/// first argument are these, all others 0.
pub fn set_registers(id: EnvId, window: Window, pc: u32, sp: u32, a0: u32) -> Result<(), Error> {
    let mut tf = Trapframe {
        pc,
        ..Trapframe::ZERO
    };
    tf.regs[reg::SP] = sp;
    tf.regs[reg::A0] = a0;
    for (index, word) in tf.to_words().into_iter().enumerate() {
        window.write(index, word);
    }
    call(Sysno::SetTrapframe, [id.0, window.address(), 0, 0, 0]).map(drop)
}

/// A function where a child may begin: it stores to the address in $a0, and has nothing on the stack.
pub fn stores() -> u32 {
    probe_store as *const () as u32
}

/// A function where a child may begin: it goes on at the address in $v1, with hi and lo as arguments 3 and 4.
pub fn shows_hi_lo() -> u32 {
    probe_hi_lo as *const () as u32
}

/// Makes a child that runs `entry` with `argument` on a plain copy of our memory; pages marked
/// [`PteFlags::LIBRARY`] it shares with us. For tests that cannot rely on `fork`. It is not runnable yet, and
/// has no exception stack.
pub fn child(entry: fn(u32), argument: u32) -> Result<EnvId, Error> {
    // SAFETY: the child does not run before it has memory and registers of its own.
    let child = EnvId(unsafe { syscall::env_alloc() }?);
    give_memory(child)?;
    let mut tf = Trapframe {
        pc: begin as *const () as u32,
        ..Trapframe::ZERO
    };
    tf.regs[reg::SP] = USTACKTOP - CHILD_STACK;
    tf.regs[reg::A0] = entry as *const () as u32;
    tf.regs[reg::A1] = argument;
    let words: [u32; TF_WORDS] = tf.to_words();
    // SAFETY: they are the registers of a child.
    unsafe { syscall::set_trapframe(child.0, words.as_ptr() as u32) }?;
    Ok(child)
}

/// How far below the top of our stack's copy a child's stack begins: what is on it stays as it is.
const CHILD_STACK: u32 = 16 * PAGE_SIZE;

/// Copies our pages to `child`.
#[inline(never)]
fn give_memory(child: EnvId) -> Result<(), Error> {
    for (base, end) in view::tables() {
        for va in (base..end).step_by(PAGE_SIZE as usize) {
            if let Some(flags) = view::page_flags(va) {
                hand_over(child, va, flags & PteFlags::USER)?;
            }
        }
    }
    Ok(())
}

fn hand_over(child: EnvId, va: u32, flags: PteFlags) -> Result<(), Error> {
    let copy = flags & !PteFlags::COW;
    // SAFETY: the memory of a child that does not run.
    unsafe {
        if flags.contains(PteFlags::LIBRARY) {
            syscall::mem_map(EnvId::SELF.0, va, child.0, va, flags.bits())
        } else {
            syscall::mem_copy(va, child.0, va, copy.bits())
        }
    }
    .map(drop)
}

/// Makes a child that goes on from here like us, on a plain copy of our memory, in which this returns
/// [`EnvId::SELF`]. It is not runnable yet, and has no exception stack.
// As in `fork`: the child wakes up in this frame, which must hold nothing that the copying changes.
#[inline(never)]
pub fn twin() -> Result<EnvId, Error> {
    // SAFETY: the child does not run before it has our memory.
    match EnvId(unsafe { syscall::env_alloc() }?) {
        EnvId::SELF => {
            env::remember_id();
            Ok(EnvId::SELF)
        }
        child => give_memory(child).map(|()| child),
    }
}

/// Takes away the exception stack.
pub fn drop_exception_stack() {
    // SAFETY: no handler is running. It cannot fail: we are ourselves, and the stack is below UTOP.
    let _ = unsafe { syscall::mem_unmap(EnvId::SELF.0, UXSTACKTOP - PAGE_SIZE) };
}

/// Where such a child begins.
#[allow(improper_ctypes_definitions)] // A function pointer of ours; a register holds it.
extern "C" fn begin(entry: fn(u32), argument: u32) -> ! {
    env::remember_id();
    entry(argument);
    env::exit()
}

/// Gives this environment an exception stack and the entry that comes with libos.
pub fn expect_faults() -> Result<(), Error> {
    crate::upcall::install(EnvId::SELF)
}

/// Has fork's `duppage` give our page at `va` to `child`; `flags` are those that fork found.
///
/// # Panics
///
/// When it is a page neither of our stack nor in a window, or `child` is or may become runnable any time.
pub fn duppage(child: EnvId, va: u32, flags: PteFlags) -> Result<(), Error> {
    let is_on_stack = (USTACKTOP - STACK_PAGES * PAGE_SIZE..USTACKTOP).contains(&va);
    assert!(
        is_on_stack || Window::containing(va).is_some(),
        "neither stack nor window: {va:#010x}"
    );
    let slot = env::slot_of(child);
    assert!(
        slot.is(child) && child != env::id() && slot.status() == EnvStatus::NotRunnable,
        "no child that has still to begin: {child}"
    );
    fork::duppage(child, va, flags)
}

/// Pages of our stack that may be given to a child.
const STACK_PAGES: u32 = 64;
