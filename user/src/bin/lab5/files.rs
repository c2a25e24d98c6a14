//! Files as programs have them: descriptors that are read, written, and sought in.

use alloc::string::String;
use alloc::vec;

use crate::ide::drawn;
use libos::fd::{self, Fd};
use libos::fs::{self, File, OpenOptions};
use libos::io::{Read, Seek, SeekFrom, Write};
use libos::{Fork, env, fork, println};
use mos_exam::disk::{Plan, Recipe};
use mos_exam::{saw, step, sum};
use mos_user::check::{Check, until_it_ends};

/// `files-read`.
pub fn read(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    step!(check, "a file reads as what is in it, piece by piece");
    for n in [0, 1, 3, 5, 6, 7, 12] {
        let planned = plan.file(n);
        let Ok(mut file) = File::open(planned.path.as_str()) else {
            println!("a file cannot be opened");
            return;
        };
        let mut bytes = vec![0xcc; check.lots.from(1000, 9000) as usize];
        let mut all = mos_exam::Sum::new();
        let mut count = 0;
        while let Ok(more @ 1..) = file.read(&mut bytes) {
            count += more;
            all.add(&bytes[..more.min(bytes.len())]);
        }
        saw!(
            check,
            "a file's number, its bytes, and what they come to",
            (n, count, all.value())
        );
        saw!(
            check,
            "reading at its end, and nothing",
            (file.read(&mut bytes), file.read(&mut []))
        );
    }
    step!(check, "zeros are read where a file has no block");
    let path = plan.file(2).path;
    let grown = OpenOptions::new().write(true).open(path.as_str());
    let size = check.lots.from(30_000, 60_000);
    saw!(
        check,
        "a new size",
        grown.and_then(|file| file.set_len(size.into()))
    );
    saw!(
        check,
        "what is in it",
        fs::read(path.as_str()).map(|bytes| (bytes.len(), sum(&bytes)))
    );
    let mut bytes = vec![0xcc; 60_000];
    let read = File::open(path.as_str()).and_then(|mut file| file.read(&mut bytes));
    saw!(check, "what is in it", (read, sum(&bytes)));
    step!(check, "what is opened to be written is not read");
    let only = OpenOptions::new().write(true).open(path.as_str());
    saw!(
        check,
        "reading",
        only.and_then(|mut file| file.read(&mut [0; 4]))
    );
    step!(
        check,
        "who has a descriptor with another reads on behind him"
    );
    let planned = plan.file(7);
    let Ok(mut file) = File::open(planned.path.as_str()) else {
        return;
    };
    let mut bytes = vec![0; 5000];
    for _ in 0..3 {
        match fork() {
            Ok(Fork::Child) => {
                let read = file.read(&mut bytes);
                saw!(check, "what a child reads", (read, sum(&bytes)));
                env::exit();
            }
            Ok(Fork::Parent(child)) => saw!(check, "whether it has ended", until_it_ends(child)),
            Err(error) => saw!(check, "a fork", Err::<(), _>(error)),
        }
        let read = file.read(&mut bytes);
        saw!(check, "what its parent reads then", (read, sum(&bytes)));
    }
}

/// What is in a file.
fn told(path: &str) -> Result<(usize, u32), libos::io::Error> {
    fs::read(path).map(|bytes| (bytes.len(), sum(&bytes)))
}

/// `files-written`.
pub fn written(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    step!(
        check,
        "what is written is read, by who has opened the file before and since"
    );
    for n in [1, 4, 6, 9] {
        let path = plan.file(n).path;
        let opened = (options.open(path.as_str()), File::open(path.as_str()));
        let (Ok(mut file), Ok(mut other)) = opened else {
            println!("a file cannot be opened");
            return;
        };
        for _ in 0..3 {
            let count = check.lots.from(1, 9000) as usize;
            let bytes = drawn(&mut check.lots, count);
            saw!(
                check,
                "bytes, and how many are written",
                (bytes.len(), file.write(&bytes))
            );
            let mut seen = vec![0; bytes.len()];
            let read = other.read(&mut seen);
            saw!(check, "what the other reads", (read, sum(&seen)));
        }
        saw!(check, "closing it", file.close());
        saw!(check, "what is in it", told(path.as_str()));
    }
    step!(
        check,
        "new files have what was written to them, and appending goes on at the end"
    );
    let new = "/appended";
    let mut appends = OpenOptions::new();
    appends.append(true).create(true);
    for _ in 0..4 {
        let count = check.lots.from(1, 5000) as usize;
        let bytes = drawn(&mut check.lots, count);
        let wrote = appends.open(new).and_then(|mut file| file.write(&bytes));
        saw!(
            check,
            "bytes, and how many are written",
            (bytes.len(), wrote)
        );
        saw!(check, "what is in it", told(new));
    }
    step!(check, "what is opened to be read is not written");
    let path = plan.file(3).path;
    saw!(
        check,
        "writing",
        File::open(path.as_str()).and_then(|mut file| file.write(b"no"))
    );
    saw!(check, "what is in it", told(path.as_str()));
    saw!(check, "bringing it to the disk", fs::sync());
}

