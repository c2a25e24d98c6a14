//! A program's file, made out of the program in memory.

use mos_abi::elf::{ELFCLASS32, EM_MIPS, ET_EXEC, PF_W, PT_LOAD};
use mos_abi::layout::{PAGE_SIZE, UTEXT};
use mos_abi::{Error, PteFlags};

use crate::window::PRIVATE;
use crate::{Window, copy, view};

/// More pages than a program has.
const MOST: u32 = 256;

/// Puts an executable file of this program into windows from `first` on, page for page, with its variables as they are now. It
/// has no symbols.
///
/// # Errors
/// `NoMem`.
pub fn own_file(first: Window) -> Result<&'static [u8], Error> {
    let flags = |n: u32| view::page_flags(UTEXT + n * PAGE_SIZE);
    let count = (0..MOST).find(|&n| flags(n).is_none()).unwrap_or(MOST);
    let written = |n| flags(n).is_some_and(|flags| flags.contains(PteFlags::R));
    let data = (0..count).find(|&n| written(n)).unwrap_or(count);
    let page = |n: u32| Window::at(first.address() + n * PAGE_SIZE);
    for n in 0..=count {
        page(n).alloc(PRIVATE)?;
    }
    let segments = [(0, data, 0), (data, count - data, PF_W)];
    let mut words = [0; 13 + 2 * 8];
    words[0] = u32::from_le_bytes(*b"\x7fELF");
    words[1] = u32::from_le_bytes([ELFCLASS32, 1, 1, 0]);
    words[4] = u32::from(EM_MIPS) << 16 | u32::from(ET_EXEC);
    words[5] = 1;
    words[6] = UTEXT;
    words[7] = 52;
    // Two numbers of 16 bits each: lengths of headers, and how many there are.
    words[10] = 32 << 16 | 52;
    words[11] = segments.len() as u32;
    for (header, (start, pages, flags)) in
        words[13..].as_chunks_mut::<8>().0.iter_mut().zip(segments)
    {
        let [at, va, bytes] = [
            (start + 1) * PAGE_SIZE,
            UTEXT + start * PAGE_SIZE,
            pages * PAGE_SIZE,
        ];
        *header = [PT_LOAD, at, va, va, bytes, bytes, flags, PAGE_SIZE];
    }
    for (n, &word) in words.iter().enumerate() {
        page(0).write(n, word);
    }
    for n in 0..count {
        // SAFETY: the one is there, as is the other by now, in a window.
        unsafe { copy::page(page(n + 1).address(), UTEXT + n * PAGE_SIZE) };
    }
    let start = core::ptr::with_exposed_provenance(first.address() as usize);
    let len = (count + 1) * PAGE_SIZE;
    // SAFETY: these pages are there, and nothing writes to them any more.
    Ok(unsafe { core::slice::from_raw_parts(start, len as usize) })
}
