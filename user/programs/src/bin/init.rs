//! init: what the course's systems begin with: looks at its memory and what it was told, and starts shells.

#![no_std]
#![forbid(unsafe_code)]

use libos::Global;
use libos::io::{print, println};
use libos::process::ExitCode;
use mos_programs::{FAILED, FINE, Failure, Status, call};
use mos_sh::shell::HALT;

/// Bytes of each.
const SIZE: usize = 6000;
/// Two texts in them, and where the second begins.
const TEXTS: [&[u8]; 2] = [b"this is initialized data", b"so is this"];
const SECOND: usize = 5000;
/// What they add up to.
const SUM: u32 = 0xf989e;

static DATA: Global<[u8; SIZE]> = Global::new({
    let mut data = [0; SIZE];
    let [first, second] = TEXTS;
    data.split_at_mut(first.len()).0.copy_from_slice(first);
    let behind = data.split_at_mut(SECOND).1;
    behind.split_at_mut(second.len()).0.copy_from_slice(second);
    data
});
static BSS: Global<[u8; SIZE]> = Global::new([0; SIZE]);

fn sum(bytes: &[u8]) -> u32 {
    let bytes = (0_u32..).zip(bytes);
    bytes.fold(0, |sum, (index, byte)| {
        sum ^ index.wrapping_mul((*byte).into())
    })
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
