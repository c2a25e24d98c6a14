//! Lab 2: memory is short.

use mos_abi::layout::pdx;
use mos_core::machine::Frame;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

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
    let page = frame(mem, check)?;
    for _ in 0..check.lots.from(1, 9) {
        count(mem, page);
    }
    take_all(mem);
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
