//! A server, its disk, its pages, and clients that have some of them.

use mos_abi::files::{OPEN_MAX, filefd, mode, old, op};
use mos_abi::{EnvId, Error};
use mos_fs::cache::Slot;
use mos_fs::check::Finding;
use mos_fs::layout::{BLOCK, Block, SECTOR};
use mos_fs::node::Node;
use mos_fs::{Disk, DiskError, Fs, Store, make};
use mos_server::clients::Filefd;
use mos_server::{Answer, Clients, Numbering, Pages, Server, Source};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Blocks of the disk, and of them in memory.
pub const BLOCKS: u32 = 256;
pub const SLOTS: usize = 64;

/// The disk: it fails when it should.
#[derive(Clone, Default)]
pub struct Ram {
    pub bytes: Vec<u8>,
    pub reads_fail: bool,
    pub writes_fail: bool,
    pub writes: usize,
}

impl Disk for Ram {
    fn sectors(&self) -> u32 {
        (self.bytes.len() / SECTOR) as u32
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        let at = sector as usize * SECTOR;
        buffer.copy_from_slice(&self.bytes[at..at + buffer.len()]);
        if self.reads_fail {
            Err(DiskError)
        } else {
            Ok(())
        }
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        if self.writes_fail {
            return Err(DiskError);
        }
        self.writes += 1;
        let at = sector as usize * SECTOR;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}

/// A frame of memory.
pub type Frame = usize;

/// As often as a frame may be had by clients before a block gets another one.
pub const WORN: usize = 4;

/// Memory in which blocks lie in frames that clients may have as well.
#[derive(Default)]
pub struct Frames {
    slots: Vec<Slot>,
    bits: Vec<u32>,
    nodes: Vec<Node>,
    pub frames: Vec<Block>,
    /// In which frame a block is.
    pub blocks: BTreeMap<u32, Frame>,
    /// Frames that clients have, as often as they have them.
    pub held: Vec<Frame>,
    lent: BTreeSet<u32>,
    parted: bool,
    /// For so many blocks there is no memory left.
    pub short: usize,
}

impl Frames {
    fn frame(&self, block: u32) -> Frame {
        self.blocks[&block]
    }

    /// How often clients have the frame of `block`.
    fn count(&self, block: u32) -> usize {
        let frame = self.frame(block);
        self.held.iter().filter(|held| **held == frame).count()
    }

    /// Whether a frame is that of a block to which clients can store.
    pub fn is_lent_frame(&self, frame: Frame) -> bool {
        self.lent
            .iter()
            .any(|block| self.blocks.get(block) == Some(&frame))
    }
}

impl Store for Frames {
    fn slots(&mut self) -> &mut [Slot] {
        &mut self.slots
    }

    fn bits(&mut self) -> &mut [u32] {
        &mut self.bits
    }

    fn nodes(&mut self) -> &mut [Node] {
        &mut self.nodes
    }

    fn place(&mut self, _at: usize, block: u32) -> bool {
        if self.blocks.len() + self.short >= SLOTS {
            return false;
        }
        self.frames.push([0xdd; BLOCK]);
        let new = self.blocks.insert(block, self.frames.len() - 1);
        assert_eq!(new, None, "block {block} has two frames");
        true
    }

    fn vacate(&mut self, _at: usize, block: u32) {
        self.parted |= self.is_shared(block);
        self.lent.remove(&block);
        self.blocks.remove(&block).expect("it has a frame");
    }

    fn block(&mut self, _at: usize, block: u32) -> &mut Block {
        assert!(!self.lent.contains(&block), "a lent block is borrowed");
        let frame = self.frame(block);
        &mut self.frames[frame]
    }

    fn look(&mut self, _at: usize, block: u32) -> &Block {
        &self.frames[self.frame(block)]
    }

    fn put(&mut self, _at: usize, block: u32, offset: usize, bytes: &[u8]) {
        let frame = self.frame(block);
        self.frames[frame][offset..offset + bytes.len()].copy_from_slice(bytes);
    }

    fn first_worn(&mut self, mut blocks: Range<u32>) -> Option<u32> {
        blocks.find(|&block| self.count(block) >= WORN)
    }

    fn renew(&mut self, block: u32) -> bool {
        if self.short == SLOTS {
            return false;
        }
        let frame = self.frame(block);
        self.frames.push(self.frames[frame]);
        self.blocks.insert(block, self.frames.len() - 1);
        self.lent.remove(&block);
        self.parted = true;
        true
    }

    fn is_shared(&mut self, block: u32) -> bool {
        self.count(block) > 0
    }

    fn has_parted(&mut self) -> bool {
        std::mem::take(&mut self.parted)
    }

    fn lend(&mut self, block: u32) {
        self.lent.insert(block);
    }

