//! What the kernel must refuse.

use libos::{EnvId, Error, PteFlags, Window, env, layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_user::check::{Check, started};

const INVAL: Result<u32, Error> = Err(Error::Inval);

/// Permissions that a program may not ask for, or not gain.
pub fn permissions(mut check: Check) -> Result<(), Error> {
    let base = check.lots.from(0, 900) as usize;
    let (readable, target) = (Window::new(base), Window::new(base + 1));
    readable.alloc(window::READ_ONLY)?;
    target.alloc(window::PRIVATE)?;
    target.write(0, 4711);
    let map = |flags: u32| {
        probe::call(
            Sysno::MemMap,
            [0, readable.address(), 0, target.address(), flags],
        )
    };
    let alloc = |flags: u32| probe::call(Sysno::MemAlloc, [0, target.address(), flags, 0, 0]);

    let free = view::free_frames();
    let not_for_programs = [PteFlags::UC, PteFlags::G, PteFlags::UC | PteFlags::G];
    for flags in not_for_programs {
        check.same(
            "mem_alloc with UC or G",
            alloc((flags | PteFlags::V).bits()),
            INVAL,
        );
        check.same(
            "mem_map with UC or G",
            map((flags | PteFlags::V).bits()),
            INVAL,
        );
    }
    for flags in [
        0,
        PteFlags::R.bits(),
        PteFlags::V.bits() | 0x8000_0000,
        PteFlags::V.bits() | 0x10,
    ] {
        check.same(
            "mem_alloc with flags that make no sense",
            alloc(flags),
            INVAL,
        );
        check.same("mem_map with flags that make no sense", map(flags), INVAL);
    }
    check.same(
        "mem_alloc with COW",
        alloc(window::COPY_ON_WRITE.bits()),
        INVAL,
    );
    check.ok("flags that no program may have are refused");

    for flags in [window::PRIVATE, window::SHARED, window::COPY_ON_WRITE] {
        check.same("a read-only page, mapped with R", map(flags.bits()), INVAL);
        let sent = [
            0,
            readable.address(),
            started(0).0,
            readable.address(),
            flags.bits(),
        ];
        check.same(
            "the same onto itself",
            probe::call(Sysno::MemMap, sent),
            INVAL,
        );
    }
    readable.alloc(window::PRIVATE)?;
    readable.map(EnvId::SELF, window::COPY_ON_WRITE)?;
    check.same(
        "a copy-on-write page, mapped writable",
        map(window::PRIVATE.bits()),
        INVAL,
    );
    check.ok("nobody gains the right to write by mapping");

    check.same("the page that was to be replaced", target.read(0), 4711);
    check.same("its flags", target.flags(), Some(window::PRIVATE));
    check.same("free frames", view::free_frames(), free);
    check.ok("calls that were refused have changed nothing");
    Ok(())
}

/// Calls on environments that are not family. The second program is nobody's child.
pub fn strangers(check: Check) -> Result<(), Error> {
    if env::id() != started(0) {
        // Its pages are the bait.
        Window::new(3).alloc(window::PRIVATE)?;
        while env::slot(0).is(started(0)) {
            yield_now();
        }
        check.same("our page", Window::new(3).flags(), Some(window::PRIVATE));
        check.ok("the stranger and its page are as before");
        return Ok(());
    }
    let other = started(1).0;
    let bad = Err(Error::BadEnv);
    let here = Window::new(3);
    here.alloc(window::PRIVATE)?;
    for _ in 0..3 {
        yield_now();
    }
    let (va, rw) = (here.address(), window::PRIVATE.bits());
    let text = layout::UTEXT;
    for id in [other, 0x7fff_ffff, other ^ 1 << 11, 0x8000_0401, 1] {
        for (call, arguments) in [
            (Sysno::MemAlloc, [id, va, rw, 0, 0]),
            (Sysno::MemMap, [0, va, id, va, rw]),
            (Sysno::MemMap, [id, va, 0, va, rw]),
            (Sysno::MemUnmap, [id, va, 0, 0, 0]),
            (Sysno::MemCopy, [va, id, va, rw, 0]),
            (Sysno::MemShare, [id, va, va + layout::PAGE_SIZE, 0, 0]),
            (Sysno::SetEnvStatus, [id, 0, 0, 0, 0]),
            (Sysno::SetEnvStatus, [id, 2, 0, 0, 0]),
            (Sysno::SetTrapframe, [id, va, 0, 0, 0]),
            (
                Sysno::SetPgfaultHandler,
                [id, text, layout::UXSTACKTOP, 0, 0],
            ),
            (Sysno::EnvDestroy, [id, 0, 0, 0, 0]),
        ] {
            check.same(call.name(), probe::call(call, arguments), bad);
        }
    }
    check.ok("no call reaches an environment that is not ours");
    Ok(())
}
