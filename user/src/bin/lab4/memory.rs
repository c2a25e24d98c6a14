//! mem_alloc, mem_map, mem_unmap and their kin.

use libos::{EnvId, Error, Window, env, layout, println, probe, view, window, yield_now};
use libos::{EnvStatus, PteFlags};
use mos_abi::Sysno;
use mos_user::check::Check;

const INVAL: Result<u32, Error> = Err(Error::Inval);
/// Addresses that no mapping of ours may touch.
const TOO_HIGH: [u32; 4] = [layout::UTOP, layout::UVPT, 0x8000_0000, 0xffff_f000];

fn all_zero(window: Window) -> bool {
    (0..Window::WORDS).all(|index| window.read(index) == 0)
}

/// A new page: zeroed, in place of the old one, with the flags that were asked for.
pub fn alloc(mut check: Check) -> Result<(), Error> {
    let page = Window::new(check.lots.from(0, 1000) as usize);
    page.alloc(window::PRIVATE)?;
    for round in 0..check.lots.from(20, 40) {
        check.holds("a new page is all zeros", all_zero(page));
        for _ in 0..4 {
            page.write(check.lots.from(0, 1023) as usize, round + 1);
        }
        // It replaces a page that the TLB knows.
        page.alloc(window::PRIVATE)?;
    }
    check.ok("a new page is all zeros, also in place of another");

    let free = view::free_frames();
    for _ in 0..50 {
        page.alloc(window::PRIVATE)?;
    }
    check.same("free frames", view::free_frames(), free);
    check.ok("the frame that was replaced is free again");

    for flags in [window::READ_ONLY, window::SHARED, window::PRIVATE] {
        page.alloc(flags)?;
        check.same("flags", page.flags(), Some(flags));
    }
    for va in TOO_HIGH {
        let arguments = [0, va, window::PRIVATE.bits(), 0, 0];
        check.same("above UTOP", probe::call(Sysno::MemAlloc, arguments), INVAL);
    }
    let arguments = [0, page.address() + 0x123, window::PRIVATE.bits(), 0, 0];
    check.same(
        "an address within a page",
        probe::call(Sysno::MemAlloc, arguments),
        Ok(0),
    );
    check.ok("flags and addresses are what they should be");

    // A child's page is the child's.
    page.write(9, 9);
    let child = probe::child(|_| {}, 0)?;
    let arguments = [child.0, page.address(), window::PRIVATE.bits(), 0, 0];
    check.same(
        "for a child",
        probe::call(Sysno::MemAlloc, arguments),
        Ok(0),
    );
    check.same("our own page", page.read(9), 9);
    check.ok("a page for a child is none of ours");
    env::destroy(child)
}

/// Memory runs out, at the frame and at the page table.
pub fn full(check: Check) -> Result<(), Error> {
    println!("taking all memory");
    let before = view::free_frames();
    let mut taken = 0;
    while Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    check.holds("most of memory could be taken", taken > 10_000);
    let refused = Window::new(taken).alloc(window::PRIVATE);
    check.same("one page more", refused, Err(Error::NoMem));
    check.ok("without a free frame a call says so");

    // One frame is free: the page gets it, and then there is none for the page's table.
    Window::new(0).unmap();
    let free = view::free_frames();
    let far = [0, layout::UTEMP - 0x30_0000, window::PRIVATE.bits(), 0, 0];
    let far_child = probe::call(Sysno::EnvAlloc, [0; 5]);
    check.holds("a child takes the last frame", far_child.is_ok());
    check.same(
        "one page for it",
        probe::call(Sysno::MemAlloc, [far_child?, far[1], far[2], 0, 0]),
        Err(Error::NoMem),
    );
    Window::new(1).unmap();
    for _ in 0..3 {
        let page = probe::call(Sysno::MemAlloc, [far_child?, far[1], far[2], 0, 0]);
        check.same("a page without a table for it", page, Err(Error::NoMem));
    }
    check.same("free frames", view::free_frames(), free);
    check.ok("a page that cannot be mapped is free again");

    env::destroy(EnvId(far_child?))?;
    for n in 2..taken {
        Window::new(n).unmap();
    }
    let tables = taken.div_ceil(1024) as u32;
    check.holds(
        "everything but page tables is free again",
        view::free_frames() + tables + 1 >= before,
    );
    check.ok("all of it can be given back");

    // A frame that was lost has no name, like a free one: it is missed only when all are taken.
    for n in 0..100 {
        let refused = [
            [n, u32::MAX, far[2]],
            [0, layout::UTOP, far[2]],
            [0, Window::new(3).address(), 0],
        ];
        for [id, va, perm] in refused {
            let seen = probe::call(Sysno::MemAlloc, [id, va, perm, 0, 0]);
            check.holds("a call that makes no sense is refused", seen.is_err());
        }
        let copy = probe::call(
            Sysno::MemCopy,
            [Window::new(3).address(), 1, far[1], far[2], 0],
        );
        check.holds("so is a copy for a stranger", copy.is_err());
    }
    let again = (0..).take_while(|&n| Window::new(n).alloc(window::PRIVATE).is_ok());
    check.same("pages that can be taken again", again.count(), taken);
    check.ok("calls that fail lose no frame");
    Ok(())
}

