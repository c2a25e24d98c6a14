//! mem_alloc, and what the checks of pages have in common.

use libos::{EnvId, Error, PteFlags, Window, env, layout, probe, view, window};
use mos_abi::Sysno;
use mos_exam::{Lots, saw, step};
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
