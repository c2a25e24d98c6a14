//! Lab 3: the memory of a program.

use mos_abi::layout::{PAGE_SIZE, UTEXT, page_down};
use mos_abi::{Error, PteFlags};
use mos_core::machine::Asid;
use mos_core::mem::pgtable::AddressSpace;
use mos_core::{Kernel, Platform};

use crate::check::{Check, Wrong};
use crate::frames::fresh;
use crate::program::{Segment, TEXT, executable};
use crate::tables::free_all;

/// Segments that begin and end anywhere, two of them on one page.
pub fn segments<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    for _ in 0..check.lots.from(3, 6) {
        let free = mem.free_frames();
        let directory = mem.pgdir_alloc();
        let directory = check.get("pgdir_alloc", directory, mem)?;
        let space = AddressSpace {
            directory,
            asid: Asid::new(1),
        };
        let start = UTEXT + check.lots.from(1, 4000);
        let filesz = check.lots.from(5000, 7000);
        let first = Segment {
            start,
            filesz,
            memsz: filesz + 1,
            writable: false,
        };
        // Behind it, on the same page.
        let end = start + filesz + 1;
        let room = PAGE_SIZE - end % PAGE_SIZE;
        let filesz = check.lots.from(1, room.min(3000));
        let second = Segment {
            start: end + 3,
            filesz,
            memsz: filesz + check.lots.from(1, 9000),
            writable: true,
        };
        let loaded = {
            let file = executable(UTEXT, &[first, second]);
            mem.load_icode(space, &*file)
        };
        check.same("entry point", loaded, Ok(UTEXT), mem)?;
        let pages =
            (page_down(first.start)..second.start + second.memsz).step_by(PAGE_SIZE as usize);
        for page in pages.clone() {
            let Some((frame, flags)) = mem.page_lookup(directory, page) else {
                return check.holds("every page of a segment is mapped", false, mem);
            };
            let writable = page >= page_down(second.start);
            let right = if writable {
                PteFlags::V | PteFlags::R
            } else {
                PteFlags::V
            };
            check.same("flags", flags, right, mem)?;
            for (at, word) in (page..).step_by(4).zip(*mem.words(frame)) {
                let byte = |at: u32| {
                    let of = |s: &Segment| {
                        at.checked_sub(s.start)
                            .filter(|&i| i < s.filesz)
                            .map(|i| s.byte(i))
                    };
                    of(&first).or_else(|| of(&second)).unwrap_or(0)
                };
                let bytes = [0, 1, 2, 3].map(|n| byte(at + n));
                check.same("bytes", word.to_le_bytes(), bytes, mem)?;
            }
        }
        let taken = free - mem.free_frames();
        check.same(
            "frames taken: pages, a table, the directory",
            taken,
            pages.count() + 2,
            mem,
        )?;
        free_all(mem, directory);
        check.same("free frames afterwards", mem.free_frames(), free, mem)?;
    }
    check.ok(
        "every byte of the file is in its place, and all others are zero",
        mem,
    );
    check.ok(
        "pages are writable where a segment is, and two segments can share one",
        mem,
    );
    Ok(())
}

/// A program that is larger than memory.
pub fn without_memory<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let large = Segment {
        memsz: 20 * PAGE_SIZE,
        ..TEXT
    };
    // A few frames are left; then just one, so that there is none for the page's table.
    for left in [check.lots.from(3, 9) as usize, 1] {
        let directory = mem.pgdir_alloc();
        let directory = check.get("pgdir_alloc", directory, mem)?;
        let space = AddressSpace {
            directory,
            asid: Asid::new(1),
        };
        while mem.free_frames() > left {
            let frame = mem.page_alloc();
            let frame = check.get("page_alloc", frame, mem)?;
            let counted = mem.page_incref(frame);
            check.get("page_incref", counted, mem)?;
        }
        let loaded = {
            let file = executable(UTEXT, &[large]);
            mem.load_icode(space, &*file)
        };
        check.same("more than is free", loaded, Err(Error::NoMem), mem)?;
        free_all(mem, directory);
        check.same("free frames", mem.free_frames(), left + 1, mem)?;
    }
    check.ok("a program for which there is no room loses no frame", mem);
    Ok(())
}
