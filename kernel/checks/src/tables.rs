//! Lab 2: page tables.

use mos_abi::layout::{PDX_SHIFT, UENVS, UPAGES, UTOP, UVPT, pdx, ptx};
use mos_abi::{Error, PteFlags, pte};
use mos_core::machine::{Asid, Frame};
use mos_core::mem::Memory;
use mos_core::mem::pgtable::{AddressSpace, KUSEG_ENTRIES};
use mos_core::{Kernel, Machine, Platform};

use crate::check::{Check, Wrong};
use crate::frames::{frame, fresh, take_all};

const RW: PteFlags = PteFlags::V.union(PteFlags::R);
/// The id of the address spaces here.
const ASID: Asid = Asid::new(5);

/// A new address space.
fn space<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<AddressSpace, Wrong> {
    let directory = mem.pgdir_alloc();
    let directory = check.get("pgdir_alloc", directory, mem)?;
    Ok(AddressSpace {
        directory,
        asid: ASID,
    })
}

fn word<M: Machine>(mem: &mut Memory<M>, frame: Frame, index: u32) -> u32 {
    mem.words(frame)[index as usize % 1024]
}

/// Maps a new frame at `va`.
fn map<M: Machine>(
    mem: &mut Memory<M>,
    check: &Check,
    space: AddressSpace,
    va: u32,
) -> Result<Frame, Wrong> {
    let frame = frame(mem, check)?;
    let inserted = mem.page_insert(space, frame, va, RW);
    check.get("page_insert", inserted, mem)?;
    Ok(frame)
}

/// An address in the lower half of what programs may map, in table `table`.
fn address(check: &mut Check, table: u32) -> u32 {
    table << PDX_SHIFT | check.lots.from(0, 1023) << 12 | check.lots.from(0, 1023) << 2
}

/// Where an entry is.
pub fn walk<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let space = space(mem, check)?;
    let table_number = check.lots.from(1, 300);
    let va = address(check, table_number);
    let free = mem.free_frames();
    check.same(
        "the entry, without a table",
        mem.pte(space.directory, va),
        0,
        mem,
    )?;
    check.same("free frames after looking", mem.free_frames(), free, mem)?;
    check.ok("looking for an entry makes no table", mem);

    let page = map(mem, check, space, va)?;
    check.same(
        "frames taken: page and table",
        free - mem.free_frames(),
        2,
        mem,
    )?;
    let entry = word(mem, space.directory, pdx(va));
    let table = Frame::of_pte(entry);
    check.same("flags of the table", pte::flags(entry), PteFlags::V, mem)?;
    let pointer = mem.machine.table_pointer(table, pdx(va));
    let seen = word(mem, space.directory, pdx(va) + KUSEG_ENTRIES);
    check.same("the refill's pointer to it", seen, pointer, mem)?;
    check.same("its count", mem.page_ref(table), 1, mem)?;
    check.same(
        "the entry",
        word(mem, table, ptx(va)),
        pte::pte(page.ppn(), RW),
        mem,
    )?;
    let used = mem.words(table).iter().filter(|&&word| word != 0).count();
    check.same("entries in use", used, 1, mem)?;
    let view = UVPT | pdx(va) << 12;
    check.holds(
        "the new table's own page is invalidated",
        mem.machine.invalidated(view, ASID),
        mem,
    )?;
    check.ok(
        "a new table is in both halves of the directory, counted, and known to the TLB",
        mem,
    );

    let free = mem.free_frames();
    let other = va ^ check.lots.from(1, 1023) << 12;
    map(mem, check, space, other)?;
    check.same("frames taken: a page", free - mem.free_frames(), 1, mem)?;
    check.same(
        "the first entry",
        mem.pte(space.directory, va),
        pte::pte(page.ppn(), RW),
        mem,
    )?;
    check.ok("a table serves all its entries", mem);
    Ok(())
}

