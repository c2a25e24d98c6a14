//! Clients that the file server has not deserved, one kind after the other, while an honest one goes on with its files: it must
//! not notice, and in the end nothing may be missing.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::vec;

use libos::fs::{self, File, OpenOptions};
use libos::io::{Error, Read, Seek, SeekFrom, Write};
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::window::{PRIVATE, READ_ONLY, SHARED};
use libos::{EnvId, Fork, PteFlags, Window, env, fork, ipc_send, ipc_send_page, println};
use mos_abi::files::{SERVER_SLOT, filefd, mode, old, op};

/// Where requests are, and where answers go: windows beside those that descriptors use.
const REQUEST: Window = Window::beside(0);
const OPEN: Window = Window::beside(1);
const PAGES: Window = Window::beside(64);

fn server() -> EnvId {
    env::slot(SERVER_SLOT).id()
}

/// Tells its parent that it has done what it does, if that listens, and listens to nobody else, until that ends.
fn sleep() -> ! {
    let parent = env::slot_of(env::id()).parent();
    let _ = msg::send(parent, &Parcel::words([0; 4]), Timeout::NEVER);
    let _ = msg::receive(Sender::Only(parent), Room::NONE, Timeout::NEVER);
    env::exit()
}

/// Puts a path at a byte of the page of requests, and a mode behind it.
fn put(at: usize, path: &str, mode: u32) {
    for (index, word) in (at / 4..).zip(path.as_bytes().chunks(4)) {
        let mut bytes = [0; 4];
        bytes[..word.len()].copy_from_slice(word);
        REQUEST.write(index, u32::from_le_bytes(bytes));
    }
    let end = at + path.len();
    if end.is_multiple_of(4) && end < 4096 {
        REQUEST.write(end / 4, 0);
    }
    if at == 0 {
        REQUEST.write(old::MODE / 4, mode);
    }
}

fn words(words: &[u32]) {
    for (index, &word) in words.iter().enumerate() {
        REQUEST.write(index, word);
    }
}

/// Sends a request of the course's, and does not listen.
fn send(what: u32) {
    let _ = ipc_send_page(server(), what, REQUEST, PRIVATE);
}

/// Sends one of ours and listens.
fn ask(request: [u32; 4]) -> [u32; 4] {
    ask_for(request, 1)
}

fn ask_for(request: [u32; 4], pages: u32) -> [u32; 4] {
    let parcel = Parcel::words(request).with_pages(REQUEST, pages, READ_ONLY);
    let room = (Sender::Only(server()), Room::NONE, Timeout::NEVER);
    let answer = msg::exchange((server(), &parcel, Timeout::NEVER), room);
    answer.map_or([u32::MAX; 4], |answer| answer.words)
}

fn refused([first, ..]: [u32; 4]) {
    assert!(first.cast_signed() < 0, "{first} is no refusal");
}

/// Opens a file and keeps its page.
fn open_at(page: Window, path: &str, mode: u32) -> u32 {
    put(0, path, mode);
    let parcel = Parcel::words([op::OPEN, mode, 0, 0]).with_pages(REQUEST, 1, READ_ONLY);
    let room = (Sender::Only(server()), Room::new(page, 1), Timeout::NEVER);
    let answer = msg::exchange((server(), &parcel, Timeout::NEVER), room);
    answer.map_or(u32::MAX, |answer| answer.words[0])
}

/// Maps pages of a file.
fn map(file: u32, index: u32, count: u32) -> u32 {
    let parcel = Parcel::words([op::MAP, file, index, count]);
    let room = (Sender::Only(server()), Room::new(PAGES, 64), Timeout::NEVER);
    let answer = msg::exchange((server(), &parcel, Timeout::NEVER), room);
    answer.map_or(0, |answer| answer.pages)
}

/// Numbers that nobody expects.
const ODD: [u32; 10] = [
    0,
    1,
    1023,
    1024,
    4095,
    0x3f_ffff,
    0x40_0000,
    0x7fff_ffff,
    0x8000_0000,
    u32::MAX,
];

const MINE: u32 = mode::CREATE | mode::READ_WRITE;

