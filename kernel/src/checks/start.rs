//! Lab 1: from the first instruction to the boot package.

use core::arch::global_asm;
use core::fmt::{self, Write};

use ::log::{Level, Metadata};
use embedded_hal_nb::nb::block;
use embedded_hal_nb::serial::Write as _;
use mos_checks::{Check, Label, Wrong, saw, step};
use mos_core::{Kernel, Machine};
use spin::Mutex;

use crate::board::Serial;
use crate::hardware::Hardware;
use crate::options::Options;
use crate::ram::KSEG0;
use crate::serial::Console;
use crate::{logger, package, stack};

use super::wire::Wire;

/// Nobody else writes to it, and memory is full of rubbish at boot.
static WORDS: Mutex<[u32; 2000]> = Mutex::new([0; 2000]);

global_asm!(include_str!("edges.S"));

unsafe extern "C" {
    static bss_first: [u32; 4];
    static bss_last: [u32; 4];
}

/// Memory, stack and what the boot loader said.
pub fn first_instructions(check: &mut Check, memory: u32) -> Result<(), Wrong> {
    step!(check, "all of bss is zero");
    let rubbish = WORDS.lock().iter().filter(|&&word| word != 0).count();
    saw!(check, "words of bss that are not zero", rubbish, &mut Wire);
    // SAFETY: nobody writes to them.
    let edges = unsafe {
        (
            (&raw const bss_first).read_volatile(),
            (&raw const bss_last).read_volatile(),
        )
    };
    saw!(check, "the first row of bss and the last", edges, &mut Wire);
    let mut sum = 0;
    for _ in 0..check.lots.from(10, 30) {
        let at = check.lots.from(0, 1999) as usize;
        let word = &mut WORDS.lock()[at];
        *word = word.wrapping_add(check.lots.any());
        sum = *word ^ u32::rotate_left(sum, 1);
    }
    saw!(check, "what was added up in words of bss", sum, &mut Wire);
    step!(check, "the stack pointer is where it should be");
    let local = [check.lots.any(); 3];
    let depth = (stack::top() as usize).wrapping_sub((&raw const local).addr());
    let is_there = depth < stack::SIZE;
    saw!(
        check,
        "whether a variable is on the kernel's stack, and the variable",
        (is_there, local),
        &mut Wire
    );
    step!(check, "what the boot loader said is known");
    saw!(check, "size of memory", memory, &mut Wire);
    Ok(())
}

/// A line for the device itself, past everything else.
struct Device;

impl Write for Device {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut serial = Serial::NEW;
        for byte in text.bytes() {
            let Ok(()) = block!(serial.write(byte));
        }
        Ok(())
    }
}

/// Characters that take two and three bytes.
fn characters(check: &mut Check) -> [char; 4] {
    [0xc0, 0x400, 0x3041, 0x4e00].map(|first| {
        let drawn = char::from_u32(first + check.lots.from(0, 20));
        drawn.unwrap_or_default()
    })
}

/// The same as a text, which goes out as a whole.
fn odd_text(check: &mut Check) -> Word {
    let mut text = Word::NEW;
    for c in characters(check) {
        // There is room for four of three bytes.
        _ = text.write_char(c);
    }
    text
}

/// Byte by byte, past everything but the device.
pub fn send(check: &mut Check) -> Result<(), Wrong> {
    step!(check, "every byte of a line arrives, line after line");
    for _ in 0..check.lots.from(3, 9) {
        let drawn = check.lots.any();
        let line = check.observation(const { Label::of("a number") }, &drawn);
        // It does not fail.
        _ = writeln!(Device, "{line}");
    }
    step!(check, "those above 127 too");
    let drawn = characters(check);
    let line = check.observation(const { Label::of("characters") }, &drawn);
    // As above.
    _ = writeln!(Device, "{line}");
    Ok(())
}

/// What is typed after the prompt.
pub fn receive(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "nothing is received before anything is sent");
    let machine = &mut kernel.mem.machine;
    let early = (0..1000).filter(|_| machine.get().is_some()).count();
    saw!(check, "bytes before any was sent", early, kernel);
    step!(check, "what is sent is received, each byte once");
    // As above.
    _ = writeln!(Device, "type now");
    let typed: [u8; 8] = core::array::from_fn(|_| {
        loop {
            if let Some(byte) = kernel.mem.machine.get() {
                break byte;
            }
        }
    });
    saw!(check, "what was typed", typed.map(char::from), kernel);
    Ok(())
}