/// What is mapped.
pub fn lookup<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let space = space(mem, check)?;
    for _ in 0..check.lots.from(3, 8) {
        let table_number = check.lots.from(1, 300);
        let va = address(check, table_number);
        let page = map(mem, check, space, va)?;
        let found = mem.page_lookup(space.directory, va);
        check.same("frame and flags", found, Some((page, RW)), mem)?;
        check.same(
            "its neighbour",
            mem.page_lookup(space.directory, va ^ 0x1000),
            None,
            mem,
        )?;
        let table = Frame::of_pte(word(mem, space.directory, pdx(va)));
        mem.words(table)[ptx(va) as usize] = pte::pte(page.ppn(), PteFlags::R);
        check.same(
            "an entry without V",
            mem.page_lookup(space.directory, va),
            None,
            mem,
        )?;
        mem.words(table)[ptx(va) as usize] = 0;
    }
    check.ok(
        "a valid entry gives frame and flags, any other nothing",
        mem,
    );
    Ok(())
}

/// Mapping, also over something.
pub fn insert<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let space = space(mem, check)?;
    let va = address(check, 7);
    let old = map(mem, check, space, va)?;
    check.same("count", mem.page_ref(old), 1, mem)?;
    let free = mem.free_frames();
    mem.machine.forget();
    let new = map(mem, check, space, va)?;
    check.holds("the TLB is told", mem.machine.invalidated(va, ASID), mem)?;
    check.same("count of the new frame", mem.page_ref(new), 1, mem)?;
    check.same("count of the old frame", mem.page_ref(old), 0, mem)?;
    check.same("free frames", mem.free_frames(), free, mem)?;
    check.ok(
        "what was mapped there is let go of, and the TLB forgets it",
        mem,
    );

    for flags in [PteFlags::V, RW | PteFlags::COW, RW, PteFlags::R] {
        mem.machine.forget();
        check.same(
            "over itself",
            mem.page_insert(space, new, va, flags),
            Ok(()),
            mem,
        )?;
        check.same("count", mem.page_ref(new), 1, mem)?;
        check.same("free frames", mem.free_frames(), free, mem)?;
        let found = mem.page_lookup(space.directory, va);
        check.same(
            "frame and flags",
            found,
            Some((new, flags | PteFlags::V)),
            mem,
        )?;
        check.holds("the TLB is told", mem.machine.invalidated(va, ASID), mem)?;
    }
    check.ok(
        "a page mapped over itself changes its flags and is not lost",
        mem,
    );

    let other = address(check, 9);
    check.same(
        "at a second place",
        mem.page_insert(space, new, other, RW),
        Ok(()),
        mem,
    )?;
    check.same("count", mem.page_ref(new), 2, mem)?;
    check.ok("a frame is counted for each place", mem);
    Ok(())
}

/// Mapping when memory is short.
pub fn insert_without_memory<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let space = space(mem, check)?;
    let va = address(check, 11);
    let page = frame(mem, check)?;
    take_all(mem, check)?;
    check.same(
        "without a frame for a table",
        mem.page_insert(space, page, va, RW),
        Err(Error::NoMem),
        mem,
    )?;
    check.same("count", mem.page_ref(page), 0, mem)?;
    check.same("the directory", word(mem, space.directory, pdx(va)), 0, mem)?;
    check.ok("what cannot be mapped is not counted either", mem);

    mem.page_free(page);
    check.same(
        "without a frame for a directory",
        mem.pgdir_alloc().is_ok(),
        true,
        mem,
    )?;
    check.same("and without any", mem.pgdir_alloc(), Err(Error::NoMem), mem)?;
    check.ok("an address space that cannot be is an error", mem);
    Ok(())
}

/// Unmapping.
pub fn remove<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let space = space(mem, check)?;
    let va = address(check, 3);
    let page = map(mem, check, space, va)?;
    let second = address(check, 4);
    check.same(
        "a second place",
        mem.page_insert(space, page, second, RW),
        Ok(()),
        mem,
    )?;
    let free = mem.free_frames();
    mem.machine.forget();
    mem.page_remove(space, va);
    check.same("the entry", mem.pte(space.directory, va), 0, mem)?;
    check.same("count", mem.page_ref(page), 1, mem)?;
    check.holds("the TLB is told", mem.machine.invalidated(va, ASID), mem)?;
    mem.page_remove(space, second);
    check.same("count", mem.page_ref(page), 0, mem)?;
    check.same("free frames", mem.free_frames(), free + 1, mem)?;
    check.ok(
        "the entry is cleared, the TLB forgets it, and the frame is let go of",
        mem,
    );

    for va in [va, second, 200 << PDX_SHIFT] {
        mem.page_remove(space, va);
        check.same("free frames", mem.free_frames(), free + 1, mem)?;
    }
    check.ok("nothing happens where nothing is mapped", mem);
    Ok(())
}

