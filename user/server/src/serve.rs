//! Requests carried out.

use crate::answer::{Answer, Pages, told};
use crate::clients::{Clients, Filefd};
use crate::files::Files;
use crate::request::{Numbering, Path, Paths, Place, Request, Source};
use mos_abi::files::{DIRECTORY, filefd, mode};
use mos_abi::message::PAGES_MAX;
use mos_abi::{EnvId, Error};
use mos_fs::dir::Stat;
use mos_fs::layout::{BLOCK, block_at};
use mos_fs::{Disk, Fs, Handle, Store};

/// A server of the files on one disk.
pub struct Server<'a, D, S, C> {
    fs: Fs<D, S>,
    files: &'a mut Files,
    paths: Paths,
    /// What the page of a file that is opened says.
    words: Filefd,
    /// The boundary to the clients.
    pub clients: C,
    numbering: Numbering,
    /// See [`filefd::EPOCH`].
    epoch: u32,
}

impl<'a, D: Disk, S: Store, C: Clients> Server<'a, D, S, C> {
    /// One to which nobody has come yet; `files` is new.
    pub fn new(fs: Fs<D, S>, files: &'a mut Files, clients: C, numbering: Numbering) -> Self {
        Self {
            fs,
            files,
            paths: [Path::EMPTY; 2],
            words: [0; filefd::WORDS],
            clients,
            numbering,
            epoch: 0,
        }
    }

    /// The file system.
    pub fn fs(&mut self) -> &mut Fs<D, S> {
        &mut self.fs
    }

    /// What the message `words`, with this page, from `who` comes to.
    pub fn answer(&mut self, who: EnvId, words: &[u32; 4], page: Option<&impl Source>) -> Answer {
        let request = Request::decode(self.numbering, words, page, &mut self.paths);
        let answer = request.and_then(|request| match self.carry_out(who, request) {
            // Those who have ended may have had what is missing.
            Err(Error::NoDisk | Error::MaxOpen | Error::NoMem) => {
                self.forget_dead(true);
                self.carry_out(who, request)
            }
            answer => answer,
        });
        let mut answer = Answer::from(answer);
        if self.fs.memory().has_parted() {
            self.epoch = self.epoch.wrapping_add(1);
            for index in self.files.indices(None) {
                self.clients.tell(index, filefd::EPOCH, self.epoch);
            }
        }
        let [first, ..] = &mut answer.words;
        *first = self.numbering.answer(words, *first);
        answer
    }

    fn carry_out(&mut self, who: EnvId, request: Request) -> Result<Answer, Error> {
        let [path, other] = &self.paths;
        let (path, other) = (path.as_bytes(), other.as_bytes());
        match request {
            Request::Open(mode) => self.open(who, mode),
            Request::MapOne(file, offset) => self.map_one(who, file, offset),
            Request::Map(file, index, count) => self.map(who, file, index, count),
            Request::Reserve(file, place, len) => self.reserve(who, file, place, len),
            Request::Advance(file, len) => self.advance(who, file, len),
            // exercise 5.18 begin
            // otherwise: Request::SetSize(..) | Request::Close(_) | Request::Dirty(..) => todo!(),
            Request::SetSize(file, size) => {
                let file = self.writable(who, file)?;
                self.set_size(file, size)?;
                Ok(Answer::DONE)
            }
            Request::Close(file) => {
                let (_, open) = self.files.get(file, who, &mut self.clients)?;
                if open.is_writable() {
                    self.fs.sync().map_err(told)?;
                }
                Ok(Answer::DONE)
            }
            Request::Dirty(file, offset) => {
                let file = self.writable(who, file)?;
                let stat = self.fs.stat_open(file).map_err(told)?;
                // It is known already: the page can be stored to.
                if offset < stat.size {
                    Ok(Answer::DONE)
                } else {
                    Err(Error::Inval)
                }
            }
            // exercise 5.18 end
            Request::Stat(file) => {
                let (file, _) = self.files.get(file, who, &mut self.clients)?;
                self.fs.stat_open(file).map(told_of).map_err(told)
            }
            Request::StatPath => self.fs.stat(path).map(told_of).map_err(told),
            Request::Remove => {
                let removed = done(self.fs.remove(path));
                self.forget_names();
                removed
            }
            Request::MakeDir => done(self.fs.make_dir(path)),
            Request::Rename => {
                let renamed = done(self.fs.rename(path, other));
                self.forget_names();
                renamed
            }
            Request::Sync => {
                self.forget_dead(true);
                done(self.fs.sync())
            }
            Request::Space => {
                self.forget_dead(true);
                let free = self.fs.free_blocks().map_err(told)?;
                Ok(Answer::words([0, self.fs.blocks(), free, 0]))
            }
        }
    }

