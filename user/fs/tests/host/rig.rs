//! A mounted disk, and what a test wants of it.

use crate::disk::RamDisk;
use crate::model::Tree;
use mos_fs::cache::Slot;
use mos_fs::check::{Finding, Summary};
use mos_fs::layout::{BLOCK, Block};
use mos_fs::node::Node;
use mos_fs::{Error, Fs, Handle, Memory, make};
use std::collections::BTreeMap;

/// Files that can be open.
pub const OPEN: usize = 6;

pub type Room = Memory<Vec<Slot>, Vec<Block>, Vec<u32>, Vec<Node>>;
pub type Mounted = Fs<RamDisk, Room>;

/// Room for so many blocks of a small disk.
pub fn room(slots: usize) -> Room {
    Memory {
        slots: vec![Slot::EMPTY; slots],
        blocks: vec![[0; BLOCK]; slots],
        bits: vec![0; 1 << 12],
        nodes: vec![Node::FREE; OPEN],
    }
}

/// An empty file system.
pub fn empty(blocks: u32) -> RamDisk {
    let mut disk = RamDisk::new(blocks);
    make::make(&mut disk, blocks).expect("there is room");
    disk
}

pub fn mount(disk: RamDisk, slots: usize) -> Mounted {
    Fs::mount(disk, room(slots)).expect("a file system")
}

/// Checks, and tells what was found.
pub fn check(fs: &mut Mounted) -> (Summary, Vec<Finding>) {
    let mut findings = Vec::new();
    let summary = fs.check(&mut |finding| findings.push(*finding));
    (summary.expect("the disk works"), findings)
}

/// All that is in the file or directory at `path`.
pub fn tree(fs: &mut Mounted, path: &[u8]) -> Result<Tree, Error> {
    let file = fs.open(path)?;
    let contents = contents(fs, file);
    fs.close(file)?;
    let names = match contents? {
        Contents::File(bytes) => return Ok(Tree::File(bytes)),
        Contents::Names(names) => names,
    };
    let mut all = BTreeMap::new();
    for name in names {
        let below = tree(fs, &[path, b"/", &name].concat())?;
        assert!(all.insert(name, below).is_none(), "a name is there twice");
    }
    Ok(Tree::Directory(all))
}

enum Contents {
    File(Vec<u8>),
    Names(Vec<Vec<u8>>),
}

fn contents(fs: &mut Mounted, file: Handle) -> Result<Contents, Error> {
    let stat = fs.stat_open(file)?;
    if !stat.is_directory {
        let mut bytes = vec![0xcc; stat.size as usize];
        let read = fs.read(file, 0, &mut bytes)?;
        return if read == bytes.len() {
            Ok(Contents::File(bytes))
        } else {
            Err(Error::Io)
        };
    }
    let mut position = 0;
    let mut names = Vec::new();
    while let Some(entry) = fs.read_dir(file, &mut position)? {
        names.push(entry.name.as_bytes().to_vec());
    }
    Ok(Contents::Names(names))
}
