//! Pages that come with messages. Two programs: the first sends, the second receives.

use libos::{EnvId, EnvStatus, Error, PteFlags, Window, env, ipc_recv, ipc_recv_page};
use libos::{layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_user::check::{Check, started, until_it_waits};

use crate::messages::{NONE, is_first, send};

/// Pages.
pub fn pages(mut check: Check) -> Result<(), Error> {
    let (mine, theirs) = (
        check.lots.from(0, 300) as usize,
        check.lots.from(400, 900) as usize,
    );
    let (mine, theirs) = (Window::new(mine), Window::new(theirs));
    let [value, answer] = [check.lots.any(), check.lots.any()];
    let second = started(1);
    if !is_first() {
        theirs.alloc(window::PRIVATE)?;
        let free = view::free_frames();
        let message = ipc_recv_page(theirs)?;
        check.same("permissions", message.perm, window::PRIVATE);
        check.same("flags", theirs.flags(), Some(window::PRIVATE));
        check.same("contents", theirs.read(7), value);
        check.same(
            "free frames: the old page went",
            view::free_frames(),
            free + 1,
        );
        theirs.write(8, answer);
        check.ok("the page comes in place of the one that was there");

        let message = ipc_recv_page(theirs)?;
        check.same(
            "permissions",
            (message.perm, theirs.flags()),
            (window::READ_ONLY, Some(window::READ_ONLY)),
        );
        check.ok("it comes with the permissions that the sender chose");

        theirs.unmap();
        let message = ipc_recv()?;
        check.same("permissions", (message.perm, theirs.flags()), (NONE, None));
        check.ok("who wants no page gets none");
        return Ok(());
    }
    mine.alloc(window::PRIVATE)?;
    mine.write(7, value);
    until_it_waits(second);
    check.same(
        "sending a page",
        send(second, 0, mine.address() + 4, window::PRIVATE),
        Ok(0),
    );
    check.same("names of it", view::pp_ref(mine.frame().unwrap_or(0)), 2);
    until_it_waits(second);
    check.same("what the receiver wrote", mine.read(8), answer);
    check.ok("both have the same frame");
    for perm in [window::READ_ONLY, window::PRIVATE] {
        until_it_waits(second);
        check.same(
            "sending it again",
            send(second, 0, mine.address(), perm),
            Ok(0),
        );
    }
    env::wait(second);
    check.same(
        "names of it at the end",
        view::pp_ref(mine.frame().unwrap_or(0)),
        1,
    );
    check.ok("its end gives the page back");
    Ok(())
}

/// Sends that must fail leave a receiver as it is.
pub fn refused(mut check: Check) -> Result<(), Error> {
    let (first, second) = (started(0), started(1));
    let here = Window::new(check.lots.from(0, 900) as usize);
    let value = check.lots.any();
    if !is_first() {
        for va in [layout::UTOP, 0x8000_0000, u32::MAX] {
            let answer = probe::call(Sysno::IpcRecv, [va, 0, 0, 0, 0]);
            check.same("a page to above UTOP", answer, Err(Error::Inval));
            check.same("whether we wait", env::slot(1).ipc_recving(), 0);
        }
        check.ok("ipc_recv refuses an address above UTOP before it waits");
        let message = ipc_recv_page(here)?;
        check.same(
            "the only message",
            (message.value, message.perm),
            (value, NONE),
        );
        check.same("the page", here.flags(), None);
        check.ok("nothing of a send that failed is seen");
        env::wait(first);
        return Ok(());
    }
    let slot = env::slot_of(second);
    let last = Window::COUNT - 1;
    let read_only = Window::new(last);
    read_only.alloc(window::READ_ONLY)?;
    let copied = Window::new(last - 1);
    copied.alloc(window::PRIVATE)?;
    copied.map(EnvId::SELF, window::COPY_ON_WRITE)?;
    let missing = Window::new(last - 2);
    until_it_waits(second);
    let before = (slot.ipc_value(), slot.ipc_from(), slot.ipc_perm());
    for (va, perm) in [
        (layout::UTOP, window::READ_ONLY),
        (0x8000_0000, window::READ_ONLY),
        (missing.address(), window::READ_ONLY),
        (read_only.address(), window::PRIVATE),
        (read_only.address(), window::COPY_ON_WRITE),
        (copied.address(), window::PRIVATE),
        (read_only.address(), NONE),
        (read_only.address(), PteFlags::V | PteFlags::G),
    ] {
        check.same(
            "a page that cannot be sent",
            send(second, !value, va, perm),
            Err(Error::Inval),
        );
        check.same(
            "it still waits",
            (slot.status(), slot.ipc_recving()),
            (EnvStatus::NotRunnable, 1),
        );
        let seen = (slot.ipc_value(), slot.ipc_from(), slot.ipc_perm());
        check.same("value, sender and permissions", seen, before);
    }
    check.ok("a page that may not be sent is refused");
    // The receiver has no table yet for where the page is to go.
    let mut taken = 0;
    while Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    check.same(
        "a page without memory for it",
        send(second, !value, read_only.address(), window::READ_ONLY),
        Err(Error::NoMem),
    );
    for n in 0..taken {
        Window::new(n).unmap();
    }
    check.same("it still waits", slot.ipc_recving(), 1);
    check.ok("and so is one for which there is no memory");
    for _ in 0..3 {
        yield_now();
    }
    check.same("a good one", send(second, value, 0, NONE), Ok(0));
    check.ok("and the receiver waits on");
    Ok(())
}