/// `places`.
pub fn places(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    let path = plan.file(7).path;
    let Ok(mut file) = File::open(path.as_str()) else {
        println!("a file cannot be opened");
        return;
    };
    let mut bytes = [0; 100];
    step!(check, "reading goes on where one has sought");
    let size = i64::from(plan.file(7).size);
    for _ in 0..4 {
        let by = i64::from(check.lots.from(0, 9000));
        for to in [
            SeekFrom::Start(by.unsigned_abs()),
            SeekFrom::Current(by),
            SeekFrom::End(-by),
        ] {
            let sought = file.seek(to);
            saw!(
                check,
                "where it is, and what is read there",
                (sought, file.read(&mut bytes), sum(&bytes))
            );
        }
    }
    step!(
        check,
        "behind the end nothing is read, and in front of the start there is nothing"
    );
    let beyond = file.seek(SeekFrom::End(i64::from(check.lots.from(1, 5000))));
    saw!(
        check,
        "where it is, and what is read there",
        (beyond, file.read(&mut bytes))
    );
    let places = [
        SeekFrom::Current(-size - 9000),
        SeekFrom::End(-size - 1),
        SeekFrom::Start(1 << 32),
    ];
    for to in places {
        let sought = file.seek(to).is_err();
        saw!(
            check,
            "whether it is refused, and where it is then",
            (sought, file.fd().offset())
        );
    }
    saw!(
        check,
        "a descriptor that is not open",
        fd::seek(Fd::new(31).unwrap_or(Fd::STDIN), SeekFrom::Start(0)).is_err()
    );
}

/// `copies`.
pub fn copies(mut check: Check) {
    let plan = Plan::new(Recipe::Files, check.seed());
    let paths = [6, 7].map(|n| String::from(plan.file(n).path.as_str()));
    let opened = (File::open(&paths[0]), File::open(&paths[1]));
    let (Ok(first), Ok(second)) = opened else {
        println!("a file cannot be opened");
        return;
    };
    let (first, second) = (first.into_fd(), second.into_fd());
    let copy = Fd::new(check.lots.from(10, 30)).unwrap_or(Fd::STDIN);
    let mut bytes = vec![0; 3000];
    let mut read = |check: &mut Check, fd: Fd| {
        let read = fd::read(fd, &mut bytes);
        saw!(check, "what is read", (read, sum(&bytes)));
    };
    step!(check, "a copy goes on where the other is");
    read(&mut check, first);
    saw!(check, "a copy of it", fd::dup(first, copy));
    for fd in [copy, first, copy] {
        read(&mut check, fd);
    }
    step!(check, "it stays open when the other is closed");
    saw!(check, "closing it", fd::close(first));
    read(&mut check, copy);
    saw!(
        check,
        "whether it is open, and the other",
        (fd::is_open(copy), fd::is_open(first))
    );
    step!(check, "what it was before is closed");
    saw!(check, "a copy of it", fd::dup(second, copy));
    for fd in [copy, second] {
        read(&mut check, fd);
    }
    saw!(check, "a copy of it in its own place", fd::dup(copy, copy));
    read(&mut check, copy);
    saw!(
        check,
        "closing it",
        (fd::close(copy), fd::close(copy), fd::close(second))
    );
    step!(check, "there is no copy of what is not open");
    saw!(
        check,
        "a copy of it",
        (fd::dup(first, copy), fd::is_open(copy))
    );
}
