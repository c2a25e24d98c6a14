//! mem_share.

use libos::{EnvId, EnvStatus, Error, PteFlags, Window, env, layout, probe, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until};

use crate::children;
use crate::memory::{names, too_high};

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
    env::set_status(child, EnvStatus::Runnable)?;
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
