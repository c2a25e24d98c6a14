//! Blocks that come to memory, and which block of a file is where.

use alloc::vec;
use alloc::vec::Vec;

use crate::mounted::{Mounted, PLENTY, Ram, contents, mount, name, on_disk};
use libos::println;
use mos_exam::disk::{Plan, Recipe};
use mos_exam::{saw, step, sum};
use mos_fs::layout::{DIRECT, ENTRY, INDIRECT, ROOT, SIZE, SUPER};
use mos_fs::{Disk, Error};
use mos_user::check::Check;

/// The word of the root's entry at `at`.
fn root(disk: &mut Ram, at: usize, word: u32) {
    disk.put(SUPER, ROOT + at, word);
}

/// `block-read`.
pub fn read(mut check: Check) {
    let mut disk = Ram::empty(check.lots.from(40, 90));
    let bytes = check.lots.from(1, 10) * 4096;
    root(&mut disk, SIZE, bytes);
    let Ok(mut fs) = mount(disk, 16) else {
        println!("it cannot be mounted");
        return;
    };
    fs.disk().reads.clear();
    step!(
        check,
        "a block is read when it is wanted, as a whole, and once"
    );
    for _ in 0..2 {
        saw!(check, "what is known of the root", fs.stat(b"/"));
        saw!(
            check,
            "blocks that were read, and how many sectors",
            &fs.disk().reads
        );
        saw!(check, "free blocks", fs.free_blocks());
        saw!(
            check,
            "blocks that were read, and how many sectors",
            &fs.disk().reads
        );
    }
    step!(check, "a block that could not be read is not there");
    let mut disk = Ram::empty(check.lots.from(40, 90));
    root(&mut disk, SIZE, check.lots.from(1, 10) * 4096);
    let Ok(mut fs) = mount(disk, 16) else {
        println!("it cannot be mounted");
        return;
    };
    fs.disk().reads.clear();
    for fails in [2, 0] {
        fs.disk().fails += fails;
        saw!(check, "what is known of the root", fs.stat(b"/"));
        saw!(check, "what is known of the root", fs.stat(b"/"));
        saw!(check, "free blocks", fs.free_blocks());
    }
    saw!(
        check,
        "blocks that were read, and how many sectors",
        &fs.disk().reads
    );
}

/// The names in the root, and the error at the end, if that is one.
fn list<D: Disk>(fs: &mut Mounted<D>) -> (Vec<mos_fs::Name>, Result<(), Error>) {
    let mut names = Vec::new();
    let listed = fs.open(b"/").and_then(|dir| {
        let mut position = 0;
        while let Some(entry) = fs.read_dir(dir, &mut position)? {
            names.push(entry.name);
        }
        fs.close(dir)
    });
    (names, listed)
}

/// `blocks-of-a-file`.
pub fn of_a_file(mut check: Check) {
    let lots = &mut check.lots;
    // Blocks 0 to 2 are not for files.
    let mut places: Vec<u32> = (3..80).collect();
    lots.shuffle(&mut places);
    let mut disk = Ram::empty(80);
    for &block in &places[1..16] {
        for (at, &letter) in (lots.from(0, 15) as usize * ENTRY..).zip(&name(lots)) {
            disk.0[block as usize][at] = letter;
        }
    }
    for index in 0..10 {
        root(&mut disk, DIRECT + 4 * index, places[1 + index]);
    }
    root(&mut disk, INDIRECT, places[0]);
    for index in 10..15 {
        disk.put(places[0], 4 * index, places[1 + index]);
        // Where somebody looks who counts from the first that is here.
        disk.put(places[0], 4 * (index - 10), places[1 + index - 10]);
    }
    let list_of = |disk: &Ram| mount(disk.clone(), 40).map(|mut fs| list(&mut fs));
    let hole = lots.from(0, 9) as usize;
    let far = lots.from(10, 14) as usize;
    let beyond = lots.from(80, 1000);
    step!(check, "the entry has the numbers of the first ten blocks");
    root(&mut disk, SIZE, 10 * 4096);
    saw!(check, "names in a directory", list_of(&disk));
    step!(
        check,
        "those of the others are in the indirect block, at their own places"
    );
    root(&mut disk, SIZE, 15 * 4096);
    saw!(check, "names in a directory", list_of(&disk));
    step!(check, "0 is no block: zeros are there");
    let mut holes = disk.clone();
    root(&mut holes, DIRECT + 4 * hole, 0);
    holes.put(places[0], 4 * far, 0);
    saw!(check, "names in a directory", list_of(&holes));
    root(&mut holes, INDIRECT, 0);
    saw!(check, "names in a directory", list_of(&holes));
    step!(check, "a number that no file can have is an error");
    for number in [SUPER, 2, 80, beyond, u32::MAX] {
        for indirect in [false, true] {
            let mut wrong = disk.clone();
            match indirect {
                false => root(&mut wrong, DIRECT + 4 * hole, number),
                true => wrong.put(places[0], 4 * far, number),
            }
            saw!(check, "names in a directory", list_of(&wrong));
        }
        let mut wrong = disk.clone();
        root(&mut wrong, INDIRECT, number);
        saw!(check, "names in a directory", list_of(&wrong));
    }
}

