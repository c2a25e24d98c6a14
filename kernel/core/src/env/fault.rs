//! What becomes of an exception.

use core::fmt;

use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, ULIM, USTACKTOP, UVPT, page_down, pdx, vpn};
use mos_abi::text::{Decimal, Hex8, Text};
use mos_abi::trapframe::{TF_SIZE, reg};
use mos_abi::{Error, PteFlags, Trapframe};

use crate::env::Platform;
use crate::env::life::KILLED;
use crate::kernel::{Kernel, Reply};
use crate::mem::user::UserRange;
use crate::slot::Slot;

/// Cause: the exception is in a branch delay slot, and EPC is the branch.
const CAUSE_BD: u32 = 1 << 31;
/// Cause of an address error at a fetch.
const ADDRESS_LOAD: u32 = 4 << 2;
/// `mtc0 $r, $14` for any r: what old C programs have before their return from a page fault.
const MTC0_EPC: u32 = 0x4080_7000;
/// The bits of that instruction that are not r.
const MTC0_MASK: u32 = 0xffe0_ffff;
/// The page below an exception stack, but for its first word, at which a stack may begin that grows down from there. Whoever
/// has sp in the guard has run over. `stackframe.S` knows it.
const GUARD: u32 = PAGE_SIZE - 4;
/// Longest message of `panic` that is printed, in bytes.
const PANIC_MAX: u32 = 512;
/// So many bytes of it are printed before interrupts are looked at again.
const PANIC_PART: u32 = 32;

/// An exception, by Cause.ExcCode (IDT R30xx manual, "Exception handling"; MIPS32 PRA, "Cause").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// Store to a page without R.
    TlbMod,
    /// Load or fetch from a page that is not valid.
    TlbLoad,
    /// Store to a page that is not valid.
    TlbStore,
    /// Load or fetch from a misaligned or kernel address.
    AddressLoad,
    /// Store to such an address.
    AddressStore,
    /// `syscall`.
    Syscall,
    /// `break`.
    Breakpoint,
    /// Reserved instruction.
    Reserved,
    /// Coprocessor that is not there or not the program's.
    Coprocessor,
    /// Arithmetic overflow.
    Overflow,
    /// `teq` and its like.
    Trap,
    // teacher begin
    /// What floating-point instructions raise.
    #[cfg(feature = "fpu")]
    Floating,
    // teacher end
    /// Any other, by its code.
    Other(u32),
}

impl Exception {
    /// The exception that `cause` tells of.
    pub const fn of(cause: u32) -> Self {
        match cause >> 2 & 0x1f {
            1 => Self::TlbMod,
            2 => Self::TlbLoad,
            3 => Self::TlbStore,
            4 => Self::AddressLoad,
            5 => Self::AddressStore,
            8 => Self::Syscall,
            9 => Self::Breakpoint,
            10 => Self::Reserved,
            11 => Self::Coprocessor,
            12 => Self::Overflow,
            13 => Self::Trap,
            // teacher begin
            #[cfg(feature = "fpu")]
            15 => Self::Floating,
            // teacher end
            code => Self::Other(code),
        }
    }

    /// Whether BadVAddr is the address it is about.
    const fn has_address(self) -> bool {
        use Exception::*;
        matches!(
            self,
            TlbMod | TlbLoad | TlbStore | AddressLoad | AddressStore
        )
    }
}

impl fmt::Display for Exception {
    #[optimize(size)]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TlbMod => "store to a read-only page",
            Self::TlbLoad => "load from an unmapped page",
            Self::TlbStore => "store to an unmapped page",
            Self::AddressLoad => "load from a bad address",
            Self::AddressStore => "store to a bad address",
            Self::Syscall => "system call in a branch delay slot",
            Self::Breakpoint => "break instruction",
            Self::Reserved => "reserved instruction",
            Self::Coprocessor => "coprocessor instruction",
            Self::Overflow => "arithmetic overflow",
            Self::Trap => "trap instruction",
            // teacher begin
            #[cfg(feature = "fpu")]
            Self::Floating => "floating-point exception",
            // teacher end
            Self::Other(code) => return write!(f, "exception {}", Decimal(*code)),
        })
    }
}

