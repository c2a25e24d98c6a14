//! What the file server makes of requests, which are sent to it as they are.

use alloc::vec::Vec;

use crate::mounted::name;
use crate::own::closed;
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::window::{PRIVATE, READ_ONLY};
use libos::{Error, PteFlags, Window, ipc_send_page};
use mos_abi::files::{filefd, mode, old, op};
use mos_exam::disk::{Plan, Recipe};
use mos_exam::{saw, step, sum};
use mos_user::check::{Check, started};

/// Where requests are, where the pages of two open files come, and where the pages of files do.
const REQUEST: Window = Window::beside(0);
const OPEN: Window = Window::beside(1);
const OTHER: Window = Window::beside(2);
const NONE: Window = Window::beside(3);
const PAGES: usize = 64;

/// Asks the server for something, with the request's page, if it has one, and room for so many pages. Tells what it answers, and how many have
/// come.
fn ask(words: [u32; 4], page: bool, room: (Window, u32)) -> Result<([u32; 4], u32), Error> {
    let server = started(1);
    let mut parcel = Parcel::words(words);
    if page {
        parcel = parcel.with_pages(REQUEST, 1, READ_ONLY);
    }
    let room = (
        Sender::Only(server),
        Room::new(room.0, room.1),
        Timeout::NEVER,
    );
    let answer = msg::exchange((server, &parcel, Timeout::NEVER), room).map_err(Error::from)?;
    let [first, ..] = answer.words;
    Error::check(first.cast_signed())?;
    Ok((answer.words, answer.pages))
}

/// Opens a file, which is open as long as its page is there: its number, its size and type, and what the page says.
fn open(page: Window, path: &str, how: u32) -> Result<(u32, [u32; 2], [u32; 4]), Error> {
    REQUEST.alloc(PRIVATE)?;
    REQUEST.write_str(path);
    page.unmap();
    let (words, _) = ask([op::OPEN, how, 0, 0], true, (page, 1))?;
    let [id, size, kind, _] = words;
    page.flags().ok_or(Error::NoMem)?;
    let told = [filefd::DEVICE, filefd::MODE, filefd::SIZE, filefd::TYPE];
    Ok((id, [size, kind], told.map(|word| page.read(word))))
}

/// The same without its number, of which a system has a choice.
fn opened(path: &str, how: u32) -> Result<([u32; 2], [u32; 4]), Error> {
    open(OPEN, path, how).map(|(_, told, page)| (told, page))
}

/// What the server says of a path.
fn stat(path: &str) -> Result<[u32; 2], Error> {
    REQUEST.alloc(PRIVATE)?;
    REQUEST.write_str(path);
    let ([_, size, kind, _], _) = ask([op::STAT_PATH, 0, 0, 0], true, (NONE, 1))?;
    Ok([size, kind])
}

/// A path in the root that is drawn.
fn new_path(check: &mut Check) -> alloc::string::String {
    let name = name(&mut check.lots);
    alloc::format!("/new-{}", core::str::from_utf8(&name).unwrap_or("x"))
}

