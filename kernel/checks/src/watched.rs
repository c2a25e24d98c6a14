//! A machine that remembers what the kernel told its TLB.

use mos_abi::layout::page_down;
use mos_core::Machine;
use mos_core::machine::{Asid, DeviceRange, Frame, FrameWords, MemoryMap, Pending, Tables};
use mos_core::slot::Slot;

/// How many invalidations are remembered.
const REMEMBERED: usize = 16;

/// The machine `M`, watched. What it does to frames, and what the kernel tells its TLB of a page, is not the machine's: so
/// a check of other things waits for neither.
pub struct Watched<'m, M> {
    /// The machine itself.
    pub machine: &'m mut M,
    invalidated: [(u32, u32); REMEMBERED],
    next: usize,
    /// How often the whole TLB was flushed.
    pub flushes: u32,
}

impl<'m, M: Machine> Watched<'m, M> {
    /// Watches `machine` from now on.
    pub fn new(machine: &'m mut M) -> Self {
        Self {
            machine,
            invalidated: [(u32::MAX, 0); REMEMBERED],
            next: 0,
            flushes: 0,
        }
    }

    /// Whether the page of `va` was invalidated under `asid` since this was last forgotten.
    pub fn invalidated(&self, va: u32, asid: Asid) -> bool {
        self.invalidated.contains(&(page_down(va), asid.number()))
    }

    /// Forgets all invalidations.
    pub fn forget(&mut self) {
        self.invalidated = [(u32::MAX, 0); REMEMBERED];
    }
}

impl<M: Machine> Machine for Watched<'_, M> {
    const ASIDS: u32 = M::ASIDS;
    const STEPS: u32 = M::STEPS;

    fn memory_map(&self) -> MemoryMap {
        self.machine.memory_map()
    }

    fn tables(&mut self) -> Tables<'_> {
        self.machine.tables()
    }

    fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        self.machine.frame(frame)
    }

    fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])> {
        self.machine.two_frames(a, b)
    }

    fn zero_frame(&mut self, frame: Frame) {
        self.frame(frame).fill(0);
    }

    fn copy_frame(&mut self, from: Frame, to: Frame) {
        *self.frame(to) = *self.frame(from);
    }

    fn table_pointer(&self, table: Frame, index: u32) -> u32 {
        self.machine.table_pointer(table, index)
    }

    fn directory_pointer(&self, directory: Frame) -> u32 {
        self.machine.directory_pointer(directory)
    }

    fn switch_to(&mut self, slot: Slot, directory: Frame, walk: u32, asid: Asid) {
        self.machine.switch_to(slot, directory, walk, asid);
    }

    fn program_counter(&mut self, epc: u32) -> u32 {
        self.machine.program_counter(epc)
    }

    fn tlb_invalidate(&mut self, va: u32, asid: Asid) {
        self.invalidated[self.next % REMEMBERED] = (page_down(va), asid.number());
        self.next += 1;
    }

    fn tlb_flush(&mut self) {
        self.flushes += 1;
        self.machine.tlb_flush();
    }

    fn tlb_replace(&mut self, va: u32, asid: Asid, entry: u32) {
        self.machine.tlb_replace(va, asid, entry);
    }

    fn is_interrupted(&mut self) -> bool {
        self.machine.is_interrupted()
    }

    fn pending(&mut self) -> Pending {
        self.machine.pending()
    }

    fn keep_arguments(&mut self, keep: bool) {
        self.machine.keep_arguments(keep);
    }

    fn put(&mut self, byte: u8) {
        self.machine.put(byte);
    }

    fn get(&mut self) -> Option<u8> {
        self.machine.get()
    }

    fn listen(&mut self, on: bool) {
        self.machine.listen(on);
    }

    fn devices(&self) -> &'static [DeviceRange] {
        self.machine.devices()
    }

    fn device_read(&mut self, pa: u32, width: u32) -> u32 {
        self.machine.device_read(pa, width)
    }

    fn device_write(&mut self, pa: u32, width: u32, value: u32) {
        self.machine.device_write(pa, width, value);
    }
}