/// What assembly needs to hand a store to a read-only page over to the program's handler without the help of Rust, ready
/// for use: it has no registers to compute with.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Upcall {
    /// The handler; 0 where Rust must have a look.
    handler: u32,
    /// Where the guard begins that the exception stack's page follows.
    guard: u32,
    /// Where the TLB refill finds the pointer to this page's page table.
    tables: u32,
    /// Where this page's entry is from there, in bytes.
    offset: u32,
}

impl Upcall {
    /// No handler, or one with an exception stack that is not a whole page.
    pub const SLOW: Self = Self {
        handler: 0,
        guard: 0,
        tables: 0,
        offset: 0,
    };

    /// For `handler` and the exception stack below `top`, in an address space that the refill walks from `walk` on.
    pub fn new(handler: u32, top: u32, walk: u32) -> Self {
        match top.checked_sub(PAGE_SIZE) {
            Some(base) if base == page_down(base) => Self {
                handler,
                guard: base.wrapping_sub(GUARD),
                tables: walk.wrapping_add(pdx(base) << 2),
                offset: vpn(base) << 2,
            },
            _ => Self::SLOW,
        }
    }
}

/// Where an exception was.
#[derive(Clone, Copy)]
struct Place {
    /// EPC: the instruction.
    pc: u32,
    /// BadVAddr: the address that it used, for the exceptions that have one.
    va: u32,
}

impl Place {
    fn of(tf: &Trapframe) -> Self {
        Self {
            pc: tf.cp0_epc,
            va: tf.cp0_badvaddr,
        }
    }
}

/// Why an exception ends its environment.
pub(crate) enum Fatal {
    /// It did what the exception says.
    Fault,
    /// There is no frame for a page it touched.
    NoMemory,
    /// Its exception stack is missing, read-only or full.
    ExceptionStack,
}

impl<M: Platform> Kernel<M> {
    /// The exception that the running environment's trapframe tells of: handles it or ends the
    /// environment, with a line on the console.
    pub fn exception(&mut self) {
        let Some(slot) = self.cpu().current else {
            return;
        };
        let pc = self.tf(slot).cp0_epc;
        if pc >= ULIM {
            self.tf(slot).cp0_epc = self.mem.machine.program_counter(pc);
        }
        if self.misplaced(slot) {
            return;
        }
        // teacher begin
        #[cfg(feature = "fpu")]
        if self.takes_unit(slot) {
            return;
        }
        if self.envs.at(slot).handled.any() && self.handles_access(slot) {
            self.kill(slot, Fatal::Fault);
            return;
        }
        // teacher end
        let tf = self.tf(slot);
        let at = Place::of(tf);
        let exception = Exception::of(tf.cp0_cause);
        let in_delay_slot = tf.cp0_cause & CAUSE_BD != 0;
        // exercise 3.10 begin
        let handled = match exception {
            Exception::Syscall if !in_delay_slot => {
                // Before the call: a child that it makes goes on behind the instruction too.
                tf.cp0_epc = at.pc.wrapping_add(4);
                let [_, _, _, _, a0, a1, a2, a3, ..] = tf.regs;
                self.syscall([a0, a1, a2, a3]);
                Ok(())
            }
            Exception::TlbLoad | Exception::TlbStore => self.page_fault(slot, at.va),
            Exception::TlbMod => self.tlb_mod(slot),
            Exception::Coprocessor if !in_delay_slot => self.old_instruction(slot, at.pc),
            _ => Err(Fatal::Fault),
        };
        if let Err(fatal) = handled {
            self.kill(slot, fatal);
        }
        // exercise 3.10 end
    }

