//! The file server's messages, pages and disk: mos-server has what it does with them.

use core::ops::Range;

use crate::disk;
use libos::msg::{self, Failed, Message, Parcel, Room, Sender, Timeout};
use libos::shelf::{Shelf, WORN};
use libos::{EnvId, Error, PteFlags, Window, env, println, window};
use mos_abi::files::{OPEN_MAX, filefd};
use mos_fs::cache::Slot;
use mos_fs::layout::{Block, MOST_BLOCKS, SECTORS};
use mos_fs::node::Node;
use mos_fs::{Disk, Fs, Store};
use mos_server::clients::Filefd;
use mos_server::files::Files;
use mos_server::late::{Answers, Late, Offer, ROOM};
use mos_server::{Answer, Clients, Numbering, Pages, Request, Server, Source};

/// Blocks in memory: 16 MiB at most.
const SLOTS: usize = 4096;
/// Words with a bit for each block of the largest disk.
const BITS: usize = MOST_BLOCKS as usize / 32;

/// The pages of open files are the windows below.
const REQUEST: Window = Window::new(OPEN_MAX);
/// A page of zeros.
const ZEROS: Window = Window::new(OPEN_MAX + 1);
/// Pages of answers that were not received yet.
const LATE: usize = OPEN_MAX + 2;
/// One that never has a page.
const EMPTY: Window = Window::new(LATE + ROOM);
const _: () = assert!(LATE + ROOM < Window::COUNT);

/// Ticks after which a server that nobody wants anything of looks about.
const IDLE: u32 = 20;
/// What answers come with, but for [`PteFlags::R`].
const GIVEN: PteFlags = PteFlags::V.union(PteFlags::LIBRARY);

/// All that a server knows of blocks and of files, which a program has once.
pub struct Tables {
    store: Known,
    files: Files,
}

/// What the file system does.
struct Known {
    slots: [Slot; SLOTS],
    bits: [u32; BITS],
    nodes: [Node; OPEN_MAX],
}

impl Tables {
    /// Of none, which is all zeros: a program does not carry them along.
    pub const NEW: Self = Self {
        store: Known {
            slots: [Slot::EMPTY; SLOTS],
            bits: [0; BITS],
            nodes: [const { Node::FREE }; OPEN_MAX],
        },
        files: Files::new(),
    };

    /// For a file system, and for its server; each once.
    ///
    /// # Errors
    /// The pages for blocks are somebody's.
    pub fn parts(&mut self) -> Result<(Cached<'_>, &mut Files), mos_fs::Error> {
        let store = Cached {
            known: &mut self.store,
            shelf: Shelf::take().ok_or(mos_fs::Error::NoMemory)?,
            copy: [0; 4096],
            has_parted: false,
        };
        Ok((store, &mut self.files))
    }
}

/// The cache's memory.
pub struct Cached<'a> {
    known: &'a mut Known,
    shelf: Shelf,
    /// What somebody else may be storing to is looked at here, and a block without a page.
    copy: Block,
    /// Somebody saw a block that was vacated or renewed.
    has_parted: bool,
}

impl Store for Cached<'_> {
    fn slots(&mut self) -> &mut [Slot] {
        &mut self.known.slots
    }

    fn bits(&mut self) -> &mut [u32] {
        &mut self.known.bits
    }

    fn nodes(&mut self) -> &mut [Node] {
        &mut self.known.nodes
    }

    fn place(&mut self, _at: usize, block: u32) -> bool {
        self.shelf.put(block as usize).is_ok()
    }

    fn vacate(&mut self, _at: usize, block: u32) {
        self.has_parted |= self.shelf.is_shared(block as usize);
        self.shelf.remove(block as usize);
    }

    fn block(&mut self, _at: usize, block: u32) -> &mut Block {
        self.shelf.page(block as usize).unwrap_or(&mut self.copy)
    }

    fn look(&mut self, _at: usize, block: u32) -> &Block {
        let number = block as usize;
        if self.shelf.is_lent(number) {
            self.shelf.copy(number, &mut self.copy);
            return &self.copy;
        }
        self.shelf.page(number).unwrap_or(&mut self.copy)
    }

    fn put(&mut self, at: usize, block: u32, offset: usize, bytes: &[u8]) {
        if self.shelf.is_lent(block as usize) {
            return self.shelf.store(block as usize, offset, bytes);
        }
        let to = self.block(at, block).get_mut(offset..);
        let to = to.and_then(|to| to.get_mut(..bytes.len()));
        if let Some(to) = to {
            to.copy_from_slice(bytes);
        }
    }

    fn first_worn(&mut self, blocks: Range<u32>) -> Option<u32> {
        let worn = self
            .shelf
            .first_worn(blocks.start as usize..blocks.end as usize);
        worn.map(|number| number as u32)
    }

    fn renew(&mut self, block: u32) -> bool {
        let renewed = self.shelf.renew(block as usize, &mut self.copy).is_ok();
        self.has_parted |= renewed;
        renewed
    }

    fn is_shared(&mut self, block: u32) -> bool {
        self.shelf.is_shared(block as usize)
    }

    fn has_parted(&mut self) -> bool {
        core::mem::take(&mut self.has_parted)
    }

    fn lend(&mut self, block: u32) {
        self.shelf.lend(block as usize);
    }

    fn take_back(&mut self, block: u32) {
        self.shelf.take_back(block as usize);
    }
}