type Kind = (&'static str, fn());

const KINDS: &[Kind] = &[
    ("opens and never listens", || {
        put(0, "/kept", mode::READ);
        send(old::OPEN);
        sleep();
    }),
    ("opens, and ends at once", || {
        put(0, "/kept", mode::READ);
        send(old::OPEN);
    }),
    ("maps and never listens", || {
        let file = open_at(OPEN, "/hostile", MINE);
        words(&[file, 0]);
        send(old::MAP);
        sleep();
    }),
    ("floods with what it does not wait for", || {
        put(0, "/kept", mode::READ);
        for _ in 0..300 {
            send(old::OPEN);
        }
    }),
    ("floods with words", || {
        for word in 0..500 {
            let _ = ipc_send(server(), word);
        }
    }),
    ("sends requests without their page", || {
        for what in 0..12 {
            let _ = ipc_send(server(), what);
        }
        refused(msg::call(server(), [op::OPEN, 0, 0, 0]).map_or([u32::MAX; 4], |it| it.words));
    }),
    ("asks for what there is not", || {
        for what in [0, 8, 99, 0xff, op::RESERVE + 1, 0x8000_0000, u32::MAX] {
            refused(ask([what, 1, 2, 3]));
            send(what);
        }
    }),
    ("sends our requests as if they were old", || {
        put(0, "/hostile", MINE);
        for what in op::OPEN..=op::RESERVE {
            send(what);
        }
    }),
    ("has paths without an end", || {
        words(&[0x6161_6161; Window::WORDS]);
        refused(ask([op::OPEN, MINE, 0, 0]));
        refused(ask([op::STAT_PATH, 0, 0, 0]));
        refused(ask([op::REMOVE, 0, 0, 0]));
        put(0, "/hostile", 0);
        refused(ask([op::RENAME, 0, 0, 0]));
    }),
    ("has names that are too long", || {
        words(&[0x6161_6161; 32]);
        REQUEST.write(32, 0);
        refused(ask([op::OPEN, MINE, 0, 0]));
    }),
    ("has paths of slashes alone", || {
        words(&[0x2f2f_2f2f; 255]);
        REQUEST.write(255, 0);
        refused(ask([op::REMOVE, 0, 0, 0]));
        refused(ask([op::MAKE_DIR, 0, 0, 0]));
    }),
    ("has no path", || {
        put(0, "", MINE);
        refused(ask([op::OPEN, MINE, 0, 0]));
        refused(ask([op::MAKE_DIR, 0, 0, 0]));
    }),
    ("makes directories that lead nowhere", || {
        for path in ["/.", "/..", "/kept/..", "/none/dir"] {
            put(0, path, 0);
            refused(ask([op::MAKE_DIR, 0, 0, 0]));
        }
    }),
    ("changes its path under the server", || {
        let _ = REQUEST.alloc(SHARED);
        put(0, "/hostile", MINE);
        let Ok(Fork::Parent(child)) = fork() else {
            loop {
                put(0, "/hos", MINE);
                words(&[0x6161_6161; 300]);
            }
        };
        for _ in 0..100 {
            ask([op::OPEN, mode::READ, 0, 0]);
            ask([op::STAT_PATH, 0, 0, 0]);
        }
        let _ = env::destroy(child);
    }),
    ("sends pages that can only be read", || {
        put(0, "/hostile", MINE);
        for what in 1..8 {
            let _ = ipc_send_page(server(), what, REQUEST, READ_ONLY);
        }
    }),
    ("sends pages that are copied on write", || {
        put(0, "/hostile", MINE);
        let _ = REQUEST.map(EnvId::SELF, PRIVATE | PteFlags::COW);
        for what in 1..8 {
            let _ = ipc_send_page(server(), what, REQUEST, READ_ONLY);
        }
    }),
    ("sends more pages than there are requests", || {
        for page in 0..64 {
            let _ = Window::beside(page).alloc(PRIVATE);
        }
        put(0, "/hostile", MINE);
        for what in op::OPEN..=op::RESERVE {
            ask_for([what, 0, 0, 0], 64);
        }
    }),
    ("has files of others, of before, and none", || {
        for file in (0..3000).chain(ODD) {
            refused(ask([op::SET_SIZE, file, 0, 0]));
            if !(64..=3000).contains(&file) {
                for what in [op::MAP, op::CLOSE, op::STAT, op::RESERVE] {
                    refused(ask([what, file, 0, 1]));
                }
            }
        }
    }),
    ("has the same by the old numbers", || {
        for file in (1024..1200).chain(ODD) {
            words(&[file, 0]);
            send(old::SET_SIZE);
            send(old::CLOSE);
            send(old::DIRTY);
            send(old::MAP);
        }
    }),
    ("uses a file after it was closed", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        OPEN.unmap();
        for _ in 0..20 {
            open_at(OPEN, "/kept", mode::READ);
            OPEN.unmap();
        }
        refused(ask([op::MAP, file, 0, 1]));
        refused(ask([op::STAT, file, 0, 0]));
    }),
    ("maps where there is nothing", || {
        let file = open_at(OPEN, "/hostile", MINE);
        for index in ODD {
            for count in ODD {
                map(file, index, count);
            }
        }
    }),
    ("wants sizes that no file has", || {
        let file = open_at(OPEN, "/hostile", MINE);
        for size in [0x40_0001, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
            refused(ask([op::SET_SIZE, file, size, 0]));
        }
        for offset in ODD {
            for len in ODD {
                ask([op::RESERVE, file, offset, len]);
            }
        }
        ask([op::SET_SIZE, file, 0, 0]);
    }),
    ("opens in modes that there are not", || {
        for mode in [3, 7, 0xff, 0x803, 0xfff, u32::MAX] {
            put(0, "/kept", mode);
            refused(ask([op::OPEN, mode, 0, 0]));
        }
    }),
    ("writes what it has to read", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        refused(ask([op::SET_SIZE, file, 0, 0]));
        refused(ask([op::RESERVE, file, 0, 1]));
        assert_eq!(map(file, 0, 1), 1);
        assert!(PAGES.map(EnvId::SELF, PRIVATE).is_err());
        put(0, "/kept", 0);
        refused(ask([op::OPEN, mode::TRUNCATE, 0, 0]));
    }),
    ("writes directories", || {
        for mode in [mode::WRITE, mode::READ_WRITE, MINE | mode::TRUNCATE] {
            put(0, "/", mode);
            refused(ask([op::OPEN, mode, 0, 0]));
        }
    }),
    ("says of its file what is not true", || {
        let file = open_at(OPEN, "/hostile", MINE);
        for word in 0..Window::WORDS {
            OPEN.write(word, 0xffff_ffff);
        }
        map(file, 0, 64);
        ask([op::RESERVE, file, 0, 100]);
        ask([op::SET_SIZE, file, 0, 0]);
        OPEN.write(filefd::FILE, file ^ 1);
    }),
    ("says that it has closed what it reads", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        assert_eq!(map(file, 0, 1), 1);
        OPEN.write(filefd::DEVICE, 0);
        for _ in 0..3 {
            ask([op::SPACE, 0, 0, 0]);
            map(file, 0, 1);
            OPEN.write(filefd::DEVICE, filefd::FILE_DEVICE);
            ask([op::STAT, file, 0, 0]);
            OPEN.write(filefd::DEVICE, 0);
        }
        sleep();
    }),
    ("opens again what was taken from it", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        OPEN.write(filefd::DEVICE, 0);
        put(0, "/none", 0);
        refused(ask([op::REMOVE, 0, 0, 0]));
        assert_eq!(OPEN.read(filefd::NAMED), 0);
        OPEN.write(filefd::DEVICE, filefd::FILE_DEVICE);
        OPEN.write(filefd::NAMED, 1);
        assert_eq!(map(file, 0, 1), 0);
        refused(ask([op::STAT, file, 0, 0]));
    }),
    ("keeps many files that it has closed", || {
        for page in 0..1100 {
            let page = Window::beside(2000 + page);
            let file = open_at(page, "/kept", mode::READ);
            assert!(file.cast_signed() > 0);
            page.write(filefd::DEVICE, 0);
        }
        sleep();
    }),
    ("closes and opens again with a child that does too", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        OPEN.map(EnvId::SELF, SHARED).expect("it is there");
        let child = fork();
        for round in 0..50 {
            OPEN.write(filefd::DEVICE, round % 2 * filefd::FILE_DEVICE);
            OPEN.write(filefd::NAMED, round);
            map(file, 0, 1);
            ask([op::SPACE, 0, 0, 0]);
        }
        if matches!(child, Ok(Fork::Child)) {
            env::exit();
        }
        sleep();
    }),
    ("opens as many files as there can be", || {
        let mut opened = 0;
        for page in 0..1100 {
            let file = open_at(Window::beside(2000 + page), "/kept", mode::READ);
            if file.cast_signed() < 0 {
                break;
            }
            opened += 1;
        }
        assert!((200..1024).contains(&opened), "{opened} are open");
        sleep();
    }),
    ("has a page as often as a page can be mapped", || {
        let file = open_at(OPEN, "/kept", mode::READ);
        assert_eq!(map(file, 0, 1), 1);
        let mut windows = (100..16_000).map(Window::beside);
        let mut more = (0..16_000).map(Window::new);
        // A child has what is there as often once more.
        for count in [15_900, 5_000, 10_000] {
            { windows.by_ref().chain(more.by_ref()) }
                .take(count)
                .all(|window| {
                    let flags = PteFlags::V | PteFlags::LIBRARY;
                    PAGES.map_at(EnvId::SELF, window, flags).is_ok()
                });
            let me = env::id();
            if PAGES.mappings() < u16::MAX && matches!(fork(), Ok(Fork::Child)) {
                let _ = msg::receive(Sender::Only(me), Room::NONE, Timeout::NEVER);
                env::exit();
            }
        }
        assert_eq!(PAGES.mappings(), u16::MAX);
        sleep();
    }),
    ("has as many pages to write as there are", || {
        let file = open_at(OPEN, "/hostile", MINE);
        ask([op::SET_SIZE, file, 0x40_0000, 0]);
        for index in (0..1024).step_by(64) {
            let parcel = Parcel::words([op::MAP, file, index, 64]);
            let to = Window::beside(4096 + index as usize);
            let room = (Sender::Only(server()), Room::new(to, 64), Timeout::NEVER);
            let _ = msg::exchange((server(), &parcel, Timeout::NEVER), room);
        }
        sleep();
    }),
    ("fills the disk", || {
        let file = open_at(OPEN, "/hostile", MINE);
        for _ in 0..2 {
            for offset in (0..0x40_0000).step_by(0x1_0000) {
                ask([op::RESERVE, file, offset, 0x1_0000]);
            }
            ask([op::SET_SIZE, file, 0, 0]);
        }
    }),
    ("fills a directory", || {
        for name in 0..200_u32 {
            let bytes = [
                b'0' + (name / 100) as u8,
                b'0' + (name / 10 % 10) as u8,
                b'0' + (name % 10) as u8,
            ];
            put(0, "/many/abc", 0);
            REQUEST.write(1, u32::from_le_bytes([b'y', b'/', bytes[0], bytes[1]]));
            REQUEST.write(2, u32::from_le_bytes([bytes[2], 0, 0, 0]));
            ask([op::MAKE_DIR, 0, 0, 0]);
        }
    }),
    ("goes down as deep as paths are long", || {
        let mut depth = 0;
        for at in (0..1000).step_by(4) {
            REQUEST.write(at / 4, u32::from_le_bytes(*b"/ddd"));
            REQUEST.write(at / 4 + 1, 0);
            if ask([op::MAKE_DIR, 0, 0, 0])[0] != 0 {
                break;
            }
            depth += 1;
        }
        for at in (0..depth * 4).step_by(4).rev() {
            REQUEST.write(at / 4 + 1, 0);
            ask([op::REMOVE, 0, 0, 0]);
        }
    }),
    ("moves directories into themselves", || {
        put(0, "/loop", 0);
        ask([op::MAKE_DIR, 0, 0, 0]);
        put(op::SECOND, "/loop/in/itself", 0);
        refused(ask([op::RENAME, 0, 0, 0]));
        put(op::SECOND, "/loop/in", 0);
        refused(ask([op::RENAME, 0, 0, 0]));
        put(0, "/", 0);
        refused(ask([op::RENAME, 0, 0, 0]));
        put(0, "/loop", 0);
        ask([op::REMOVE, 0, 0, 0]);
    }),
    ("removes what must stay", || {
        for path in ["/", "//", "/many"] {
            put(0, path, 0);
            ask([op::REMOVE, 0, 0, 0]);
        }
        put(op::SECOND, "/kept", 0);
        refused(ask([op::RENAME, 0, 0, 0]));
    }),
    ("writes to a file that was removed", || {
        let file = open_at(OPEN, "/hostile", MINE);
        ask([op::RESERVE, file, 0, 0x8000]);
        assert!(map(file, 0, 8) > 0);
        put(0, "/hostile", 0);
        ask([op::REMOVE, 0, 0, 0]);
        OPEN.unmap();
        put(0, "/other", MINE);
        let other = ask([op::OPEN, MINE, 0, 0]);
        ask([op::RESERVE, other[0], 0, 0x8000]);
        for word in 0..Window::WORDS {
            PAGES.write(word, 0x6b63_6168);
        }
        ask([op::SYNC, 0, 0, 0]);
        put(0, "/other", 0);
        ask([op::REMOVE, 0, 0, 0]);
    }),
    ("writes to a file that was cut off", || {
        let file = open_at(OPEN, "/hostile", MINE);
        ask([op::RESERVE, file, 0, 0x8000]);
        assert!(map(file, 0, 8) > 0);
        ask([op::SET_SIZE, file, 0, 0]);
        for word in 0..Window::WORDS {
            PAGES.write(word, 0x6b63_6168);
        }
        ask([op::SYNC, 0, 0, 0]);
    }),
    ("ends with pages that it has written", || {
        let file = open_at(OPEN, "/hostile", MINE);
        ask([op::RESERVE, file, 0, 0x2000]);
        assert!(map(file, 0, 2) > 0);
        PAGES.write(0, 1);
    }),
    ("has no room for what it asks for", || {
        put(0, "/kept", mode::READ);
        for _ in 0..100 {
            ask([op::OPEN, mode::READ, 0, 0]);
        }
    }),
    ("is ended while it waits", || {
        put(0, "/kept", mode::READ);
        for _ in 0..10 {
            let Ok(Fork::Parent(child)) = fork() else {
                loop {
                    ask([op::SYNC, 0, 0, 0]);
                }
            };
            env::yield_now();
            let _ = env::destroy(child);
        }
    }),
    ("is stopped while it waits", || {
        put(0, "/kept", mode::READ);
        for _ in 0..10 {
            let Ok(Fork::Parent(child)) = fork() else {
                loop {
                    ask([op::OPEN, mode::READ, 0, 0]);
                }
            };
            env::yield_now();
            let _ = env::set_status(child, libos::EnvStatus::NotRunnable);
            env::yield_now();
            let _ = env::destroy(child);
        }
    }),
    ("comes with its family", || {
        for _ in 0..20 {
            if let Ok(Fork::Child) = fork() {
                let file = open_at(OPEN, "/kept", mode::READ);
                map(file, 0, 1);
                sleep();
            }
        }
        sleep();
    }),
    ("has everything written all the time", || {
        for _ in 0..200 {
            ask([op::SYNC, 0, 0, 0]);
            ask([op::SPACE, 0, 0, 0]);
        }
    }),
    ("says anything", || {
        let mut state = 1_u32;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        for _ in 0..400 {
            words(&[random() << 8, random(), 0x0061_622f, random() & 0x7f]);
            REQUEST.write(old::MODE / 4, random());
            let what = match random() & 3 {
                0 => random() & 15,
                _ => op::OPEN + (random() & 15),
            };
            // What has another's name is left alone.
            if ![old::REMOVE, op::REMOVE, op::RENAME].contains(&what) {
                ask([what, random() & 0xfff, random() << (random() & 7), random()]);
            }
        }
    }),
];

