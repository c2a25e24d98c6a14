//! A file system and its model, side by side.

use crate::model::{Model, Node};
use crate::op::Op;
use crate::rig::{self, Mounted, OPEN};
use mos_fs::check::Finding;
use mos_fs::{Error, Handle};

/// Blocks that an operation may need for the first thing that it does: one for a directory or a file, and one for
/// its numbers.
const NEEDED: u32 = 2;

/// See [`Both::make_cooler`].
const COOLER: &[u8] = b"/cooler";

/// Both of them.
pub struct Both {
    pub fs: Mounted,
    pub model: Model,
    /// What is open, and what that is in the model.
    files: Vec<(Handle, usize)>,
    /// The disk may fail.
    pub may_fail: bool,
    pub tally: Tally,
}

/// How often what happened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub ops: u64,
    pub done: u64,
    pub full: u64,
    pub failed: u64,
    pub refused: u64,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.ops += other.ops;
        self.done += other.done;
        self.full += other.full;
        self.failed += other.failed;
        self.refused += other.refused;
    }
}

/// Bytes that can be told from those written earlier.
pub fn pattern(len: u32, seed: u8) -> Vec<u8> {
    let byte = |at: u32| (at.wrapping_mul(31) >> 3) as u8 ^ seed;
    (0..len).map(byte).collect()
}

impl Both {
    /// Beside `fs`, which is empty.
    pub fn new(fs: Mounted) -> Self {
        Self {
            fs,
            model: Model::default(),
            files: Vec::new(),
            may_fail: false,
            tally: Tally::default(),
        }
    }

    /// How many files are open: each counts once.
    fn open(&self) -> usize {
        let mut open: Vec<Handle> = self.files.iter().map(|&(file, _)| file).collect();
        open.sort_by_key(|file| file.number());
        open.dedup();
        open.len()
    }

    fn file(&self, index: usize) -> Option<(Handle, usize)> {
        let index = index.checked_rem(self.files.len())?;
        Some(self.files[index])
    }

    /// Does `op` on both sides, and compares what they say.
    pub fn step(&mut self, op: &Op) {
        self.tally.ops += 1;
        let before = self.model.clone();
        match op {
            Op::Open(path) => {
                let is_new = |id: &usize| !self.files.iter().any(|(_, other)| other == id);
                let id = self.model.lookup(path);
                let id = match id {
                    Ok(id) if is_new(&id) && self.open() >= OPEN => Err(Error::TooManyOpen),
                    id => id,
                };
                let file = self.fs.open(path);
                self.opened(id, file);
            }
            Op::Create(path) => {
                let id = self.model.add(path, Node::File(Vec::new()), self.open());
                let file = self.fs.create(path);
                if !self.opened(id, file) {
                    self.model = before;
                }
            }
            Op::MakeDir(path) => {
                let id = self.model.add(path, Node::Directory(Default::default()), 0);
                let made = self.fs.make_dir(path);
                self.agree(id.map(|_| ()), made, before);
            }
            Op::Remove(path) => {
                let removed = self.model.remove(path);
                let also = self.fs.remove(path);
                self.agree(removed, also, before);
            }
            Op::Rename(from, to) => {
                let renamed = self.model.rename(from, to);
                let also = self.fs.rename(from, to);
                self.agree(renamed, also, before);
            }
            Op::Stat(path) => {
                let id = self.model.lookup(path);
                let stat = self.fs.stat(path);
                self.agree(id.map(|_| ()), stat.map(|_| ()), before);
                if let (Ok(id), Ok(stat)) = (id, stat) {
                    assert_eq!(self.model.is_directory(id), stat.is_directory);
                }
            }
            Op::Sync => {
                let synced = self.fs.sync();
                self.agree(Ok(()), synced, before);
            }
            Op::Reopen => self.reopen(),
            &(Op::Write(index, ..)
            | Op::Append(index, ..)
            | Op::Read(index, ..)
            | Op::SetSize(index, ..)
            | Op::Close(index)) => {
                if let Some((file, id)) = self.file(index) {
                    self.on_file(op, file, id, before);
                }
            }
        }
    }

    fn on_file(&mut self, op: &Op, file: Handle, id: usize, before: Model) {
        match *op {
            Op::Write(_, offset, len, seed) => {
                self.write(file, id, offset, &pattern(len, seed), before);
            }
            Op::Append(_, len, seed) => {
                let end = self.model.bytes(id).map_or(0, |bytes| bytes.len());
                self.write(file, id, end as u32, &pattern(len, seed), before);
            }
            Op::Read(_, offset, len) => {
                let mut buffer = vec![0xee; len as usize];
                let read = self.fs.read(file, offset, &mut buffer);
                let Ok(bytes) = self.model.bytes(id) else {
                    return;
                };
                let bytes = bytes.get(offset as usize..).unwrap_or_default();
                let bytes = &bytes[..bytes.len().min(len as usize)];
                match read {
                    Ok(read) if read == bytes.len() || self.may_fail && read > 0 => {
                        assert_eq!(bytes[..read], buffer[..read]);
                    }
                    read => assert!(self.may_fail && read == Err(Error::Io), "{read:?}"),
                }
            }
            Op::SetSize(_, size) => {
                let set = self.model.set_size(id, size);
                let also = self.fs.set_size(file, size);
                self.agree(set, also, before);
            }
            _ => {
                let at = self.files.iter().position(|&open| open == (file, id));
                self.files.remove(at.expect("open"));
                let closed = self.fs.close(file);
                self.agree(Ok(()), closed, before);
            }
        }
    }