/// `paths`.
pub fn paths(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    on_disk(PLENTY, |fs| {
        step!(check, "every file is found, however deep");
        for n in 0..plan.files() {
            let path = plan.file(n).path;
            saw!(
                check,
                "a file's number, and what is known of it",
                (n, fs.stat(path.as_str().as_bytes()))
            );
        }
        for n in 0..plan.folders() {
            let path = plan.folder(n);
            saw!(
                check,
                "a folder's number, and what is known of it",
                (n, fs.stat(path.as_str().as_bytes()))
            );
        }
        step!(check, "slashes may be as many as they like");
        let path = plan.file(check.lots.from(8, 29)).path;
        let mut slashes = Vec::new();
        for &byte in path.as_str().as_bytes() {
            let times = if byte == b'/' {
                check.lots.from(1, 3)
            } else {
                1
            };
            slashes.extend((0..times).map(|_| byte));
        }
        saw!(check, "what is known of a file", fs.stat(&slashes));
        saw!(
            check,
            "what is known of a file",
            fs.stat(&path.as_str().as_bytes()[1..])
        );
        saw!(
            check,
            "what is known of the root",
            (fs.stat(b""), fs.stat(b"///"))
        );
        step!(check, "a name is the whole name, and nothing else");
        for n in 0..8 {
            let path = plan.file(n).path;
            let path = path.as_str().as_bytes();
            let longer = [path, b"a"].concat();
            let shorter = &path[..path.len() - 1];
            let capital = path.to_ascii_uppercase();
            saw!(
                check,
                "a longer name, a shorter one, and one in capitals",
                (fs.stat(&longer), fs.stat(shorter), fs.stat(&capital))
            );
        }
        step!(check, "what is no directory has nothing in it");
        for n in [1, 4, 9] {
            let path = plan.file(n).path;
            let below = [path.as_str().as_bytes(), b"/a"].concat();
            saw!(check, "below a file", fs.stat(&below));
        }
        step!(check, "what no file can be called is no path");
        let long = [b'n'; 128];
        saw!(
            check,
            "a name of 127 bytes, and one of 128",
            (fs.stat(&long[1..]), fs.stat(&long))
        );
        saw!(
            check,
            "a path of 1100 bytes, and one with a zero",
            (fs.stat(&[b'/'; 1100]), fs.stat(b"/a\0b"))
        );
    });
}

/// Reads all files of a disk, and some places in them.
fn read_all(mut check: Check, recipe: Recipe, slots: usize) {
    let plan = Plan::new(recipe, check.seed());
    on_disk(slots, |fs| {
        step!(check, "a file reads as what is in it, however it is read");
        for n in 0..plan.files().min(10) {
            let file = plan.file(n);
            let step = check.lots.from(700, 9000) as usize;
            let read = contents(fs, file.path.as_str().as_bytes(), step);
            let read = read.map(|bytes| (bytes.len(), sum(&bytes)));
            saw!(check, "a file's number, and what is in it", (n, read));
        }
        step!(
            check,
            "what is read begins where it should, and ends where the file does"
        );
        for _ in 0..20 {
            let file = plan.file(check.lots.from(1, plan.files() - 1));
            let Ok(open) = fs.open(file.path.as_str().as_bytes()) else {
                continue;
            };
            let offset = check.lots.from(0, file.size + 10);
            let mut bytes = [0xcc; 5000];
            let room = check.lots.from(0, 5000) as usize;
            let read = fs.read(open, offset, &mut bytes[..room]);
            saw!(
                check,
                "bytes that are read, and all there is room for",
                (read, sum(&bytes))
            );
            saw!(check, "closing it", fs.close(open));
        }
    });
}