/// One frame at two places.
pub fn map(mut check: Check) -> Result<(), Error> {
    let n = check.lots.from(0, 500) as usize;
    let (a, b, c) = (Window::new(n), Window::new(n + 300), Window::new(n + 301));
    let map = |from: Window, to: Window, flags: PteFlags| {
        probe::call(
            Sysno::MemMap,
            [0, from.address(), 0, to.address(), flags.bits()],
        )
    };
    a.alloc(window::PRIVATE)?;
    check.same("mem_map", map(a, b, window::PRIVATE), Ok(0));
    for _ in 0..10 {
        let (index, value) = (check.lots.from(0, 1023) as usize, check.lots.any());
        b.write(index, value);
        check.same("what was written at the other place", a.read(index), value);
    }
    check.same("frame", a.frame(), b.frame());
    check.same(
        "names of the frame",
        view::pp_ref(a.frame().unwrap_or(0)),
        2,
    );
    check.ok("both places are the same frame, counted twice");

    c.alloc(window::PRIVATE)?;
    c.write(0, 1234);
    check.same("b, as the TLB has it", b.read(0), a.read(0));
    let free = view::free_frames();
    check.same(
        "mapped over another page",
        map(c, b, window::PRIVATE),
        Ok(0),
    );
    check.same("b now", b.read(0), 1234);
    check.same(
        "names of the old frame",
        view::pp_ref(a.frame().unwrap_or(0)),
        1,
    );
    check.same("free frames", view::free_frames(), free);
    check.ok("a mapping replaces what was there at once");

    a.write(1, 99);
    for flags in [window::READ_ONLY, window::READ_ONLY] {
        check.same("a page over itself", map(a, a, flags), Ok(0));
        check.same("its contents", (a.read(1), a.flags()), (99, Some(flags)));
        check.same("its names", view::pp_ref(a.frame().unwrap_or(0)), 1);
    }
    check.ok("a page mapped over itself stays");

    c.unmap();
    b.unmap();
    check.same("nothing there", map(b, c, window::PRIVATE), INVAL);
    for va in TOO_HIGH {
        let high =
            |from, to| probe::call(Sysno::MemMap, [0, from, 0, to, window::READ_ONLY.bits()]);
        check.same("to above UTOP", high(a.address(), va), INVAL);
        check.same("from above UTOP", high(va, b.address()), INVAL);
    }
    check.same(
        "the place it was to go to",
        (b.flags(), c.flags()),
        (None, None),
    );
    check.ok("nothing is mapped from nowhere, or above UTOP");
    Ok(())
}

/// Where a child leaves words for its parent.
const SHARED: Window = Window::new(1001);

/// Taking a page out.
pub fn unmap(mut check: Check) -> Result<(), Error> {
    let page_number = check.lots.from(0, 1000);
    let page = Window::new(page_number as usize);
    let unmap = |va| probe::call(Sysno::MemUnmap, [0, va, 0, 0, 0]);
    page.alloc(window::PRIVATE)?;
    page.unmap();
    let free = view::free_frames();
    for round in 1..=check.lots.from(10, 20) {
        page.alloc(window::PRIVATE)?;
        page.write(0, round);
        check.same("mem_unmap", unmap(page.address() + round), Ok(0));
        check.same("flags", page.flags(), None);
        check.same("free frames", view::free_frames(), free);
    }
    check.ok("the page is gone and its frame is free");

    page.alloc(window::PRIVATE)?;
    page.write(0, 5);
    page.unmap();
    check.same("a load afterwards: a new page of zeros", page.read(0), 0);
    check.ok("the TLB does not remember the page");

    SHARED.alloc(window::SHARED)?;
    page.write(0, 6);
    let child = probe::child(reports, page_number)?;
    env::set_status(child, EnvStatus::Runnable)?;
    let reported = || {
        for _ in 0..4 {
            yield_now();
        }
        SHARED.read(0)
    };
    check.same("what a child reads", reported(), 6);
    page.unmap_of(child)?;
    check.same("when its page is gone", reported(), 0);
    page.map(child, window::READ_ONLY)?;
    check.same("when it has ours", reported(), 6);
    env::destroy(child)?;
    check.ok("nor does it for a child");
    SHARED.unmap();

    page.unmap();
    check.same("unmapping nothing", unmap(page.address()), Ok(0));
    check.same(
        "where there is no table",
        unmap(Window::new(12_000).address()),
        Ok(0),
    );
    for va in TOO_HIGH {
        check.same("above UTOP", unmap(va), INVAL);
    }
    check.same("free frames", view::free_frames(), free);
    check.ok("unmapping nothing succeeds, and above UTOP it does not");
    Ok(())
}