    fn write(&mut self, file: Handle, id: usize, offset: u32, bytes: &[u8], before: Model) {
        let can = self.model.can_write(id, offset, bytes.len());
        let written = self.fs.write(file, offset, bytes);
        let done = written.unwrap_or(0);
        if done < bytes.len() && written.is_ok() {
            let why = self.why();
            self.agree(can, Err(why), before);
        } else {
            self.agree(can, written.map(|_| ()), before);
        }
        if written.is_ok() {
            let bytes = &bytes[..done];
            self.model.write(id, offset, bytes).expect("it can be");
        }
    }

    /// Why not everything was written.
    fn why(&self) -> Error {
        if self.may_fail {
            Error::Io
        } else {
            Error::NoSpace
        }
    }

    fn opened(&mut self, id: Result<usize, Error>, file: Result<Handle, Error>) -> bool {
        let before = self.model.clone();
        let is_open = id.is_ok() && file.is_ok();
        self.agree(id.map(|_| ()), file.map(|_| ()), before);
        if let (Ok(id), Ok(file)) = (id, file) {
            self.files.push((file, id));
        }
        is_open
    }

    /// Whether both say the same; or else the disk is full or has failed, and all is as `before`.
    fn agree(&mut self, model: Result<(), Error>, fs: Result<(), Error>, before: Model) {
        match fs {
            Err(Error::Io) if self.may_fail => {
                self.tally.failed += 1;
                self.model = before;
            }
            Err(Error::NoSpace) if model.is_ok() => {
                self.tally.full += 1;
                self.model = before;
                if !self.may_fail {
                    let free = self.fs.free_blocks().expect("the disk works");
                    assert!(free < NEEDED, "{free} blocks are free");
                }
            }
            _ => {
                assert_eq!(model, fs);
                self.tally.done += u64::from(fs.is_ok());
                self.tally.refused += u64::from(fs.is_err());
            }
        }
    }

    /// Closes everything and looks at all of it, from the disk.
    pub fn reopen(&mut self) {
        self.files.clear();
        let unmounted = self.fs.unmount();
        if self.may_fail && unmounted.is_err() {
            return;
        }
        unmounted.expect("the disk works");
        let slots = self.fs.slots();
        let disk = std::mem::take(self.fs.disk());
        let mut fs = rig::mount(disk, slots);
        assert!(!fs.was_in_use());
        let tree = rig::tree(&mut fs, b"");
        if self.may_fail && tree.is_err() {
            self.fs = fs;
            return;
        }
        assert!(tree == Ok(self.model.tree(0)), "other contents");
        if !self.may_fail {
            let free = fs.free_blocks().expect("the disk works");
            let (summary, findings) = rig::check(&mut fs);
            assert_eq!(findings, []);
            assert_eq!(summary.free, free);
        }
        self.fs = fs;
    }
}

/// Where the disk may fail.
impl Both {
    pub fn step_without_reopening(&mut self, op: &Op) {
        if !matches!(op, Op::Reopen) {
            self.step(op);
        }
    }

    /// Makes a file so large that nothing else stays in the cache when it is read.
    pub fn make_cooler(&mut self) {
        self.step(&Op::Create(COOLER.to_vec()));
        self.step(&Op::Write(0, 0, 20 << 12, 1));
        self.step(&Op::Close(0));
    }

    /// Has everything read from the disk again that is on it.
    pub fn cool(&mut self) {
        if let Ok(file) = self.fs.open(COOLER) {
            let mut bytes = vec![0; 20 << 12];
            assert_eq!(self.fs.read(file, 0, &mut bytes), Ok(bytes.len()));
            self.fs.close(file).expect("it is open");
        }
    }

    /// Once the disk works again: everything is there, and at worst blocks are lost of what was closed meanwhile.
    pub fn check_and_reopen(&mut self) {
        self.files.clear();
        // What could not be freed is reported once.
        if self.fs.unmount().is_err() {
            self.fs.unmount().expect("the disk works");
        }
        let disk = std::mem::take(self.fs.disk());
        self.fs = rig::mount(disk, 16);
        let (_, findings) = rig::check(&mut self.fs);
        let is_harmless = |finding: &Finding| finding.problem.is_harmless();
        assert!(findings.iter().all(is_harmless), "{findings:?}");
        self.reopen();
    }
}