    /// An interrupt has come, which may be before the first instruction at some address is looked at.
    pub fn interrupted(&mut self) {
        if let Some(slot) = self.cpu().current {
            self.misplaced(slot);
        }
    }

    /// Ends an environment whose pc is not that of an instruction, since a machine's way back may trust the kernel to
    /// have none such. Returns whether it did.
    #[inline(always)]
    fn misplaced(&mut self, slot: Slot) -> bool {
        let tf = self.tf(slot);
        let misplaced = !tf.cp0_epc.is_multiple_of(4);
        if misplaced {
            // What the fetch would have raised.
            (tf.cp0_cause, tf.cp0_badvaddr) = (ADDRESS_LOAD, tf.cp0_epc);
            self.kill(slot, Fatal::Fault);
        }
        misplaced
    }

    /// The running environment, if there is one, got to where an exception looks like the kernel's own, and is ended. GXemul
    /// lets it: it carries out a branch in the delay slot of a branch, and where the instruction behind that
    /// raises an exception the first branch is taken all the same, in kernel mode. Nobody knows where it was.
    pub fn strayed(&mut self) -> bool {
        let Some(slot) = self.cpu().current else {
            return false;
        };
        let id = self.id(slot);
        self.say(format_args!("[{id}] killed: branch in a branch delay slot"));
        self.tf(slot).cp0_epc = KILLED;
        self.env_end(slot, slot);
        true
    }

    /// A load, store or fetch found no valid entry: demand zero (MOS `pageout`).
    fn page_fault(&mut self, slot: Slot, va: u32) -> Result<(), Fatal> {
        // exercise 3.11 begin
        let space = self.space(slot);
        if self.mem.page_lookup(space.directory, va).is_some() {
            // The entry became valid after the TLB had loaded it.
            self.mem.tlb_invalidate(space, va);
            return Ok(());
        }
        if !(DEMAND_FLOOR..USTACKTOP).contains(&va) {
            return self.no_demand(slot, va);
        }
        self.map_new(slot, page_down(va), PteFlags::V | PteFlags::R)
            .map_err(|_| Fatal::NoMemory)
        // exercise 3.11 end
    }

    /// A load, store or fetch where no page comes on demand: in the window at UVPT, zeros show where there is no page table.
    #[cold]
    #[inline(never)]
    fn no_demand(&mut self, slot: Slot, va: u32) -> Result<(), Fatal> {
        if !(UVPT..ULIM).contains(&va) {
            return Err(Fatal::Fault);
        }
        let space = self.space(slot);
        self.mem.show_no_table(space, va);
        Ok(())
    }

    /// A store to a page without R, or to a copy-on-write page: the environment's own handler goes on,
    /// with the trapframe on its exception stack (MOS `page_fault_handler`).
    // teacher begin
    // `handle_mod` in assembly does the same for the plain case; see [`Upcall`].
    // teacher end
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn tlb_mod(&mut self, slot: Slot) -> Result<(), Fatal> {
        // exercise 4.14 begin
        // otherwise: Err(Fatal::Fault)
        let view = self.view(slot);
        let (handler, top) = (view.env_pgfault_handler, view.env_xstacktop);
        if handler == 0 {
            return Err(Fatal::Fault);
        }
        let base = top.saturating_sub(PAGE_SIZE);
        let sp = self.tf(slot).regs[reg::SP];
        let nested = (base.saturating_sub(GUARD)..top).contains(&sp);
        let frame = if nested { sp } else { top }
            .checked_sub(TF_SIZE)
            .filter(|&at| at >= base);
        let frame = frame.ok_or(Fatal::ExceptionStack)?;
        let written = self.write_registers(slot, slot, frame);
        written.map_err(|_| Fatal::ExceptionStack)?;
        let tf = self.tf(slot);
        tf.regs[reg::SP] = frame;
        tf.cp0_epc = handler;
        Ok(())
        // exercise 4.14 end
    }

