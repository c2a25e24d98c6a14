//! What nobody has seen who has only the skeleton: long histories of files and of descriptors, each of which another seed makes
//! another one.

use alloc::vec;
use alloc::vec::Vec;

use crate::ide::drawn;
use crate::mounted::{Mounted, PLENTY, contents, name, on_disk};
use libos::fs::{self, File, OpenOptions};
use libos::io::{Read, Seek, SeekFrom, Write};
use libos::{Fork, env, fork};
use mos_exam::{Lots, saw, step, sum};
use mos_fs::{Disk, Error};
use mos_user::check::{Check, until_it_ends};

/// One of the paths of a history: names in the root, and in a directory.
fn path(lots: &mut Lots, names: &[Vec<u8>]) -> Vec<u8> {
    let name = &names[lots.from(0, names.len() as u32 - 1) as usize];
    let folder: &[u8] = if lots.from(0, 2) == 0 { b"/sub/" } else { b"/" };
    [folder, name].concat()
}

/// Something that is done to a disk, and what came of it.
fn act<D: Disk>(fs: &mut Mounted<D>, lots: &mut Lots, path: &[u8]) -> Result<u32, Error> {
    let (what, offset) = (lots.from(0, 7), lots.from(0, 90_000));
    let len = lots.from(1, 7000) as usize;
    let bytes = drawn(lots, len);
    match what {
        0 => fs.remove(path).map(|()| 0),
        1 => fs.make_dir(path).map(|()| 0),
        2 => fs.sync().map(|()| 0),
        3 => fs.create(path).and_then(|file| fs.close(file)).map(|()| 0),
        4 | 5 => {
            let file = fs.open(path)?;
            let sized = fs.set_size(file, offset / 2);
            fs.close(file)?;
            sized.map(|()| offset / 2)
        }
        _ => {
            let file = fs.open(path).or_else(|_| fs.create(path))?;
            let wrote = fs.write(file, offset, &bytes);
            fs.close(file)?;
            wrote.map(|count| count as u32)
        }
    }
}

/// `unseen-history`: the same in a cache of so many slots.
pub fn history(mut check: Check) {
    let names: Vec<Vec<u8>> = (0..7).map(|_| name(&mut check.lots)).collect();
    let slots = check.param(0) as usize;
    step!(check, "what is done to files, in any order");
    on_disk(slots, |fs| {
        saw!(check, "making a directory", fs.make_dir(b"/sub"));
        for _ in 0..150 {
            let path = path(&mut check.lots, &names);
            let done = act(fs, &mut check.lots, &path);
            saw!(
                check,
                "something that is done, and what is known then",
                (done, fs.stat(&path))
            );
        }
        saw!(check, "free blocks", fs.free_blocks());
        saw!(check, "closing the disk", fs.unmount());
    });
    step!(check, "what is in them then");
    on_disk(PLENTY, |fs| {
        for name in &names {
            for folder in [&b"/"[..], b"/sub/"] {
                let read = contents(fs, &[folder, name].concat(), 4000);
                saw!(
                    check,
                    "bytes, and their sum",
                    read.map(|bytes| (bytes.len(), sum(&bytes)))
                );
            }
        }
    });
}

/// `unseen-descriptors`.
pub fn descriptors(mut check: Check) {
    step!(check, "files that several have open, who come and go");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    let mut files: Vec<File> = Vec::new();
    for turn in 0..40 {
        let path = ["/x", "/y", "/z"][check.lots.from(0, 2) as usize];
        if files.len() < 5
            && let Ok(file) = options.open(path)
        {
            files.push(file);
        }
        let which = check.lots.from(0, files.len().saturating_sub(1) as u32) as usize;
        let (place, count) = (check.lots.from(0, 60_000), check.lots.from(1, 9000));
        let bytes = drawn(&mut check.lots, count as usize);
        let Some(file) = files.get_mut(which) else {
            continue;
        };
        match turn % 5 {
            0 => saw!(check, "a new size", file.set_len(u64::from(place / 2))),
            1 => match fork() {
                Ok(Fork::Child) => {
                    saw!(
                        check,
                        "bytes, and how many are written",
                        (count, file.write(&bytes))
                    );
                    env::exit();
                }
                Ok(Fork::Parent(child)) => {
                    saw!(check, "whether it has ended", until_it_ends(child))
                }
                Err(error) => saw!(check, "a fork", Err::<(), _>(error)),
            },
            2 => drop(files.remove(which)),
            3 => {
                let sought = file.seek(SeekFrom::Start(place.into()));
                saw!(
                    check,
                    "where it is, and how many bytes are written there",
                    (sought, file.write(&bytes))
                );
            }
            _ => {
                let mut seen = vec![0; count as usize];
                let sought = file.seek(SeekFrom::Start(u64::from(place / 3)));
                let read = file.read(&mut seen);
                saw!(
                    check,
                    "where it is, and what is read there",
                    (sought, read, sum(&seen))
                );
            }
        }
    }
    drop(files);
    step!(check, "what is in them then");
    for path in ["/x", "/y", "/z"] {
        let read = fs::read(path).map(|bytes| (bytes.len(), sum(&bytes)));
        saw!(check, "bytes, and their sum", read);
    }
    saw!(check, "bringing it to the disk", fs::sync());
}
