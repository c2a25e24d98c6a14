//! Several CPUs: GXemul's own device for them (GXemul's source, "dev_mp").

use mos_core::env::cpus::MOST;
use portable_atomic::{AtomicBool, Ordering::Relaxed};
use volatile_register::RW;

use crate::smp;

const BASE: usize = 0xb100_0000;
/// How many CPUs there are.
const COUNT: usize = BASE + 0x10;
/// Starts this CPU, at an address of its own.
const STARTUPCPU: usize = BASE + 0x20;
const STARTUPADDR: usize = BASE + 0x30;
/// Interrupts one CPU, or all but one: the number, and a value above that is not 0.
const IPI_ONE: usize = BASE + 0xa0;
const IPI_MANY: usize = BASE + 0xb0;
/// The next such value for this CPU; 0: there is none. They are no use but to be counted, as GXemul mixes them up.
const IPI_READ: usize = BASE + 0xc0;
const ANY: u32 = 1 << 16;

/// Ticks that came to CPU 0, whose clock is the only one, and were passed on.
static TICKS: [AtomicBool; MOST] = [const { AtomicBool::new(false) }; MOST];

fn register(address: usize) -> &'static RW<u32> {
    // SAFETY: testmips has the register here, in kseg1.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}

fn write(address: usize, value: u32) {
    // SAFETY: the registers have no effect on memory.
    unsafe { register(address).write(value) }
}

/// How many CPUs there are.
pub fn count() -> u32 {
    register(COUNT).read()
}

/// Has CPU `cpu` begin at `entry`.
pub fn start(cpu: u32, entry: u32) {
    // exercise smp.1 begin
    write(STARTUPADDR, entry);
    write(STARTUPCPU, cpu);
    // exercise smp.1 end
}

/// Calls `cpu`.
pub fn send(cpu: u32) {
    write(IPI_ONE, ANY | cpu);
}

/// This CPU has heard all calls.
pub fn clear() {
    while register(IPI_READ).read() != 0 {}
}

/// A tick has come to CPU 0: the others have it too.
pub fn pass_tick_on() {
    if smp::are_several() {
        TICKS
            .iter()
            .skip(1)
            .for_each(|tick| tick.store(true, Relaxed));
        write(IPI_MANY, ANY);
    }
}

/// Whether a tick was passed on to CPU `number`, and not taken yet.
pub fn take_tick(number: u32) -> bool {
    let tick = TICKS.get(number as usize);
    tick.is_some_and(|tick| tick.swap(false, Relaxed))
}