    /// Writes the registers of `slot` as a trapframe at `va` of `to`. `-E_INVAL`, with nothing written: it cannot be.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn write_registers(&mut self, slot: Slot, to: Slot, va: u32) -> Result<(), Error> {
        // exercise 4.14 begin
        // otherwise: Err(Error::Inval)
        let tf = self.tf(slot);
        let pc = tf.cp0_epc;
        let words = Trapframe { pc, ..*tf }.to_words();
        let directory = self.envs.at(to).directory;
        self.mem.user_write(directory, va, words)
        // exercise 4.14 end
    }

    /// Old C programs have one CP0 instruction that is skipped; every other one is a fault.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn old_instruction(&mut self, slot: Slot, pc: u32) -> Result<(), Fatal> {
        let directory = self.envs.at(slot).directory;
        let mut word = [0];
        let read = self.mem.user_read_pages(directory, pc, &mut word);
        if read.is_err() || word[0] & MTC0_MASK != MTC0_EPC {
            return Err(Fatal::Fault);
        }
        self.tf(slot).cp0_epc = pc.wrapping_add(4);
        Ok(())
    }

    /// Ends the environment, with a line on the console.
    // teacher begin
    /// Unless it handles itself what it did.
    // teacher end
    #[optimize(size)]
    #[inline(never)]
    fn kill(&mut self, slot: Slot, fatal: Fatal) {
        // teacher begin
        let fatal = match fatal {
            Fatal::Fault if self.handles(slot) => match self.report(slot) {
                Ok(()) => return,
                Err(fatal) => fatal,
            },
            fatal => fatal,
        };
        // teacher end
        let tf = self.tf(slot);
        let (exception, at) = (Exception::of(tf.cp0_cause), Place::of(tf));
        if matches!(fatal, Fatal::NoMemory) && self.tries_again(slot, at.va) {
            return;
        }
        self.tf(slot).cp0_epc = KILLED;
        // exercise 3.12 begin
        let extra = Text(match fatal {
            Fatal::Fault => "",
            Fatal::NoMemory => ", out of memory",
            Fatal::ExceptionStack => ", bad exception stack",
        });
        let id = self.id(slot);
        let [pc, va] = [at.pc, at.va].map(Hex8);
        self.print(format_args!("[{id}] killed: {exception}{extra}, pc {pc}"));
        if exception.has_address() {
            self.print(format_args!(", address {va}"));
        }
        // exercise 3.12 end
        // teacher begin
        #[cfg(feature = "fpu")]
        if exception == Exception::Floating {
            self.print(format_args!(", FCSR {}", Hex8(at.va)));
        }
        // teacher end
        // exercise 3.12 begin
        self.say(format_args!(""));
        self.breathe();
        self.env_end(slot, slot);
        // exercise 3.12 end
    }

    /// `panic(msg)`: prints what can be read of the message and ends the caller only.
    #[optimize(size)]
    pub(crate) fn sys_panic(&mut self, caller: Slot, msg: u32) -> Reply {
        let id = self.id(caller);
        self.print(format_args!("[{id}] panic: "));
        let directory = self.envs.at(caller).directory;
        for offset in 0..PANIC_MAX {
            if offset.is_multiple_of(PANIC_PART) {
                self.breathe();
            }
            let at = msg.wrapping_add(offset);
            let byte = UserRange::new(at, 1).and_then(|b| self.mem.user_read_byte(directory, b, 0));
            match byte {
                Ok(0) => break,
                Ok(byte) => self.mem.machine.put(byte),
                Err(_) => {
                    self.print(format_args!("(message at {} cannot be read)", Hex8(at)));
                    break;
                }
            }
        }
        self.say(format_args!(""));
        self.breathe();
        self.tf(caller).cp0_epc = KILLED;
        self.env_end(caller, caller);
        Reply::Later
    }
}