/// Formatted text.
pub fn text(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let number = Label::of("a number");
    let drawn: [u32; 4] = core::array::from_fn(|_| check.lots.any());
    step!(check, "write! formats a line for the serial port");
    // A console does not fail.
    _ = writeln!(Console, "{}", check.observation(number, &drawn[0]));
    step!(check, "the kernel's own lines arrive whole");
    let line = check.observation(number, &drawn[1]);
    kernel.say(format_args!("{line}"));
    step!(
        check,
        "what is not ASCII goes out as the bytes that it has: é, 中"
    );
    let odd = characters(check);
    let line = check.observation(const { Label::of("characters") }, &odd);
    // As above.
    _ = writeln!(Console, "{line}");
    kernel.say(format_args!("{line}"));
    let text = odd_text(check);
    let text = text.text();
    _ = writeln!(
        Console,
        "{}",
        check.observation(const { Label::of("a text") }, &text)
    );
    step!(check, "in many pieces, too");
    _ = write!(Console, "{}", check.observation(number, &drawn[2]));
    _ = writeln!(Console, "{:>17}", drawn[3]);
    Ok(())
}

/// Which records are let through, and what they look like.
pub fn log(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "records up to the level are let through, and no others"
    );
    let mut levels = [
        Level::Error,
        Level::Warn,
        Level::Info,
        Level::Debug,
        Level::Trace,
    ];
    let last = levels[check.lots.from(1, 3) as usize];
    check.lots.shuffle(&mut levels);
    logger::init(last.to_level_filter());
    for level in levels {
        let metadata = Metadata::builder().level(level).build();
        let enabled = ::log::logger().enabled(&metadata);
        let seen = (last, level, enabled);
        saw!(
            check,
            "the level, that of a record, and whether it is let through",
            seen,
            kernel
        );
    }
    step!(
        check,
        "a warning, and an error, have the form that the exercise gives"
    );
    for level in [Level::Warn, Level::Error, Level::Trace] {
        let drawn = check.lots.any();
        let record = check.observation(const { Label::of("a record") }, &drawn);
        ::log::log!(level, "{record}");
    }
    Ok(())
}

/// A short text, such as a word of the command line whose value is drawn by lot.
struct Word {
    bytes: [u8; 24],
    len: usize,
}

impl Word {
    const NEW: Self = Self {
        bytes: [0; 24],
        len: 0,
    };

    fn new(key: &str, value: u32) -> Self {
        let mut word = Self::NEW;
        // There is room for every number behind each of the keys.
        _ = write!(word, "{key}={value}");
        word
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.len]).unwrap_or_default()
    }
}

impl Write for Word {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let rest = self.bytes.get_mut(self.len..).unwrap_or_default();
        let place = rest.get_mut(..text.len()).ok_or(fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// Words of the command line.
pub fn options(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    let mut options = Options::DEFAULT;
    let mut set = |check: &Check, word: &str, kernel: &mut Kernel<Hardware>| {
        let understood = options.set(word);
        let Options {
            log, tick, limit, ..
        } = options;
        let crash = options.crash.is_some();
        let seen = (word, understood, (log, tick, limit, crash));
        saw!(
            check,
            "a word, whether it was understood, and log, tick, limit, crash after it",
            seen,
            kernel
        );
    };
    step!(check, "each word has its value");
    let mut keys = ["tick", "limit", "tick"];
    check.lots.shuffle(&mut keys);
    for key in keys {
        let value = check.lots.any();
        set(check, Word::new(key, value).text(), kernel);
    }
    step!(
        check,
        "words are understood, and what is none of them is refused"
    );
    let mut words = [
        "log=debug",
        "log=off",
        "tick=",
        "tick=many",
        "tick=-5",
        "log=loud",
        "limit=4294967296",
        "speed=1",
        "tick",
        "=",
        "=5",
        "",
        "crash=softly",
    ];
    check.lots.shuffle(&mut words);
    for word in words {
        set(check, word, kernel);
    }
    set(check, "crash=panic", kernel);
    Ok(())
}

/// The package that the harness put behind the kernel.
pub fn package(kernel: &mut Kernel<Hardware>, check: &mut Check, memory: u32) -> Result<(), Wrong> {
    step!(check, "the package is found, with all that is in it");
    let found = package::find(KSEG0 + memory);
    let line = found.map(|package| package.command_line().trim_ascii_end());
    let last = line.and_then(|line| line.rsplit(' ').next());
    saw!(check, "the last word of the command line", last, kernel);
    let programs = found.map(|package| package.programs().count());
    saw!(check, "programs", programs, kernel);
    let mut functions = [
        package as *const () as u32,
        first_instructions as *const () as u32,
        options as *const () as u32,
        receive as *const () as u32,
    ];
    check.lots.shuffle(&mut functions);
    for function in functions {
        let symbol = package::symbol(function + 4 * check.lots.from(0, 3));
        let name = symbol.and_then(|symbol| symbol.name.rsplit("::").next());
        saw!(check, "the name of a function of the kernel", name, kernel);
    }
    Ok(())
}

/// The end of the run, which is all that this is about.
pub fn power_off(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "the machine is to be switched off now");
    let drawn = check.lots.any();
    saw!(check, "a number, before that", drawn, kernel);
    Ok(())
}
