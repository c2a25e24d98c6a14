//! A machine that exists only here: what [`Machine`] asks for, and a user mode for tests to play
//! programs with.
//!
//! It is as unforgiving as a machine can be. Its TLB never evicts an entry of its own accord, and keeps
//! invalid ones too, so whatever the kernel forgets to invalidate stays to be found. It refuses the
//! kernel every frame and every device register that is not the kernel's to touch.

mod fifo;
pub mod float;
mod ram;
mod tlb;
mod user;
mod views;

use std::collections::VecDeque;
use std::marker::PhantomData;

use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, ptx};
use mos_abi::{Env, NENV, Page, PteFlags, pte};
use mos_core::Platform;
use mos_core::env::rule::{Mos, Rule};
use mos_core::machine::{
    Asid, DeviceRange, Frame, FrameWords, InputRegister, Machine, MemoryMap, Pending, Run, Tables,
};
use mos_core::slot::{Slot, Table};

pub use fifo::Fifo;
pub use ram::Ram;
pub use tlb::Tlb;
pub use user::code;

/// The device registers there are.
pub const DEVICE: DeviceRange = DeviceRange::registers(0x1300_0000, 0x200);

/// The FIFO there is.
pub const FIFO: DeviceRange = DeviceRange::fifo(0x1400_0000, 0x1100);

/// What zeroing a frame takes, where looking at a frame takes 1.
const WHOLE_FRAME: u32 = 50;

/// So few steps that most environments end in pieces.
const FEW_STEPS: u32 = 130;

/// First frame of the array of [`Env`]; the kernel itself would be in those before.
const ENVS: u32 = 2;

/// A machine whose TLB tells `ASIDS` address spaces apart, whose kernel gives the CPU away by `R`, and whose interrupts wait
/// for `STEPS` at most.
#[derive(Clone, Debug)]
pub struct Sim<const ASIDS: u32, R = Mos, const STEPS: u32 = FEW_STEPS> {
    map: MemoryMap,
    /// Physical memory.
    pub ram: Ram,
    /// The TLB.
    pub tlb: Tlb,
    /// Those of the CPUs that are not in the kernel.
    pub tlbs_elsewhere: Vec<Tlb>,
    /// What these held when a monitor was entered.
    pub held: Vec<Tlb>,
    /// Which of these were called in.
    pub called_in: Vec<usize>,
    /// What the refill walks, and the ASID in EntryHi.
    pub space: Option<(Frame, Asid)>,
    /// Where a program is whose EPC is in the kernel's half, if that is not it.
    pub program_counter: Option<u32>,
    /// The floating-point unit.
    pub unit: float::Unit,
    /// What was written to the console.
    pub output: Vec<u8>,
    /// What was typed and not yet read.
    pub input: VecDeque<u8>,
    /// Whether that interrupts.
    pub listens: bool,
    /// The bytes behind [`DEVICE`].
    pub device: Vec<u8>,
    /// What is behind [`FIFO`].
    pub fifo: Fifo,
    /// The console's input registers among those of [`DEVICE`]: its data, and one whose lowest bit says that there is some.
    pub input_registers: Option<[u32; 2]>,
    /// The accesses to them: address and width.
    pub device_log: Vec<(u32, u32)>,
    /// What interrupts will have come in, each time the kernel looks.
    pub pending: VecDeque<Pending>,
    /// How often the kernel has asked for a frame or a table since it last looked, and how often at most.
    work: Option<u32>,
    most_work: u32,
    rule: PhantomData<R>,
    /// How often it was asked to follow the TLB refill's pointers, which it does every other time: both ways must come to
    /// the same.
    asked: u32,
}

