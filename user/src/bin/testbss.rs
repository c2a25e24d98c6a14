//! A large array that no file holds: zeros at first, then what is stored there. Behind its end nothing is mapped, and a page
//! comes with the first access: passive allocation, where JOS ends the program.

#![no_std]
#![forbid(unsafe_code)]

use libos::{Word, layout, println, probe, view};

/// Words of it, 1 MiB in all.
const WORDS: usize = 256 * 1024;

static ARRAY: [Word; WORDS] = [const { Word::new(0) }; WORDS];

fn main() {
    println!("Making sure bss works right...");
    for (at, word) in ARRAY.iter().enumerate() {
        assert_eq!(word.get(), 0, "bigarray[{at}] isn't cleared!");
    }
    for (at, word) in ARRAY.iter().enumerate() {
        word.set(at as u32);
    }
    for (at, word) in ARRAY.iter().enumerate() {
        assert_eq!(
            word.get(),
            at as u32,
            "bigarray[{at}] didn't hold its value!"
        );
    }
    println!("Yes, good.  Now doing a wild write off the end...");
    let end = ARRAY[WORDS - 1].address();
    let missing = |va: &u32| view::page_flags(*va).is_none();
    let pages = (1..).map(|n| layout::page_down(end) + n * layout::PAGE_SIZE);
    let Some(wild) = pages.take(100).find(missing) else {
        return println!("there is no end");
    };
    probe::poke(wild, 0x0bad_0bad);
    println!(
        "passive allocation: page {} behind the end has come, with {:?}: {:08x}, and {:x} behind it",
        (wild - layout::page_down(end)) / layout::PAGE_SIZE,
        view::page_flags(wild),
        probe::peek(wild),
        probe::peek(wild + 4),
    );
}
