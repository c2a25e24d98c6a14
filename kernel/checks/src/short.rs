//! Lab 2: memory is short.

use mos_abi::layout::pdx;
use mos_core::machine::Frame;
use mos_core::mem::Memory;
use mos_core::mem::pgtable::AddressSpace;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{
    RW, addresses, bare_space, count, frame, fresh, map, name, shown, take_all, word,
};

/// Mapping when memory is short.
pub fn insert_without_memory<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
) -> Result<(), Wrong> {
    step!(check, "what cannot be mapped is not counted either");
    let mem = &mut fresh(kernel, check)?;
    let space = bare_space(mem, check)?;
    let places: [u32; 8] = addresses(check);
    let tables = check.lots.from(1, 4) as usize;
    for va in &places[..tables] {
        // A page beside it, and so a table for it.
        map(mem, check, space, va ^ 0x1000)?;
    }
    let [page, new] = [frame(mem, check)?, frame(mem, check)?];
    for _ in 0..check.lots.from(1, 9) {
        count(mem, page);
    }
    // Where there is no table, and where another page is mapped.
    let va = places[check.lots.from(4, 7) as usize];
    full(mem, check, space, va)?;
    full(mem, check, space, places[0] ^ 0x1000)?;
    take_all(mem);
    let free = mem.free_frames();
    let result = mem.page_insert(space, new, va, RW);
    let more = Difference::of(mem.free_frames(), free);
    saw!(
        check,
        "page_insert of a page that is mapped nowhere, its count, and frames that are free more than before",
        (result, mem.page_ref(new), more),
        mem
    );
    let mut tried = places;
    check.lots.shuffle(&mut tried);
    for va in tried {
        let result = mem.page_insert(space, page, va, RW);
        let seen = (va, result, mem.page_ref(page));
        saw!(
            check,
            "page_insert at this address, and the page's count",
            seen,
            mem
        );
        let has_table = word(mem, space.directory, pdx(va)) != 0;
        let found = shown(mem.pte(space.directory, va)).1;
        saw!(
            check,
            "whether there is a table then, and the entry's flags",
            (has_table, found),
            mem
        );
    }
    Ok(())
}

/// Mapping a frame at `va` that is mapped as often as it can be.
fn full<M: Machine>(
    mem: &mut Memory<M>,
    check: &Check,
    space: AddressSpace,
    va: u32,
) -> Result<(), Wrong> {
    let page = frame(mem, check)?;
    if let Some(entry) = mem.machine.tables().pages.get_mut(page.index()) {
        entry.pp_ref = u16::MAX;
    }
    let free = mem.free_frames();
    let result = mem.page_insert(space, page, va, RW);
    let taken = Difference::of(free, mem.free_frames());
    let has_table = word(mem, space.directory, pdx(va)) != 0;
    saw!(
        check,
        "page_insert of a page whose count is full, its count, frames taken, and whether there is a table",
        (result, mem.page_ref(page), taken, has_table),
        mem
    );
    let found = mem.page_lookup(space.directory, va);
    let found = found.map(|(frame, flags)| (flags, word(mem, frame, va >> 2)));
    saw!(
        check,
        "the page that is there then: its flags and its word",
        found,
        mem
    );
    Ok(())
}

/// No frame for a directory. A step of the check of new ones.
pub fn space_without_memory<M: Platform>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
) -> Result<(), Wrong> {
    step!(check, "an address space that cannot be is an error");
    let mem = &mut fresh(kernel, check)?;
    let mut spare = [Frame::new(0); 5];
    for slot in &mut spare {
        *slot = frame(mem, check)?;
    }
    take_all(mem);
    let back = check.lots.from(1, 5) as usize;
    for frame in &spare[..back] {
        mem.page_free(*frame);
    }
    let had = (0..9).filter(|_| mem.pgdir_alloc().is_ok()).count();
    saw!(
        check,
        "free frames, and directories that could be had of them",
        (back, had),
        mem
    );
    let more = mem.pgdir_alloc().map(name);
    saw!(check, "one more directory", more, mem);
    Ok(())
}
