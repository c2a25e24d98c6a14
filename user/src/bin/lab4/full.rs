//! What happens when memory runs out.

use core::hint::black_box;
use core::mem::MaybeUninit;

use libos::{Error, PteFlags, Window, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::memory::{too_high, within};

/// Pages that can be taken on any machine.
const SURE: usize = 10_000;
/// Pages of the windows' tables but the last one.
const NEAR: usize = Window::COUNT - 1024;
/// A page of the last one, for which there is no table before somebody asks for such a page.
pub const FAR: Window = Window::new(Window::COUNT - 1);
/// Pages of our stack while we take all memory, so that the last table is not needed for that.
const STACK: u32 = 900;
/// Pages that are still there when we look each time how many frames are free.
const CAREFUL: u32 = 64;

/// Does something with most of our stack in use, and some more of it to be had even when memory is full.
pub fn with_deep_stack(then: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    deep(STACK + 4, &mut || Ok(()))?;
    deep(STACK, then)
}

#[inline(never)]
fn deep(pages: u32, then: &mut dyn FnMut() -> Result<(), Error>) -> Result<(), Error> {
    let room = MaybeUninit::<[u8; layout::PAGE_SIZE as usize]>::uninit();
    black_box(&room);
    let result = match pages {
        0 => then(),
        more => deep(more - 1, then),
    };
    black_box(&room);
    result
}

/// Takes all memory but so many frames, stores to each page, and returns how many windows have one.
pub fn take(salt: u32, spare: u32) -> usize {
    let easy = view::free_frames().saturating_sub(CAREFUL) as usize;
    for n in 0..NEAR {
        let page = Window::new(n);
        if n >= easy && view::free_frames() <= spare || page.alloc(window::PRIVATE).is_err() {
            return n;
        }
        page.write(0, salt.wrapping_mul(2 * n as u32 + 1));
    }
    NEAR
}

/// What is in pages that there are on any machine, added up.
fn sum(pages: usize) -> u32 {
    let words = (0..pages.min(SURE)).map(|n| Window::new(n).read(0));
    words.fold(0, |sum: u32, word| sum.rotate_left(1) ^ word)
}

/// Memory runs out, at the frame and at the page table.
pub fn full(mut check: Check) -> Result<(), Error> {
    with_deep_stack(&mut || run(&mut check))
}

fn alloc(id: u32, va: u32, flags: PteFlags) -> Result<u32, Error> {
    probe::call(Sysno::MemAlloc, [id, va, flags.bits(), 0, 0])
}

fn run(check: &mut Check) -> Result<(), Error> {
    step!(check, "calls that fail lose no frame");
    let mut refused = [0; 3];
    for _ in 0..check.lots.from(100, 200) {
        let page = within(Window::new(3), &mut check.lots);
        let result = match check.lots.from(0, 3) {
            0 => alloc(check.lots.any() | 1, page, window::PRIVATE),
            1 => alloc(0, too_high(&mut check.lots), window::PRIVATE),
            2 => alloc(0, page, window::COPY_ON_WRITE),
            _ => alloc(0, page, PteFlags::R),
        };
        let which = match result {
            Err(Error::BadEnv) => 0,
            Err(Error::Inval) => 1,
            _ => 2,
        };
        refused[which] += 1;
    }
    saw!(
        check,
        "calls refused with BadEnv, refused with Inval, and others",
        refused
    );

    step!(check, "a page that cannot be mapped is free again");
    let pages = take(check.lots.any(), 1);
    let next = Window::new(pages);
    let mut ways = [
        (FAR.address(), window::PRIVATE),
        (FAR.address(), window::SHARED),
        (FAR.address(), PteFlags::R),
        (within(FAR, &mut check.lots), window::READ_ONLY),
        (too_high(&mut check.lots), window::PRIVATE),
    ];
    check.lots.shuffle(&mut ways);
    for (va, flags) in ways {
        let seen = (va, flags, alloc(0, va, flags));
        saw!(
            check,
            "an address, flags, and what mem_alloc returned with one frame left and no table there",
            seen
        );
    }
    let result = alloc(0, next.address(), window::PRIVATE);
    saw!(check, "mem_alloc where there is a table", result);

    step!(check, "without a free frame a call says so");
    saw!(check, "whether most of memory could be taken", pages > SURE);
    saw!(check, "words of its pages, added up", sum(pages));
    let taken = check.lots.from(0, SURE as u32) as usize;
    let mut ways = [
        (within(next, &mut check.lots), window::PRIVATE),
        (within(Window::new(taken), &mut check.lots), window::SHARED),
        (within(Window::new(taken), &mut check.lots), PteFlags::R),
        (within(FAR, &mut check.lots), window::READ_ONLY),
        (within(FAR, &mut check.lots), window::COPY_ON_WRITE),
        (too_high(&mut check.lots), window::PRIVATE),
    ];
    check.lots.shuffle(&mut ways);
    for (va, flags) in ways {
        let result = alloc(0, va, flags);
        saw!(
            check,
            "flags, and what mem_alloc returned without a free frame",
            (flags, result)
        );
    }
    saw!(check, "words of its pages, added up", sum(pages));
    step!(check, "calls that fail lose no frame");
    let lost = view::free_frames();
    saw!(check, "frames that nobody has and nobody can have", lost);
    Ok(())
}