    fn set_size(&mut self, file: Handle, size: u32) -> Result<(), Error> {
        self.fs.set_size(file, size).map_err(told)?;
        self.tell_size(file).map(drop)
    }

    /// Tells all who have `file` open how large it is.
    fn tell_size(&mut self, file: Handle) -> Result<u32, Error> {
        let size = self.fs.stat_open(file).map_err(told)?.size;
        for index in self.files.indices(Some(file)) {
            self.clients.tell(index, filefd::SIZE, size);
        }
        Ok(size)
    }

    fn reserve(&mut self, who: EnvId, id: u32, place: Place, len: u32) -> Result<Answer, Error> {
        let file = self.writable(who, id)?;
        let offset = match place {
            Place::At(offset) => offset,
            Place::End => self.fs.stat_open(file).map_err(told)?.size,
            Place::Here => self.clients.said(Files::index(id), filefd::OFFSET),
        };
        let granted = self.fs.reserve(file, offset, len).map_err(told)?;
        if place == Place::Here {
            self.go_on(id, offset.saturating_add(granted));
        }
        let size = self.tell_size(file)?;
        Ok(Answer::words([granted, offset, size, 0]))
    }

    fn advance(&mut self, who: EnvId, id: u32, len: u32) -> Result<Answer, Error> {
        let (file, _) = self.files.get(id, who, &mut self.clients)?;
        let size = self.fs.stat_open(file).map_err(told)?.size;
        let offset = self.clients.said(Files::index(id), filefd::OFFSET);
        let len = len.min(size.saturating_sub(offset));
        self.go_on(id, offset.saturating_add(len));
        Ok(Answer::words([len, offset, size, 0]))
    }

    /// Has the users of an open file go on at an offset.
    fn go_on(&mut self, id: u32, offset: u32) {
        self.clients.tell(Files::index(id), filefd::OFFSET, offset);
    }

    /// Closes what nobody has open any more: some of it, or all.
    fn forget_dead(&mut self, all: bool) {
        while let Some(file) = self.files.take_dead(all, &mut self.clients) {
            // What cannot be freed now is found when the disk is checked.
            let _ = self.fs.close(file);
            if !all {
                break;
            }
        }
    }

    /// Paths may lead elsewhere: what somebody has closed he opens by none of them again without asking.
    fn forget_names(&mut self) {
        for index in self.files.indices(None) {
            self.clients.tell(index, filefd::NAMED, 0);
        }
        self.forget_dead(true);
    }

    fn open(&mut self, who: EnvId, mode: u32) -> Result<Answer, Error> {
        self.forget_dead(false);
        if !self.files.may_open(who) {
            return Err(Error::MaxOpen);
        }
        let index = self.files.vacancy()?;
        let file = self.open_file(mode)?;
        let opened = self.publish(index, who, mode, file);
        if opened.is_err() {
            let _ = self.fs.close(file);
        }
        opened
    }

    /// Opens the file at the request's path, making it first if so it is wanted.
    fn open_file(&mut self, how: u32) -> Result<Handle, Error> {
        // exercise 5.17 begin
        let [path, _] = &self.paths;
        let path = path.as_bytes();
        let writes = how & mode::ACCESS != mode::READ;
        let truncates = how & mode::TRUNCATE != 0;
        if how & mode::ACCESS == mode::ACCESS || truncates && !writes {
            return Err(Error::Inval);
        }
        let mut made = None;
        if how & (mode::CREATE | mode::MAKE_DIR) != 0 {
            let new = if how & mode::MAKE_DIR != 0 {
                self.fs.make_dir(path).map(|()| None)
            } else {
                self.fs.create(path).map(Some)
            };
            made = match new {
                Err(mos_fs::Error::Exists) if how & mode::EXCLUSIVE == 0 => None,
                new => new.map_err(told)?,
            };
        }
        let file = match made {
            Some(file) => return Ok(file),
            None => self.fs.open(path).map_err(told)?,
        };
        if !writes {
            return Ok(file);
        }
        let mut suits = || {
            let stat = self.fs.stat_open(file).map_err(told)?;
            if stat.is_directory {
                return Err(Error::Inval);
            }
            if truncates {
                self.set_size(file, 0)?;
            }
            Ok(file)
        };
        let suits = suits();
        if suits.is_err() {
            let _ = self.fs.close(file);
        }
        suits
        // exercise 5.17 end
    }

