//! Pages that come with messages. Two programs: the first sends, the second receives.

use libos::{Error, PteFlags, Window, env, ipc_recv, ipc_recv_page};
use libos::{layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, started, until_it_ends, until_it_waits};

use crate::messages::{NONE, is_first, send};

/// What is sent: a page with these permissions, if any, and whether the receiver wants one.
type Parcel = (Option<PteFlags>, bool);

/// Pages.
pub fn pages(mut check: Check) -> Result<(), Error> {
    let mut parcels = [
        (Some(window::PRIVATE), true),
        (Some(window::READ_ONLY), true),
        (Some(window::SHARED), true),
        (Some(window::COPY_ON_WRITE), true),
        (None, true),
        (Some(window::PRIVATE), false),
        (Some(window::READ_ONLY), false),
    ];
    check.lots.shuffle(&mut parcels);
    let [ours, theirs] = [(0, 300), (400, 900)].map(|(low, high)| check.lots.from(low, high));
    // The first writes there, and the second behind it.
    let word = check.lots.from(0, 511) as usize;
    match is_first() {
        true => send_pages(&mut check, Window::new(ours as usize), word, parcels),
        false => receive_pages(&mut check, Window::new(theirs as usize), word, parcels),
    }
}

fn receive_pages(
    check: &mut Check,
    page: Window,
    word: usize,
    parcels: [Parcel; 7],
) -> Result<(), Error> {
    page.alloc(window::PRIVATE)?;
    page.write(word, check.lots.any());
    // From here on, the first has all frames that it needs.
    ipc_recv()?;
    let free = view::free_frames();
    let message = ipc_recv_page(page);
    let more = view::free_frames().wrapping_sub(free);
    step!(check, "the page comes in place of the one that was there");
    saw!(
        check,
        "permissions that come with a page",
        message.map(|message| message.perm)
    );
    saw!(check, "its flags", page.flags());
    saw!(check, "what the sender wrote to it", page.read(word));
    saw!(check, "frames that are free now and were not", more);
    page.write(word + 512, check.lots.any());
    // Until the first has looked at it.
    ipc_recv()?;
    for (_, wanted) in parcels {
        page.unmap();
        let message = match wanted {
            true => ipc_recv_page(page),
            false => ipc_recv(),
        };
        let perm = message.map(|message| message.perm);
        let flags = page.flags();
        let value = message.map(|message| message.value);
        let contents = flags.map(|_| page.read(word));
        if wanted {
            step!(check, "it comes with the permissions that the sender chose");
            saw!(
                check,
                "value and permissions, and flags and contents of the page",
                (value, perm, flags, contents)
            );
        } else {
            step!(check, "who wants no page gets none");
            saw!(
                check,
                "value and permissions, and flags of what is there and at 0",
                (value, perm, flags, view::page_flags(0))
            );
        }
    }
    Ok(())
}

fn send_pages(
    check: &mut Check,
    page: Window,
    word: usize,
    parcels: [Parcel; 7],
) -> Result<(), Error> {
    let second = started(1);
    page.alloc(window::PRIVATE)?;
    page.write(word, check.lots.any());
    let names = || view::pp_ref(page.frame().unwrap_or(0));
    until_it_waits(second);
    let _ = send(second, 0, 0, NONE);
    until_it_waits(second);
    let within = page.address() + check.lots.from(0, 4095);
    let sent = send(second, check.lots.any(), within, window::PRIVATE);
    until_it_waits(second);
    step!(check, "both have the same frame");
    saw!(check, "what ipc_can_send returned for a page of ours", sent);
    saw!(
        check,
        "what we wrote to the page, and what the receiver did",
        (page.read(word), page.read(word + 512))
    );
    saw!(check, "how many names its frame has", names());
    let _ = send(second, 0, 0, NONE);
    for (perm, _) in parcels {
        until_it_waits(second);
        let value = check.lots.any();
        page.write(word, value.rotate_left(16));
        let (srcva, perm) = match perm {
            Some(perm) => (page.address(), perm),
            None => (0, window::PRIVATE),
        };
        let _ = send(second, value, srcva, perm);
    }
    until_it_ends(second);
    step!(check, "its end gives the page back");
    saw!(
        check,
        "how many names its frame has, and the last that we wrote",
        (names(), page.read(word))
    );
    Ok(())
}

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
        page.map(libos::EnvId::SELF, flags)?;
    }
    step!(check, "a page that may not be sent is refused");
    let mut parcels = [
        (
            layout::UTOP + check.lots.from(0, 0xffff) * 4,
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