/// What the honest one does: it reads what it has, writes, makes and removes files.
fn round(mine: &mut File, number: u32) -> Result<(), Error> {
    let bytes = vec![number as u8; 9_000];
    mine.seek(SeekFrom::Start(0))?;
    mine.write_all(&bytes)?;
    mine.seek(SeekFrom::Start(0))?;
    let mut read = vec![0; 9_000];
    let mut done = 0;
    while done < read.len() {
        done += mine.read(&mut read[done..])?;
    }
    assert!(read == bytes, "other bytes than were written");
    assert!(fs::read("/kept")? == b"this is kept");
    let made = fs::write("/honest", &bytes[..100]);
    if made.is_ok() {
        assert!(fs::read("/honest")? == bytes[..100]);
    }
    fs::remove_file("/honest")?;
    made
}

/// The honest one: a round whenever it is asked to. Where all room is taken by others it has none, which is not its fault.
fn honest(director: EnvId) -> Result<(), Error> {
    let mut mine = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .open("/mine")?;
    let mut answer = 0;
    loop {
        let parcel = Parcel::words([answer; 4]);
        let asked = (Sender::Only(director), Room::NONE, Timeout::NEVER);
        let message = msg::exchange((director, &parcel, Timeout::NEVER), asked);
        let Ok(message) = message else {
            return Ok(());
        };
        answer = match round(&mut mine, message.words[0]) {
            Ok(()) => DONE,
            Err(Error::System(libos::Error::NoDisk)) => FULL,
            Err(error) => return Err(error),
        };
    }
}

