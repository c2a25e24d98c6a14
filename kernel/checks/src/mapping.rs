//! Lab 2: pages are mapped and unmapped.

use mos_abi::PteFlags;
use mos_core::{Kernel, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{
    ASID, RW, addresses, bare_space, frame, fresh, is_marked, map, name, shown, word_at,
};
use crate::need;

/// Mapping, also over something.
pub fn insert<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "what was mapped there is let go of, and the TLB forgets it"
    );
    let mem = &mut fresh(kernel, check)?;
    let space = bare_space(mem, check)?;
    let places: [u32; 6] = addresses(check);
    let [va, places @ ..] = &places[..check.lots.from(3, 6) as usize] else {
        return Ok(());
    };
    let va = *va;
    let mut page = map(mem, check, space, va)?;
    for _ in 0..check.lots.from(2, 4) {
        let old = page;
        let free = mem.free_frames();
        mem.machine.forget();
        page = map(mem, check, space, va)?;
        let told = mem.machine.invalidated(va, ASID);
        saw!(
            check,
            "an address that has another page now, and whether the TLB was told",
            (va, told),
            mem
        );
        let seen = (mem.page_ref(old), mem.page_ref(page));
        saw!(
            check,
            "counts of the old page and of the new one",
            seen,
            mem
        );
        let taken = Difference::of(free, mem.free_frames());
        saw!(check, "frames taken in the end", taken, mem);
        let seen = word_at(mem, space.directory, va);
        saw!(check, "the word there", seen, mem);
    }

    step!(
        check,
        "a page mapped over itself changes its flags and is not lost"
    );
    let more = [PteFlags::R, PteFlags::LIBRARY, PteFlags::D];
    let mut all = [
        PteFlags::V,
        RW | PteFlags::COW,
        more[0] | more[1],
        more[2],
        more[0] | more[2],
        RW | more[1] | more[2],
    ];
    check.lots.shuffle(&mut all);
    let free = mem.free_frames();
    for flags in all {
        mem.machine.forget();
        let result = mem.page_insert(space, page, va, flags);
        let found = mem.page_lookup(space.directory, va);
        let found = found.map(|(frame, flags)| (name(frame), flags));
        saw!(
            check,
            "page_insert with these flags, and the frame and its flags there",
            (flags, result, found),
            mem
        );
        let told = mem.machine.invalidated(va, ASID);
        let taken = Difference::of(free, mem.free_frames());
        let seen = (told, mem.page_ref(page), taken);
        saw!(
            check,
            "whether the TLB was told, the page's count, and frames taken",
            seen,
            mem
        );
    }
    let seen = word_at(mem, space.directory, va);
    saw!(check, "the word there in the end", seen, mem);

    step!(check, "a frame is counted for each place");
    for place in places {
        let result = mem.page_insert(space, page, *place, RW);
        let seen = word_at(mem, space.directory, *place);
        let seen = (*place, result, seen, mem.page_ref(page));
        saw!(
            check,
            "page_insert at one more address, the word there, and the count",
            seen,
            mem
        );
        let entry = mem.pgdir_walk(space.directory, *place);
        let marked = entry.map(|entry| is_marked(mem, entry.table, entry.index));
        saw!(
            check,
            "whether mark_group was told of the entry",
            marked,
            mem
        );
    }
    Ok(())
}

/// Unmapping.
pub fn remove<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "the entry is cleared, the TLB forgets it, and the frame is let go of"
    );
    let mem = &mut fresh(kernel, check)?;
    let space = bare_space(mem, check)?;
    let mut places: [u32; 8] = addresses(check);
    let (mapped, never) = places.split_at_mut(check.lots.from(2, 6) as usize);
    let page = frame(mem, check)?;
    for va in &*mapped {
        let inserted = mem.page_insert(space, page, *va, RW);
        need!(check, "page_insert", inserted, mem)?;
    }
    let beside = mapped[0] ^ check.lots.from(1, 1023) << 12;
    map(mem, check, space, beside)?;
    let free = mem.free_frames();
    check.lots.shuffle(mapped);
    for va in &*mapped {
        mem.machine.forget();
        mem.page_remove(space, *va);
        let told = mem.machine.invalidated(*va, ASID);
        let entry = mem.pte(space.directory, *va);
        saw!(
            check,
            "an address that is unmapped, whether the TLB was told, and the entry's flags",
            (*va, told, shown(entry).1),
            mem
        );
        let more = Difference::of(mem.free_frames(), free);
        let seen = (mem.page_ref(page), more);
        saw!(
            check,
            "the page's count, and frames that are free more than before",
            seen,
            mem
        );
    }

    step!(check, "nothing happens where nothing is mapped");
    for va in mapped.iter().chain(&*never) {
        mem.page_remove(space, *va);
        let more = Difference::of(mem.free_frames(), free);
        saw!(
            check,
            "an address that is unmapped, and frames that are free more than before",
            (*va, more),
            mem
        );
    }
    let seen = (beside, word_at(mem, space.directory, beside));
    saw!(
        check,
        "an address beside them, and the word there",
        seen,
        mem
    );
    Ok(())
}