    /// Enters an open file, and makes its page.
    fn publish(
        &mut self,
        index: usize,
        who: EnvId,
        mode: u32,
        file: Handle,
    ) -> Result<Answer, Error> {
        let id = self.files.next_id(index);
        let words = &mut self.words;
        if let Some((head, [entry @ .., epoch, named])) = words.split_first_chunk_mut() {
            *head = [filefd::FILE_DEVICE, 0, mode, id];
            self.fs.entry(file, entry).map_err(told)?;
            (*epoch, *named) = (self.epoch, 1);
        }
        let word = |index: usize| words.get(index).copied().unwrap_or(0);
        let (size, kind) = (word(filefd::SIZE), word(filefd::TYPE));
        let was_his = self.files.was_of(index, who);
        self.clients.publish(index, words, was_his)?;
        self.files.put(index, who, mode, file);
        Ok(Answer::words([id, size, kind, 0]).with(Pages::Filefd(index)))
    }

    /// The file with this number, which was opened to be written.
    fn writable(&mut self, who: EnvId, id: u32) -> Result<Handle, Error> {
        // exercise 5.18 begin
        let (file, open) = self.files.get(id, who, &mut self.clients)?;
        if open.is_writable() {
            Ok(file)
        } else {
            Err(Error::Inval)
        }
        // exercise 5.18 end
    }

    fn map_one(&mut self, who: EnvId, id: u32, offset: u32) -> Result<Answer, Error> {
        let answer = self.map(who, id, block_at(offset), 1)?;
        let pages = match answer.pages {
            Pages::None => Pages::Zeros,
            pages => pages,
        };
        Ok(Answer::DONE.with(pages))
    }

    fn map(&mut self, who: EnvId, id: u32, index: u32, count: u32) -> Result<Answer, Error> {
        // exercise 5.19 begin
        let (file, open) = self.files.get(id, who, &mut self.clients)?;
        let count = count.min(PAGES_MAX);
        let writable = open.is_writable();
        let run = if writable {
            self.may_be_lent(open.owner, count)?;
            let whom = account(open.owner);
            self.fs.lend(file, index, count, whom)
        } else {
            self.fs.bring(file, index, count)
        };
        let run = run.map_err(told)?;
        let is_hole = run.block == 0;
        let answer = Answer::words([run.count, run.size, is_hole.into(), 0]);
        if is_hole {
            return Ok(answer);
        }
        Ok(answer.with(Pages::Blocks {
            first: run.block,
            count: run.count,
            writable,
        }))
        // exercise 5.19 end
    }

    /// Whether `who` may have `count` more pages to store to: he may have as many as are left to others, of three
    /// quarters of all.
    fn may_be_lent(&mut self, who: EnvId, count: u32) -> Result<(), Error> {
        let slots = self.fs.slots();
        let count = count as usize;
        if self.fs.lent().saturating_add(count) <= slots / 8 {
            return Ok(());
        }
        self.fs.take_back();
        let left = slots
            .saturating_sub(slots / 4)
            .saturating_sub(self.fs.lent());
        let his = self.fs.lent_to(account(who));
        if his.saturating_add(count) <= left {
            Ok(())
        } else {
            Err(Error::NoMem)
        }
    }
}

/// On whose account blocks are lent: his slot, and so many bits of his id that a long row of successors are somebody else.
fn account(who: EnvId) -> u16 {
    who.0 as u16
}

fn done(result: Result<(), mos_fs::Error>) -> Result<Answer, Error> {
    result.map(|()| Answer::DONE).map_err(told)
}

fn told_of(stat: Stat) -> Answer {
    let kind = if stat.is_directory { DIRECTORY } else { 0 };
    Answer::words([0, stat.size, kind, 0])
}

const _: () = assert!(filefd::ENTRY == 4 && filefd::EPOCH + 2 == filefd::WORDS);
const _: () = assert!(BLOCK == mos_abi::layout::PAGE_SIZE as usize);
