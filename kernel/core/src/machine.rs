//! The boundary to the hardware: everything the kernel asks of a machine.

use core::ops::Range;

use mos_abi::{Env, NENV, Page, layout, pte};

use crate::slot::Slot;
// teacher begin
use crate::mem::run::Allowed;
// teacher end

/// The words of a physical frame.
pub type FrameWords = [u32; layout::ENTRIES];

/// A physical frame, by its number.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frame(u32);

impl Frame {
    /// The frame with number `ppn` (physical address / 4096).
    pub const fn new(ppn: u32) -> Self {
        Self(ppn)
    }

    /// The frame that a page-table entry names.
    pub const fn of_pte(entry: u32) -> Self {
        Self(pte::ppn(entry))
    }

    /// Its number.
    pub const fn ppn(self) -> u32 {
        self.0
    }

    /// Its index in the array of [`Page`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An address-space id, as the TLB compares it with EntryHi.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asid(u32);

impl Asid {
    /// That of whoever has none: it is never an environment's.
    pub const NOBODYS: Self = Self(0);

    /// The id with this number, which must be below [`Machine::ASIDS`].
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number: 0 to [`Machine::ASIDS`] - 1.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// A bit for each 8 words of a frame: bit n of word m stands for the words from 256m + 8n on.
pub type Groups = [u32; layout::ENTRIES / 8 / 32];

/// Tables that the machine sets apart in memory for the kernel before it starts.
///
/// The first two are whole frames, which programs see read-only at UENVS and UPAGES.
pub struct Tables<'m> {
    /// What programs see of each environment.
    pub envs: &'m mut [Env; NENV],
    /// What programs see of each frame: entry n belongs to frame n.
    pub pages: &'m mut [Page],
    /// Room for the number of each free frame.
    pub free: &'m mut [u32],
    /// For each frame that is a page directory or page table, which of its words may be in use.
    pub groups: &'m mut [Groups],
}

// teacher begin
/// Pages that follow one another, and where they are to go, for assembly.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// The page directory below which they are.
    pub from: Frame,
    /// The address of the first one.
    pub va: u32,
    /// The page directory below which they are to be too.
    pub directory: Frame,
    /// Where the first one is to go.
    pub to: u32,
    /// How many there are. All of them have one page table here and there, and so have 8 entries of it, aligned, there.
    pub count: u32,
    /// What their entries must be like.
    pub allowed: Allowed,
    /// What their entries there have besides the frame.
    pub flags: u32,
}

// teacher end
/// Where things are in physical memory. All ranges are in frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryMap {
    /// First frame of [`Tables::envs`].
    pub envs: Frame,
    /// First frame of [`Tables::pages`].
    pub pages: Frame,
    /// First frame that the kernel may hand out.
    pub first_free: Frame,
    /// End of memory: the number of frames there are.
    pub end: Frame,
}

/// A range of device registers that programs with device rights may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceRange {
    /// Physical address of the first byte.
    pub start: u32,
    /// Length in bytes; of a FIFO, the longest transfer's.
    pub len: u32,
    /// Whether it is a FIFO: one register of a word, which each word of a transfer goes through.
    pub fifo: bool,
}

impl DeviceRange {
    /// The registers in `len` bytes from `start` on.
    pub const fn registers(start: u32, len: u32) -> Self {
        let fifo = false;
        Self { start, len, fifo }
    }

    /// The FIFO at `start`, for `len` bytes at a time.
    pub const fn fifo(start: u32, len: u32) -> Self {
        let fifo = true;
        Self { start, len, fifo }
    }

    /// Whether `len` bytes from `dev` on can be moved.
    pub(crate) fn takes(&self, dev: u32, len: u32) -> bool {
        let whole = !self.fifo || dev == self.start && len.is_multiple_of(4);
        let offset = dev.checked_sub(self.start);
        let end = offset.and_then(|at| at.checked_add(len));
        whole && end.is_some_and(|end| end <= self.len)
    }
}

