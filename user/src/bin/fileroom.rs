//! What others have their file systems do until there is no more room, and with more than anybody needs: one place in a file for
//! several, files with holes, hundreds of names, a full disk. Nothing is left of it in the end.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use libos::fs::{self, File, OpenOptions};
use libos::io::{Error, Read, Seek, SeekFrom, Write};
use libos::println;
use mos_user::together::at_once;

/// Children that work at once.
const CHILDREN: usize = 3;
/// What a file has room for.
const FILE_MAX: u64 = 4 << 20;

/// Who has inherited a descriptor goes on where the others are: nothing is written over.
fn one_place_for_all() -> Result<(), Error> {
    let file = File::create("/place")?;
    // Some end while others write on, the parent among them, who is alone in the end.
    let turns = |number: u8| 10 * (usize::from(number) + 1);
    let write =
        |number: u8| (0..turns(number)).try_for_each(|_| file.fd().write_all(&[b'a' + number; 10]));
    at_once::<CHILDREN>(write, || write(CHILDREN as u8))?;
    drop(file);
    let bytes = fs::read("/place")?;
    let mut all = 0;
    for number in 0..=CHILDREN as u8 {
        let own = bytes
            .chunks(10)
            .filter(|chunk| *chunk == [b'a' + number; 10]);
        assert_eq!(own.count(), turns(number));
        all += 10 * turns(number);
    }
    assert_eq!(bytes.len(), all);
    fs::remove_file("/place")
}

/// Between two bytes that are far apart there are zeros, and no file is longer than files can be.
fn holes() -> Result<(), Error> {
    let options = || {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .clone()
    };
    let mut file = options().open("/holes")?;
    let places = [0, 4_095, 40_960, 1_234_567];
    for (place, byte) in places.into_iter().zip(1..) {
        file.seek(SeekFrom::Start(place))?;
        file.write_all(&[byte])?;
    }
    assert_eq!(file.metadata()?.len(), places[3] + 1);
    let mut read = vec![9; 10_000];
    for (place, byte) in places.into_iter().zip(1..) {
        let before = place.saturating_sub(4_000);
        file.seek(SeekFrom::Start(before))?;
        let count = file.read(&mut read)?;
        let own = (place - before) as usize;
        assert!(read[..count].contains(&byte) && read[own] == byte);
        assert!(read[..own].iter().all(|&zero| zero == 0));
    }
    file.seek(SeekFrom::Start(FILE_MAX))?;
    assert_eq!(file.write(b"x"), Err(Error::TooLarge));
    assert_eq!(file.set_len(FILE_MAX + 1), Err(Error::TooLarge));
    assert_eq!(file.metadata()?.len(), places[3] + 1);
    drop(file);
    fs::remove_file("/holes")
}

/// Hundreds of names in a directory, each found, while every third one is moved to another and the rest removed.
fn hundreds_of_names() -> Result<(), Error> {
    const NAMES: u32 = 250;
    let [here, there] = ["/here", "/there"];
    [here, there].into_iter().try_for_each(fs::create_dir)?;
    let path = |dir, number| format!("{dir}/{number:x}-{}", number * 7919);
    (0..NAMES).try_for_each(|number| fs::write(&path(here, number), b""))?;
    assert_eq!(
        fs::create_dir(&path(here, 1)),
        Err(libos::Error::FileExists.into())
    );
    for number in 0..NAMES {
        let name = path(here, number);
        match number % 3 {
            0 => fs::rename(&name, &path(there, number))?,
            _ => fs::remove_file(&name)?,
        }
        assert!(fs::metadata(&name).is_err());
    }
    assert_eq!(fs::read_dir(here)?.count(), 0);
    let moved: Result<Vec<_>, _> = fs::read_dir(there)?.collect();
    assert_eq!(moved?.len() as u32, NAMES.div_ceil(3));
    assert!(fs::remove_dir(there).is_err(), "it is not empty");
    for number in (0..NAMES).step_by(3) {
        fs::remove_file(&path(there, number))?;
    }
    [here, there].into_iter().try_for_each(fs::remove_dir)
}

/// Several fill the disk until there is no room: what was written before that is there, and what had no room is not, until a
/// file is removed.
fn a_full_disk() -> Result<(), Error> {
    // Its blocks go with it: a directory does not shrink.
    fs::create_dir("/filled")?;
    let path = |number: u8, n: u32| format!("/filled/{number}-{n}");
    let piece = |number: u8| vec![number; 24 * 1024];
    let written = |number: u8| (0..).take_while(move |&n| fs::metadata(&path(number, n)).is_ok());
    let fill = |number| {
        for n in 0.. {
            match fs::write(&path(number, n), &piece(number)) {
                Ok(()) => {}
                Err(Error::System(libos::Error::NoDisk)) => break,
                Err(other) => return Err(other),
            }
        }
        Ok(())
    };
    at_once::<CHILDREN>(fill, || Ok(()))?;
    let mut file = File::create("/more")?;
    while file.write(&[1; 4096]).is_ok() {}
    drop(file);
    println!("fileroom: full, {} blocks left", fs::space()?.1);
    for number in 0..CHILDREN as u8 {
        let last = written(number).last().expect("room for one");
        for n in 0..last {
            assert!(fs::read(&path(number, n))? == piece(number));
        }
        let bytes = fs::read(&path(number, last))?;
        assert!(bytes.len() <= 24 * 1024 && bytes.iter().all(|&byte| byte == number));
    }
    fs::remove_file(&path(0, 0))?;
    fs::write("/again", &piece(9))?;
    assert!(fs::read("/again")? == piece(9));
    for number in 0..CHILDREN as u8 {
        let names = || (u32::from(number == 0)..).map(|n| path(number, n));
        names()
            .take_while(|name| fs::remove_file(name).is_ok())
            .count();
    }
    fs::remove_file("/more")?;
    fs::remove_file("/again")?;
    fs::remove_dir("/filled")
}

fn main() -> Result<(), Error> {
    let (_, before) = fs::space()?;
    one_place_for_all()?;
    holes()?;
    hundreds_of_names()?;
    a_full_disk()?;
    fs::sync()?;
    let (_, after) = fs::space()?;
    println!("fileroom: {} blocks missing", before - after);
    Ok(())
}
