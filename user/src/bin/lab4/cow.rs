//! Stores to copy-on-write pages.

use libos::probe::{self, upcall};
use libos::{EnvId, Error, PteFlags, Window, fork, view, window};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::handlers::{self, SEEN, note};

/// Maps `page` at `witness` too, to be read there.
fn watch(page: Window, witness: Window) -> Result<(), Error> {
    let read = window::READ_ONLY.bits();
    let arguments = [0, page.address(), 0, witness.address(), read];
    probe::call(Sysno::MemMap, arguments).map(drop)
}

/// Two neighbours, one copy-on-write and one not: on the 4Kc they share an entry of the TLB.
pub fn cow_trap(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "a store to one page of a pair says nothing of the other"
    );
    // Nothing is copied here: the handler puts a new page there.
    upcall::set_handler(note)?;
    let read_only = window::READ_ONLY | PteFlags::COW;
    // Which of the two is copy-on-write, and its flags.
    let mut pairs = [
        (0, window::COPY_ON_WRITE),
        (1, window::COPY_ON_WRITE),
        (0, read_only),
        (1, read_only),
    ];
    check.lots.shuffle(&mut pairs);
    for (n, (side, flags)) in pairs.into_iter().enumerate() {
        let pair = n * 200 + check.lots.from(0, 90) as usize * 2;
        let [copied, writable] = [Window::new(pair + side), Window::new(pair + 1 - side)];
        let witness = Window::new(900 + n);
        let index = check.lots.from(0, 1023) as usize;
        for page in [copied, writable] {
            page.alloc(window::PRIVATE)?;
            page.write(index, check.lots.any());
        }
        watch(copied, witness)?;
        copied.map(EnvId::SELF, flags)?;
        handlers::expect(copied);
        let (was_copied, was_writable) = (copied.frame(), writable.frame());
        let frames = || {
            (
                copied.frame() == was_copied,
                writable.frame() == was_writable,
            )
        };
        let words = || [copied, writable, witness].map(|page| page.read(index));
        writable.write(index, check.lots.any());
        saw!(
            check,
            "side and flags of a copy-on-write page",
            (side, flags)
        );
        saw!(
            check,
            "it, its neighbour, and another mapping of it, after a store to the neighbour",
            words()
        );
        saw!(
            check,
            "whether both have the frames that they had",
            frames()
        );
        copied.write(index, check.lots.any());
        saw!(check, "the same after a store to it", words());
        saw!(check, "faults so far, and the last address", SEEN.get());
        saw!(
            check,
            "whether both have the frames that they had",
            frames()
        );
    }
    Ok(())
}

/// A store to a copy-on-write page.
pub fn cow_store(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    let cow = window::COPY_ON_WRITE;
    let mut kinds = [cow, cow | PteFlags::D, cow | PteFlags::LIBRARY];
    check.lots.shuffle(&mut kinds);
    for kept in kinds {
        let n = check.lots.from(0, 400) as usize;
        let (page, witness) = (Window::new(n), Window::new(n + 401));
        page.alloc(window::PRIVATE)?;
        for index in 0..Window::WORDS {
            page.write(index, check.lots.any());
        }
        watch(page, witness)?;
        let frame = page.frame();
        page.map(EnvId::SELF, kept)?;
        let index = check.lots.from(0, 1023) as usize;
        let words = || (page.read(index), witness.read(index));
        step!(check, "a store to a copy-on-write page changes a copy");
        page.write(index, check.lots.any());
        saw!(
            check,
            "what was stored to a page, and its other mapping",
            words()
        );
        saw!(
            check,
            "whether the page has its old frame",
            page.frame() == frame
        );
        step!(
            check,
            "the copy has the rest of the page, and its other flags"
        );
        let sum =
            (0..Window::WORDS).fold(0, |sum: u32, index| sum.rotate_left(1) ^ page.read(index));
        saw!(check, "what is made of all its words", sum);
        saw!(check, "flags before and after", (kept, page.flags()));
        let names = view::pp_ref(frame.unwrap_or(0));
        saw!(check, "how many names the old frame has", names);
        page.write(index, check.lots.any());
        saw!(
            check,
            "after a second store, the page and its other mapping",
            words()
        );
    }
    step!(check, "no other page is copied");
    let mut kinds = [
        None,
        Some(window::READ_ONLY),
        Some(window::READ_ONLY | PteFlags::D),
        Some(window::PRIVATE),
        Some(window::SHARED),
        Some(cow),
        Some(cow | PteFlags::D),
        Some(window::READ_ONLY | PteFlags::COW),
    ];
    check.lots.shuffle(&mut kinds);
    for (n, kind) in kinds.into_iter().enumerate() {
        let page = Window::new(950 + n);
        let index = check.lots.from(0, 1023);
        if let Some(flags) = kind {
            page.alloc(window::PRIVATE)?;
            page.write(index as usize, check.lots.any());
            page.map(EnvId::SELF, flags)?;
        }
        let frame = page.frame();
        let handled = fork::pgfault(page.address() + index * 4);
        let contents = page.flags().map(|_| page.read(index as usize));
        saw!(
            check,
            "flags of a page, whether pgfault sees to it, and its flags and contents then",
            (kind, handled, page.flags(), contents)
        );
        saw!(check, "whether it has its old frame", page.frame() == frame);
    }
    Ok(())
}
