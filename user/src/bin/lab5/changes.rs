//! What is changed on a disk, and read back before it is written there.

use alloc::vec;
use alloc::vec::Vec;

use crate::ide::drawn;
use crate::mounted::{Mounted, PLENTY, contents, leave_traces, name, on_disk, soil};
use mos_exam::disk::{Plan, Planned, Recipe};
use mos_exam::{Lots, saw, step, sum};
use mos_fs::{Disk, Error, Handle};
use mos_user::check::Check;

/// Opens one of the files that are planned.
fn open<D: Disk>(fs: &mut Mounted<D>, file: &Planned) -> Result<Handle, Error> {
    fs.open(file.path.as_str().as_bytes())
}

/// The blocks of a file, one after the other.
fn blocks<D: Disk>(fs: &mut Mounted<D>, file: Handle, count: u32) -> Vec<Result<u32, Error>> {
    let block = |index| fs.bring(file, index, 1).map(|run| run.block);
    (0..count).map(block).collect()
}

/// How many bytes a file has, and what they come to.
fn told<D: Disk>(fs: &mut Mounted<D>, file: &Planned) -> Result<(usize, u32), Error> {
    let bytes = contents(fs, file.path.as_str().as_bytes(), 5000);
    bytes.map(|bytes| (bytes.len(), sum(&bytes)))
}

/// `free-blocks`.
pub fn free(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        soil(fs);
        step!(
            check,
            "a file that grows gets the first blocks that are free"
        );
        for n in [0, 1, 4, 2] {
            let planned = plan.file(n);
            let count = check.lots.from(4, 10);
            let grown = open(fs, &planned).and_then(|file| {
                let room = fs.reserve(file, 0, count * 4096)?;
                Ok((room, blocks(fs, file, count), fs.close(file)))
            });
            saw!(check, "bytes there is room for, and the blocks", grown);
            saw!(check, "free blocks", fs.free_blocks());
        }
        step!(
            check,
            "what was in them is as before, and zeros are what is new"
        );
        for n in 0..8 {
            saw!(
                check,
                "a file's number, and what is in it",
                (n, told(fs, &plan.file(n)))
            );
        }
    });
}

/// `full-disk`.
pub fn full(mut check: Check) {
    let plan = Plan::new(Recipe::Full, check.seed());
    on_disk(PLENTY, |fs| {
        step!(check, "there is as much room as there are free blocks");
        saw!(check, "free blocks", fs.free_blocks());
        for n in [1, 2, 3] {
            let planned = plan.file(n);
            let count = check.lots.from(3, 5);
            let grown = open(fs, &planned).and_then(|file| {
                let room = fs.reserve(file, 0, count * 4096);
                fs.close(file)?;
                room
            });
            saw!(
                check,
                "bytes that are wanted, and there is room for",
                (count * 4096, grown)
            );
            saw!(check, "free blocks", fs.free_blocks());
        }
        step!(check, "nothing of others is taken");
        for n in 0..plan.files() {
            saw!(
                check,
                "a file's number, and what is in it",
                (n, told(fs, &plan.file(n)))
            );
        }
    });
}

/// `indirect-block`.
pub fn indirect(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        soil(fs);
        step!(
            check,
            "block ten and those behind it are in the indirect block"
        );
        // The entry of the one has none yet; that of the other has.
        for n in [4, 6] {
            let planned = plan.file(n);
            let count = check.lots.from(17, 30);
            let grown = open(fs, &planned).and_then(|file| {
                let room = fs.reserve(file, 0, count * 4096)?;
                Ok((room, blocks(fs, file, count), fs.close(file)))
            });
            saw!(check, "bytes there is room for, and the blocks", grown);
            saw!(check, "free blocks", fs.free_blocks());
            saw!(
                check,
                "a file's number, and what is in it",
                (n, told(fs, &planned))
            );
        }
        step!(check, "a block alone, far behind the end");
        let planned = plan.file(3);
        let far = check.lots.from(40, 900) * 4096;
        let grown = open(fs, &planned).and_then(|file| {
            let room = fs.reserve(file, far, 100)?;
            Ok((room, fs.stat_open(file), fs.close(file)))
        });
        saw!(
            check,
            "bytes there is room for, and what is known of the file",
            grown
        );
        saw!(check, "free blocks", fs.free_blocks());
        step!(check, "no file is longer than its indirect block allows");
        let ends = [1024 * 4096, 1024 * 4096 + 1, u32::MAX].map(|end| {
            let file = open(fs, &planned)?;
            let room = fs.reserve(file, end - 1, 1);
            fs.close(file)?;
            room
        });
        saw!(
            check,
            "room for the last byte, one more, and far too many",
            ends
        );
    });
}

