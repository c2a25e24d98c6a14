//! Stores to copy-on-write pages.

use libos::{EnvId, Error, Window, probe, view, window};
use mos_abi::Sysno;
use mos_user::check::Check;

/// Two neighbours, one copy-on-write and one not: on the 4Kc they share an entry of the TLB.
pub fn cow_trap(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    let base = check.lots.from(0, 200) as usize * 2;
    let witness = Window::new(900);
    for (copied, writable) in
        [(base, base + 1), (base + 3, base + 2)].map(|(c, w)| (Window::new(c), Window::new(w)))
    {
        for page in [copied, writable] {
            page.alloc(window::PRIVATE)?;
            page.write(0, 1);
        }
        probe::call(
            Sysno::MemMap,
            [
                0,
                copied.address(),
                0,
                witness.address(),
                window::READ_ONLY.bits(),
            ],
        )?;
        copied.map(EnvId::SELF, window::COPY_ON_WRITE)?;
        let frames = (copied.frame(), writable.frame());
        writable.write(0, 2);
        check.same("the writable page's frame", writable.frame(), frames.1);
        check.same("the other's", copied.frame(), frames.0);
        copied.write(0, 3);
        check.same("what the copy was made of", witness.read(0), 1);
        check.same("the copy", copied.read(0), 3);
        check.holds("has its own frame", copied.frame() != frames.0);
        check.same(
            "the neighbour",
            (writable.read(0), writable.frame()),
            (2, frames.1),
        );
    }
    check.ok("a store to one page of a pair says nothing of the other");
    Ok(())
}

/// A store to a copy-on-write page.
pub fn cow_store(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    for kept in [
        window::COPY_ON_WRITE,
        window::COPY_ON_WRITE | libos::PteFlags::D,
    ] {
        let n = check.lots.from(0, 400) as usize;
        let (page, witness) = (Window::new(n), Window::new(n + 401));
        page.alloc(window::PRIVATE)?;
        for index in 0..Window::WORDS {
            page.write(index, check.lots.any());
        }
        probe::call(
            Sysno::MemMap,
            [
                0,
                page.address(),
                0,
                witness.address(),
                window::READ_ONLY.bits(),
            ],
        )?;
        let frame = page.frame();
        page.map(EnvId::SELF, kept)?;
        let (index, value) = (check.lots.from(0, 1023) as usize, check.lots.any());
        let old = page.read(index);
        page.write(index, value);
        check.same("what was stored", page.read(index), value);
        check.same("the other mapping", witness.read(index), old);
        check.holds("it has a frame of its own", page.frame() != frame);
        check.ok("a store to a copy-on-write page changes a copy");
        let same = (0..Window::WORDS)
            .filter(|&i| page.read(i) == witness.read(i))
            .count();
        check.same("words that are the same", same, Window::WORDS - 1);
        check.same("flags", page.flags(), Some(kept & !libos::PteFlags::COW));
        check.same(
            "names of the old frame",
            view::pp_ref(frame.unwrap_or(0)),
            1,
        );
        page.write(index, !value);
        check.same(
            "a second store",
            (page.read(index), witness.read(index)),
            (!value, old),
        );
        check.ok("the copy has the rest of the page, and its other flags");
    }
    let refused = Window::new(950);
    refused.alloc(window::READ_ONLY)?;
    check.same(
        "a read-only page is none to copy",
        libos::fork::pgfault(refused.address()),
        false,
    );
    check.same(
        "nor is nothing",
        libos::fork::pgfault(Window::new(951).address()),
        false,
    );
    refused.alloc(window::PRIVATE)?;
    check.same(
        "nor a writable one",
        libos::fork::pgfault(refused.address()),
        false,
    );
    check.ok("no other page is copied");
    Ok(())
}
