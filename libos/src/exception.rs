//! Exceptions that a program handles itself: accesses to pages that are not there, bad addresses, `break`, reserved
//! instructions, overflow and their like.
//!
//! The kernel copies the registers to the exception stack and continues at `__asm_exception_handler`
//! (`asm/exception.S`), which calls [`report`] on that stack. A handler may fault itself, and be reported to itself.

use core::arch::global_asm;
use core::cell::UnsafeCell;
use core::fmt;

pub use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UXSTACKTOP, page_down};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, Error, PteFlags, Trapframe};

use crate::local::Local;
use crate::{syscall, upcall, view};

global_asm!(include_str!("asm/exception.S"), handler = sym report);

unsafe extern "C" {
    /// Entered by the kernel only: expects a trapframe at sp.
    fn __asm_exception_handler();
}

/// What a handler says is to be done next.
#[derive(Clone, Copy, Debug)]
pub enum Next {
    /// The instruction is carried out once more: the handler has seen to it that it works now.
    Resume,
    /// The program goes on behind the instruction; a register that it was to load keeps its value. In the delay slot of a
    /// branch this is a panic: only the branch knows where the program would go on.
    Skip,
    /// The program goes on in this function, at the top of its stack; what was there is given up.
    GoOn(fn() -> !),
    /// The handler is given up, and the kernel does what it does where there is none: it maps a page of zeros, or ends the
    /// program and says why.
    Default,
}

/// What handles exceptions.
pub type Handler = fn(&Exception) -> Next;

const HANDLER: Local<Option<(Exceptions, Handler)>> = Local::new(|kept| &kept.exceptions);

/// Whether anybody in this memory has ever had a handler. Where nothing sets it the compiler knows that nobody has, and the
/// program has no code for what such a one's children inherit.
struct Ever(UnsafeCell<bool>);

// SAFETY: a byte is loaded or stored whole, there is no reference to it, and whoever misses that another sets it has no handler.
unsafe impl Sync for Ever {}

static EVER: Ever = Ever(UnsafeCell::new(false));

/// An exception of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its kind: one bit.
    pub kind: Exceptions,
    /// The instruction, or the branch in whose delay slot it is (EPC).
    pub pc: u32,
    /// The address that it used (BadVAddr), where the kind has one.
    pub va: Option<u32>,
    /// What the floating-point unit says has happened (FCSR), where the kind is that.
    pub fcsr: Option<u32>,
    /// Whether it is in the delay slot of the branch at `pc`.
    pub in_delay_slot: bool,
    /// Stack pointer at the exception.
    pub sp: u32,
}

impl Exception {
    fn of(tf: &Trapframe) -> Self {
        let kind = Exceptions::from_bits_truncate(1 << (tf.cp0_cause >> 2 & 0x1f));
        let addressed = Exceptions::TLB_LOAD
            | Exceptions::TLB_STORE
            | Exceptions::ADDRESS_LOAD
            | Exceptions::ADDRESS_STORE;
        Self {
            kind,
            pc: tf.cp0_epc,
            va: addressed.contains(kind).then_some(tf.cp0_badvaddr),
            fcsr: (kind == Exceptions::FLOATING).then_some(tf.cp0_badvaddr),
            in_delay_slot: tf.cp0_cause >> 31 != 0,
            sp: tf.regs[reg::SP],
        }
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, _) in self.kind.iter_names() {
            f.write_str(name)?;
        }
        write!(f, " at pc {:08x}", self.pc)?;
        match self.va {
            Some(va) => write!(f, ", address {va:08x}"),
            None => Ok(()),
        }
    }
}

/// Has `handler` called on every exception of these `kinds` of this environment, and of its future children. It runs on the exception stack, of one
/// page, and may fault itself. Accesses to pages that are not there are reported before the kernel would map one.
///
/// [`Error::NoMem`]: no memory for the exception stack.
pub fn set_exception_handler(kinds: Exceptions, handler: Handler) -> Result<(), Error> {
    if view::page_flags(UXSTACKTOP - PAGE_SIZE).is_none() {
        upcall::install(EnvId::SELF)?;
    }
    HANDLER.set(Some((kinds, handler)));
    // SAFETY: see `Ever`.
    unsafe { *EVER.0.get() = true };
    tell_kernel(kinds)
}

/// A child of fork has its parent's handler, but the kernel does not know yet.
pub(crate) fn inherit() -> Result<(), Error> {
    // SAFETY: see `Ever`.
    match HANDLER.get().filter(|_| unsafe { *EVER.0.get() }) {
        Some((kinds, _)) => tell_kernel(kinds),
        None => Ok(()),
    }
}

fn tell_kernel(kinds: Exceptions) -> Result<(), Error> {
    let entry = __asm_exception_handler as *const () as u32;
    // SAFETY: the exception stack holds nothing but what handlers that are running put there, and the entry expects just
    // what the kernel puts on that stack.
    unsafe {
        syscall::set_exception_handler(EnvId::SELF.0, kinds.bits(), entry, UXSTACKTOP).map(drop)
    }
}

/// Maps a page of zeros where the instruction of `exception` looked for one, so that it can be [resumed](Next::Resume): what
/// the kernel does where nobody handles it. [`Error::Inval`]: it looked for none.
pub fn map_missing(exception: &Exception) -> Result<(), Error> {
    let missing = Exceptions::TLB_LOAD | Exceptions::TLB_STORE;
    let va = exception.va.filter(|_| missing.contains(exception.kind));
    let va = page_down(va.ok_or(Error::Inval)?);
    if view::page_flags(va).is_some() {
        return Ok(());
    }
    let perm = PteFlags::V | PteFlags::R;
    // SAFETY: nothing was there.
    unsafe { syscall::mem_alloc(EnvId::SELF.0, va, perm.bits()) }.map(drop)
}

/// Called by `__asm_exception_handler`, which loads all registers from `frame` afterwards.
extern "C" fn report(frame: &mut Trapframe) {
    let exception = Exception::of(frame);
    let handler = HANDLER.get();
    match handler.map_or(Next::Default, |(_, handler)| handler(&exception)) {
        Next::Resume => {}
        Next::Skip if exception.in_delay_slot => panic!("in a delay slot: {exception}"),
        Next::Skip => frame.cp0_epc = frame.cp0_epc.wrapping_add(4),
        Next::Default => {
            HANDLER.set(None);
            // SAFETY: no memory changes. The instruction faults once more, and is the kernel's then.
            let _ = unsafe { syscall::set_exception_handler(EnvId::SELF.0, 0, 0, UXSTACKTOP) };
        }
        Next::GoOn(function) => {
            frame.cp0_epc = function as usize as u32;
            frame.regs[reg::SP] = USTACKTOP - FRAME;
        }
    }
}

/// o32: room for a function to store its arguments, and some more.
const FRAME: u32 = 32;
