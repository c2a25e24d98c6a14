//! Lab 4: the memory of a program, as the kernel reads and writes it.

use mos_abi::layout::{PAGE_SIZE, UTOP};
use mos_abi::{Error, PteFlags};
use mos_core::machine::Frame;
use mos_core::mem::user::{UserRange, user_flags};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{RW, sum_of};
use crate::need;
use crate::stack::{taken, two_pages};
use crate::sum::sum;

/// Where a program has memory, and where it has none.
pub fn user_memory<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    ranges(kernel, check);
    step!(check, "every page of what is read must be there");
    let (slot, first) = two_pages(kernel, check)?;
    read(kernel, check, slot, first);
    step!(
        check,
        "nothing is written where the program may not write itself"
    );
    written(kernel, check, slot, first)?;
    flags(kernel, check);
    step!(
        check,
        "arguments 4 and 5 are not taken from where a program has no memory"
    );
    let mut places = [
        first + check.lots.from(1, 3),
        first + PAGE_SIZE + 4 * check.lots.from(1, 900),
        first + 4 * check.lots.from(1, 900) + check.lots.from(1, 3),
        UTOP,
        UTOP - 16,
        UTOP - 20,
        0x8000_0000 + 4 * check.lots.from(0, 1000),
        u32::MAX - 19,
        u32::MAX - 23,
    ];
    check.lots.shuffle(&mut places);
    taken(kernel, check, slot, &places);
    Ok(())
}

/// Ranges of bytes and of words.
fn ranges<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) {
    step!(check, "a range lies below UTOP, and does not wrap around");
    let n = check.lots.from(1, 0xffff);
    let mut asked = [
        (check.lots.from(0, UTOP / 2), check.lots.from(0, UTOP / 2)),
        (UTOP - n, n),
        (UTOP - n, n + 1),
        (UTOP - 1, check.lots.from(2, 0xffff)),
        (UTOP, n),
        (UTOP + n, 1),
        (0x8000_0000 | check.lots.any(), 4),
        (n, u32::MAX),
        (n, u32::MAX - n + check.lots.from(1, n)),
        (u32::MAX - 3, check.lots.from(4, 8)),
    ];
    check.lots.shuffle(&mut asked);
    for (start, len) in asked {
        let range = UserRange::new(start, len).map(UserRange::len);
        let seen = ((start, len), range);
        saw!(
            check,
            "where bytes begin and how many there are, and how many a range of them has",
            seen,
            kernel
        );
    }
    let word = 4 * check.lots.from(1, 0xffff);
    let mut asked = [
        (word, check.lots.from(1, 999)),
        (word + check.lots.from(1, 3), 1),
        (word + check.lots.from(1, 3), 0),
        (UTOP - 4, 1),
        (UTOP - 4, 2),
        (UTOP - word, word / 4 + 1),
        (word, 0x4000_0000 + check.lots.from(0, 9)),
    ];
    check.lots.shuffle(&mut asked);
    for (start, count) in asked {
        let range = UserRange::words(start, count as usize).map(UserRange::len);
        let seen = ((start, count), range);
        saw!(
            check,
            "where words begin and how many there are, and how many bytes a range of them has",
            seen,
            kernel
        );
    }
}

/// Words at all kinds of places.
fn read<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check, slot: Slot, first: u32) {
    const WORDS: u32 = 8;
    let end = first + 2 * PAGE_SIZE;
    let into = |check: &mut Check| 4 * check.lots.from(1, WORDS - 1);
    let mut places = [
        first,
        first + 4 * check.lots.from(0, 900),
        first + PAGE_SIZE - into(check),
        end - 4 * WORDS,
        end - into(check),
        end,
        first - into(check),
        first + check.lots.from(1, 3),
        end - 4 * check.lots.from(100, 900) - check.lots.from(1, 3),
        4 * check.lots.from(0, 900),
        UTOP,
        UTOP - into(check),
        0x8000_0000 + 4 * check.lots.from(0, 0xffff),
        0xa000_0000,
        u32::MAX - 3,
    ];
    check.lots.shuffle(&mut places);
    let directory = kernel.space(slot).directory;
    for va in places {
        let words = kernel
            .mem
            .user_read::<{ WORDS as usize }>(directory, va)
            .map(sum);
        saw!(
            check,
            "where words are read, and what they add up to",
            (va, words),
            kernel
        );
    }
}

/// Words that are written to pages of each kind.
fn written<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
    slot: Slot,
    first: u32,
) -> Result<(), Wrong> {
    let space = kernel.space(slot);
    let second = first + PAGE_SIZE;
    let read_only = PteFlags::V;
    let mut kinds = [
        (RW, RW),
        (RW, read_only),
        (RW, RW | PteFlags::COW),
        (read_only, RW),
        (RW | PteFlags::COW, RW | PteFlags::LIBRARY),
        (read_only | PteFlags::COW, read_only | PteFlags::LIBRARY),
    ];
    check.lots.shuffle(&mut kinds);
    let frame = |kernel: &mut Kernel<M>, va: u32| {
        let page = kernel.mem.page_lookup(space.directory, va);
        page.map_or(Frame::new(0), |(frame, _)| frame)
    };
    for (here, there) in kinds {
        for (va, flags) in [(first, here), (second, there)] {
            let frame = frame(kernel, va);
            let inserted = kernel.mem.page_insert(space, frame, va, flags);
            need!(check, "page_insert", inserted, kernel)?;
        }
        let mut places = [
            first + 4 * check.lots.from(0, 1020),
            second - 4 * check.lots.from(1, 3),
            second + 4 * check.lots.from(0, 1020),
        ];
        check.lots.shuffle(&mut places);
        for va in places {
            let words: [u32; 4] = core::array::from_fn(|_| check.lots.any());
            let result: Result<(), Error> = kernel.mem.user_write(space.directory, va, words);
            let sums = [first, second].map(|page| {
                let frame = frame(kernel, page);
                sum_of(&mut kernel.mem, frame)
            });
            saw!(
                check,
                "flags of two pages, where four words are written, the result, and what is made of the two pages",
                ((here, there), va - first, result, sums),
                kernel
            );
        }
    }
    Ok(())
}

/// What a program may ask for, and what not.
fn flags<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) {
    step!(check, "flags that no program may ask for are refused");
    let v = PteFlags::V.bits();
    let any = PteFlags::USER.bits();
    let mut asked = [
        v,
        v | any & check.lots.any(),
        any,
        0,
        any & !v & check.lots.any(),
        PteFlags::R.bits(),
        v | PteFlags::UC.bits(),
        v | PteFlags::G.bits(),
        v | 0x8000_0000,
        v | 0x10,
        any | 1 << check.lots.from(12, 30),
    ];
    check.lots.shuffle(&mut asked);
    for perm in asked {
        let flags = user_flags(perm);
        saw!(
            check,
            "permissions, and what becomes of them",
            (perm, flags),
            kernel
        );
    }
}
