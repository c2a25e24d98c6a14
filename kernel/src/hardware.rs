//! The machine as mos-core sees it: memory, CPU and board put together.

use core::ops::Range;

use mos_abi::layout::{PAGE_SHIFT, PDX_SHIFT};
use mos_core::Platform;
use mos_core::machine::{
    Asid, DeviceRange, Frame, FrameWords, InputRegister, Machine, MemoryMap, Pending, Tables,
};
// teacher begin
use mos_core::machine::Run;
use mos_core::mem::run::Allowed;
// teacher end
use mos_core::mem::pgtable::KUSEG_ENTRIES;
use mos_core::slot::Slot;
// teacher begin
#[cfg(feature = "fpu")]
use mos_core::slot::Table;
// teacher end

use crate::arch::{self, CpuPage};
use crate::board::{self, Board};
use crate::ram::{self, Ram};
// teacher begin
use crate::rule;
// teacher end
use crate::serial;
// teacher begin
use crate::smp;
// teacher end
use crate::tables::{self, Slots};

/// The machine that the kernel was built for.
pub struct Hardware {
    /// Its memory.
    pub ram: Ram,
    // teacher begin
    /// The console's interrupt is not let through.
    #[cfg(feature = "fpu")]
    pub deaf: bool,
    // teacher end
}

impl Hardware {
    /// Without memory, until [`Ram::take`].
    pub const NEW: Self = Self {
        ram: Ram::NONE,
        // teacher begin
        #[cfg(feature = "fpu")]
        deaf: false,
        // teacher end
    };

    // teacher begin
    /// The floating-point registers that are kept.
    #[cfg(feature = "fpu")]
    fn kept(&mut self) -> &mut Table<arch::Floats> {
        // SAFETY: there is one value of `Hardware`, which is borrowed for it.
        unsafe { tables::floats() }
    }
    // teacher end
}

impl Platform for Hardware {
    type Envs = Slots;
    // teacher begin
    type Rule = rule::Chosen;
    // teacher end
}

impl Machine for Hardware {
    const ASIDS: u32 = arch::ASIDS;
    const STEPS: u32 = arch::STEPS;
    // teacher begin
    const SETS_ASID: bool = true;
    const TLB_PAGES: u32 = arch::TLB_PAGES;
    // teacher end

    fn memory_map(&self) -> MemoryMap {
        self.ram.map()
    }

