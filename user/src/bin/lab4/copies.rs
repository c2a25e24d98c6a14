//! mem_copy.

use libos::{Error, PteFlags, Window, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::full;
use crate::memory::{names, too_high, within};

fn copy_page(from: u32, to: u32, flags: PteFlags) -> Result<u32, Error> {
    probe::call(Sysno::MemCopy, [from, 0, to, flags.bits(), 0])
}

/// All words of a page, added up.
fn sum(page: Window) -> u32 {
    let words = (0..Window::WORDS).map(|at| page.read(at));
    words.fold(0, |sum, word| sum.rotate_left(1) ^ word)
}

/// A copy in a new frame.
pub fn copy(mut check: Check) -> Result<(), Error> {
    step!(check, "a copy has the same contents and a frame of its own");
    let (from, to) = (
        Window::new(check.lots.from(0, 400) as usize),
        Window::new(450),
    );
    from.alloc(window::PRIVATE)?;
    for at in 0..Window::WORDS {
        from.write(at, check.lots.any());
    }
    let (here, there) = (within(from, &mut check.lots), within(to, &mut check.lots));
    saw!(check, "mem_copy", copy_page(here, there, window::PRIVATE));
    saw!(check, "the words of the copy, added up", sum(to));
    let at = check.lots.from(0, 1023) as usize;
    to.write(at, check.lots.any());
    let words = (from.read(at), to.read(at));
    saw!(check, "a word of both, after a store to the copy", words);
    from.write(at, check.lots.any());
    let words = (from.read(at), to.read(at));
    saw!(
        check,
        "a word of both, after a store to the original",
        words
    );
    saw!(
        check,
        "how often the frames are counted",
        (names(from), names(to))
    );

    step!(check, "what cannot be copied changes nothing");
    let free = view::free_frames();
    let (here, nowhere) = (from.address(), Window::new(700).address());
    let (there, more) = (to.address(), Window::new(451).address());
    let mut ways = [
        (nowhere, there, window::PRIVATE),
        (here, there, window::COPY_ON_WRITE),
        (here, there, PteFlags::R),
        (here, layout::UTOP, window::PRIVATE),
        (here, too_high(&mut check.lots), window::PRIVATE),
        (layout::UTOP, there, window::PRIVATE),
        (too_high(&mut check.lots), there, window::PRIVATE),
        (here, more, window::READ_ONLY),
        (here, more, window::SHARED),
    ];
    check.lots.shuffle(&mut ways);
    for (here, there, flags) in ways {
        let seen = (here, there, flags, copy_page(here, there, flags));
        saw!(
            check,
            "from where, to where, with which flags, and what mem_copy returned",
            seen
        );
    }
    saw!(check, "the words of the first copy, added up", sum(to));
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames that this took", taken);

    full::with_deep_stack(&mut || without_memory(&mut check))
}

/// Copies for which there is no frame, or none for their page table.
fn without_memory(check: &mut Check) -> Result<(), Error> {
    step!(check, "a copy that cannot be mapped leaves no frame behind");
    let pages = full::take(check.lots.any(), 0);
    let (hole, source) = (
        Window::new(0),
        Window::new(check.lots.from(1, 1000) as usize),
    );
    let at = check.lots.from(0, 1023) as usize;
    source.write(at, check.lots.any());
    let near = |page: Window| copy_page(source.address(), page.address(), window::PRIVATE);
    let next = Window::new(check.lots.from(2000, 3000) as usize);
    saw!(check, "mem_copy without a free frame", near(next));
    hole.unmap();
    let nothing = Window::new(check.lots.from(8000, 9000) as usize);
    let mut ways = [full::FAR, full::FAR, full::FAR, nothing, hole, hole];
    check.lots.shuffle(&mut ways);
    for page in ways {
        if page == hole {
            let seen = (near(hole), hole.flags().map(|_| hole.read(at)));
            saw!(
                check,
                "mem_copy with one free frame, and a word of the copy",
                seen
            );
            hole.unmap();
        } else if page == nothing {
            let result = copy_page(nothing.address(), hole.address(), window::PRIVATE);
            saw!(check, "mem_copy of no page", result);
        } else {
            saw!(check, "mem_copy with none for the page's table", near(page));
        }
    }
    (0..pages).for_each(|n| Window::new(n).unmap());
    let again = full::take(check.lots.any(), 0);
    let missing = pages.wrapping_sub(again);
    saw!(
        check,
        "pages missing when memory is taken once more",
        missing
    );
    Ok(())
}