/// Room for what a kernel knows of its environments.
pub fn slots() -> Box<Table<mos_core::env::Env>> {
    Box::new(Table::new(
        [const { mos_core::env::Env::NEW }; mos_abi::NENV],
    ))
}

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Sim<ASIDS, R, STEPS> {
    /// A machine with `frames` frames of memory, about 64 of which hold the kernel's tables.
    pub fn new(frames: u32) -> Self {
        let frames_for = |bytes: usize| bytes.div_ceil(PAGE_SIZE as usize) as u32;
        let pages = ENVS + frames_for(NENV * size_of::<Env>());
        let first_free = pages + frames_for(frames as usize * size_of::<Page>());
        let map = MemoryMap {
            envs: Frame::new(ENVS),
            pages: Frame::new(pages),
            first_free: Frame::new(first_free),
            end: Frame::new(frames),
        };
        Self {
            map,
            ram: Ram::new(map),
            tlb: Tlb::default(),
            tlbs_elsewhere: Vec::new(),
            held: Vec::new(),
            called_in: Vec::new(),
            space: None,
            program_counter: None,
            unit: float::Unit::default(),
            output: Vec::new(),
            input: VecDeque::new(),
            listens: true,
            device: (0..DEVICE.len).map(|at| at as u8).collect(),
            fifo: Fifo::NEW,
            input_registers: None,
            device_log: Vec::new(),
            pending: VecDeque::new(),
            work: None,
            most_work: 0,
            rule: PhantomData,
            asked: 0,
        }
    }

    /// The kernel does something that takes so long.
    fn works(&mut self, time: u32) {
        if let Some(work) = &mut self.work {
            *work += time;
            self.most_work = self.most_work.max(*work);
        }
    }

    /// The page table for `va`, if the refill's pointers are followed this time and there is one.
    fn follow(&mut self, directory: Frame, va: u32) -> Option<Option<Frame>> {
        self.works(1);
        self.asked += 1;
        self.asked
            .is_multiple_of(2)
            .then(|| tlb::table(&self.ram, directory, va))
    }

    /// A trap begins: from now on the kernel's work counts.
    pub fn begin_trap(&mut self) {
        (self.work, self.most_work) = (Some(0), 0);
    }

    /// A trap ends. Returns how much work was done at most before the kernel looked at interrupts.
    pub fn end_trap(&mut self) -> u32 {
        self.work = None;
        self.most_work
    }

    /// What was written to the console since this was last asked.
    pub fn take_output(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.output)).into_owned()
    }

    /// The bytes of a device register.
    fn register(&mut self, pa: u32, width: u32) -> &mut [u8] {
        assert!(
            matches!(width, 1 | 2 | 4) && pa.is_multiple_of(width),
            "access of {width} at {pa:#x}"
        );
        self.device_log.push((pa, width));
        let at = (pa - DEVICE.start) as usize;
        &mut self.device[at..][..width as usize]
    }
}

/// Two machines are equal when no program and no later call could tell them apart: the contents of free
/// frames, the order in which they will be handed out and what the TLB happens to hold do not count.
impl<const ASIDS: u32, R: Rule, const STEPS: u32> PartialEq for Sim<ASIDS, R, STEPS> {
    fn eq(&self, other: &Self) -> bool {
        self.ram == other.ram
            && self.space == other.space
            && self.output == other.output
            && self.input == other.input
            && self.listens == other.listens
            && self.device == other.device
            && self.fifo == other.fifo
            && self.device_log == other.device_log
    }
}

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Platform for Sim<ASIDS, R, STEPS> {
    type Envs = Box<Table<mos_core::env::Env>>;
    type Rule = R;
}

impl<const ASIDS: u32, R: Rule, const STEPS: u32> Machine for Sim<ASIDS, R, STEPS> {
    const ASIDS: u32 = ASIDS;
    const STEPS: u32 = STEPS;

    fn memory_map(&self) -> MemoryMap {
        self.map
    }