    fn take_back(&mut self, block: u32) {
        self.lent.remove(&block);
    }
}

/// Clients, as the server knows them: the parent of 10n + k is n.
pub struct People {
    /// The pages of open files, and whether a client has them.
    pub filefds: Vec<(Filefd, bool)>,
    pub has_memory: bool,
    /// How often somebody got a page that was his before.
    pub reused: usize,
    /// Somebody may have pages of files that he has closed.
    pub is_kept: bool,
    /// Whoever has closed a file opens it again once the server has looked.
    pub opens_again: bool,
}

impl Clients for People {
    fn is_kin(&mut self, who: EnvId, owner: EnvId) -> bool {
        let parents = std::iter::successors(Some(who.0), |id| (*id > 9).then_some(id / 10));
        { parents }.any(|id| id == owner.0)
    }

    fn is_held(&mut self, index: usize) -> bool {
        self.filefds[index].1
    }

    fn said(&mut self, index: usize, word: usize) -> u32 {
        let (filefd, _) = &mut self.filefds[index];
        let said = filefd[word];
        if word == filefd::DEVICE && core::mem::take(&mut self.opens_again) {
            filefd[word] = filefd::FILE_DEVICE;
        }
        said
    }

    fn publish(&mut self, index: usize, words: &Filefd, was_his: bool) -> Result<(), Error> {
        if !self.has_memory {
            return Err(Error::NoMem);
        }
        // Who has the old page keeps it, and is seen here no more.
        let (_, is_held) = core::mem::replace(&mut self.filefds[index], (*words, false));
        assert!(!is_held || self.is_kept, "somebody has that page");
        self.reused += usize::from(was_his && !is_held);
        Ok(())
    }

    fn tell(&mut self, index: usize, word: usize, value: u32) {
        self.filefds[index].0[word] = value;
    }
}

/// A request's page, of which each word may be looked at once.
pub struct Page {
    pub words: Vec<u32>,
    looks: Vec<Cell<bool>>,
}

impl Page {
    pub fn of(words: &[u32]) -> Self {
        let mut all = words.to_vec();
        all.resize(1024, 0);
        Self {
            words: all,
            looks: vec![Cell::new(false); 1024],
        }
    }

    /// Paths at the start and in the middle, and the mode behind the first one.
    pub fn paths(path: &[u8], other: &[u8], mode: u32) -> Self {
        let mut bytes = vec![0; 4096];
        let len = path.len().min(old::MODE);
        bytes[..len].copy_from_slice(&path[..len]);
        bytes[old::MODE..old::MODE + 4].copy_from_slice(&mode.to_le_bytes());
        let len = other.len().min(4096 - op::SECOND);
        bytes[op::SECOND..op::SECOND + len].copy_from_slice(&other[..len]);
        let (words, _) = bytes.as_chunks();
        Self::of(
            &words
                .iter()
                .map(|word| u32::from_le_bytes(*word))
                .collect::<Vec<_>>(),
        )
    }
}

impl Source for Page {
    fn word(&self, index: usize) -> u32 {
        assert!(
            !self.looks[index].replace(true),
            "word {index} is looked at twice"
        );
        self.words[index]
    }
}

pub type Served = Server<'static, Ram, Frames, People>;

/// All of it.
pub struct World {
    pub server: Served,
}

pub fn memory() -> Frames {
    Frames {
        slots: vec![Slot::EMPTY; SLOTS],
        bits: vec![0; 64],
        nodes: vec![Node::FREE; OPEN_MAX],
        ..Frames::default()
    }
}

impl World {
    pub fn new() -> Self {
        Self::numbered(Numbering::FromOne)
    }

    pub fn numbered(numbering: Numbering) -> Self {
        let mut disk = Ram {
            bytes: vec![0; BLOCKS as usize * BLOCK],
            ..Ram::default()
        };
        make::make(&mut disk, BLOCKS).expect("there is room");
        Self::on(disk, numbering)
    }

    pub fn on(disk: Ram, numbering: Numbering) -> Self {
        let fs = Fs::mount(disk, memory()).expect("a file system");
        let people = People {
            filefds: vec![([0; filefd::WORDS], false); OPEN_MAX],
            has_memory: true,
            reused: 0,
            opens_again: false,
            is_kept: false,
        };
        Self {
            server: Server::new(fs, Box::leak(Box::default()), people, numbering),
        }
    }

    pub fn ask(&mut self, who: u32, words: [u32; 4], page: Option<&Page>) -> Answer {
        self.server.answer(EnvId(who), &words, page)
    }

    /// The same for who takes what comes: frames, and whether they can be stored to.
    pub fn take(&mut self, who: u32, words: [u32; 4], page: Option<&Page>) -> Given {
        let answer = self.ask(who, words, page);
        let memory = self.server.fs().memory();
        let mut frames = Vec::new();
        let mut writable = false;
        match answer.pages {
            Pages::None | Pages::Zeros => {}
            Pages::Filefd(index) => self.server.clients.filefds[index].1 = true,
            Pages::Blocks {
                first,
                count,
                writable: is_writable,
            } => {
                frames = (first..first + count)
                    .map(|block| memory.frame(block))
                    .collect();
                writable = is_writable;
                let mut blocks = first..first + count;
                assert!(
                    !writable || blocks.all(|block| memory.lent.contains(&block)),
                    "a block is not lent"
                );
                memory.held.extend(&frames);
            }
        }
        Given {
            answer,
            frames,
            writable,
        }
    }

