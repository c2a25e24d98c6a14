//! Lab 1: the segments of an executable, and bytes in a frame.

use mos_abi::layout::{DEMAND_FLOOR, ENTRIES, PAGE_SIZE, USTACKTOP, UTEXT};
use mos_core::elf::{Executable, fill};
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::field;
use crate::headers::try_all;
use crate::program::{FILE_SIZE, Segment, TEXT, executable};
use crate::sum::sum;

/// The segments.
pub fn segments<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let end = USTACKTOP - PAGE_SIZE;
    let lots = &mut check.lots;
    let [few, more, size] = [lots.from(0, 50), lots.from(1, 900), lots.from(1, 900)];
    let mut cases = [
        (
            UTEXT + few,
            lots.from(1, 3000),
            lots.from(3000, 90_000),
            true,
        ),
        (DEMAND_FLOOR, 0, 1, lots.from(0, 1) == 0),
        (end - size, size, size, true),
        (UTEXT, more, more, false),
        (
            lots.from(UTEXT, end - 9000),
            more,
            lots.from(900, 9000),
            lots.from(0, 1) == 0,
        ),
    ];
    lots.shuffle(&mut cases);
    step!(check, "a segment has its place, its bytes and its flags");
    for (start, filesz, memsz, writable) in cases {
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
                let bytes = s.bytes.iter().map(|&byte| u32::from(byte));
                (s.start, s.end, s.flags, s.bytes.len(), sum(bytes))
            })
        });
        drop(file);
        saw!(
            check,
            "a segment's address, sizes in file and memory, whether it is writable; start, end, flags, length and sum of what is loaded",
            ((start, filesz, memsz, writable), seen),
            kernel
        );
    }

    step!(
        check,
        "a segment that cannot be is refused, and none that can"
    );
    let lots = &mut check.lots;
    let entry = UTEXT + 4 * lots.from(0, 1000);
    let size = TEXT.memsz;
    let fields = [
        (field::MEMSZ, size - lots.from(1, size - 1)),
        (field::MEMSZ, size + lots.from(0, 5000)),
        (field::MEMSZ, 0_u32.wrapping_sub(lots.from(1, UTEXT))),
        (field::MEMSZ, 0x7fff_0000 + lots.from(0, 0xffff)),
        (field::FILESZ, lots.from(0, size)),
        (field::FILESZ, lots.from(size + 1, 0x7fff_ffff)),
        (field::OFFSET, FILE_SIZE - size - lots.from(0, 99)),
        (field::OFFSET, FILE_SIZE - lots.from(0, size - 1)),
        (field::OFFSET, 0xffff_ff00 | lots.any()),
        (field::VADDR, lots.from(0, DEMAND_FLOOR - 1)),
        (field::VADDR, DEMAND_FLOOR + lots.from(0, 99)),
        (field::VADDR, end - size - lots.from(0, 99)),
        (field::VADDR, end - lots.from(0, size - 1)),
        (field::VADDR, 0x8000_0000 | lots.any()),
        (field::VADDR, 0_u32.wrapping_sub(lots.from(1, size))),
        (field::ALIGN, 0),
        (field::ALIGN, 1 << lots.from(0, 9)),
        (field::ALIGN, 1 << lots.from(10, 22)),
        // The address and the offset agree even so.
        (field::ALIGN, 2 * lots.from(1, 255) + 1),
    ];
    try_all(kernel, check, (entry, &[TEXT]), fields);
    Ok(())
}

/// Bytes at any place of a frame.
pub fn bytes<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mut source = [0; 40];
    for byte in &mut source {
        *byte = check.lots.any() as u8;
    }
    let before = check.lots.any();
    step!(
        check,
        "the bytes are where they belong, and all others as they were"
    );
    for round in 0..30 {
        let longest = if round < 12 { 7 } else { 40 };
        let len = check.lots.from(0, longest);
        let first = match check.lots.from(0, 3) {
            0 => check.lots.from(0, 3),
            1 => PAGE_SIZE - len,
            _ => check.lots.from(0, PAGE_SIZE - 40),
        };
        let mut words = [before; ENTRIES];
        fill(&mut words, first as usize, &source[..len as usize]);
        let at = first as usize / 4;
        saw!(
            check,
            "bytes stored from here on, how many, and the words that begin there",
            (
                first,
                len,
                &words[at.min(ENTRIES - 1)..(at + 3).min(ENTRIES)]
            ),
            kernel
        );
        saw!(check, "the sum of the whole frame", sum(words), kernel);
    }
    Ok(())
}
