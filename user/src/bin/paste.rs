//! Reads a text that was pasted long before anybody read it, and says whether it is whole and in order.

#![no_std]
#![forbid(unsafe_code)]

use core::hint::black_box;

use libos::console::getchar;
use libos::println;

/// How many different characters come in turn.
const CHARACTERS: usize = 89;
/// How long nobody reads: long enough for some thousand bytes to come.
const DELAY: u32 = 20_000_000;

fn main() {
    println!("paste: a text and an end of line, please");
    for turn in 0..DELAY {
        black_box(turn);
    }
    let mut count = 0;
    loop {
        match getchar() {
            b'\n' => break,
            byte if usize::from(byte) == usize::from(b'!') + count % CHARACTERS => count += 1,
            byte => {
                println!("paste: byte {count} is {byte:#x}");
                return;
            }
        }
    }
    println!("paste: {count} bytes in order");
}