    /// Opens a file; its number.
    pub fn open(&mut self, who: u32, path: &str, mode: u32) -> Result<u32, Error> {
        let page = Page::paths(path.as_bytes(), b"", mode);
        code(self.take(who, [op::OPEN, mode, 0, 0], Some(&page)).answer)
    }

    /// Does something at a path.
    pub fn at(&mut self, who: u32, what: u32, path: &str) -> Result<u32, Error> {
        code(self.ask(
            who,
            [what, 0, 0, 0],
            Some(&Page::paths(path.as_bytes(), b"", 0)),
        ))
    }

    pub fn map(&mut self, who: u32, file: u32, index: u32, count: u32) -> Given {
        self.take(who, [op::MAP, file, index, count], None)
    }

    /// Has a file of a client with these bytes, closed again.
    pub fn put(&mut self, who: u32, path: &str, bytes: &[u8]) {
        let file = self.open(who, path, mode::CREATE | mode::TRUNCATE | mode::WRITE);
        let file = file.expect("it can be opened");
        self.write(who, file, bytes).expect("there is room");
        self.close(file);
        self.let_go_of_all();
    }

    /// Writes at the start of an open file, by its pages.
    pub fn write(&mut self, who: u32, file: u32, bytes: &[u8]) -> Result<(), Error> {
        code(self.ask(who, [op::RESERVE, file, 0, bytes.len() as u32], None))?;
        for (index, bytes) in (0..).zip(bytes.chunks(BLOCK)) {
            let given = self.map(who, file, index, 1);
            code(given.answer)?;
            assert!(given.writable);
            self.frame(given.frames[0])[..bytes.len()].copy_from_slice(bytes);
        }
        code(self.ask(who, [op::CLOSE, file, 0, 0], None)).map(drop)
    }

    /// What is in a file.
    pub fn read(&mut self, who: u32, path: &str) -> Result<Vec<u8>, Error> {
        let file = self.open(who, path, mode::READ)?;
        let size = self.filefd(file)[filefd::SIZE];
        let mut bytes = Vec::new();
        while bytes.len() < size as usize {
            let index = (bytes.len() / BLOCK) as u32;
            let given = self.map(who, file, index, 8);
            code(given.answer)?;
            assert!(!given.writable);
            if given.answer.words[2] != 0 {
                bytes.resize(bytes.len() + given.answer.words[0] as usize * BLOCK, 0);
            }
            for frame in given.frames {
                let block = *self.frame(frame);
                bytes.extend(block);
            }
        }
        bytes.truncate(size as usize);
        self.close(file);
        self.let_go_of_all();
        Ok(bytes)
    }

    pub fn frame(&mut self, frame: Frame) -> &mut Block {
        &mut self.server.fs().memory().frames[frame]
    }

    pub fn filefd(&mut self, file: u32) -> &Filefd {
        &self.server.clients.filefds[file as usize % OPEN_MAX].0
    }

    /// Lets go of the page of an open file.
    pub fn close(&mut self, file: u32) {
        self.server.clients.filefds[file as usize % OPEN_MAX].1 = false;
    }

    /// Closes it, but keeps the page.
    pub fn keep(&mut self, file: u32) {
        self.server.clients.is_kept = true;
        self.say(file, filefd::DEVICE, 0);
    }

    /// A client says something in a word of the page of an open file.
    pub fn say(&mut self, file: u32, word: usize, value: u32) {
        self.server.clients.filefds[file as usize % OPEN_MAX].0[word] = value;
    }

    /// All clients let go of their pages of files.
    pub fn let_go_of_all(&mut self) {
        self.server.fs().memory().held.clear();
    }

    pub fn free(&mut self) -> u32 {
        self.ask(1, [op::SPACE, 0, 0, 0], None).words[2]
    }

    pub fn disk(&mut self) -> &mut Ram {
        self.server.fs().disk()
    }

    /// The power is cut; another server finds this disk.
    pub fn cut(&mut self) -> Self {
        let disk = Ram {
            bytes: self.disk().bytes.clone(),
            ..Ram::default()
        };
        let mut world = Self::on(disk, Numbering::FromOne);
        let mut findings = Vec::new();
        let checked = world
            .server
            .fs()
            .check(&mut |finding| findings.push(*finding));
        checked.expect("the disk works");
        let is_harmless = |finding: &Finding| finding.problem.is_harmless();
        assert!(findings.iter().all(is_harmless), "{findings:?}");
        world
    }
}

/// What a client was given.
pub struct Given {
    pub answer: Answer,
    pub frames: Vec<Frame>,
    pub writable: bool,
}

/// What an answer says.
pub fn code(answer: Answer) -> Result<u32, Error> {
    Error::check(answer.words[0].cast_signed())
}
