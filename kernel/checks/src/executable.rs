//! Lab 3: the memory of a program.

use mos_abi::layout::{PAGE_SIZE, UTEXT};
use mos_abi::{Error, PteFlags};
use mos_core::machine::{Asid, Frame, FrameWords};
use mos_core::mem::Memory;
use mos_core::mem::pgtable::AddressSpace;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::fresh;
use crate::need;
use crate::program::{Segment, TEXT, executable};
use crate::spaces::free_all;

/// Pages from UTEXT on that the segments can be in.
const PAGES: usize = 7;

fn space<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<AddressSpace, Wrong> {
    let directory = mem.pgdir_alloc();
    let directory = need!(check, "pgdir_alloc", directory, mem)?;
    Ok(AddressSpace {
        directory,
        asid: Asid::new(1),
    })
}

/// Two segments that begin and end anywhere, one of them behind the other on the same page.
fn two_segments(check: &mut Check) -> [Segment; 2] {
    let filesz = check.lots.from(5000, 7000);
    let first = Segment {
        start: UTEXT + check.lots.from(1, 4000),
        filesz,
        memsz: filesz + 1,
        writable: check.lots.from(0, 3) == 0,
    };
    let end = first.start + first.memsz;
    let room = PAGE_SIZE - end % PAGE_SIZE;
    let filesz = check.lots.from(1, room.min(3000));
    let second = Segment {
        start: end + 3,
        filesz,
        memsz: filesz + check.lots.from(1, 9000),
        writable: !first.writable,
    };
    let mut segments = [first, second];
    check.lots.shuffle(&mut segments);
    segments
}

/// What is in a page: where its first and last byte are that are not zero, and a sum of all words.
fn contents(words: &FrameWords) -> (Option<usize>, Option<usize>, u32) {
    let bytes = || words.iter().flat_map(|word| word.to_le_bytes());
    let first = bytes().position(|byte| byte != 0);
    let last = bytes().enumerate().filter(|&(_, byte)| byte != 0).last();
    let sum = words
        .iter()
        .fold(0_u32, |sum, &word| sum.rotate_left(5) ^ word);
    (first, last.map(|(at, _)| at), sum)
}

/// Segments that begin and end anywhere, two of them on one page.
pub fn segments<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    for _ in 0..check.lots.from(3, 4) {
        step!(
            check,
            "every byte of the file is in its place, and all others are zero"
        );
        let free = mem.free_frames();
        let space = space(mem, check)?;
        let segments = two_segments(check);
        let entry = UTEXT + 4 * check.lots.from(0, 1000);
        let loaded = {
            let file = executable(entry, &segments);
            mem.load_icode(space, &*file)
        };
        let places = segments.map(|segment| (segment.start, segment.filesz, segment.memsz));
        saw!(
            check,
            "where the segments begin, bytes of the file, bytes in memory; and the entry point",
            (places, loaded),
            mem
        );
        let pages: [Option<(Frame, PteFlags)>; PAGES] = core::array::from_fn(|n| {
            mem.page_lookup(space.directory, UTEXT + n as u32 * PAGE_SIZE)
        });
        for (n, page) in pages.into_iter().enumerate() {
            let contents = page.map(|(frame, _)| contents(mem.words(frame)));
            saw!(
                check,
                "of a page: which it is, its first and last byte that are not zero, and all words, added up",
                (n, contents),
                mem
            );
        }
        let taken = Difference::of(free, mem.free_frames());
        step!(
            check,
            "pages are writable where a segment is, and two segments can share one"
        );
        let writable = segments.map(|segment| (segment.start, segment.writable));
        let flags = pages.map(|page| page.map(|(_, flags)| flags));
        saw!(
            check,
            "where the segments begin and whether they are writable",
            writable,
            mem
        );
        saw!(check, "the flags of each page", flags, mem);
        saw!(
            check,
            "frames taken: pages, a table, the directory",
            taken,
            mem
        );
        free_all(mem, space.directory);
        let missing = Difference::of(free, mem.free_frames());
        saw!(check, "frames that are missing afterwards", missing, mem);
    }
    Ok(())
}

/// Programs that are larger than what is free, and some that are not.
pub fn without_memory<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "a program for which there is no room loses no frame");
    let mem = &mut fresh(kernel, check)?;
    // In the end there is a frame for a page, and none for its table.
    for most in [25, 20, 15, 10, 5, 1] {
        let left = check.lots.from(1.max(most - most.min(4)), most) as usize;
        let pages = check.lots.from(most.saturating_sub(5), most + 3).max(1);
        let space = space(mem, check)?;
        for _ in left..mem.free_frames() {
            let frame = mem.page_alloc();
            let frame = need!(check, "page_alloc", frame, mem)?;
            let counted = mem.page_incref(frame);
            need!(check, "page_incref", counted, mem)?;
        }
        let large = Segment {
            memsz: pages * PAGE_SIZE,
            ..TEXT
        };
        let loaded: Result<u32, Error> = {
            let file = executable(UTEXT, &[large]);
            mem.load_icode(space, &*file)
        };
        free_all(mem, space.directory);
        let free = mem.free_frames();
        saw!(
            check,
            "pages of a program, frames that were free, the entry point, and how many are free without the directory",
            (pages, left, loaded, free),
            mem
        );
    }
    Ok(())
}
