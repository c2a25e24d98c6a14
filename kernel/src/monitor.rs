//! The kernel monitor on this machine: see `mos-monitor`, which has all of it but the ways in and out.

use core::ops::Range;

use heapless::Deque;
use mos_abi::layout::PAGE_SIZE;
use mos_abi::package::Symbol;
use mos_audit::Entry;
use mos_core::machine::{Frame, FrameWords, Machine};
use mos_core::{Kernel, Outcome};
use mos_monitor::{KEY, Leave, Monitor, PARTS, Place, Target, Why};
use portable_atomic::{AtomicBool, Ordering::Relaxed};
use spin::Mutex;

use crate::hardware::Hardware;
use crate::ram::KSEG0;
// teacher begin
use crate::smp;
// teacher end
use crate::{backtrace, big_lock, board, look, package, serial};

static MONITOR: Mutex<Monitor> = Mutex::new(Monitor::new());
/// Somebody has typed the key.
static ASKED: AtomicBool = AtomicBool::new(false);
/// What was typed for the monitor before it was entered.
static AHEAD: Mutex<Deque<u8, 512>> = Mutex::new(Deque::new());
/// There is no room for more of that.
static WAITS: AtomicBool = AtomicBool::new(false);

unsafe extern "C" {
    static _text: u8;
    static _etext: u8;
    static _bss: u8;
    static _ebss: u8;
    static _end: u8;
}

impl Target for Hardware {
    fn key(&mut self) -> Option<u8> {
        loop {
            // Nobody else is to run meanwhile, so there is nothing better to do than to ask again.
            let byte = AHEAD.lock().pop_front().or_else(serial::get);
            if byte.is_some() {
                return byte;
            }
        }
    }

    fn physical(&mut self, pa: u32) -> Option<u32> {
        let end = self.memory_map().end.ppn() * PAGE_SIZE;
        let address = KSEG0.wrapping_add(pa) as usize;
        // SAFETY: it is memory, and aligned; whatever borrows it does not write to it meanwhile.
        (pa < end && pa.is_multiple_of(4))
            .then(|| unsafe { core::ptr::with_exposed_provenance::<u32>(address).read_volatile() })
    }

    fn tlb(&mut self, tell: impl FnMut(Entry)) {
        look::tlb_entries().for_each(tell);
    }

    // teacher begin
    fn cpus(&self) -> (usize, &'static str) {
        (smp::count() as usize, smp::KIND)
    }

    fn hold_others(&mut self) {
        smp::hold_others();
    }

    fn tlb_of(&mut self, number: usize, tell: impl FnMut(Entry)) {
        look::kept(number).for_each(tell);
    }
    // teacher end

    fn symbol(&self, address: u32) -> Option<Symbol<'static>> {
        package::symbol(address)
    }

    fn callers(&self, at: Place, tell: impl FnMut(u32)) {
        backtrace::frames(at.pc, at.sp, at.ra).for_each(tell);
    }

    fn parts(&self) -> [(&'static str, Range<u32>); PARTS] {
        let [text, etext, bss, ebss, end] = [
            &raw const _text,
            &raw const _etext,
            &raw const _bss,
            &raw const _ebss,
            &raw const _end,
        ]
        .map(|at| at.addr() as u32);
        let map = self.memory_map();
        let frame = |ppn: u32| KSEG0 + ppn * PAGE_SIZE;
        [
            ("code", text..etext),
            ("data", etext..bss),
            ("bss", bss..ebss),
            ("tables", ebss..end),
            ("package", end..frame(map.pages.ppn())),
            ("frames", frame(map.first_free.ppn())..frame(map.end.ppn())),
        ]
    }
}

/// Whether what comes from the console is for the monitor.
fn is_for_us() -> bool {
    ASKED.load(Relaxed) || MONITOR.lock().is_stepping()
}

/// A byte from the console, if one is there. What is for the monitor waits in the machine while there is no room for it.
pub fn get() -> Option<u8> {
    if is_for_us() && AHEAD.lock().is_full() {
        return None;
    }
    serial::get()
}

/// What waits in the machine does not interrupt, until there is room.
fn make_room(kernel: &mut Kernel<Hardware>) {
    let full = AHEAD.lock().is_full();
    if WAITS.swap(full, Relaxed) != full {
        kernel.listen(!full);
    }
}

/// A byte from the console, unless it is for the monitor: the key, what is typed behind it, and what is typed while a step
/// lasts.
pub fn filter(byte: u8) -> Option<u8> {
    if byte == KEY {
        ASKED.store(true, Relaxed);
    } else if is_for_us() {
        // There is room: see `get`.
        _ = AHEAD.lock().push_back(byte);
    } else {
        return Some(byte);
    }
    None
}

/// A program has a copy of the frame `from`, which is not to have what a step has put there.
pub fn copied(from: Frame, to: &mut FrameWords) {
    // The monitor itself copies what has nothing in it.
    if let Some(monitor) = MONITOR.try_lock() {
        monitor.copied(from, to);
    }
}

/// Enters the monitor if somebody has asked for it.
pub fn if_asked(kernel: &mut Kernel<Hardware>) {
    make_room(kernel);
    if ASKED.swap(false, Relaxed) {
        let leave = MONITOR.lock().enter(kernel, Why::Key);
        obey(kernel, leave);
    }
}

/// Enters the monitor if the exception is one that it takes. Returns whether it was.
pub fn exception(kernel: &mut Kernel<Hardware>) -> bool {
    let leave = MONITOR.lock().exception(kernel);
    if let Some(leave) = leave {
        obey(kernel, leave);
    }
    leave.is_some()
}

/// Enters the monitor as nobody will ever run again.
pub fn end(kernel: &mut Kernel<Hardware>, outcome: Outcome) {
    MONITOR.lock().enter(kernel, Why::End(outcome));
}

/// Enters the monitor after a panic.
pub fn panicked(at: Place) {
    // SAFETY: the others stand still and the panic never returns, so the old holder does not go on.
    unsafe { MONITOR.force_unlock() }
    // SAFETY: likewise, so this is the only reference that is used. Whoever has the big lock keeps it.
    let kernel = unsafe { &mut *big_lock::kernel() };
    MONITOR.lock().enter(kernel, Why::Panic(at));
}

fn obey(kernel: &mut Kernel<Hardware>, leave: Leave) {
    if leave == Leave::Halt {
        kernel.say(format_args!("[mos] halted"));
        board::power_off(false)
    }
    // What was typed behind the line that goes on is for programs, and so before what they receive from now on.
    while !is_for_us() {
        let first = AHEAD.lock().front().copied();
        if !first.is_some_and(|byte| kernel.take_in_late(byte)) {
            break;
        }
        AHEAD.lock().pop_front();
    }
    make_room(kernel);
}
