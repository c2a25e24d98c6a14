//! Lab 2: a page table is made where there is none.

use mos_abi::layout::{PDX_SHIFT, UVPT, pdx};
use mos_core::{Kernel, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{
    ASID, address, bare_space, fresh, in_use, is_marked, name, refilled, set_word, shown, word,
};
use crate::need;

/// A new table.
pub fn create<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a new table is in both halves of the directory, counted, and known to the TLB"
    );
    let mem = &mut fresh(kernel, check)?;
    let space = bare_space(mem, check)?;
    let directory = space.directory;
    let mut tables = [50, 100, 150, 200].map(|first| first + check.lots.from(0, 49));
    let tables = &mut tables[..check.lots.from(2, 4) as usize];
    for number in &*tables {
        let va = address(check, *number);
        let free = mem.free_frames();
        mem.machine.forget();
        let place = mem.pgdir_walk_create(space, va);
        let place = need!(check, "pgdir_walk with create", place, mem)?;
        let taken = Difference::of(free, mem.free_frames());
        let seen = (va, name(place.table), place.index, taken);
        saw!(
            check,
            "an address without a table, the new table and the place in it, and frames taken",
            seen,
            mem
        );
        let seen = (
            shown(word(mem, directory, pdx(va))),
            refilled(mem, directory, va),
        );
        saw!(
            check,
            "the directory's entry for it, and the table that the refill is led to",
            seen,
            mem
        );
        let seen = (mem.page_ref(place.table), in_use(mem, place.table));
        saw!(
            check,
            "the table's count, and its entries in use",
            seen,
            mem
        );
        let marked = is_marked(mem, directory, pdx(va));
        saw!(
            check,
            "whether mark_group was told of the directory's entry",
            marked,
            mem
        );
        let view = UVPT | pdx(va) << 12;
        let told = mem.machine.invalidated(view, ASID);
        saw!(
            check,
            "where the table is a page too, and whether the TLB was told",
            (view, told),
            mem
        );
    }

    step!(check, "a table serves all its entries");
    let mut places = [0; 12];
    let free = mem.free_frames();
    for (n, va) in (0..).zip(&mut places) {
        // In these tables, each in a place of its own.
        let number = tables[n % tables.len()];
        *va = number << PDX_SHIFT | (80 * n as u32 + check.lots.from(0, 79)) << 12;
        let place = mem.pgdir_walk_create(space, *va);
        let place = need!(check, "pgdir_walk with create", place, mem)?;
        set_word(mem, place.table, place.index, check.lots.any());
    }
    let taken = Difference::of(free, mem.free_frames());
    saw!(
        check,
        "frames taken for more entries in these tables",
        taken,
        mem
    );
    check.lots.shuffle(&mut places);
    for va in places {
        let place = mem.pgdir_walk(directory, va);
        let entry = place.map(|place| word(mem, place.table, place.index));
        saw!(check, "an address, and its entry", (va, entry), mem);
    }
    Ok(())
}