/// A device register of a byte that has to do with what the console has received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputRegister {
    /// Has the next byte of it.
    Data,
    /// Says with this bit whether there is one.
    Ready(u8),
}

/// Interrupts that have come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// A time slice is over; the timer runs on.
    pub timer: bool,
    /// The console has received something.
    pub console: bool,
}

/// What the kernel asks of a machine.
///
/// Frames are named by [`Frame`] and only those from `first_free` to `end` of the [`MemoryMap`] are ever
/// asked for. Nothing here fails: what a program might get wrong is checked before.
pub trait Machine {
    /// Address-space ids the TLB tells apart: 64 on the R3000, 256 on the 4Kc.
    const ASIDS: u32;
    /// Steps of long work that are done before interrupts are looked at again, of some 50 instructions each: 130 at least.
    const STEPS: u32;

    // teacher begin
    /// Whether [`Machine::go_on_under`] sets the id, so that the way back need not.
    const SETS_ASID: bool = false;
    /// How many pages an entry of the TLB is for: a power of two.
    const TLB_PAGES: u32 = 1;
    // teacher end

    /// Where things are in memory.
    fn memory_map(&self) -> MemoryMap;
    /// The kernel's tables.
    fn tables(&mut self) -> Tables<'_>;
    /// The contents of a frame.
    fn frame(&mut self, frame: Frame) -> &mut FrameWords;
    /// The contents of two frames, and the kernel's tables besides; `None`: it is one frame.
    fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])>;
    /// Fills a frame with zeros.
    fn zero_frame(&mut self, frame: Frame);
    /// Copies the contents of a frame to another.
    fn copy_frame(&mut self, from: Frame, to: Frame);

    /// What the TLB refill follows to page table `index`: the word that the second half of a page directory
    /// holds for it. Never 0.
    fn table_pointer(&self, table: Frame, index: u32) -> u32;
    /// What the TLB refill walks for a page directory: a word for [`Machine::switch_to`].
    fn directory_pointer(&self, directory: Frame) -> u32;
    // teacher begin
    /// The entry for `va` below a page directory, 0 where there is no page table; from a machine that can follow the pointer
    /// which the TLB refill follows.
    fn entry(&mut self, _directory: Frame, _va: u32) -> Option<u32> {
        None
    }
    /// Whether the TLB may hold anything for the page of `va` under `asid`.
    fn tlb_may_hold(&mut self, _va: u32, _asid: Asid) -> bool {
        true
    }
    /// How many pages one behind the other, from `va` on and of `count`, which is not 0, have entries that are as they must be; from a
    /// machine with assembly.
    fn count_allowed(
        &mut self,
        _directory: Frame,
        _va: u32,
        _count: u32,
        _allowed: Allowed,
    ) -> Option<u32> {
        None
    }
    /// Maps the first pages of a run, of which there is one at least, as long as there are page tables, their entries are as they
    /// must be, nothing is where they go, and their frames are not mapped as often as they can be. Returns how many. The TLB is left
    /// as it is. On a machine without assembly there are none.
    fn map_run(&mut self, _run: &Run) -> u32 {
        0
    }
    /// Has another CPU come into the kernel, where it waits for its turn: returns when it is there, with the registers of the
    /// program that ran on it in its trapframe.
    fn call_in(&mut self, _cpu: usize) {}
    /// Drops everything that the TLBs of all CPUs hold.
    fn tlb_flush_everywhere(&mut self) {
        self.tlb_flush();
    }
    /// Who runs goes on under `asid`: at once, on a machine that says so by [`Machine::SETS_ASID`].
    fn go_on_under(&mut self, _asid: Asid) {}
    /// Where assembly finds what programs see of the environment in `slot`, on a machine that has assembly.
    fn view_pointer(&self, _slot: Slot) -> u32 {
        0
    }
    // teacher end
    /// What is in `slot` of the kernel's table is about to run: has the TLB refill walk its `directory`, to which `walk` points,
    /// under `asid`.
    fn switch_to(&mut self, slot: Slot, directory: Frame, walk: u32, asid: Asid);
    /// Where the program was, of which EPC says that it was in the kernel's half. The machine may know better.
    fn program_counter(&mut self, epc: u32) -> u32;
    /// Drops what the TLB holds for the page of `va` under `asid`.
    fn tlb_invalidate(&mut self, va: u32, asid: Asid);
    /// Drops everything the TLB holds.
    fn tlb_flush(&mut self);
    /// Puts `entry`, which is in no page table, in place of the invalid one that the TLB holds for the page of `va` under
    /// `asid`.
    fn tlb_replace(&mut self, va: u32, asid: Asid, entry: u32);

    /// Whether an interrupt has come in.
    fn is_interrupted(&mut self) -> bool;
    /// Acknowledges the interrupts that have come in, amid long work.
    fn pending(&mut self) -> Pending;
    /// From now on a system call comes with all its registers in the trapframe, so that it can be made again; or
    /// no longer.
    fn keep_arguments(&mut self, keep: bool);

    /// Writes a byte to the console.
    fn put(&mut self, byte: u8);
    /// Reads a byte from the console, if one is there.
    fn get(&mut self) -> Option<u8>;
    /// Whether bytes that the console has received interrupt what runs. While they do not, they wait where they are.
    fn listen(&mut self, on: bool);

    // teacher begin
    // A machine may have a floating-point unit, and keeps its registers for each slot. Where it has none, nobody asks.

    /// Status on the way to user mode, with the floating-point unit for the program or without.
    #[cfg(feature = "fpu")]
    fn user_status(&self, _unit: bool) -> u32 {
        0
    }
    /// What is kept for `slot` is 0 from now on: at first it is anything.
    #[cfg(feature = "fpu")]
    fn clear_floats(&mut self, _slot: Slot) {}
    /// Keeps what the unit holds for `slot`.
    #[cfg(feature = "fpu")]
    fn store_floats(&mut self, _slot: Slot) {}
    /// Has the unit hold what is kept for `slot`.
    #[cfg(feature = "fpu")]
    fn load_floats(&mut self, _slot: Slot) {}
    /// Keeps for `to` what is kept for `from`.
    #[cfg(feature = "fpu")]
    fn copy_floats(&mut self, _from: Slot, _to: Slot) {}
    /// FCSR as it is kept for `slot`.
    #[cfg(feature = "fpu")]
    fn kept_fcsr(&mut self, _slot: Slot) -> u32 {
        0
    }
    /// FCSR as the unit holds it. What it says to have raised is cleared there, or it would be raised again as FCSR is next
    /// loaded.
    #[cfg(feature = "fpu")]
    fn take_float_cause(&mut self) -> u32 {
        0
    }
    // teacher end

    /// The device registers that programs may be given.
    fn devices(&self) -> &'static [DeviceRange];
    /// What the register at `pa` has to do with the console's input.
    fn input_register(&self, _pa: u32) -> Option<InputRegister> {
        None
    }
    /// Reads a device register: one access of `width` 1, 2 or 4 bytes, naturally aligned.
    fn device_read(&mut self, pa: u32, width: u32) -> u32;
    /// Writes a device register, likewise.
    fn device_write(&mut self, pa: u32, width: u32, value: u32);
    /// Reads device registers into `words` of `frame`: the one at `pa`, and the next ones `step` bytes further on.
    fn device_read_words(&mut self, pa: u32, step: u32, frame: Frame, words: Range<usize>) {
        let mut register = pa;
        for at in words {
            let value = self.device_read(register, 4);
            if let Some(word) = self.frame(frame).get_mut(at) {
                *word = value;
            }
            register = register.wrapping_add(step);
        }
    }
    /// Writes device registers, likewise.
    fn device_write_words(&mut self, pa: u32, step: u32, frame: Frame, words: Range<usize>) {
        let mut register = pa;
        for at in words {
            if let Some(&word) = self.frame(frame).get(at) {
                self.device_write(register, 4, word);
            }
            register = register.wrapping_add(step);
        }
    }
}