/// A new directory.
pub fn new_space<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    // So that the frame is one with something in it.
    let used = frame(mem, check)?;
    mem.words(used).fill(pte::pte(used.ppn(), RW));
    mem.page_free(used);
    let free = mem.free_frames();
    let AddressSpace { directory, .. } = space(mem, check)?;
    check.same("frames taken", free - mem.free_frames(), 1, mem)?;
    check.same("count", mem.page_ref(directory), 1, mem)?;
    for index in 0..pdx(UTOP) {
        check.same("an entry below UTOP", word(mem, directory, index), 0, mem)?;
        let pointer = word(mem, directory, index + KUSEG_ENTRIES);
        check.same("a pointer below UTOP", pointer, 0, mem)?;
    }
    check.ok("a directory is one frame with nothing below UTOP", mem);

    let [envs, pages] = mem.view_tables();
    for (va, table) in [(UENVS, envs), (UPAGES, pages), (UVPT, directory)] {
        let entry = word(mem, directory, pdx(va));
        check.same(
            "an entry above UTOP",
            entry,
            pte::pte(table.ppn(), PteFlags::V),
            mem,
        )?;
        let pointer = word(mem, directory, pdx(va) + KUSEG_ENTRIES);
        check.same(
            "its pointer",
            pointer,
            mem.machine.table_pointer(table, pdx(va)),
            mem,
        )?;
    }
    for table in [envs, pages] {
        let flags = |&word: &u32| pte::flags(word);
        let writable = mem.words(table).iter().map(flags).any(PteFlags::writable);
        check.same("whether programs can write there", writable, false, mem)?;
    }
    check.ok(
        "above it are the shared tables and the directory itself",
        mem,
    );
    Ok(())
}

/// Frees an address space piece by piece; returns how many pieces that takes.
pub fn free_all<M: Machine>(mem: &mut Memory<M>, directory: Frame) -> usize {
    let mut next = Some(0);
    let pieces = core::iter::from_fn(|| {
        next = mem.pgdir_free(directory, next?, 130);
        Some(())
    });
    pieces.count()
}

/// The end of a directory.
pub fn free_space<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let free = mem.free_frames();
    let (ours, other) = (space(mem, check)?, space(mem, check)?);
    let mut shared = Frame::new(0);
    for n in 0..check.lots.from(10, 30) {
        let table_number = check.lots.from(1, pdx(UTOP) - 1);
        let va = address(check, table_number);
        let page = map(mem, check, ours, va)?;
        if n == 3 {
            check.same("shared", mem.page_insert(other, page, va, RW), Ok(()), mem)?;
            shared = page;
        }
    }
    map(mem, check, ours, 0)?;
    map(mem, check, ours, UTOP - 1)?;
    let pieces = free_all(mem, ours.directory);
    check.holds("interrupts get their turn", pieces > 2, mem)?;
    check.same(
        "count of a page that another has too",
        mem.page_ref(shared),
        1,
        mem,
    )?;
    check.same(
        "frames the other still has",
        free - mem.free_frames(),
        3,
        mem,
    )?;
    free_all(mem, other.directory);
    check.same("free frames", mem.free_frames(), free, mem)?;
    check.ok(
        "every page, every table and the directory are free again",
        mem,
    );

    for table in mem.view_tables() {
        check.same("count of a shared table", mem.page_ref(table), 1, mem)?;
    }
    for _ in 0..70 {
        let frame = frame(mem, check)?;
        let zeros = mem.words(frame).iter().all(|&word| word == 0);
        check.holds("a frame is zeros when it comes back", zeros, mem)?;
    }
    check.ok("the shared tables stay, and what comes back is clean", mem);
    Ok(())
}
