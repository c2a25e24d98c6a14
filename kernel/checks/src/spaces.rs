//! Lab 2: address spaces begin and end.

use mos_abi::layout::{PAGE_SIZE, PDX_SHIFT, UENVS, UPAGES, UTOP, UVPT, pdx};
use mos_core::machine::Frame;
use mos_core::mem::Memory;
use mos_core::mem::pgtable::{AddressSpace, KUSEG_ENTRIES};
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{
    ASID, RW, address, fill, frame, fresh, in_use, map, name, refilled, shown, word, word_at,
};
use crate::short::space_without_memory;
use crate::{need, views};

/// A new address space.
fn space<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<AddressSpace, Wrong> {
    let directory = mem.pgdir_alloc();
    let directory = need!(check, "pgdir_alloc", directory, mem)?;
    Ok(AddressSpace {
        directory,
        asid: ASID,
    })
}

/// A new directory.
pub fn new_space<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "a directory is one frame with nothing below UTOP");
    let mem = &mut fresh(kernel, check)?;
    // So that the frames are such with something in them.
    let used = [frame(mem, check)?, frame(mem, check)?, frame(mem, check)?];
    for frame in used {
        fill(mem, check, frame);
        mem.page_free(frame);
    }
    let free = mem.free_frames();
    let mut spaces = [space(mem, check)?; 4];
    let spaces = &mut spaces[..check.lots.from(2, 4) as usize];
    for slot in &mut spaces[1..] {
        *slot = space(mem, check)?;
    }
    let taken = Difference::of(free, mem.free_frames());
    saw!(
        check,
        "address spaces, and frames taken for them",
        (spaces.len(), taken),
        mem
    );
    for space in &*spaces {
        let below = (0..pdx(UTOP)).chain(KUSEG_ENTRIES..KUSEG_ENTRIES + pdx(UTOP));
        let odd = below.filter(|&index| word(mem, space.directory, index) != 0);
        let seen = (odd.count(), mem.page_ref(space.directory));
        saw!(
            check,
            "words for what is below UTOP that are not 0, and the directory's count",
            seen,
            mem
        );
    }
    let number = check.lots.from(1, 300);
    let va = address(check, number);
    for space in &*spaces {
        map(mem, check, *space, va)?;
    }
    for space in &*spaces {
        let seen = (va, word_at(mem, space.directory, va));
        saw!(
            check,
            "an address, and the word there in one of them",
            seen,
            mem
        );
    }

    step!(
        check,
        "above it are the shared tables and the directory itself"
    );
    let views = mem.view_tables();
    saw!(check, "the tables of the two views", views.map(name), mem);
    for space in &*spaces {
        saw!(check, "a directory", name(space.directory), mem);
        let mut addresses = [UENVS, UPAGES, UVPT];
        check.lots.shuffle(&mut addresses);
        for va in addresses {
            let entry = word(mem, space.directory, pdx(va));
            let seen = (va, shown(entry), refilled(mem, space.directory, va));
            saw!(
                check,
                "an address, its entry, and the table that the refill is led to",
                seen,
                mem
            );
        }
    }
    for space in &*spaces {
        views::entry(mem, check, space.directory);
    }
    views::pages(mem, check);
    space_without_memory(kernel, check)
}

/// Parts of a table that are in use, and how many entries each has.
const PARTS: u32 = 16;
const PART: u32 = 64;

/// Frees an address space piece by piece; returns how many pieces that takes, as far as one can wait for it.
pub fn free_all<M: Machine>(mem: &mut Memory<M>, directory: Frame) -> usize {
    free_by(mem, directory, 130)
}

/// The same, in pieces of so many steps.
fn free_by<M: Machine>(mem: &mut Memory<M>, directory: Frame, steps: u32) -> usize {
    let mut next = Some(0);
    let pieces = core::iter::from_fn(|| {
        next = mem.pgdir_free(directory, next?, steps);
        Some(())
    });
    pieces.take(10_000).count()
}

