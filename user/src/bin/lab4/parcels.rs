//! Pages that come with messages. Two programs: the first sends, the second receives.

use libos::{Error, PteFlags, Window, ipc_recv, ipc_recv_page, view, window};
use mos_exam::{saw, step};
use mos_user::check::{Check, started, until, until_it_ends, until_it_waits};

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
    // What has ended may have something left for a while.
    until(|| names() == 1);
    saw!(
        check,
        "how many names its frame has, and the last that we wrote",
        (names(), page.read(word))
    );
    Ok(())
}