const DONE: u32 = 1;
const FULL: u32 = 2;

/// Has `honest` do a round.
fn ask_honest(honest: EnvId, number: u32) -> u32 {
    let _ = msg::send(honest, &Parcel::words([number; 4]), Timeout::NEVER);
    let answer = msg::receive(Sender::Only(honest), Room::NONE, Timeout::NEVER);
    answer.expect("the honest one has not gone on").words[0]
}

/// Whether the hostile `child` has done what it does.
fn is_over(child: EnvId) -> bool {
    let told = msg::receive(Sender::Only(child), Room::NONE, Timeout::AT_ONCE);
    told != Err(libos::Error::Timeout)
}

/// Removes what the hostile ones have made.
fn clean() {
    for path in ["/hostile", "/other", "/loop"] {
        let _ = fs::remove_file(path);
        let _ = fs::remove_dir(path);
    }
}

/// How much room there is once those who have ended are cleared away.
fn room() -> Result<u32, Error> {
    for _ in 0..100 {
        env::yield_now();
    }
    fs::sync()?;
    Ok(fs::space()?.1)
}

fn main() -> Result<(), Error> {
    let director = env::id();
    fs::write("/kept", b"this is kept")?;
    let Fork::Parent(good) = fork()? else {
        return honest(director);
    };
    let _ = msg::receive(Sender::Only(good), Room::NONE, Timeout::NEVER);
    ask_honest(good, 0);
    let before = room()?;
    fs::create_dir("/many")?;
    for (number, &(name, act)) in (1..).zip(KINDS) {
        let child = match fork()? {
            Fork::Child => {
                let _ = REQUEST.alloc(PRIVATE);
                act();
                env::exit();
            }
            Fork::Parent(child) => child,
        };
        let mut rounds = 0;
        while rounds < 3 || !is_over(child) {
            ask_honest(good, number + rounds);
            env::yield_now();
            rounds += 1;
        }
        let _ = env::destroy(child);
        clean();
        room()?;
        assert_eq!(ask_honest(good, number), DONE, "{name}");
    }
    for name in fs::read_dir("/many")? {
        let path = ["/many/", name?.file_name()].concat();
        fs::remove_dir(&path)?;
    }
    fs::remove_dir("/many")?;
    let missing = before.abs_diff(room()?);
    println!("fshostile: {} kinds, {missing} blocks missing", KINDS.len());
    Ok(())
}
