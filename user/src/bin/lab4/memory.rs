//! mem_alloc, mem_map, mem_unmap.

use libos::{EnvId, Error, PteFlags, Window, env, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{Lots, Name, saw, step};
use mos_user::check::Check;

/// An address at or above UTOP, which no mapping of ours may touch.
pub fn too_high(lots: &mut Lots) -> u32 {
    lots.from(layout::UTOP, u32::MAX)
}

/// An address somewhere in a page.
pub fn within(page: Window, lots: &mut Lots) -> u32 {
    page.address() + lots.from(0, layout::PAGE_SIZE - 1)
}

/// How often the frame behind a page is counted.
pub fn names(page: Window) -> u16 {
    page.frame().map_or(0, view::pp_ref)
}

/// A new page: zeroed, in place of the old one, with the flags that were asked for.
pub fn alloc(mut check: Check) -> Result<(), Error> {
    step!(check, "a new page is all zeros, also in place of another");
    let n = check.lots.from(0, 900) as usize;
    let page = Window::new(n);
    let (mut rubbish, mut sum) = (0, 0_u32);
    for _ in 0..check.lots.from(20, 40) {
        // It replaces a page that the TLB knows.
        page.alloc(window::PRIVATE)?;
        rubbish += (0..Window::WORDS).filter(|&at| page.read(at) != 0).count();
        for _ in 0..4 {
            let at = check.lots.from(0, 1023) as usize;
            page.write(at, page.read(at).wrapping_add(check.lots.any()));
            sum = sum.rotate_left(1) ^ page.read(at);
        }
    }
    saw!(check, "words of new pages that are not zero", rubbish);
    saw!(check, "what was added up in their words", sum);

    step!(check, "the frame that was replaced is free again");
    let free = view::free_frames();
    let taken = || free.wrapping_sub(view::free_frames());
    let pages = check.lots.from(5, 40);
    for more in 1..=pages as usize {
        Window::new(n + more).alloc(window::PRIVATE)?;
    }
    saw!(check, "frames that new pages took", taken());
    for _ in 0..check.lots.from(50, 90) {
        let one = check.lots.from(1, pages) as usize;
        Window::new(n + one).alloc(window::PRIVATE)?;
    }
    saw!(check, "frames when many were replaced", taken());

    step!(check, "flags and addresses are what they should be");
    let alloc = |check: &mut Check, va: u32, perm: u32| {
        let me = [EnvId::SELF, env::id()][check.lots.from(0, 1) as usize];
        probe::call(Sysno::MemAlloc, [me.0, va, perm, 0, 0])
    };
    let mut kinds = [
        window::READ_ONLY,
        window::PRIVATE,
        window::SHARED,
        window::READ_ONLY | PteFlags::LIBRARY,
        PteFlags::empty(),
        PteFlags::R,
        window::COPY_ON_WRITE,
        window::READ_ONLY | PteFlags::COW,
    ];
    check.lots.shuffle(&mut kinds);
    for flags in kinds {
        let va = within(page, &mut check.lots);
        let seen = (flags, alloc(&mut check, va, flags.bits()), page.flags());
        saw!(
            check,
            "flags, what mem_alloc returned for them, and those of the page",
            seen
        );
    }
    let mut places = [
        layout::UTOP,
        too_high(&mut check.lots),
        too_high(&mut check.lots),
        check.lots.any() | 1 << 31,
        within(Window::new(n + 50), &mut check.lots),
        within(Window::new(n + 51), &mut check.lots),
        within(Window::new(n + 52), &mut check.lots),
    ];
    check.lots.shuffle(&mut places);
    for va in places {
        let result = alloc(&mut check, va, window::PRIVATE.bits());
        let there = Window::containing(va).and_then(Window::flags);
        saw!(
            check,
            "an address, what mem_alloc returned, and the flags of the page there",
            (va, result, there)
        );
    }
    Ok(())
}

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
