//! Lab 1: what an executable says of itself, and bytes in a frame.

use mos_abi::Error;
use mos_abi::PteFlags;
use mos_abi::layout::{DEMAND_FLOOR, ENTRIES, PAGE_SIZE, USTACKTOP, UTEXT};
use mos_core::elf::{Executable, fill};
use mos_core::{Kernel, Platform};

use crate::check::{Check, Wrong};
use crate::program::{Segment, TEXT, executable};

/// Where things are in an ELF header, and in the program header behind it.
mod at {
    pub const MAGIC: usize = 0;
    pub const CLASS: usize = 4;
    pub const DATA: usize = 5;
    pub const TYPE: usize = 16;
    pub const MACHINE: usize = 18;
    pub const ENTRY: usize = 24;
    pub const COUNT: usize = 44;
    pub const OFFSET: usize = 52 + 4;
    pub const VADDR: usize = 52 + 8;
    pub const FILESZ: usize = 52 + 16;
    pub const MEMSZ: usize = 52 + 20;
    pub const ALIGN: usize = 52 + 28;
}

/// What becomes of a good file in which the bytes from `at` on are others.
fn changed(at: usize, bytes: &[u8]) -> Result<u32, Error> {
    let mut file = executable(UTEXT + 8, &[TEXT]);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    Executable::parse(&*file).map(|program| program.entry)
}

fn word(at: usize, word: u32) -> Result<u32, Error> {
    changed(at, &word.to_le_bytes())
}

const REFUSED: Result<u32, Error> = Err(Error::NotExec);

/// The header of the file.
pub fn header<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    for entry in [
        UTEXT + 8,
        UTEXT + 4 * check.lots.from(0, 1000),
        USTACKTOP - 4,
    ] {
        check.same("entry point", word(at::ENTRY, entry), Ok(entry), kernel)?;
    }
    check.ok("an executable is accepted, with its entry point", kernel);
    for (at, byte, what) in [
        (at::MAGIC, 0x7e, "the magic number"),
        (at::MAGIC + 3, b'f', "the magic number"),
        (at::CLASS, 2, "a 64-bit file"),
        (at::DATA, 2, "a big-endian file"),
        (at::TYPE, 1, "an object file"),
        (at::TYPE, 3, "a shared object"),
        (at::MACHINE, 3, "another machine's file"),
        (at::MACHINE, 62, "another machine's file"),
        (at::COUNT, 65, "too many program headers"),
        (at::ENTRY, 9, "a misaligned entry point"),
        (at::ENTRY, 10, "a misaligned entry point"),
    ] {
        check.same(what, changed(at, &[byte]), REFUSED, kernel)?;
    }
    for entry in [USTACKTOP, 0x8000_0000, 0xffff_fffc] {
        check.same(
            "an entry point too high",
            word(at::ENTRY, entry),
            REFUSED,
            kernel,
        )?;
    }
    for len in [0, 1, 16, 51, 52, 83] {
        let file = executable(UTEXT, &[TEXT]);
        let refused = Executable::parse(&file[..len]).is_err();
        drop(file);
        check.same("a file that is cut off is refused", refused, true, kernel)?;
    }
    check.ok("anything else is refused", kernel);
    Ok(())
}

/// The segments.
pub fn segments<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let end = USTACKTOP - PAGE_SIZE;
    for (start, filesz, memsz, writable) in [
        (
            UTEXT + check.lots.from(0, 5000),
            check.lots.from(1, 3000),
            check.lots.from(3000, 90_000),
            true,
        ),
        (DEMAND_FLOOR, 0, 1, false),
        (end - 100, 100, 100, true),
        (UTEXT, 7, 7, false),
    ] {
        let segment = Segment {
            start,
            filesz,
            memsz,
            writable,
        };
        let file = executable(UTEXT, &[segment]);
        let seen = Executable::parse(&*file).map(|program| {
            let first = program.segments().next();
            first.map(|s| {
                (
                    s.start,
                    s.end,
                    s.flags,
                    s.bytes.len(),
                    s.bytes.first().copied(),
                )
            })
        });
        drop(file);
        let flags = if writable {
            PteFlags::V | PteFlags::R
        } else {
            PteFlags::V
        };
        let byte = (filesz > 0).then(|| segment.byte(0));
        let right = (start, start + memsz, flags, filesz as usize, byte);
        check.same("a segment", seen, Ok(Some(right)), kernel)?;
    }
    check.ok("a segment has its place, its bytes and its flags", kernel);

    for (at, value, what) in [
        (at::MEMSZ, 63, "fewer bytes in memory than in the file"),
        (at::FILESZ, 0x7fff_ffff, "more bytes than the file has"),
        (at::OFFSET, 16 << 10, "bytes behind the file's end"),
        (at::OFFSET, 0xffff_fff0, "an offset that wraps around"),
        (at::VADDR, DEMAND_FLOOR - 4, "too low"),
        (at::VADDR, 0, "at 0"),
        (at::VADDR, end - 63, "into the stack"),
        (at::VADDR, 0x8000_0000, "in the kernel"),
        (at::VADDR, 0xffff_ffe0, "around the end"),
        (at::MEMSZ, 0xffff_ffff, "around the end"),
        (at::MEMSZ, 0x7fff_0000, "far too large"),
        (at::ALIGN, 3, "an alignment that is no power of two"),
        (
            at::ALIGN,
            4096,
            "an address that is not congruent to its offset",
        ),
    ] {
        check.same(what, word(at, value), REFUSED, kernel)?;
    }
    check.ok("a segment that cannot be is refused", kernel);
    Ok(())
}

/// Bytes at any place of a frame.
pub fn bytes<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mut source = [0; 40];
    for byte in &mut source {
        *byte = check.lots.any() as u8;
    }
    for _ in 0..300 {
        let len = check.lots.from(0, 40) as usize;
        let first = match check.lots.from(0, 3) {
            0 => check.lots.from(0, 3) as usize,
            1 => PAGE_SIZE as usize - len,
            _ => check.lots.from(0, PAGE_SIZE - 40) as usize,
        };
        let mut words = [0xaaaa_aaaa_u32; ENTRIES];
        fill(&mut words, first, &source[..len]);
        for (at, word) in (0..).step_by(4).zip(words) {
            let byte = |at: usize| match at.checked_sub(first) {
                Some(index) if index < len => source[index],
                _ => 0xaa,
            };
            let right = [0, 1, 2, 3].map(|n| byte(at + n));
            check.same("four bytes of the frame", word.to_le_bytes(), right, kernel)?;
        }
    }
    check.ok(
        "the bytes are where they belong, and all others as they were",
        kernel,
    );
    Ok(())
}
