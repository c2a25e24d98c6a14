//! Disks of cases: what is on them before a run, and after it.

use crate::case::Disk;
use anyhow::{Context, Result, anyhow, ensure};
use mos_fs::cache::Slot;
use mos_fs::layout::{BITMAP, BLOCK, Block, IN_USE, SECTOR, SUPER};
use mos_fs::node::Node;
use mos_fs::{DiskError, Error, Fs, Memory, make};
use std::sync::Arc;

/// Blocks in memory.
const SLOTS: usize = 64;
/// Blocks of a disk with files.
const BLOCKS: u32 = 1024;

/// With which what cannot be read, or written, begins.
const BAD: u8 = 0xbd;

/// The bytes of a disk.
#[derive(Clone, Debug)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn at(&mut self, sector: u32, len: usize) -> Result<&mut [u8], DiskError> {
        let start = sector as usize * SECTOR;
        self.0.get_mut(start..start + len).ok_or(DiskError)
    }
}

impl mos_fs::Disk for Bytes {
    fn sectors(&self) -> u32 {
        (self.0.len() / SECTOR) as u32
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        buffer.copy_from_slice(self.at(sector, buffer.len())?);
        Ok(())
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        self.at(sector, bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}

type Mounted = Fs<Bytes, Memory<Vec<Slot>, Vec<Block>, Vec<u32>, Vec<Node>>>;

fn mount(bytes: Vec<u8>) -> Result<Mounted> {
    let bits = vec![0; bytes.len() / BLOCK / 32 + 1];
    let room = Memory {
        slots: vec![Slot::EMPTY; SLOTS],
        blocks: vec![[0; BLOCK]; SLOTS],
        bits,
        nodes: vec![Node::FREE; 4],
    };
    Fs::mount(Bytes(bytes), room).map_err(|error| anyhow!("no file system: {error}"))
}

/// What is on `disk` at first.
///
/// # Errors
/// Its files do not fit.
pub fn before(disk: &Disk) -> Result<Vec<u8>> {
    let files = match *disk {
        Disk::Zeros(sectors) => return Ok(vec![0; sectors * SECTOR]),
        Disk::Files(files)
        | Disk::Cut(files)
        | Disk::Unreadable(files)
        | Disk::Unwritable(files) => files,
    };
    let mut bytes = Bytes(vec![0; BLOCKS as usize * BLOCK]);
    make::make(&mut bytes, BLOCKS)?;
    let mut fs = mount(bytes.0)?;
    for (path, contents) in files {
        let put = |fs: &mut Mounted| -> Result<(), Error> {
            for (at, _) in path.match_indices('/').skip(1) {
                match fs.make_dir(&path.as_bytes()[..at]) {
                    Err(Error::Exists) => {}
                    made => made?,
                }
            }
            if path.ends_with('/') {
                return Ok(());
            }
            let file = fs.create(path.as_bytes())?;
            let written = fs.write(file, 0, contents)?;
            if written < contents.len() {
                return Err(Error::NoSpace);
            }
            fs.close(file)
        };
        put(&mut fs).with_context(|| format!("{path} cannot be on the disk"))?;
    }
    fs.unmount()?;
    let mut bytes = std::mem::take(&mut fs.disk().0);
    if let Disk::Cut(_) = disk {
        bytes[SUPER as usize * BLOCK + IN_USE] = 1;
        // The last block of all is taken.
        bytes[BITMAP as usize * BLOCK + BLOCKS as usize / 8 - 1] &= 0x7f;
    }
    Ok(bytes)
}

/// What QEMU's blkdebug is told of the disk `bytes`, if some of it is `Unreadable` or `Unwritable`.
pub fn troubles(disk: &Disk, bytes: &[u8]) -> Option<String> {
    let way = match disk {
        Disk::Unreadable(_) => "read",
        Disk::Unwritable(_) => "write",
        Disk::Zeros(_) | Disk::Files(_) | Disk::Cut(_) => return None,
    };
    let mut blocks = bytes.chunks(BLOCK);
    let block = blocks.position(|block| block.first() == Some(&BAD))?;
    let sector = block * (BLOCK / SECTOR);
    Some(format!(
        "[inject-error]\nevent = \"{way}_aio\"\niotype = \"{way}\"\nerrno = \"5\"\nsector = \"{sector}\"\nonce = \"off\"\n"
    ))
}

/// Whether the file system on a disk is whole, and was closed if `closed`; and whether `path` has what is expected, or does not
/// exist.
///
/// # Errors
/// It is not.
pub fn check(bytes: &Arc<Vec<u8>>, closed: bool, files: &[(&str, Option<&[u8]>)]) -> Result<()> {
    let mut fs = mount(Vec::clone(bytes))?;
    ensure!(
        !closed || !fs.was_in_use(),
        "the disk was not closed when the run was over"
    );
    let mut findings = Vec::new();
    let checked = fs.check(&mut |finding| findings.push(*finding));
    checked.context("the disk cannot be checked")?;
    findings.retain(|finding| closed || !finding.problem.is_harmless());
    ensure!(findings.is_empty(), "the disk is damaged: {findings:?}");
    for (path, expected) in files {
        let file = match fs.open(path.as_bytes()) {
            Err(Error::NotFound) if expected.is_none() => continue,
            file => file.with_context(|| format!("{path} is not on the disk"))?,
        };
        let expected = expected.with_context(|| format!("{path} is on the disk"))?;
        let mut seen = vec![0; fs.stat_open(file)?.size as usize];
        fs.read(file, 0, &mut seen)?;
        fs.close(file)?;
        let equal = expected.iter().zip(&seen).take_while(|(a, b)| a == b);
        ensure!(
            seen == *expected,
            "{path} has {} bytes, and {} were expected; the first {} are equal",
            seen.len(),
            expected.len(),
            equal.count()
        );
    }
    Ok(())
}
