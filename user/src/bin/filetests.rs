//! What others have their file systems do, by several at once and at the edges: names that are none, files under descriptors that
//! know them otherwise, many files. Nothing is left of it in the end.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec;

use libos::fs::{self, File, OpenOptions};
use libos::io::{Error, Read, Seek, SeekFrom, Write};
use libos::{env, fd, println};
use mos_user::together;

/// Children that work at once.
const CHILDREN: u8 = 4;

/// Has each of them do `work`.
fn at_once(work: impl Fn(u8) -> Result<(), Error>) -> Result<(), Error> {
    together::at_once::<{ CHILDREN as usize }>(work, || Ok(()))
}

/// Each writes a file of its own, in pieces.
fn a_file_each() -> Result<(), Error> {
    let path = |number: u8| format!("/each{number}");
    at_once(|number| {
        let mut file = File::create(&path(number))?;
        (0..12).try_for_each(|_| file.write_all(&[b'0' + number; 500]))
    })?;
    for number in 0..CHILDREN {
        assert!(fs::read(&path(number))? == [b'0' + number; 6_000]);
        fs::remove_file(&path(number))?;
    }
    Ok(())
}

/// Each makes files in the same directory, and removes every other one.
fn made_and_removed() -> Result<(), Error> {
    fs::create_dir("/many")?;
    let path = |number: u8, n: u8| format!("/many/{number}-{n}");
    at_once(|number| {
        for n in 0..20 {
            fs::write(&path(number, n), b"")?;
            if n % 2 != 0 {
                fs::remove_file(&path(number, n / 2))?;
            }
        }
        Ok(())
    })?;
    for number in 0..CHILDREN {
        for n in 0..20 {
            assert_eq!(fs::metadata(&path(number, n)).is_ok(), n >= 10);
        }
        (10..20).try_for_each(|n| fs::remove_file(&path(number, n)))?;
    }
    fs::remove_dir("/many")
}

/// What was removed can be read and written by who has it open, whatever has its name then.
fn removed_under_somebody() -> Result<(), Error> {
    fs::write("/old", b"hello")?;
    let mut old = OpenOptions::new().read(true).write(true).open("/old")?;
    fs::remove_file("/old")?;
    assert!(File::open("/old").is_err());
    fs::write("/old", b"new")?;
    let mut bytes = [0; 8];
    assert_eq!(old.read(&mut bytes)?, 5);
    assert!(bytes.starts_with(b"hello"));
    old.write_all(b" there")?;
    old.seek(SeekFrom::Start(0))?;
    assert_eq!(old.read(&mut bytes)?, 8);
    assert!(fs::read("/old")? == b"new");
    fs::remove_file("/old")
}

/// What is made empty is so for all who have it open; who goes on behind the end leaves zeros.
fn emptied_under_somebody() -> Result<(), Error> {
    let mut first = File::create("/cut")?;
    first.write_all(b"abcd")?;
    let mut reader = File::open("/cut")?;
    let mut second = File::create("/cut")?;
    let mut bytes = [1; 16];
    assert_eq!(reader.read(&mut bytes)?, 0);
    second.write_all(b"ABCDEF")?;
    assert_eq!(reader.read(&mut bytes)?, 6);
    second.set_len(0)?;
    first.write_all(b"x")?;
    assert!(fs::read("/cut")? == b"\0\0\0\0x");
    drop((first, reader, second));
    fs::remove_file("/cut")
}

/// What is opened again is what has the name by then, whoever has given it to something else.
fn opened_again() -> Result<(), Error> {
    let again = |path: &str| File::open(path).map(drop);
    fs::write("/again", b"first")?;
    again("/again")?;
    fs::rename("/again", "/moved")?;
    assert!(again("/again").is_err());
    assert!(fs::read("/moved")? == b"first");
    fs::write("/again", b"second")?;
    assert!(fs::read("/again")? == b"second");
    // Another one does it.
    at_once(|number| {
        if number == 0 {
            fs::remove_file("/again")?;
            fs::rename("/moved", "/again")?;
        }
        Ok(())
    })?;
    assert!(fs::read("/again")? == b"first");
    fs::write("/again", b"longer than before")?;
    assert!(fs::read("/again")? == b"longer than before");
    fs::remove_file("/again")?;
    assert!(again("/again").is_err());
    for other in ["/mote", "/note"] {
        fs::write(other, other.as_bytes())?;
        again("/motd")?;
        assert!(fs::read(other)? == other.as_bytes());
        fs::remove_file(other)?;
    }
    again("/motd")?;
    assert!(OpenOptions::new().write(true).open("/again").is_err());
    // What was kept is nobody's descriptor.
    again("/motd")?;
    let fd = fd::Fd::free()?;
    assert!(fd::read(fd, &mut [0]).is_err() && fd::stat(fd).is_err());
    let (reader, writer) = fd::pipe()?;
    assert_eq!(reader, fd);
    fd::close(reader)?;
    fd::close(writer)
}

/// What a parent has closed its children open for themselves.
fn opened_again_by_children() -> Result<(), Error> {
    let first = |file: &mut File| {
        let mut bytes = [0; 1];
        file.read(&mut bytes).map(|_| bytes[0])
    };
    let mut file = File::open("/motd")?;
    assert_eq!(first(&mut file)?, b'T');
    drop(file);
    at_once(|_| {
        for _ in 0..20 {
            let mut file = File::open("/motd")?;
            assert_eq!(first(&mut file)?, b'T');
            env::yield_now();
            assert_eq!(first(&mut file)?, b'h');
        }
        Ok(())
    })
}

/// Names that are too long, or none; a file is no directory.
fn names() -> Result<(), Error> {
    let longest = String::from("/") + &"n".repeat(127);
    fs::write(&longest, b"n")?;
    assert!(fs::write(&format!("{longest}n"), b"n").is_err());
    for path in ["", "/", ".", ".."] {
        assert!(File::create(path).is_err(), "{path:?}");
        assert!(fs::create_dir(path).is_err(), "{path:?}");
        assert!(fs::remove_dir(path).is_err(), "{path:?}");
    }
    let within = format!("{longest}/x");
    assert!(fs::write(&within, b"x").is_err());
    assert!(fs::create_dir(&within).is_err());
    assert!(fs::remove_file(&within).is_err());
    assert!(fs::rename(&longest, &within).is_err());
    fs::remove_file(&longest)
}

/// Writes of all lengths, each twice.
fn lengths() -> Result<(), Error> {
    for len in (499..12 * 1024).step_by(1_471) {
        let mut file = File::create("/lengths")?;
        for byte in [1, 2] {
            file.write_all(&vec![byte; len])?;
        }
        drop(file);
        let seen = fs::read("/lengths")?;
        assert!(seen.len() == 2 * len && seen[..len].iter().all(|&byte| byte == 1));
        assert!(seen[len..].iter().all(|&byte| byte == 2));
    }
    fs::remove_file("/lengths")
}

fn main() -> Result<(), Error> {
    let (_, before) = fs::space()?;
    let open = fd::Fd::free()?;
    a_file_each()?;
    made_and_removed()?;
    removed_under_somebody()?;
    emptied_under_somebody()?;
    opened_again()?;
    opened_again_by_children()?;
    names()?;
    lengths()?;
    assert_eq!(fd::Fd::free()?, open);
    fs::sync()?;
    let (_, after) = fs::space()?;
    println!("filetests: {} blocks missing", before - after);
    Ok(())
}