/// The page of a request.
struct Page;

impl Source for Page {
    fn word(&self, index: usize) -> u32 {
        REQUEST.read(index)
    }
}

/// Those who send requests.
pub struct Others;

impl Clients for Others {
    fn is_kin(&mut self, who: EnvId, owner: EnvId) -> bool {
        let mut who = who;
        // Deeper no family is; and what ended and has a successor has no parent any more.
        for _ in 0..64 {
            let slot = env::slot_of(who);
            if who == owner {
                return true;
            }
            if slot.id() != who || slot.parent() == EnvId(0) {
                return false;
            }
            who = slot.parent();
        }
        false
    }

    fn is_held(&mut self, index: usize) -> bool {
        let frame = Window::new(index).frame();
        frame.is_some_and(|frame| libos::view::pp_ref(frame) > 1)
    }

    fn said(&mut self, index: usize, word: usize) -> u32 {
        // Where there are several CPUs, a call that changes pages has the others see what was written before we read on.
        EMPTY.unmap();
        Window::new(index).read(word)
    }

    fn publish(&mut self, index: usize, words: &Filefd, was_his: bool) -> Result<(), Error> {
        let page = Window::new(index);
        if !was_his || page.flags().is_none() || self.is_held(index) {
            page.alloc(window::SHARED)?;
        }
        page.write_all(words);
        for index in filefd::USERS..filefd::USERS + filefd::USERS_WORDS {
            page.write(index, 0);
        }
        Ok(())
    }

    fn tell(&mut self, index: usize, word: usize, value: u32) {
        Window::new(index).write(word, value);
    }
}

const _: () = assert!(filefd::WORDS <= Window::WORDS);

type Mounted<'a, D> = Fs<D, Cached<'a>>;

/// Serves the files on disk 0, until nobody is left who could want any.
///
/// # Errors
/// There is no such disk, or no file system on it.
pub fn serve(tables: &mut Tables, numbering: Numbering) -> Result<(), mos_fs::Error> {
    let (store, files) = tables.parts()?;
    println!("FS is running");
    let disk = disk::open(0)?;
    println!("FS can do I/O");
    let mut fs = Fs::mount(disk, store)?;
    println!("superblock is good");
    let sectors = fs.blocks().saturating_mul(SECTORS as u32);
    fs.disk().limit(sectors);
    if fs.is_writable() && fs.was_in_use() {
        fs.check(&mut |finding| println!("fs: {finding}"))?;
    }
    println!("read_bitmap is good");
    run(fs, files, numbering, IDLE)
}

/// Serves what is mounted, and looks about when nobody has wanted anything for so many ticks.
///
/// # Errors
/// There is no memory, or in the end the disk failed.
pub fn run<D: Disk>(
    fs: Mounted<'_, D>,
    files: &mut Files,
    numbering: Numbering,
    idle: u32,
) -> Result<(), mos_fs::Error> {
    ZEROS
        .alloc(window::SHARED)
        .map_err(|_| mos_fs::Error::NoMemory)?;
    let mut server = Server::new(fs, files, Others, numbering);
    Loop {
        server: &mut server,
        late: Answers::default(),
        idle,
    }
    .run();
    server.fs().unmount()
}

/// Requests and answers.
struct Loop<'a, 'b, D> {
    server: &'a mut Server<'b, D, Cached<'b>, Others>,
    late: Answers,
    idle: u32,
}

impl<D: Disk> Loop<'_, '_, D> {
    fn run(&mut self) {
        let mut answer = None;
        loop {
            let received = self.exchange(answer.take());
            let is_late = !self.late.is_empty();
            match received {
                Ok(message) => answer = self.carry_out(&message),
                Err(Error::Timeout) if !is_late => {
                    if is_alone() {
                        return;
                    }
                    // What fails is tried again when somebody asks for it, who is told.
                    let _ = self.server.fs().sync();
                }
                // Somebody woke us for nothing.
                Err(_) => {}
            }
            if is_late {
                self.offer(received.is_err());
            }
        }
    }