    fn tables(&mut self) -> Tables<'_> {
        self.ram.tables()
    }

    fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        self.ram.frame(frame)
    }

    #[inline(always)]
    fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])> {
        self.ram.two_frames(a, b)
    }

    fn zero_frame(&mut self, frame: Frame) {
        arch::zero_frame(self.ram.frame(frame));
    }

    fn copy_frame(&mut self, from: Frame, to: Frame) {
        #[cfg(feature = "monitor")]
        let source = from;
        if let Some((_, [from, to])) = self.ram.two_frames(from, to) {
            arch::copy_frame(from, to);
            #[cfg(feature = "monitor")]
            crate::monitor::copied(source, to);
        }
    }

    fn table_pointer(&self, table: Frame, index: u32) -> u32 {
        ram::pointer(table).wrapping_sub((index << (PDX_SHIFT - PAGE_SHIFT)) as usize) as u32
    }

    fn directory_pointer(&self, directory: Frame) -> u32 {
        ram::pointer(directory).wrapping_add(KUSEG_ENTRIES as usize) as u32
    }

    // teacher begin
    #[inline(always)]
    fn entry(&mut self, directory: Frame, va: u32) -> Option<u32> {
        Some(self.ram.entry(directory, va))
    }

    #[inline(always)]
    fn tlb_may_hold(&mut self, va: u32, asid: Asid) -> bool {
        arch::tlb_holds(va, asid.number())
    }

    #[inline(always)]
    fn count_allowed(
        &mut self,
        directory: Frame,
        va: u32,
        count: u32,
        Allowed { mask, value }: Allowed,
    ) -> Option<u32> {
        let walk = self.directory_pointer(directory);
        // SAFETY: it is an environment's directory.
        Some(unsafe { arch::count_allowed(walk, va, count, mask, value) })
    }

    #[inline(always)]
    fn map_run(&mut self, run: &Run) -> u32 {
        // SAFETY: the kernel has the tables to itself while Rust runs, and these are two environments' directories.
        unsafe { arch::map_run(run) }
    }

    fn call_in(&mut self, cpu: usize) {
        smp::call_in(cpu);
    }

    fn tlb_flush_everywhere(&mut self) {
        smp::flush_everywhere();
    }

    fn go_on_under(&mut self, asid: Asid) {
        arch::set_entryhi(asid.number() << arch::ASID_SHIFT);
    }

    fn view_pointer(&self, slot: Slot) -> u32 {
        tables::view_pointer(slot)
    }
    // teacher end

    fn switch_to(&mut self, slot: Slot, _directory: Frame, walk: u32, asid: Asid) {
        CpuPage::switch(
            tables::trapframe(slot),
            walk,
            asid.number() << arch::ASID_SHIFT,
        );
    }

    fn program_counter(&mut self, epc: u32) -> u32 {
        arch::leave_debug_mode(epc)
    }

    fn tlb_invalidate(&mut self, va: u32, asid: Asid) {
        arch::tlb_invalidate(va, asid.number());
    }

    fn tlb_flush(&mut self) {
        arch::tlb_flush();
    }

    fn tlb_replace(&mut self, va: u32, asid: Asid, entry: u32) {
        arch::tlb_replace(va, asid.number(), entry);
    }

    fn is_interrupted(&mut self) -> bool {
        arch::interrupt_is_pending()
    }

    fn pending(&mut self) -> Pending {
        board::current().interrupt(arch::read_cause())
    }

    #[optimize(size)]
    #[inline(never)]
    fn keep_arguments(&mut self, keep: bool) {
        // teacher begin
        // They always come with them where there are several CPUs.
        if smp::are_several() {
            return;
        }
        // teacher end
        CpuPage::set_entries(if keep || log::max_level() == log::LevelFilter::Trace {
            &arch::WHOLE
        } else {
            &arch::FAST
        });
    }

    fn put(&mut self, byte: u8) {
        serial::put(byte);
    }

    #[cfg(not(feature = "monitor"))]
    fn get(&mut self) -> Option<u8> {
        serial::get()
    }

    #[cfg(feature = "monitor")]
    fn get(&mut self) -> Option<u8> {
        core::iter::from_fn(crate::monitor::get).find_map(crate::monitor::filter)
    }

    fn listen(&mut self, on: bool) {
        CpuPage::listen(on);
        // teacher begin
        #[cfg(feature = "fpu")]
        {
            self.deaf = !on;
        }
        // teacher end
    }

    // teacher begin
    #[cfg(feature = "fpu")]
    fn user_status(&self, unit: bool) -> u32 {
        let deaf = if self.deaf { arch::STATUS_IM2 } else { 0 };
        let usable = if unit { arch::STATUS_CU1 } else { 0 };
        arch::STATUS_USER & !deaf | usable
    }

    #[cfg(feature = "fpu")]
    fn clear_floats(&mut self, slot: Slot) {
        *self.kept().at_mut(slot) = arch::Floats::ZERO;
    }

    #[cfg(feature = "fpu")]
    fn store_floats(&mut self, slot: Slot) {
        arch::fpu_store(self.kept().at_mut(slot));
    }

    #[cfg(feature = "fpu")]
    fn load_floats(&mut self, slot: Slot) {
        arch::fpu_load(self.kept().at(slot));
    }

    #[cfg(feature = "fpu")]
    fn copy_floats(&mut self, from: Slot, to: Slot) {
        if let Some((from, to)) = self.kept().two(from, to) {
            *to = *from;
        }
    }

    #[cfg(feature = "fpu")]
    fn kept_fcsr(&mut self, slot: Slot) -> u32 {
        self.kept().at(slot).fcsr()
    }

    #[cfg(feature = "fpu")]
    fn take_float_cause(&mut self) -> u32 {
        arch::fpu_take_cause()
    }
    // teacher end

    fn devices(&self) -> &'static [DeviceRange] {
        board::current().devices()
    }

    fn input_register(&self, pa: u32) -> Option<InputRegister> {
        board::current().input_register(pa)
    }

    fn device_read(&mut self, pa: u32, width: u32) -> u32 {
        board::device_read(pa, width)
    }

    fn device_write(&mut self, pa: u32, width: u32, value: u32) {
        board::device_write(pa, width, value);
    }

    fn device_read_words(&mut self, pa: u32, step: u32, frame: Frame, words: Range<usize>) {
        let words = self.ram.frame(frame).get_mut(words);
        board::device_read_words(pa, step, words.unwrap_or_default());
    }

    fn device_write_words(&mut self, pa: u32, step: u32, frame: Frame, words: Range<usize>) {
        let words = self.ram.frame(frame).get(words);
        board::device_write_words(pa, step, words.unwrap_or_default());
    }
}