/// Says again and again what the page has.
fn reports(n: u32) {
    loop {
        SHARED.write(0, Window::new(n as usize).read(0));
        yield_now();
    }
}

/// A copy in a new frame.
pub fn copy(mut check: Check) -> Result<(), Error> {
    let (from, to) = (
        Window::new(check.lots.from(0, 400) as usize),
        Window::new(450),
    );
    let copy = |from: u32, to: u32, flags: PteFlags| {
        probe::call(Sysno::MemCopy, [from, 0, to, flags.bits(), 0])
    };
    from.alloc(window::PRIVATE)?;
    for index in 0..Window::WORDS {
        from.write(index, check.lots.any());
    }
    check.same(
        "mem_copy",
        copy(from.address() + 8, to.address(), window::PRIVATE),
        Ok(0),
    );
    check.holds(
        "all words are the same",
        (0..Window::WORDS).all(|i| from.read(i) == to.read(i)),
    );
    let old = from.read(7);
    to.write(7, !old);
    check.same("the original", from.read(7), old);
    check.same(
        "names of the copy",
        view::pp_ref(to.frame().unwrap_or(0)),
        1,
    );
    check.ok("a copy has the same contents and a frame of its own");

    let free = view::free_frames();
    check.same(
        "from nowhere",
        copy(Window::new(700).address(), to.address(), window::PRIVATE),
        INVAL,
    );
    check.same(
        "with COW",
        copy(from.address(), to.address(), window::COPY_ON_WRITE),
        INVAL,
    );
    check.same(
        "to above UTOP",
        copy(from.address(), layout::UTOP, window::PRIVATE),
        INVAL,
    );
    check.same(
        "from above UTOP",
        copy(layout::UTOP, to.address(), window::PRIVATE),
        INVAL,
    );
    check.same("what was to be replaced", to.read(7), !old);
    check.same("free frames", view::free_frames(), free);
    check.ok("what cannot be copied changes nothing");
    Ok(())
}

/// A range of pages at once.
pub fn share(mut check: Check) -> Result<(), Error> {
    let base = check.lots.from(3, 200) as usize;
    let kinds = [window::PRIVATE, window::READ_ONLY, window::SHARED];
    for (n, flags) in kinds.into_iter().enumerate() {
        // With a hole after each, and a table's end between some.
        Window::new(base + n * 600).alloc(flags)?;
    }
    let child = EnvId(probe::call(Sysno::EnvAlloc, [0; 5])?);
    let (start, end) = (
        Window::new(base).address(),
        Window::new(base + 1300).address(),
    );
    let share = |start, end| probe::call(Sysno::MemShare, [child.0, start, end, 0, 0]);
    check.same("mem_share", share(start, end), Ok(end));
    for (n, flags) in kinds.into_iter().enumerate() {
        let page = Window::new(base + n * 600);
        let shared = if flags == window::PRIVATE {
            window::COPY_ON_WRITE
        } else {
            flags
        };
        check.same("flags", page.flags(), Some(shared));
        check.same("names", view::pp_ref(page.frame().unwrap_or(0)), 2);
    }
    check.ok("writable pages become copy-on-write, all others stay as they are");
    check.same(
        "to above UTOP",
        share(start, layout::UTOP + layout::PAGE_SIZE),
        INVAL,
    );
    check.same("an empty range", share(start, start), Ok(start));
    env::destroy(child)?;
    check.same(
        "names",
        view::pp_ref(Window::new(base).frame().unwrap_or(0)),
        1,
    );
    check.ok("the child's end takes back what it had");

    // A child sees what a shared page has, and not what we write to a private one.
    let child = probe::child(reads_back, base as u32)?;
    let page = Window::new(base);
    probe::expect_faults()?;
    page.write(1, 41);
    // What the child has already would stay as it is.
    page.unmap_of(child)?;
    check.same(
        "mem_share",
        share_one(child, page),
        Ok(page.address() + layout::PAGE_SIZE),
    );
    page.write(1, 42);
    env::set_status(child, EnvStatus::Runnable)?;
    let answer = Window::new(base + 1200);
    while answer.read(0) == 0 && env::slot_of(child).is(child) {
        yield_now();
    }
    check.same("what the child read", answer.read(0), 41);
    check.ok("the child keeps what it was given when we write");
    Ok(())
}

fn share_one(child: EnvId, page: Window) -> Result<u32, Error> {
    let end = page.address() + layout::PAGE_SIZE;
    probe::call(Sysno::MemShare, [child.0, page.address(), end, 0, 0])
}

/// The child: word 1 of its page goes to word 0 of the shared one.
fn reads_back(base: u32) {
    let value = Window::new(base as usize).read(1);
    Window::new(base as usize + 1200).write(0, value);
}