/// `open-modes`.
pub fn open_modes(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    let there = |check: &mut Check| plan.file(check.lots.from(1, 29)).path;
    step!(
        check,
        "a file that is there is opened, and one that is not is not"
    );
    for how in [mode::READ, mode::WRITE, mode::READ_WRITE, 3] {
        let path = there(&mut check);
        saw!(
            check,
            "a mode, and what opening a file says",
            (how, opened(path.as_str(), how))
        );
        saw!(
            check,
            "what opening says that is not there",
            opened("/none", how)
        );
    }
    step!(
        check,
        "a file is made where that is wanted, and only where there is none"
    );
    let more = [0, mode::EXCLUSIVE];
    for how in more.map(|more| mode::READ_WRITE | mode::CREATE | more) {
        let (path, new) = (there(&mut check), new_path(&mut check));
        saw!(
            check,
            "a mode, and what opening a file says",
            (how, opened(path.as_str(), how))
        );
        saw!(
            check,
            "what opening a new one says, and once more",
            (opened(&new, how), opened(&new, how))
        );
    }
    saw!(
        check,
        "what opening says in a directory that is not there",
        opened("/none/x", mode::CREATE)
    );
    step!(
        check,
        "a file is made empty where that is wanted, and only by who may write it"
    );
    for how in [mode::READ, mode::WRITE, mode::READ_WRITE].map(|how| how | mode::TRUNCATE) {
        let path = there(&mut check);
        saw!(
            check,
            "a mode, and what opening a file says",
            (how, opened(path.as_str(), how))
        );
        saw!(check, "what is known of it then", stat(path.as_str()));
    }
    step!(check, "directories are made, and read, and not written");
    let path = plan.folder(check.lots.from(0, 2));
    for how in [
        mode::READ,
        mode::WRITE,
        mode::READ_WRITE,
        mode::READ_WRITE | mode::TRUNCATE,
    ] {
        saw!(
            check,
            "a mode, and what opening a directory says",
            (how, opened(path.as_str(), how))
        );
    }
    let new = new_path(&mut check);
    for how in [
        mode::MAKE_DIR,
        mode::MAKE_DIR,
        mode::MAKE_DIR | mode::EXCLUSIVE,
    ] {
        saw!(
            check,
            "a mode, and what opening a directory says",
            (how, opened(&new, how))
        );
    }
    saw!(check, "what is known of it then", stat(&new));
}

/// Asks in the way of the course, with these words in the page.
fn ask_old(what: u32, words: &[u32]) -> Result<u32, Error> {
    REQUEST.alloc(PRIVATE)?;
    for (index, &word) in words.iter().enumerate() {
        REQUEST.write(index, word);
    }
    ipc_send_page(started(1), what, REQUEST, PRIVATE)?;
    Ok(libos::ipc_recv()?.value)
}

/// `sizes-and-closing`.
pub fn sizes(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    let none = (NONE, 1);
    step!(
        check,
        "a file has another size, and all who have it open are told"
    );
    let path = plan.file(check.lots.from(2, 7)).path;
    let (first, second) = (
        open(OPEN, path.as_str(), mode::READ_WRITE),
        open(OTHER, path.as_str(), mode::READ),
    );
    saw!(
        check,
        "what opening it twice says",
        (first.is_ok(), second.is_ok())
    );
    let ids = [&first, &second].map(|open| open.as_ref().map_or(0, |(id, ..)| *id));
    for _ in 0..3 {
        let size = check.lots.from(0, 40_000);
        let set = ask([op::SET_SIZE, ids[0], size, 0], false, none);
        saw!(
            check,
            "a new size, what the server says, and what the other's page does",
            (size, set, OTHER.read(filefd::SIZE))
        );
    }
    saw!(check, "what is known of it then", stat(path.as_str()));
    step!(check, "only who has opened a file to write can change it");
    let (size, far) = (check.lots.from(0, 9000), 1024 * 4096 + 1);
    saw!(
        check,
        "a new size for who only reads",
        ask([op::SET_SIZE, ids[1], size, 0], false, none)
    );
    saw!(
        check,
        "a size that no file can have",
        ask([op::SET_SIZE, ids[0], far, 0], false, none)
    );
    for id in [ids[0] ^ 1024, ids[0] + 2, 0, u32::MAX] {
        saw!(
            check,
            "a number that no file has",
            ask([op::SET_SIZE, id, size, 0], false, none)
        );
        saw!(
            check,
            "a number that no file has",
            ask([op::CLOSE, id, 0, 0], false, none)
        );
    }
    saw!(check, "what is known of it then", stat(path.as_str()));
    step!(check, "the requests of the course do the same");
    let size = check.lots.from(5000, 30_000);
    saw!(
        check,
        "a new size, what the server says, and what the other's page does",
        (
            size,
            ask_old(old::SET_SIZE, &[ids[0], size]),
            OTHER.read(filefd::SIZE)
        )
    );
    for (id, offset) in [
        (ids[0], 0),
        (ids[0], size - 1),
        (ids[0], size),
        (ids[0], u32::MAX),
        (ids[1], 0),
        (7, 0),
    ] {
        let is_known = ids.iter().position(|known| *known == id);
        saw!(
            check,
            "whose file, which byte was stored to, and what the server says",
            (is_known, offset, ask_old(old::DIRTY, &[id, offset]))
        );
    }
    for id in [ids[1], ids[0], 7] {
        saw!(check, "closing it", ask_old(old::CLOSE, &[id]));
    }
    step!(check, "what was written is on the disk when it is closed");
    let new = new_path(&mut check);
    let made = open(OPEN, &new, mode::CREATE | mode::WRITE);
    let id = made.map_or(0, |(id, ..)| id);
    saw!(
        check,
        "a new size",
        ask([op::SET_SIZE, id, 12_345, 0], false, none).map(|(words, _)| words)
    );
    saw!(check, "closing it", ask([op::CLOSE, id, 0, 0], false, none));
    for how in [mode::WRITE, mode::READ_WRITE] {
        closed(&mut check, how);
    }
}