/// The end of a directory with one table, which is in use from its start to its end.
fn full_table<M: Machine>(mem: &mut Memory<M>, check: &mut Check) -> Result<(), Wrong> {
    let ours = space(mem, check)?;
    let table = check.lots.from(1, pdx(UTOP) - 1) << PDX_SHIFT;
    for part in 0..PARTS {
        let page = part * PART + check.lots.from(0, PART - 1);
        map(mem, check, ours, table | (page * PAGE_SIZE))?;
    }
    let in_pieces = free_all(mem, ours.directory) > PARTS as usize / 4;
    saw!(
        check,
        "whether interrupts get their turn amid a table",
        in_pieces,
        mem
    );
    Ok(())
}

/// The end of a directory with a table that takes many pieces, and a page at the start of the table behind it, which is
/// begun in the last of these or in one of its own.
fn next_table<M: Machine>(mem: &mut Memory<M>, check: &mut Check) -> Result<(), Wrong> {
    let free = mem.free_frames();
    for pages in [check.lots.from(52, 60), 64] {
        let ours = space(mem, check)?;
        let table = check.lots.from(1, pdx(UTOP) - 2) << PDX_SHIFT;
        for page in (0..pages).chain([64]) {
            map(mem, check, ours, table + page * 16 * PAGE_SIZE)?;
        }
        free_by(mem, ours.directory, 375);
        let left = Difference::of(free, mem.free_frames());
        saw!(
            check,
            "frames in use when two tables side by side have been freed",
            left,
            mem
        );
    }
    Ok(())
}

/// The end of a directory.
pub fn free_space<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "every page, every table and the directory are free again, and nothing else"
    );
    let mem = &mut fresh(kernel, check)?;
    let free = mem.free_frames();
    let (ours, other) = (space(mem, check)?, space(mem, check)?);
    let mut shared = [0; 8];
    let shared = &mut shared[..check.lots.from(1, 8) as usize];
    for n in 0..check.lots.from(10, 30) {
        let number = check.lots.from(1, pdx(UTOP) - 1);
        let va = address(check, number);
        let page = map(mem, check, ours, va)?;
        if let Some(slot) = shared.get_mut(n as usize) {
            *slot = va;
            let inserted = mem.page_insert(other, page, va, RW);
            need!(check, "page_insert", inserted, mem)?;
        }
    }
    map(mem, check, ours, 0)?;
    map(mem, check, ours, UTOP - 1)?;
    let in_pieces = free_all(mem, ours.directory) > 2;
    let counts = mem.view_tables().map(|table| mem.page_ref(table));
    saw!(check, "counts of the shared tables", counts, mem);
    let left = Difference::of(free, mem.free_frames());
    saw!(
        check,
        "frames in use, which are another address space's",
        left,
        mem
    );
    saw!(
        check,
        "whether interrupts get their turn in between",
        in_pieces,
        mem
    );
    full_table(mem, check)?;
    next_table(mem, check)?;
    for va in &*shared {
        let page = Frame::of_pte(mem.pte(other.directory, *va));
        let seen = (*va, mem.page_ref(page), word_at(mem, other.directory, *va));
        saw!(
            check,
            "an address there, the count of the page, and its word",
            seen,
            mem
        );
    }
    free_all(mem, other.directory);
    let left = Difference::of(free, mem.free_frames());
    saw!(check, "frames in use when that has ended too", left, mem);

    step!(
        check,
        "the shared tables stay, and what comes back is clean"
    );
    let counts = mem.view_tables().map(|table| mem.page_ref(table));
    saw!(check, "counts of the shared tables", counts, mem);
    let mut odd = 0;
    for _ in 0..70 {
        let frame = frame(mem, check)?;
        odd += in_use(mem, frame);
    }
    saw!(check, "words that are not 0 in what comes back", odd, mem);
    Ok(())
}
