//! Lab 1: from the first instruction to the boot package.

use core::fmt::Write as _;

use ::log::{Level, LevelFilter, Metadata};
use embedded_hal_nb::nb::block;
use embedded_hal_nb::serial::Write as _;
use mos_checks::{Check, Wrong};
use mos_core::{Kernel, Machine};
use spin::Mutex;

use crate::board::Serial;
use crate::hardware::Hardware;
use crate::options::Options;
use crate::ram::KSEG0;
use crate::serial::Console;
use crate::{logger, package, stack};

/// Nobody writes to it, and memory is full of rubbish at boot.
static UNTOUCHED: Mutex<[u32; 2000]> = Mutex::new([0; 2000]);

/// Memory, stack and what the boot loader said.
pub fn first_instructions(
    kernel: &mut Kernel<Hardware>,
    check: &mut Check,
    memory: u32,
) -> Result<(), Wrong> {
    let rubbish = UNTOUCHED.lock().iter().filter(|&&word| word != 0).count();
    check.same("words of bss that are not zero", rubbish, 0, kernel)?;
    check.ok("all of bss is zero", kernel);
    let local = 0_u32;
    let depth = (stack::top() as usize).wrapping_sub((&raw const local).addr());
    check.holds(
        "a local variable is on the kernel's stack",
        depth < stack::SIZE,
        kernel,
    )?;
    check.ok("the stack pointer is where it should be", kernel);
    check.same("size of memory", memory, 64 << 20, kernel)?;
    check.ok("what the boot loader said is known", kernel);
    Ok(())
}

/// Byte by byte, past everything but the device.
pub fn send(check: &mut Check) -> Result<(), Wrong> {
    let mut serial = Serial::NEW;
    let mut send = |text: &str| {
        for byte in text.bytes() {
            let Ok(()) = block!(serial.write(byte));
        }
    };
    for label in [
        "every byte of this line arrives",
        "and of this one",
        "those above 127 too: é, 中",
    ] {
        for part in ["ok ", label, " ", check.seal(label).digits(), "\n"] {
            send(part);
        }
    }
    send("[mos] power off\n");
    Ok(())
}

/// What is typed after the prompt.
pub fn receive(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let expected = check.lots.any();
    for _ in 0..1000 {
        check.same(
            "a byte before any was sent",
            kernel.mem.machine.get(),
            None,
            kernel,
        )?;
    }
    check.ok("nothing is received before anything is sent", kernel);
    kernel.say(format_args!("type now"));
    let mut value = 0;
    for _ in 0..8 {
        let byte = loop {
            if let Some(byte) = kernel.mem.machine.get() {
                break byte;
            }
        };
        let digit = (byte as char).to_digit(16);
        check.holds("a hexadecimal digit", digit.is_some(), kernel)?;
        value = value << 4 | digit.unwrap_or(0);
    }
    check.same("what was typed", value, expected, kernel)?;
    check.ok("what is sent is received, each byte once", kernel);
    Ok(())
}

/// Formatted text.
pub fn text(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let label = "write! formats a line for the serial port";
    // A console does not fail.
    _ = writeln!(Console, "ok {label} {}", check.seal(label).digits());
    let label = "the kernel's own lines arrive whole";
    kernel.say(format_args!("ok {label} {}", check.seal(label).digits()));
    let label = "what is not ASCII goes out as the bytes that it has: é, 中";
    _ = writeln!(Console, "ok {label} {}", check.seal(label).digits());
    let label = "in the kernel's own lines too: é, 中";
    kernel.say(format_args!("ok {label} {}", check.seal(label).digits()));
    let label = "in many pieces, too";
    let [start, rest] = ['o', 'k'];
    _ = write!(Console, "{start}{rest} ");
    _ = writeln!(Console, "{label}{:>17}", check.seal(label).digits());
    Ok(())
}

/// Which records are let through, and what they look like.
pub fn log(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let levels = [
        Level::Error,
        Level::Warn,
        Level::Info,
        Level::Debug,
        Level::Trace,
    ];
    let last = check.lots.from(1, 3) as usize;
    logger::init(levels[last].to_level_filter());
    for (n, level) in levels.into_iter().enumerate() {
        let metadata = Metadata::builder().level(level).build();
        let enabled = ::log::logger().enabled(&metadata);
        check.same(
            "whether a record is let through",
            enabled,
            n <= last,
            kernel,
        )?;
    }
    check.ok(
        "records up to the level are let through, and no others",
        kernel,
    );
    for level in [Level::Warn, Level::Error] {
        let label = if level == Level::Warn { WARNING } else { ERROR };
        let (_, text) = label.split_once("] ").unwrap_or_default();
        ::log::log!(level, "ok {text} {}", check.seal(label).digits());
    }
    ::log::trace!("this is too much");
    Ok(())
}

/// Lines of the log, as they must arrive.
const WARNING: &str = "[mos WARN] a warning has this form";
const ERROR: &str = "[mos ERROR] and so has an error";

/// Words of the command line.
pub fn options(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let mut options = Options::DEFAULT;
    let value = check.lots.from(10, 99);
    let words = [
        ("log=debug", true),
        ("limit=12345", true),
        ("tick=", false),
        ("tick=many", false),
        ("tick=-5", false),
        ("log=loud", false),
        ("limit=4294967296", false),
        ("speed=1", false),
        ("tick", false),
        ("=", false),
        ("=5", false),
        ("", true),
        ("crash=softly", false),
    ];
    for (word, understood) in words {
        let before = options;
        check.same(word, options.set(word), understood, kernel)?;
        if !understood {
            check.same("log level", options.log, before.log, kernel)?;
            check.same("tick", options.tick, before.tick, kernel)?;
        }
    }
    check.same("log=debug", options.log, LevelFilter::Debug, kernel)?;
    check.same("tick", options.tick, Options::DEFAULT.tick, kernel)?;
    check.ok(
        "words are understood, and what is none of them is refused",
        kernel,
    );
    let (word, right) = match value % 2 {
        0 => ("tick=1234567", 1_234_567),
        _ => ("tick=7654321", 7_654_321),
    };
    check.same(
        word,
        (options.set(word), options.tick),
        (true, right),
        kernel,
    )?;
    check.same(
        "limit=7",
        (options.set("limit=7"), options.limit),
        (true, Some(7)),
        kernel,
    )?;
    check.holds(
        "crash=panic",
        options.set("crash=panic") && options.crash.is_some(),
        kernel,
    )?;
    check.ok("each has its value", kernel);
    Ok(())
}

/// The package that the harness put behind the kernel.
pub fn package(kernel: &mut Kernel<Hardware>, check: &mut Check, memory: u32) -> Result<(), Wrong> {
    let found = package::find(KSEG0 + memory);
    let line = found.map(|package| package.command_line().trim_ascii_end());
    check.same(
        "the command line",
        line.map(|line| line.ends_with("tick=4321")),
        Some(true),
        kernel,
    )?;
    let programs = found.map(|package| package.programs().count());
    check.same("programs", programs, Some(0), kernel)?;
    let symbol = package::symbol(package as *const () as u32);
    check.holds(
        "the name of a function of the kernel",
        symbol.is_some_and(|symbol| symbol.name.contains("package")),
        kernel,
    )?;
    check.ok("the package is found, with all that is in it", kernel);
    Ok(())
}

/// The end of the run, which is all that this is about.
pub fn power_off(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    check.ok("the machine is to be switched off now", kernel);
    Ok(())
}