    fn tables(&mut self) -> Tables<'_> {
        self.works(1);
        self.ram.tables()
    }

    fn frame(&mut self, frame: Frame) -> &mut FrameWords {
        self.works(1);
        self.ram.frame(frame)
    }

    fn two_frames(&mut self, a: Frame, b: Frame) -> Option<(Tables<'_>, [&mut FrameWords; 2])> {
        self.works(2);
        self.ram.two_frames(a, b)
    }

    fn zero_frame(&mut self, frame: Frame) {
        self.works(WHOLE_FRAME);
        self.ram.zero(frame);
    }

    fn copy_frame(&mut self, from: Frame, to: Frame) {
        self.works(2 * WHOLE_FRAME);
        *self.ram.frame(to) = *self.ram.words(from);
    }

    /// Its kseg0 address, less what VPN * 4 has too much, as on the real machines.
    fn table_pointer(&self, table: Frame, index: u32) -> u32 {
        tlb::KSEG0 + table.ppn() * PAGE_SIZE - index * PAGE_SIZE
    }

    fn directory_pointer(&self, directory: Frame) -> u32 {
        tlb::KSEG0 + directory.ppn() * PAGE_SIZE + PAGE_SIZE / 2
    }

    fn entry(&mut self, directory: Frame, va: u32) -> Option<u32> {
        let table = self.follow(directory, va)?;
        Some(table.map_or(0, |table| self.ram.words(table)[ptx(va) as usize]))
    }

    fn tlb_may_hold(&mut self, va: u32, asid: Asid) -> bool {
        self.tlb.lookup(va, asid.number()).is_some()
    }

    fn map_run(&mut self, run: &Run) -> u32 {
        let [first, last] = [run.to, run.to + (run.count - 1) * PAGE_SIZE].map(ptx);
        assert!(
            first / 8 == last / 8 && ptx(run.va) + run.count <= 1024,
            "{run:?}"
        );
        let tables = [(run.from, run.va), (run.directory, run.to)];
        let [Some(Some(from)), Some(Some(to))] = tables.map(|(at, va)| self.follow(at, va)) else {
            return 0;
        };
        let Some((tables, [own, theirs])) = self.ram.two_frames(from, to) else {
            return 0;
        };
        tables.groups[to.index()][first as usize / 256] |= 1 << (first / 8 % 32);
        let own = own.iter().skip(ptx(run.va) as usize);
        let pages = theirs.iter_mut().skip(first as usize).zip(own);
        let mapped = pages.take(run.count as usize).take_while(|(theirs, own)| {
            let frame = Frame::of_pte(**own);
            let page = &mut tables.pages[frame.index()];
            let plain = **theirs == 0 && run.allowed.has(**own) && page.pp_ref < u16::MAX;
            if plain {
                page.pp_ref += 1;
            }
            plain
        });
        let mapped = mapped.map(|(theirs, own)| {
            *theirs = pte::ppn(*own) << PAGE_SHIFT | run.flags;
        });
        mapped.count() as u32
    }

    fn switch_to(&mut self, _slot: Slot, directory: Frame, walk: u32, asid: Asid) {
        assert_eq!(walk, self.directory_pointer(directory));
        assert!((1..ASIDS).contains(&asid.number()), "{asid:?}");
        self.space = Some((directory, asid));
    }

    fn program_counter(&mut self, epc: u32) -> u32 {
        self.program_counter.unwrap_or(epc)
    }

    fn tlb_invalidate(&mut self, va: u32, asid: Asid) {
        self.tlb.invalidate(va, asid.number());
    }

    fn tlb_flush(&mut self) {
        self.tlb.flush();
    }

    fn call_in(&mut self, cpu: usize) {
        self.called_in.push(cpu);
    }

    fn tlb_flush_everywhere(&mut self) {
        self.tlb.flush();
        self.tlbs_elsewhere.iter_mut().for_each(Tlb::flush);
    }

    fn tlb_replace(&mut self, va: u32, asid: Asid, entry: u32) {
        let old = self.tlb.lookup(va, asid.number());
        let is_valid = old.is_some_and(|old| pte::flags(old).contains(PteFlags::V));
        assert!(!is_valid, "a valid entry for {va:#x} is replaced");
        self.tlb.load(va, asid.number(), entry);
    }

    fn is_interrupted(&mut self) -> bool {
        self.work = self.work.map(|_| 0);
        self.pending
            .front()
            .is_some_and(|pending| *pending != Pending::default())
    }

    fn pending(&mut self) -> Pending {
        self.work = self.work.map(|_| 0);
        self.pending.pop_front().unwrap_or_default()
    }

    fn keep_arguments(&mut self, _: bool) {}

    fn put(&mut self, byte: u8) {
        self.output.push(byte);
    }

    fn get(&mut self) -> Option<u8> {
        self.input.pop_front()
    }

    fn listen(&mut self, on: bool) {
        self.listens = on;
    }

    fn user_status(&self, unit: bool) -> u32 {
        let listens = if self.listens { float::LISTENS } else { 0 };
        listens | if unit { float::USABLE } else { 0 }
    }

    fn clear_floats(&mut self, slot: Slot) {
        self.unit.clear(slot);
    }

    fn store_floats(&mut self, slot: Slot) {
        self.unit.store(slot);
    }

    fn load_floats(&mut self, slot: Slot) {
        self.unit.load(slot);
    }

    fn kept_fcsr(&mut self, slot: Slot) -> u32 {
        self.unit.kept_fcsr(slot)
    }

    fn copy_floats(&mut self, from: Slot, to: Slot) {
        self.unit.copy(from, to);
    }

    fn take_float_cause(&mut self) -> u32 {
        self.unit.take_cause()
    }

    fn devices(&self) -> &'static [DeviceRange] {
        &[DEVICE, FIFO]
    }

    fn input_register(&self, pa: u32) -> Option<InputRegister> {
        let [data, ready] = self.input_registers?;
        match pa {
            _ if pa == data => Some(InputRegister::Data),
            _ if pa == ready => Some(InputRegister::Ready(1)),
            _ => None,
        }
    }

    fn device_read(&mut self, pa: u32, width: u32) -> u32 {
        if pa == FIFO.start {
            return self.fifo.read();
        }
        let bytes = self.register(pa, width);
        bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u32::from(*byte))
    }

    fn device_write(&mut self, pa: u32, width: u32, value: u32) {
        if pa == FIFO.start {
            return self.fifo.write(value);
        }
        let bytes = self.register(pa, width);
        let width = bytes.len();
        bytes.copy_from_slice(&value.to_le_bytes()[..width]);
    }
}