/// Writes something to a file at a drawn place.
fn write<D: Disk>(
    fs: &mut Mounted<D>,
    file: &Planned,
    lots: &mut Lots,
    least: u32,
    most: u32,
) -> Result<(u32, usize), Error> {
    let offset = lots.from(least, most);
    let len = lots.from(1, 9000) as usize;
    let bytes = drawn(lots, len);
    let open = open(fs, file)?;
    let written = fs.write(open, offset, &bytes);
    fs.close(open)?;
    Ok((offset, written?))
}

/// `write-files`.
pub fn written(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        soil(fs);
        step!(
            check,
            "what is written over is what is read, and the rest as before"
        );
        for n in [3, 5, 6, 7] {
            let file = plan.file(n);
            let wrote = write(
                fs,
                &file,
                &mut check.lots,
                0,
                file.size.saturating_sub(9001),
            );
            saw!(
                check,
                "a file's number, and where how much was written",
                (n, wrote)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
        }
        step!(check, "a file grows by what is written behind its end");
        for n in [0, 1, 2, 4, 5, 8] {
            let file = plan.file(n);
            let wrote = write(
                fs,
                &file,
                &mut check.lots,
                file.size.saturating_sub(50),
                file.size,
            );
            saw!(
                check,
                "a file's number, and where how much was written",
                (n, wrote)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
        }
        step!(
            check,
            "zeros are between the end and what is written far behind it"
        );
        for n in [0, 2, 9] {
            let file = plan.file(n);
            let wrote = write(fs, &file, &mut check.lots, 12_000, 60_000);
            saw!(
                check,
                "a file's number, and where how much was written",
                (n, wrote)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
        }
        saw!(check, "free blocks", fs.free_blocks());
        step!(
            check,
            "nothing is written to directories, nor beyond what a file can have"
        );
        let wrote = fs.open(plan.folder(0).as_str().as_bytes()).and_then(|dir| {
            let wrote = fs.write(dir, 0, b"names");
            fs.close(dir)?;
            wrote
        });
        saw!(check, "writing to a directory", wrote);
        let wrote = open(fs, &plan.file(1)).map(|file| {
            let ends = [1024 * 4096 - 3, u32::MAX - 2].map(|at| fs.write(file, at, b"four"));
            (ends, fs.write(file, 7, b""), fs.stat_open(file))
        });
        saw!(check, "writing too far, or nothing", wrote);
    });
}

/// `write-full`.
pub fn written_full(mut check: Check) {
    let plan = Plan::new(Recipe::Full, check.seed());
    on_disk(PLENTY, |fs| {
        step!(check, "as much is written as there is room for");
        for n in [4, 5, 6] {
            let file = plan.file(n);
            let bytes = drawn(&mut check.lots, 9000);
            let wrote = open(fs, &file).and_then(|open| {
                let wrote = fs.write(open, file.size, &bytes);
                fs.close(open)?;
                wrote
            });
            saw!(
                check,
                "a file's number, and how much was written",
                (n, wrote)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
            saw!(check, "free blocks", fs.free_blocks());
        }
    });
}

/// `new-files`.
pub fn new(mut check: Check) {
    let plan = Plan::new(Recipe::Crowded, check.seed());
    leave_traces(plan.folder(0).as_str().as_bytes());
    on_disk(PLENTY, |fs| {
        soil(fs);
        let folder = plan.folder(0);
        let folder = folder.as_str().as_bytes();
        let below = |name: &[u8]| [folder, b"/", name].concat();
        step!(
            check,
            "a new file is empty, in the first entry that is nobody's"
        );
        let mut names: Vec<Vec<u8>> = Vec::new();
        while names.len() < 70 {
            let name = name(&mut check.lots);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in &names {
            let made = fs.create(&below(name)).and_then(|file| fs.close(file));
            saw!(
                check,
                "making it, and what is known of it",
                (made, fs.stat(&below(name)))
            );
        }
        let listed = fs.open(folder).and_then(|dir| {
            let (mut position, mut found) = (0, Vec::new());
            while let Some(entry) = fs.read_dir(dir, &mut position)? {
                if names.iter().any(|name| name == entry.name.as_bytes()) {
                    found.push(position);
                }
            }
            fs.close(dir)?;
            Ok::<_, Error>((found, position))
        });
        saw!(check, "where they are, and where the last entry is", listed);
        saw!(check, "what is known of the directory", fs.stat(folder));
        saw!(check, "free blocks", fs.free_blocks());
        step!(check, "no name is there twice");
        for n in [1, 9, 42] {
            let path = plan.file(n).path;
            let path = path.as_str().as_bytes();
            let made = fs.create(path).map(|_| ());
            saw!(
                check,
                "a file that is there, and a directory of its name",
                (made, fs.make_dir(path))
            );
        }
        step!(check, "new directories have files too");
        let dir = below(b"inside");
        saw!(
            check,
            "making it, and what is known of it",
            (fs.make_dir(&dir), fs.stat(&dir))
        );
        let file = [&dir[..], b"/file"].concat();
        let made = fs.create(&file).and_then(|open| {
            let wrote = fs.write(open, 0, b"in a new directory");
            fs.close(open)?;
            wrote
        });
        saw!(check, "writing to a file there", made);
        saw!(check, "what is read", contents(fs, &file, 40));
        let entries = fs.open(&dir).and_then(|dir| {
            let (mut position, mut count) = (0, 0);
            while fs.read_dir(dir, &mut position)?.is_some() {
                count += 1;
            }
            fs.close(dir)?;
            Ok(count)
        });
        saw!(check, "how many files are there", entries);
        saw!(check, "what is known of the directory", fs.stat(&dir));
        step!(check, "what cannot be made is not");
        let in_file = [plan.file(1).path.as_str().as_bytes(), b"/x"].concat();
        let long = [folder, b"/", &[b'n'; 128]].concat();
        for path in [
            &b"/"[..],
            &in_file,
            b"/none/x",
            &below(b".."),
            &below(b"."),
            &long,
        ] {
            saw!(
                check,
                "a path that makes no sense",
                fs.create(path).map(|_| ())
            );
        }
        let longest = [folder, b"/", &[b'n'; 127]].concat();
        let made = fs.create(&longest).and_then(|file| fs.close(file));
        saw!(check, "the longest name", (made, fs.stat(&longest)));
    });
}

/// `removed`.
pub fn removed(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        step!(check, "what is removed is gone, and so are its blocks");
        let mut order: Vec<u32> = (0..8).collect();
        check.lots.shuffle(&mut order);
        for n in order {
            let path = plan.file(n).path;
            let path = path.as_str().as_bytes();
            let kept = if n == 6 { fs.open(path).ok() } else { None };
            saw!(
                check,
                "a file's number, removing it, and once more",
                (n, fs.remove(path), fs.remove(path))
            );
            saw!(check, "free blocks", fs.free_blocks());
            if let Some(file) = kept {
                let mut bytes = vec![0xcc; 70_000];
                let read = fs.read(file, 0, &mut bytes);
                saw!(check, "who has it open reads on", (read, sum(&bytes)));
                saw!(check, "closing it", fs.close(file));
                saw!(check, "free blocks", fs.free_blocks());
            }
        }
        step!(
            check,
            "directories only when they are empty, and never the root"
        );
        for n in 0..plan.folders() {
            let path = plan.folder(n);
            saw!(
                check,
                "a folder's number, and removing it",
                (n, fs.remove(path.as_str().as_bytes()))
            );
        }
        saw!(
            check,
            "the root, and what is not there",
            (fs.remove(b"/"), fs.remove(b"/none"))
        );
        let made = fs.make_dir(b"/empty");
        saw!(
            check,
            "a directory in which nothing is",
            (made, fs.remove(b"/empty"), fs.stat(b"/empty"))
        );
    });
}

/// `cut-off`.
pub fn cut(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        step!(
            check,
            "a file that is cut has what was before, and its blocks are free"
        );
        let more_than_ten = [7, 6].map(|n| (n, 41_000, plan.file(n).size));
        let less = [7, 6, 5, 4, 3].map(|n| (n, 0, plan.file(n).size.min(40_960)));
        for (n, low, high) in more_than_ten.into_iter().chain(less) {
            let file = plan.file(n);
            let size = check.lots.from(low, high);
            let cut = open(fs, &file).and_then(|open| {
                let cut = fs.set_size(open, size);
                fs.close(open)?;
                cut
            });
            saw!(
                check,
                "a file's number, its new size, and the result",
                (n, size, cut)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
            saw!(check, "free blocks", fs.free_blocks());
        }
        step!(check, "what is added again is zeros");
        for n in [2, 8, 9, 10] {
            let file = plan.file(n);
            let cut = open(fs, &file).and_then(|open| {
                let less = fs.set_size(open, file.size / 2);
                let more = fs.set_size(open, check.lots.from(file.size, 30_000));
                fs.close(open)?;
                Ok((less, more))
            });
            saw!(
                check,
                "a file's number, half of it, and more than it had",
                (n, cut)
            );
            saw!(
                check,
                "bytes of the file, and what they come to",
                told(fs, &file)
            );
        }
        saw!(check, "free blocks", fs.free_blocks());
    });
}