    /// Gives an answer, if there is one, and gets the next request.
    fn exchange(&mut self, answer: Option<(EnvId, Parcel)>) -> Result<Message, Error> {
        let ticks = if self.late.is_empty() { self.idle } else { 1 };
        let room = (
            Sender::Anybody,
            Room::new(REQUEST, 1),
            Timeout::ticks(ticks),
        );
        let Some((to, parcel)) = answer else {
            return msg::receive(room.0, room.1, room.2);
        };
        match msg::exchange((to, &parcel, Timeout::AT_ONCE), room) {
            Err(Failed { error, sent: true }) => Err(error),
            // Whoever has not waited for his answer has none.
            Err(Failed { sent: false, .. }) => msg::receive(room.0, room.1, room.2),
            Ok(message) => Ok(message),
        }
    }

    /// What a request comes to, unless it was answered already.
    fn carry_out(&mut self, message: &Message) -> Option<(EnvId, Parcel)> {
        let page = (message.pages > 0).then_some(&Page);
        let answer = self.server.answer(message.from, &message.words, page);
        if message.pages > 0 {
            REQUEST.unmap();
        }
        let parcel = self.parcel(&answer);
        if !Request::is_old(&message.words) || message.pages == 0 {
            return Some((message.from, parcel));
        }
        if msg::send(message.from, &parcel, Timeout::AT_ONCE) == Err(Error::IpcNotRecv) {
            self.keep(message.from, &answer);
        }
        None
    }

    fn parcel(&mut self, answer: &Answer) -> Parcel {
        let parcel = Parcel::words(answer.words);
        match answer.pages {
            Pages::None => parcel,
            Pages::Zeros => parcel.with_pages(zeros(), 1, GIVEN),
            Pages::Filefd(index) => parcel.with_pages(Window::new(index), 1, window::SHARED),
            Pages::Blocks {
                first,
                count,
                writable,
            } => {
                let shelf = &self.server.fs().memory().shelf;
                shelf.parcel(answer.words, first as usize, count as usize, writable)
            }
        }
    }

    /// Keeps an answer, with its page, until its receiver waits for it.
    fn keep(&mut self, to: EnvId, answer: &Answer) {
        let place = self.late.place_for(to);
        let window = Window::new(LATE + place);
        window.unmap();
        let shown = match answer.pages {
            Pages::None => Ok(None),
            Pages::Zeros => zeros()
                .map_at(EnvId::SELF, window, GIVEN)
                .map(|()| Some(GIVEN)),
            Pages::Filefd(index) => {
                let flags = window::SHARED;
                let shown = Window::new(index).map_at(EnvId::SELF, window, flags);
                shown.map(|()| Some(flags))
            }
            Pages::Blocks {
                first, writable, ..
            } => {
                let shelf = &self.server.fs().memory().shelf;
                let shown = shelf.show(first as usize, window, writable);
                shown.map(|()| window.flags())
            }
        };
        let [word, ..] = answer.words;
        match shown {
            Ok(flags) => {
                let flags = flags.map(|flags| flags.bits());
                self.late.put(place, to, word, flags);
            }
            Err(error) => self.late.put(place, to, error.code() as u32, None),
        }
    }

    /// Offers what was not received yet; `all` of it, or what has become late just now.
    fn offer(&mut self, all: bool) {
        let offer = |place: usize, late: &Late| {
            let mut parcel = Parcel::words([late.word, 0, 0, 0]);
            if let Some(flags) = late.page {
                let flags = PteFlags::from_bits_truncate(flags);
                parcel = parcel.with_pages(Window::new(LATE + place), 1, flags);
            }
            match msg::send(late.to, &parcel, Timeout::AT_ONCE) {
                Err(Error::IpcNotRecv) => Offer::Again,
                _ => Offer::Over,
            }
        };
        self.late
            .offer(all, offer, |place| Window::new(LATE + place).unmap());
    }
}

/// The page of zeros; another one, if others have that so often that soon no more of them could.
fn zeros() -> Window {
    if ZEROS.mappings() >= WORN {
        // Without memory it stays as it is.
        let _ = ZEROS.alloc(window::SHARED);
    }
    ZEROS
}

/// Whether there is no other environment.
fn is_alone() -> bool {
    env::all().all(|slot| slot.id() == env::id())
}