/// What is in a page of a file, and with which flags it came.
type Page = (Option<PteFlags>, u32);

/// Those that came.
fn pages(count: u32) -> Vec<Page> {
    let page = |n| {
        let window = Window::beside(PAGES + n as usize);
        let flags = window.flags()?;
        let words = (0..Window::WORDS).flat_map(|word| window.read(word).to_le_bytes());
        Some((flags & PteFlags::USER, sum(&words.collect::<Vec<u8>>())))
    };
    let pages = (0..count).map(page);
    pages
        .map(|page| page.map_or((None, 0), |(flags, sum)| (Some(flags), sum)))
        .collect()
}

/// Asks for pages of a file: the words of the answer, and the pages.
fn map(id: u32, index: u32, count: u32) -> Result<([u32; 4], Vec<Page>), Error> {
    for n in 0..16 {
        Window::beside(PAGES + n).unmap();
    }
    let (words, came) = ask(
        [op::MAP, id, index, count],
        false,
        (Window::beside(PAGES), 16),
    )?;
    Ok((words, pages(came)))
}

/// `mapped-pages`.
pub fn mapped(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    step!(check, "who reads has the pages of a file to be read");
    for n in [1, 4, 5, 6, 7] {
        let file = plan.file(n);
        let id = open(OTHER, file.path.as_str(), mode::READ).map_or(0, |(id, ..)| id);
        let (index, count) = (check.lots.from(0, file.size / 4096), check.lots.from(1, 16));
        saw!(
            check,
            "a file's number, which pages, and what comes",
            (n, index, count, map(id, index, count))
        );
    }
    step!(
        check,
        "who writes has them to be written, also where the file had no block"
    );
    let file = plan.file(6);
    let id = open(OPEN, file.path.as_str(), mode::READ_WRITE).map_or(0, |(id, ..)| id);
    saw!(check, "what comes", map(id, 1, 3));
    let longer = ask([op::RESERVE, id, 100_000, 10], false, (NONE, 1));
    saw!(check, "room for ten bytes far behind its end", longer);
    let other = open(OTHER, file.path.as_str(), mode::READ).map_or(0, |(id, ..)| id);
    saw!(
        check,
        "what comes to who reads, where there is no block",
        map(other, 20, 2)
    );
    saw!(check, "what comes to who writes there", map(id, 20, 2));
    saw!(
        check,
        "what comes to who reads, where there is a block",
        map(other, 20, 2)
    );
    step!(check, "what is stored in one's pages is the other's too");
    let stored = map(id, 0, 1).map(|_| {
        let (word, value) = (check.lots.from(0, 1023) as usize, check.lots.any());
        Window::beside(PAGES).write(word, value);
    });
    saw!(check, "storing to the first page", stored);
    saw!(check, "what comes to who reads", map(other, 0, 1));
    step!(
        check,
        "there are no pages behind the end, and none of files that nobody has open"
    );
    let ends = file.size.max(100_010).div_ceil(4096);
    saw!(check, "the page behind the last", map(id, ends, 1));
    saw!(
        check,
        "pages far behind it",
        (map(id, 5000, 1), map(other, u32::MAX, 1))
    );
    for id in [id ^ 1024, 9, u32::MAX] {
        saw!(check, "what comes of no file", map(id, 0, 1));
    }
}
