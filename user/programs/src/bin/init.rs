//! init: what the course's systems begin with: looks at its memory and what it was told, and starts shells.

#![no_std]
#![forbid(unsafe_code)]

use libos::Global;
use libos::io::{print, println};
use libos::process::ExitCode;
use mos_programs::{FAILED, FINE, Failure, Status, call};
use mos_sh::shell::HALT;

/// Words of each.
const WORDS: usize = 5000;
/// What the data add up to.
const SUM: u32 = 0xf989e;

static DATA: Global<[u32; WORDS]> = Global::new({
    let mut data = [0; WORDS];
    data[0] = u32::MAX;
    data[WORDS - 1] = 1;
    data
});
static BSS: Global<[u32; 6000]> = Global::new([0; 6000]);

fn sum(words: &[u32]) -> u32 {
    let words = (0_u32..).zip(words);
    words.fold(0, |sum, (index, word)| sum ^ index.wrapping_mul(*word))
}

fn main() -> ExitCode {
    println!("init: running");
    let data = DATA.with(|data| sum(data));
    match data {
        SUM => println!("init: data seems okay"),
        other => println!("init: data is not initialized: got sum {other:08x} wanted {SUM:08x}"),
    }
    match BSS.with(|bss| sum(bss)) {
        0 => println!("init: bss seems okay"),
        other => println!("bss is not initialized: wanted sum 0 got {other:08x}"),
    }
    print!("init: args:");
    libos::args().for_each(|argument| print!(" '{argument}'"));
    println!();
    println!("init: running sh");
    let status = shells().unwrap_or_else(|failure| {
        println!("init: {failure}");
        FAILED
    });
    status.into()
}

/// Starts shells one after the other, until one has ended the system.
fn shells() -> Result<Status, Failure> {
    loop {
        println!("init: starting sh");
        let ended = call("sh", [""; 0])?;
        if ended.code() == Some(HALT) || ended.success() {
            return Ok(ended.code().unwrap_or(FINE));
        }
    }
}
