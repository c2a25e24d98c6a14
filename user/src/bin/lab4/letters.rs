//! Messages that wait for their receiver. Two programs: the first writes, the second reads when it comes to it.

use libos::{Error, Window, ipc_recv, ipc_recv_page, ipc_send, ipc_send_page, window, yield_now};
use mos_exam::{Name, saw, step};
use mos_user::check::{Check, started, until_it_waits};

use crate::messages::{is_first, later, names, nobody};

/// Letters, one after the other, and one with a page.
pub fn letters(mut check: Check) -> Result<(), Error> {
    let rounds = check.lots.from(3, 6);
    match is_first() {
        true => write_letters(&mut check, rounds),
        false => read_letters(&mut check, rounds),
    }
}

fn write_letters(check: &mut Check, rounds: u32) -> Result<(), Error> {
    let second = started(1);
    step!(check, "a letter is sent when its receiver waits for one");
    for _ in 0..rounds {
        let sent = ipc_send(second, check.lots.any());
        saw!(
            check,
            "what ipc_send returns of a letter that had to wait",
            sent
        );
    }
    let page = Window::new(check.lots.from(0, 900) as usize);
    let drawn = check.lots.any();
    page.alloc(window::PRIVATE)?;
    page.write(check.lots.from(0, 1023) as usize, drawn);
    let sent = ipc_send_page(second, drawn, page, window::READ_ONLY);
    saw!(check, "and of one with a page", sent);

    step!(check, "what nobody can ever get is an error at once");
    let mut ids = [
        nobody(check),
        later(check, second),
        later(check, started(0)),
    ];
    check.lots.shuffle(&mut ids);
    for id in ids {
        let sent = ipc_send(id, check.lots.any());
        saw!(
            check,
            "the id of nobody, and what ipc_send returns",
            (id.0, sent)
        );
    }
    until_it_waits(second);
    page.unmap();
    let sent = ipc_send_page(second, check.lots.any(), page, window::PRIVATE);
    saw!(check, "what it returns of a page that is not there", sent);
    let sent = ipc_send(second, check.lots.any());
    saw!(check, "and of a last letter", sent);
    Ok(())
}

fn read_letters(check: &mut Check, rounds: u32) -> Result<(), Error> {
    step!(
        check,
        "a letter has its value, its sender and what came along"
    );
    saw!(check, "our id, and the sender's", names());
    let mut letter = |page: Option<Window>| {
        for _ in 0..check.lots.from(1, 4) {
            yield_now();
        }
        let read = page.map_or_else(ipc_recv, ipc_recv_page);
        let read = read.map(|letter| (letter.value, Name(letter.from.0), letter.perm));
        saw!(check, "value, sender and permissions of a letter", read);
    };
    for _ in 0..rounds {
        letter(None);
    }
    let page = Window::new(901);
    letter(Some(page));
    letter(None);
    saw!(
        check,
        "the flags of the page that came, and the sum of its words",
        (page.flags(), sum(page))
    );
    Ok(())
}

fn sum(page: Window) -> u32 {
    match page.flags() {
        Some(_) => (0..Window::WORDS).fold(0, |sum: u32, n| sum.wrapping_add(page.read(n))),
        None => 0,
    }
}
