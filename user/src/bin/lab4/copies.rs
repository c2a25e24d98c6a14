//! mem_copy and mem_share: what one environment has becomes two's.

use libos::{EnvId, Error, PteFlags, Window, env, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until};

use crate::children;
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
    let mut ways = [full::FAR, full::FAR, full::FAR, hole, hole];
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

/// Calls mem_share until all is done, or no more can be.
fn share_all(child: EnvId, start: u32, end: u32) -> Result<u32, Error> {
    let mut done = start;
    loop {
        // It may stop early because of an interrupt.
        let next = probe::call(Sysno::MemShare, [child.0, done, end, 0, 0])?;
        if next <= done || next >= end {
            return Ok(next);
        }
        done = next;
    }
}

/// A range of pages at once.
pub fn share(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "writable pages become copy-on-write, all others stay as they are"
    );
    let base = check.lots.from(3, 200) as usize;
    let mut kinds = [
        window::PRIVATE,
        window::PRIVATE,
        window::READ_ONLY,
        window::SHARED,
        window::COPY_ON_WRITE,
    ];
    check.lots.shuffle(&mut kinds);
    // With a hole after each, and a table's end between some.
    let page = |n: usize| Window::new(base + n * 600);
    let glass = Window::new(base + 1);
    for (n, flags) in kinds.into_iter().enumerate() {
        page(n).alloc(window::PRIVATE)?;
        page(n).write(1, check.lots.any());
        page(n).map(EnvId::SELF, flags)?;
    }
    let child = children::bare()?;
    let (start, end) = (page(0).address(), page(kinds.len()).address());
    saw!(check, "mem_share", share_all(child, start, end));
    for (n, flags) in kinds.into_iter().enumerate() {
        let seen = (flags, page(n).flags(), names(page(n)));
        saw!(
            check,
            "flags of a page before, its flags and its count after",
            seen
        );
        // What the child has is looked at through a page of ours.
        let look = |flags: PteFlags| {
            let from = page(n).address();
            probe::call(
                Sysno::MemMap,
                [child.0, from, 0, glass.address(), flags.bits()],
            )
        };
        let seen = (
            look(window::READ_ONLY),
            glass.read(1),
            look(window::PRIVATE),
        );
        saw!(
            check,
            "the child's page mapped read-only, a word of it, and the page mapped writable",
            seen
        );
        glass.unmap();
    }
    let mut ways = [
        (start, start),
        (start, layout::UTOP + 1),
        (start, layout::UTOP + layout::PAGE_SIZE),
        (too_high(&mut check.lots), u32::MAX),
        (page(1).address(), page(1).address()),
    ];
    check.lots.shuffle(&mut ways);
    for (start, end) in ways {
        let result = share_all(child, start, end);
        saw!(
            check,
            "a range, and what mem_share returned",
            (start, end, result)
        );
    }

    step!(check, "the child's end takes back what it had");
    saw!(check, "ending the child", env::destroy(child));
    for (n, flags) in kinds.into_iter().enumerate() {
        let seen = (flags, page(n).read(1), names(page(n)));
        saw!(
            check,
            "flags of a page at first, a word of it, and its count",
            seen
        );
    }

    step!(check, "the child keeps what it was given when we write");
    probe::expect_faults()?;
    let answer = Window::new(base + 2);
    answer.alloc(window::SHARED)?;
    let given = Window::new(base + 3);
    given.write(1, check.lots.any());
    let child = probe::child(reads_back, base as u32)?;
    // What the child has already would stay as it is.
    given.unmap_of(child)?;
    given.write(1, check.lots.any());
    let (start, end) = (given.address(), given.address() + layout::PAGE_SIZE);
    saw!(check, "mem_share of one page", share_all(child, start, end));
    given.write(1, check.lots.any());
    env::set_status(child, libos::EnvStatus::Runnable)?;
    until(|| answer.read(0) != 0 || !env::slot_of(child).is(child));
    let words = (given.read(1), answer.read(1));
    saw!(check, "our word, and what the child read", words);
    Ok(())
}

/// The child: word 1 of its page goes to word 1 of the shared one.
fn reads_back(base: u32) {
    let answer = Window::new(base as usize + 2);
    answer.write(1, Window::new(base as usize + 3).read(1));
    answer.write(0, 1);
}
