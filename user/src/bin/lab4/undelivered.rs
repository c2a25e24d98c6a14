//! Messages that are refused. Two programs: the first sends, the second receives.

use libos::{EnvId, layout, probe, window, yield_now};
use libos::{Error, PteFlags, Window, env, ipc_recv, ipc_recv_page};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, started, until_it_waits};

use crate::messages::{NONE, is_first, send};

/// At most so many messages come to the receiver.
const MESSAGES: usize = 16;

/// Sends that must fail leave a receiver as it is.
pub fn refused(mut check: Check) -> Result<(), Error> {
    let last = check.lots.any();
    let word = check.lots.from(0, 1023) as usize;
    let mut places = [
        layout::UTOP + check.lots.from(0, 0xffff) * 4,
        0x8000_0000 | check.lots.any(),
        u32::MAX - check.lots.from(0, 4095),
        Window::new(check.lots.from(0, 900) as usize).address(),
        Window::new(check.lots.from(0, 900) as usize).address(),
    ];
    check.lots.shuffle(&mut places);
    if is_first() {
        refuse(&mut check, last, word)
    } else {
        wait_on(&mut check, last, word, places);
        Ok(())
    }
}

fn wait_on(check: &mut Check, last: u32, word: usize, places: [u32; 5]) {
    let slot = env::slot_of(env::id());
    step!(
        check,
        "ipc_recv refuses an address above UTOP before it waits"
    );
    for place in places {
        let received = probe::call(Sysno::IpcRecv, [place, 0, 0, 0, 0]);
        let received = received.map(|v0| (v0, slot.ipc_value()));
        saw!(
            check,
            "an address, what ipc_recv returns and brings, and whether we wait still",
            (place, received, slot.ipc_recving())
        );
    }
    step!(check, "nothing of a send that failed is seen");
    for n in 0..MESSAGES {
        // There is no table yet for where the page is to go.
        let page = Window::new(n * 1024 + check.lots.from(0, 900) as usize);
        let message = ipc_recv_page(page);
        let contents = page.flags().map(|flags| (flags, page.read(word)));
        saw!(
            check,
            "value and permissions, and flags and contents of a page that came",
            message.map(|message| (message.value, message.perm, contents))
        );
        until_it_waits(started(0));
        let _ = send(started(0), 0, 0, NONE);
        if message.map_or(last, |message| message.value) == last {
            break;
        }
    }
}

/// Sends a page, reports what comes of it, and waits until the receiver has looked at it.
fn deliver(check: &mut Check, value: u32, srcva: u32, perm: PteFlags) {
    until_it_waits(started(1));
    let sent = send(started(1), value, srcva, perm);
    report(check, srcva, perm, sent);
    if sent.is_ok() {
        let _ = ipc_recv();
    }
}

fn report(check: &Check, srcva: u32, perm: PteFlags, sent: Result<u32, Error>) {
    let slot = env::slot_of(started(1));
    let seen = (slot.status(), slot.ipc_recving(), slot.ipc_value());
    saw!(
        check,
        "address and permissions of a page, and what ipc_can_send returns for it",
        (srcva, perm, sent)
    );
    saw!(
        check,
        "the receiver's status then, whether it receives, and its value",
        seen
    );
}

fn refuse(check: &mut Check, last: u32, word: usize) -> Result<(), Error> {
    let second = started(1);
    // For the two addresses below UTOP.
    for _ in 0..2 {
        until_it_waits(second);
        let _ = send(second, check.lots.any(), 0, NONE);
    }
    let at = |n| Window::new(Window::COUNT - n);
    let [read_only, copied, private] = [1, 2, 3].map(at);
    for (page, flags) in [
        (read_only, window::READ_ONLY),
        (copied, window::COPY_ON_WRITE),
        (private, window::PRIVATE),
    ] {
        page.alloc(window::PRIVATE)?;
        page.write(word, check.lots.any());
        page.map(EnvId::SELF, flags)?;
    }
    step!(check, "a page that may not be sent is refused");
    let mut parcels = [
        (
            layout::UTOP + check.lots.from(0, 0x3fff) * 4,
            window::READ_ONLY,
        ),
        (0x8000_0000 | check.lots.any(), window::READ_ONLY),
        (at(4).address(), window::READ_ONLY),
        (read_only.address(), window::PRIVATE),
        (read_only.address(), window::COPY_ON_WRITE),
        (copied.address(), window::PRIVATE),
        (private.address(), NONE),
        (private.address(), window::READ_ONLY | PteFlags::G),
        (private.address(), window::PRIVATE | PteFlags::UC),
        (read_only.address(), window::READ_ONLY),
        (copied.address(), window::COPY_ON_WRITE),
        (private.address(), window::PRIVATE),
    ];
    check.lots.shuffle(&mut parcels);
    for (srcva, perm) in parcels {
        let value = check.lots.any();
        deliver(check, value, srcva, perm);
    }
    step!(check, "and so is one for which there is no memory");
    until_it_waits(second);
    let mut taken = 0;
    while taken < Window::COUNT - 5 && Window::new(taken).alloc(window::PRIVATE).is_ok() {
        taken += 1;
    }
    // A table may have been missing for the last of them, for which there is one here.
    let _ = at(5).alloc(window::PRIVATE);
    let value = check.lots.any();
    let sent = send(second, value, read_only.address(), window::READ_ONLY);
    for n in 0..taken {
        Window::new(n).unmap();
    }
    report(check, read_only.address(), window::READ_ONLY, sent);
    for _ in 0..check.lots.from(1, 5) {
        yield_now();
    }
    step!(check, "and the receiver waits on");
    deliver(check, last, 0, NONE);
    Ok(())
}
