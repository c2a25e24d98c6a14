//! Pages that are given to one child after the other.

use libos::{EnvId, Error, PteFlags, Window, probe, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, until, until_it_ends};

use crate::children::{bare, end};
use crate::running::{start, twin};

const SHARED: Window = Window::new(1000);

/// At most so many children of [`cow_again`].
const CHILDREN: usize = 16;

/// Pages that are copy-on-write already when they are given to a child once more.
pub fn cow_again(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    SHARED.alloc(window::SHARED)?;
    let page = Window::new(check.lots.from(0, 900) as usize);
    let index = check.lots.from(0, 1022) as usize;
    page.alloc(window::PRIVATE)?;
    page.write(index, check.lots.any());
    let children = (check.param(0) as usize).min(CHILDREN);
    // What a child reads at first, and after it has stored something itself; 1 once both are there.
    let report = |child: usize| [0, 1, 2].map(|n| 1 + child * 3 + n);
    for child in 0..children {
        let number = check.lots.any();
        let id = twin(|| {
            probe::expect_faults().ok();
            until(|| SHARED.read(0) != 0);
            let [first, second, done] = report(child);
            SHARED.write(first, page.read(index));
            page.write(index, number);
            yield_now();
            SHARED.write(second, page.read(index));
            SHARED.write(done, 1);
        })?;
        give(id, page)?;
        start(id)?;
    }
    step!(check, "no store is seen by another child of the same page");
    saw!(check, "flags of the page", page.flags());
    page.write(index, check.lots.any());
    SHARED.write(0, 1);
    for child in 0..children {
        let [first, second, done] = report(child);
        until(|| SHARED.read(done) != 0);
        saw!(
            check,
            "what a child reads after our store, and after its own",
            (SHARED.read(first), SHARED.read(second))
        );
    }
    saw!(check, "what we read in the end", page.read(index));
    page.write(index + 1, check.lots.any());
    let child = twin(|| grandchild(check.clone(), page, index))?;
    give(child, page)?;
    start(child)?;
    until_it_ends(child);
    stale(&mut check)
}

/// As fork does it, with the flags that the page has.
fn give(child: EnvId, page: Window) -> Result<(), Error> {
    let flags = page.flags().unwrap_or(PteFlags::empty());
    probe::duppage(child, page.address(), flags & PteFlags::USER)
}

/// In the child, the page is copy-on-write from its birth.
fn grandchild(mut check: Check, page: Window, index: usize) {
    let go = 1 + CHILDREN * 3;
    probe::expect_faults().ok();
    let mut lots = check.lots.clone();
    let child = twin(|| {
        step!(check, "nor by a grandchild");
        until(|| SHARED.read(go) != 0);
        saw!(
            check,
            "what a grandchild reads after its parent's store",
            (page.read(index), page.read(index + 1))
        );
    });
    let Ok(child) = child else {
        return;
    };
    give(child, page).ok();
    start(child).ok();
    page.write(index, lots.any());
    page.write(index + 1, lots.any());
    SHARED.write(go, 1);
    until_it_ends(child);
}

/// A page that was copy-on-write when fork looked, and has been stored to since.
fn stale(check: &mut Check) -> Result<(), Error> {
    step!(
        check,
        "a page that is copy-on-write no more is marked once more"
    );
    let (page, glass) = (Window::new(950), Window::new(951));
    for _ in 0..check.lots.from(2, 5) {
        let index = check.lots.from(0, 1023) as usize;
        page.alloc(window::PRIVATE)?;
        page.write(index, check.lots.any());
        let child = bare()?;
        let given = probe::duppage(child, page.address(), window::COPY_ON_WRITE);
        saw!(
            check,
            "what duppage says to a page that has ceased to be copy-on-write, and its flags then",
            (given, page.flags())
        );
        page.write(index, check.lots.any());
        let arguments = [
            child.0,
            page.address(),
            0,
            glass.address(),
            window::READ_ONLY.bits(),
        ];
        let look = probe::call(Sysno::MemMap, arguments);
        saw!(
            check,
            "a word of ours after a store, and that of the child's page",
            (page.read(index), look, glass.read(index))
        );
        glass.unmap();
        end(child)?;
    }
    Ok(())
}
