//! MOS for GXemul's testmips and QEMU's malta: what cannot be tested on the host.
//!
//! Policy is in `mos-core`. Here are the vectors and the entry code (`arch`), the devices (`board`), memory
//! (`ram`), and the way from one to the other:
//!
//! ```text
//! _start ──> start() ──────────────┐
//! except_vec3 ──> SAVE_ALL ──> trap ──> mos-core ──> leave() ──> RESTORE_SOME ──> user mode
//! ```

#![no_std]
#![no_main]
#![feature(asm_experimental_arch)]
#![feature(optimize_attribute)]

mod arch;
#[cfg(feature = "audit")]
mod audit;
mod backtrace;
mod big_lock;
mod board;
#[cfg(feature = "checks")]
mod checks;
mod crash;
mod critical;
mod hardware;
mod logger;
#[cfg(any(feature = "audit", feature = "monitor"))]
mod look;
#[cfg(feature = "monitor")]
mod monitor;
mod options;
mod package;
mod panic;
mod ram;
// teacher begin
mod rule;
// teacher end
mod serial;
// teacher begin
mod smp;
// teacher end
mod stack;
mod stray;
mod tables;
mod trap;

use mos_abi::package::Package;
use mos_abi::text::{Decimal, Hex8, Text};
use mos_core::Kernel;
use mos_core::machine::Machine;

use arch::CpuPage;
use board::Board;
use hardware::Hardware;
use options::Options;
use ram::{KSEG0, Ram};

unsafe extern "C" {
    /// The way back to user mode.
    fn ret_from_exception() -> !;
}

#[mips_rt::entry]
fn start() -> ! {
    stack::init();
    CpuPage::init(stack::top(), big_lock::kernel(), &arch::FAST);
    arch::tlb_flush();
    big_lock::with(|kernel| {
        boot(kernel);
        trap::leave_by_and_by(kernel);
    });
    // SAFETY: `leave_by_and_by` has put an environment's trapframe and tables into the CPU page.
    unsafe { ret_from_exception() }
}

/// Readies the machine and makes the first environments.
#[optimize(size)]
#[inline(never)]
fn boot(kernel: &mut Kernel<Hardware>) {
    let board = board::current();
    let registers = arch::boot_registers();
    let memory = board.memory_size(registers);
    #[cfg(feature = "checks")]
    checks::begin(kernel, memory);
    let package = package::find(KSEG0 + memory).unwrap_or(Package::EMPTY);
    let mut options = Options::DEFAULT;
    let mut unknown = None;
    let command_line = package.command_line();
    let mut set = |word| {
        #[cfg(feature = "audit")]
        if audit::set(word) {
            return;
        }
        // teacher begin
        #[cfg(feature = "lottery")]
        if rule::set(&mut kernel.rule, word) {
            return;
        }
        // teacher end
        if !options.set(word) {
            unknown = Some(word);
        }
    };
    command_line.split_ascii_whitespace().for_each(&mut set);
    board.boot_arguments(registers).for_each(set);
    logger::init(options.log);
    if options.log == log::LevelFilter::Trace {
        CpuPage::set_entries(&arch::WHOLE);
    }

    #[cfg(feature = "audit")]
    let memory = audit::memory(memory);
    let used = package::start() - KSEG0 + package.size() as u32;
    // teacher begin
    let used = smp::set_apart(used, memory);
    // teacher end
    // lab 2 begin
    // SAFETY: the board says that there is this much memory, and kernel and package end at `used`.
    let ram = unsafe { Ram::take(used, memory) };
    kernel.mem.machine.ram = ram.unwrap_or(Ram::NONE);
    #[cfg(feature = "checks")]
    checks::carry_out(kernel);
    if ram.is_none() || kernel.boot(options.limit).is_err() {
        panic!("{} KiB of memory are too little", Decimal(memory >> 10));
    }
    // lab 2 end
    // teacher begin
    #[cfg(feature = "fpu")]
    {
        kernel.unit.present = arch::fpu_present() != 0;
    }
    // teacher end
    #[cfg(feature = "audit")]
    audit::begin(kernel);
    banner(kernel, memory);
    if let Some(word) = unknown {
        log::warn!("the command line has an unknown word: {}", Text(word));
    }
    // teacher begin
    // otherwise: if let Some(crash) = options.crash {
    if let Some(crash) = options.crash
        && smp::found() == 1
    {
        // teacher end
        crash.now();
    }
    // lab 3 begin
    // otherwise: kernel.say(format_args!("[mos] power off"));
    // otherwise: board::power_off(true)
    for program in package.programs() {
        if let Err(error) = kernel.env_create(&program) {
            let name = Text(program.name);
            kernel.say(format_args!("[mos] cannot start {name}: {error}"));
            kernel.incomplete = true;
        }
    }
    board.start(options.tick);
    // lab 3 end
    // teacher begin
    kernel.tick = options.tick;
    smp::start();
    if let Some(crash) = options.crash {
        crash.now();
    }
    // teacher end
}

/// Says what runs on what.
#[optimize(size)]
#[inline(never)]
fn banner(kernel: &mut Kernel<Hardware>, memory: u32) {
    let prid = arch::read_prid();
    let cpu = match prid {
        0x0000_0220 => "R3000",
        0x0001_8000 => "4Kc",
        // teacher begin
        #[cfg(feature = "fpu")]
        0x0001_9300 => "24Kf",
        0x0001_a800 => "P5600",
        // teacher end
        _ => "unknown CPU",
    };
    let [version, name, cpu] = [env!("CARGO_PKG_VERSION"), board::Current::NAME, cpu].map(Text);
    let free = kernel.mem.free_frames() as u32;
    let end = kernel.mem.machine.memory_map().end.ppn();
    let [mib, free, end] = [memory >> 20, free, end].map(Decimal);
    let prid = Hex8(prid);
    kernel.say(format_args!(
        "[mos] MOS {version} on {name}, {cpu} (PRId {prid}), {mib} MiB, {free} of {end} pages free",
    ));
    // teacher begin
    if smp::found() != 1 {
        kernel.say(format_args!("[mos] {} CPUs", Decimal(smp::found())));
    }
    #[cfg(feature = "other-rule")]
    kernel.say(format_args!("[mos] scheduler: {}", Text(rule::NAME)));
    // teacher end
}