/// `read-files`.
pub fn read_files(check: Check) {
    read_all(check, Recipe::Files, PLENTY);
}

/// `read-scattered`.
pub fn read_scattered(check: Check) {
    read_all(check, Recipe::Fragmented, PLENTY);
}

/// `read-damaged`.
pub fn read_damaged(mut check: Check) {
    let plan = Plan::new(Recipe::Beyond, check.seed());
    on_disk(PLENTY, |fs| {
        step!(check, "zeros are where a file has no block");
        let read = contents(fs, plan.file(1).path.as_str().as_bytes(), 3000);
        saw!(
            check,
            "bytes, and their sum",
            read.map(|bytes| (bytes.len(), sum(&bytes)))
        );
        step!(check, "numbers behind the end of a file mean nothing");
        let read = contents(fs, plan.file(0).path.as_str().as_bytes(), 4096);
        saw!(
            check,
            "bytes, and their sum",
            read.map(|bytes| (bytes.len(), sum(&bytes)))
        );
        step!(
            check,
            "what cannot be read is an error, or ends what was read before"
        );
        let Ok(file) = fs.open(plan.file(7).path.as_str().as_bytes()) else {
            return;
        };
        let mut all = vec![0; 30_000];
        let known = check.lots.from(2, 5);
        for index in 0..known {
            saw!(
                check,
                "bytes of a block",
                fs.read(file, index * 4096, &mut all[..10])
            );
        }
        for offset in [check.lots.from(0, 3000), known * 4096] {
            fs.disk().fails = 1;
            let read = fs.read(file, offset, &mut all);
            saw!(check, "bytes that are read where the disk fails", read);
        }
        fs.disk().fails = 0;
        saw!(
            check,
            "bytes that are read where it does not",
            (fs.read(file, 0, &mut all), sum(&all))
        );
    });
}

/// `clock`.
pub fn clock(mut check: Check) {
    let plan = Plan::new(Recipe::Fragmented, check.seed());
    on_disk(20, |fs| {
        step!(
            check,
            "files are read that have more blocks than there is room for"
        );
        for n in 0..plan.files() {
            let path = plan.file(n).path;
            let read = contents(fs, path.as_str().as_bytes(), 4096);
            saw!(
                check,
                "a file's number, and what is in it",
                (n, read.map(|bytes| sum(&bytes)))
            );
        }
        step!(check, "what is wanted again and again stays");
        let (hot, cold) = (
            plan.file(check.lots.from(0, 3)),
            plan.file(check.lots.from(4, 7)),
        );
        let opened = (
            fs.open(hot.path.as_str().as_bytes()),
            fs.open(cold.path.as_str().as_bytes()),
        );
        let (Ok(hot), Ok(file)) = opened else {
            println!("they cannot be opened");
            return;
        };
        let mut bytes = [0; 16];
        let first = fs.read(hot, 0, &mut bytes);
        saw!(check, "the first bytes of a file", (first, bytes));
        let before = fs.bring(hot, 0, 1).map_or(0, |run| run.block);
        fs.disk().reads.clear();
        for offset in (0..cold.size).step_by(4096) {
            let read = fs.read(file, offset, &mut bytes);
            saw!(check, "bytes of a block", (read, sum(&bytes)));
            let read = fs.read(hot, check.lots.from(0, 4000), &mut bytes);
            saw!(
                check,
                "bytes of one that is wanted each time",
                (read, sum(&bytes))
            );
        }
        let times = fs.disk().reads.iter().filter(|(block, _)| *block == before);
        saw!(
            check,
            "how often that was read from the disk",
            times.count()
        );
    });
}
