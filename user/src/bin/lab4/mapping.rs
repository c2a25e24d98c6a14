//! mem_map and mem_unmap.

use libos::{Error, PteFlags, Window, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{Name, saw, step};
use mos_user::check::Check;

use crate::memory::{names, too_high, within};

/// One frame at two places.
pub fn map(mut check: Check) -> Result<(), Error> {
    let n = check.lots.from(0, 500) as usize;
    let page = |at: usize| Window::new(n + at);
    let (a, b, c) = (page(0), page(300), page(301));
    let map = |from: u32, to: u32, flags: PteFlags| {
        probe::call(Sysno::MemMap, [0, from, 0, to, flags.bits()])
    };
    let put = |check: &mut Check, page: Window| {
        let at = check.lots.from(0, 1023) as usize;
        page.write(at, check.lots.any());
        at
    };

    step!(check, "both places are the same frame, counted twice");
    a.alloc(window::PRIVATE)?;
    let (from, to) = (within(a, &mut check.lots), within(b, &mut check.lots));
    saw!(check, "mem_map", map(from, to, window::PRIVATE));
    let mut sum = 0_u32;
    for _ in 0..10 {
        sum = sum.rotate_left(1) ^ a.read(put(&mut check, b));
        sum = sum.rotate_left(1) ^ b.read(put(&mut check, a));
    }
    saw!(
        check,
        "what was stored at one place and read at the other",
        sum
    );
    let frames = (a.frame().map(Name), b.frame().map(Name));
    saw!(check, "the frames at both places", frames);
    saw!(check, "how often the frame is counted", names(a));
    for more in 0..check.lots.from(2, 9) as usize {
        map(a.address(), page(310 + more).address(), window::READ_ONLY)?;
    }
    saw!(check, "how often when it is at more places", names(a));

    step!(check, "a mapping replaces what was there at once");
    c.alloc(window::PRIVATE)?;
    let (count, free) = (names(a), view::free_frames());
    for _ in 0..3 {
        let at = put(&mut check, a);
        c.write(at, check.lots.any());
        for from in [a, c] {
            _ = b.read(at);
            let result = map(from.address(), b.address(), window::PRIVATE);
            saw!(
                check,
                "mem_map over another page, and a word there then",
                (result, b.read(at))
            );
        }
    }
    let lost = count.wrapping_sub(names(a));
    saw!(
        check,
        "by how much the old frame is counted less often",
        lost
    );
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames that this took", taken);

    step!(check, "a page mapped over itself stays");
    let mut kinds = [
        window::PRIVATE,
        window::SHARED,
        window::READ_ONLY,
        window::READ_ONLY,
        window::COPY_ON_WRITE,
    ];
    check.lots.shuffle(&mut kinds);
    let at = put(&mut check, c);
    for flags in kinds {
        let result = map(c.address(), c.address(), flags);
        let seen = (flags, result, c.flags(), c.read(at), names(c));
        saw!(
            check,
            "new flags, what mem_map returned, then the page's flags, a word of it, and its count",
            seen
        );
    }

    step!(check, "nothing is mapped from nowhere, or above UTOP");
    let (good, nowhere) = (a.address(), page(330).address());
    let mut ways = [
        (good, layout::UTOP),
        (good, too_high(&mut check.lots)),
        (layout::UTOP, page(331).address()),
        (too_high(&mut check.lots), page(332).address()),
        (too_high(&mut check.lots), too_high(&mut check.lots)),
        (nowhere, page(333).address()),
        (nowhere, b.address()),
        (
            within(a, &mut check.lots),
            within(page(334), &mut check.lots),
        ),
        (
            within(a, &mut check.lots),
            within(page(335), &mut check.lots),
        ),
    ];
    check.lots.shuffle(&mut ways);
    for (from, to) in ways {
        let result = map(from, to, window::READ_ONLY);
        let there = Window::containing(to).and_then(Window::flags);
        saw!(
            check,
            "from where, to where, what mem_map returned, and the flags of the page there",
            (from, to, result, there)
        );
    }
    Ok(())
}

/// Pages of which some are taken out.
const PAGES: usize = 12;

/// Taking a page out.
pub fn unmap(mut check: Check) -> Result<(), Error> {
    let n = check.lots.from(0, 900) as usize;
    let mut pages: [Window; PAGES] = core::array::from_fn(|more| Window::new(n + more));
    let unmap = |va| probe::call(Sysno::MemUnmap, [0, va, 0, 0, 0]);

    step!(check, "the page is gone and its frame is free");
    for page in pages {
        page.alloc(window::PRIVATE)?;
        page.write(0, check.lots.any());
    }
    let free = view::free_frames();
    let freed = || view::free_frames().wrapping_sub(free);
    check.lots.shuffle(&mut pages);
    let gone = check.lots.from(4, 8);
    for page in pages.into_iter().take(gone as usize) {
        let va = within(page, &mut check.lots);
        let seen = (unmap(va), page.flags());
        saw!(check, "mem_unmap, and the flags of the page after it", seen);
    }
    saw!(check, "frames that are free again", freed());
    let left: [Option<u32>; PAGES] = core::array::from_fn(|more| {
        let page = Window::new(n + more);
        page.flags().map(|_| page.read(0))
    });
    saw!(check, "first words of the pages that are still there", left);

    step!(check, "the TLB does not remember the page");
    let page = pages[0];
    let mut sum = 0_u32;
    for _ in 0..check.lots.from(10, 20) {
        let at = check.lots.from(0, 1023) as usize;
        page.write(at, check.lots.any());
        page.unmap();
        // A load makes the kernel put a new page of zeros there.
        sum = sum.rotate_left(1) ^ page.read(at).wrapping_add(check.lots.any());
    }
    saw!(check, "what was added to words of new pages", sum);
    page.unmap();

    step!(
        check,
        "unmapping nothing succeeds, and above UTOP it does not"
    );
    let nothing = Window::new(12_000);
    let mut places = [
        layout::UTOP,
        too_high(&mut check.lots),
        too_high(&mut check.lots),
        check.lots.any() | 1 << 31,
        within(page, &mut check.lots),
        within(page, &mut check.lots),
        within(nothing, &mut check.lots),
        within(pages[PAGES - 1], &mut check.lots),
    ];
    check.lots.shuffle(&mut places);
    for va in places {
        saw!(
            check,
            "an address, and what mem_unmap returned",
            (va, unmap(va))
        );
    }
    saw!(check, "frames that are free again", freed());
    Ok(())
}
