//! Disks with anything on them: nobody panics, goes on for ever or writes where there is no disk, and what was mended
//! is whole.
//!
//! `MOS_IMAGES=n` makes n disks instead of 3,000; `MOS_SEED=n` repeats one, or with both, n is that of the first. `make fuzz` goes
//! on until somebody ends it.

use crate::both::pattern;
use crate::disk::RamDisk;
use crate::op::{Op, op};
use crate::rig::{self, Mounted};
use crate::seeds;
use mos_fs::layout::BLOCK;
use mos_fs::{Fs, Handle};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// How many disks there are without `MOS_IMAGES`.
const IMAGES: u64 = 3_000;
/// After so many it is said how far this is.
const STRETCH: u64 = 10_000;
const BLOCKS: u32 = 64;
/// Sectors that may be moved: far more than honest work needs.
const MOST: u64 = 3_000_000;

/// Something that happens to a disk or is done with it.
#[derive(Clone, Debug)]
enum Harm {
    /// A word of the super block, or of a directory, an indirect block or the bitmap, which are in front.
    Word(u32, u32),
    /// One block is as another.
    Copy(u32, u32),
    /// The end is missing.
    Short(u32),
    /// Something is done.
    Do(Op),
}

fn harm() -> impl Strategy<Value = Harm> {
    let word = prop_oneof![
        4 => 0..BLOCKS + 2,
        2 => select(vec![0, 1, u32::MAX, 1 << 31, 4096, 4 << 20, (4 << 20) + 1, 40_960, 45_056]),
        1 => any::<u32>(),
    ];
    // Where words matter: the entries' sizes, types and numbers.
    let field = (0..20_u32, 0..16_u32, 30..46_u32).prop_map(|(b, e, w)| b * 1024 + e * 64 + w);
    let head = 1024..1024 + 70_u32;
    let log = 1024 + 128..1024 + 134_u32;
    let place = prop_oneof![6 => field, 3 => head, 1 => log, 3 => 1024..20 * 1024_u32];
    prop_oneof![
        8 => (place, word).prop_map(|(place, word)| Harm::Word(place, word)),
        1 => (1..20_u32, 1..20_u32).prop_map(|(from, to)| Harm::Copy(from, to)),
        1 => (0..BLOCKS * 8).prop_map(Harm::Short),
        8 => op().prop_map(Harm::Do),
    ]
}

/// A disk with directories, small files and large ones.
fn honest() -> RamDisk {
    let mut fs = rig::mount(rig::empty(BLOCKS), 32);
    for dir in [&b"/a"[..], b"/b", b"/a/a", b"/a/b", b"/a/a/a"] {
        fs.make_dir(dir).unwrap();
    }
    for (path, len) in [
        (&b"/c"[..], 50_000),
        (b"/a/c", 5000),
        (b"/a/a/a/c", 48_000),
        (b"/dd", 9),
    ] {
        let file = fs.create(path).unwrap();
        fs.write(file, 0, &pattern(len, 5)).unwrap();
        fs.close(file).unwrap();
    }
    fs.unmount().unwrap();
    std::mem::take(fs.disk())
}

/// Does `op` with whatever is open, and has no opinion on what comes of it.
fn attempt(fs: &mut Mounted, op: &Op, files: &mut Vec<Handle>) {
    let file = |index: usize| index.checked_rem(files.len()).map(|index| files[index]);
    let mut opened = None;
    let _ = match op {
        Op::Open(path) => fs.open(path).map(|file| opened = Some(file)),
        Op::Create(path) => fs.create(path).map(|file| opened = Some(file)),
        Op::MakeDir(path) => fs.make_dir(path),
        Op::Remove(path) => fs.remove(path),
        Op::Rename(from, to) => fs.rename(from, to),
        Op::Stat(path) => fs.stat(path).map(|_| ()),
        Op::Sync | Op::Reopen => fs.sync(),
        &Op::Write(index, offset, len, seed) => file(index).map_or(Ok(()), |file| {
            fs.write(file, offset, &pattern(len, seed)).map(|_| ())
        }),
        &Op::Append(index, len, seed) => file(index).map_or(Ok(()), |file| {
            let size = fs.stat_open(file).map_or(0, |stat| stat.size);
            fs.write(file, size, &pattern(len, seed)).map(|_| ())
        }),
        &Op::Read(index, offset, len) => file(index).map_or(Ok(()), |file| {
            fs.read(file, offset, &mut vec![0; len as usize])
                .map(|_| ())
        }),
        &Op::SetSize(index, size) => file(index).map_or(Ok(()), |file| fs.set_size(file, size)),
        &Op::Close(index) => file(index).map_or(Ok(()), |file| fs.close(file)),
    };
    files.extend(opened);
}

fn mount(disk: RamDisk) -> Option<Mounted> {
    Fs::mount(disk, rig::room(16)).ok()
}

/// Harms `disk`, does what is to be done, checks it, and does it again. Tells whether there was something to mount.
fn suffer(mut disk: RamDisk, harms: &[Harm]) -> bool {
    for harm in harms {
        match *harm {
            Harm::Word(place, word) => {
                let at = place as usize * 4;
                disk.bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
            }
            Harm::Copy(from, to) => {
                let from = from as usize * BLOCK;
                disk.bytes
                    .copy_within(from..from + BLOCK, to as usize * BLOCK);
            }
            Harm::Short(_) | Harm::Do(_) => {}
        }
    }
    for harm in harms {
        if let Harm::Short(sectors) = *harm {
            let len = disk.bytes.len().min(sectors as usize * 512);
            disk.bytes.truncate(len);
        }
    }
    disk.most = Some(disk.reads + disk.writes + MOST);
    let ops = |fs: &mut Mounted| {
        let mut files = Vec::new();
        for harm in harms {
            if let Harm::Do(op) = harm {
                attempt(fs, op, &mut files);
            }
        }
    };
    let Some(mut fs) = mount(disk) else {
        return false;
    };
    ops(&mut fs);
    // What is open is no matter: it may be that nothing can be closed.
    let Some(mut fs) = mount(std::mem::take(fs.disk())) else {
        return true;
    };
    rig::check(&mut fs);
    let (summary, findings) = rig::check(&mut fs);
    assert_eq!(findings, [], "it was mended before");
    assert_eq!(summary.damages, 0);
    if fs.is_writable() {
        rig::tree(&mut fs, b"").expect("it is whole");
        ops(&mut fs);
        fs.unmount().expect("it is whole");
        assert_eq!(rig::check(&mut fs).1, [], "it was whole before");
    }
    true
}

#[test]
fn nothing_on_a_disk_does_harm() {
    let honest = honest();
    let lists = vec(harm(), 1..24);
    let mut mounted = 0;
    let first = seeds::variable("MOS_SEED");
    let all = if first.is_some() { 1 } else { IMAGES };
    let images = seeds::variable("MOS_IMAGES").unwrap_or(all);
    let first = first.unwrap_or(0);
    for (done, seed) in (1_u64..=images).zip(first..) {
        seeds::case("harm", seed, &lists, |harms| {
            mounted += u64::from(suffer(honest.clone(), harms));
        });
        if done.is_multiple_of(STRETCH) || done == images {
            println!("{mounted} of {done} could be mounted");
        }
    }
    assert!(images < IMAGES || mounted > images / 3);
}
