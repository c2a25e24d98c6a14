//! Pipes with several at an end: what one writes at once stays together, each byte is read once, and whoever is ended, the others
//! go on.

#![no_std]
#![forbid(unsafe_code)]

use libos::fd::{self, Fd};
use libos::io::Error;
use libos::process::{self, Child, Forked};
use libos::{println, view};

/// Environments at an end.
const MANY: usize = 3;
/// What each writes, of bytes that are a number of its own. No power of two, so that some cross the ring's end.
const RECORDS: usize = 120;
const LEN: usize = 13;

fn main() -> Result<(), Error> {
    writers()?;
    let before = view::free_frames();
    writers()?;
    readers()?;
    stream()?;
    killed()?;
    println!("manypipes: frames lost: {}", before - view::free_frames());
    Ok(())
}

/// A child that does `work`.
fn child(work: impl FnOnce() -> Result<u8, Error>) -> Result<Child, Error> {
    match process::fork()? {
        Forked::Parent(child) => Ok(child),
        Forked::Child => process::exit(work().unwrap_or(255)),
    }
}

fn read_all(from: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
    let mut len = 0;
    while len < bytes.len() {
        match fd::read(from, &mut bytes[len..])? {
            0 => break,
            read => len += read,
        }
    }
    Ok(len)
}

fn writers() -> Result<(), Error> {
    let (read, write) = fd::pipe()?;
    let mut children = [1, 2, 3].map(|number: u8| {
        child(|| {
            fd::close(read)?;
            let record = [number; LEN];
            for _ in 0..RECORDS {
                if fd::write(write, &record)? != LEN {
                    return Ok(1);
                }
            }
            Ok(0)
        })
    });
    fd::close(write)?;
    let (mut record, mut seen, mut torn) = ([0; LEN], [0; MANY], 0);
    while read_all(read, &mut record)? == LEN {
        match record.iter().all(|&byte| byte == record[0]) {
            true => seen[usize::from(record[0]) - 1] += 1,
            false => torn += 1,
        }
    }
    fd::close(read)?;
    println!("manypipes: records of each writer: {seen:?}, torn: {torn}");
    for child in &mut children {
        let child = child.as_mut().map_err(|&mut error| error)?;
        assert!(child.wait().success());
    }
    Ok(())
}

fn readers() -> Result<(), Error> {
    let (read, write) = fd::pipe()?;
    let count = || -> Result<u8, Error> {
        fd::close(write)?;
        let (mut record, mut records) = ([0; 16], 0);
        loop {
            match fd::read(read, &mut record)? {
                0 => return Ok(records),
                16 if record.iter().all(|&byte| byte == record[0]) => records += 1,
                _ => return Ok(255),
            }
        }
    };
    let mut children = [(); MANY].map(|()| child(count));
    fd::close(read)?;
    for number in 0..200 {
        fd::write(write, &[number; 16])?;
    }
    fd::close(write)?;
    let mut sum = 0;
    for child in &mut children {
        let child = child.as_mut().map_err(|&mut error| error)?;
        sum += child.wait().code().map_or(1000, u32::from);
    }
    println!("manypipes: records that readers have had: {sum}");
    Ok(())
}

/// Much more than there is room for, in pieces of all lengths.
fn stream() -> Result<(), Error> {
    const ALL: usize = 200_000;
    let byte = |n: usize| (n * 7 + n / 251) as u8;
    let (read, write) = fd::pipe()?;
    let mut writer = child(|| {
        fd::close(read)?;
        let (mut piece, mut n) = ([0; 5000], 0);
        while n < ALL {
            let len = (n % 4999 + 1).min(ALL - n);
            (0..len).for_each(|i| piece[i] = byte(n + i));
            n += fd::write(write, &piece[..len])?;
        }
        Ok(0)
    })?;
    fd::close(write)?;
    let (mut piece, mut n, mut wrong) = ([0; 3000], 0, 0);
    loop {
        let len = n % 2999 + 1;
        let read = fd::read(read, &mut piece[..len])?;
        wrong += (0..read).filter(|&i| piece[i] != byte(n + i)).count();
        n += read;
        if read == 0 {
            break;
        }
    }
    fd::close(read)?;
    println!(
        "manypipes: {n} bytes, {wrong} of them wrong, {}",
        writer.wait()
    );
    Ok(())
}

/// Who has an end is ended: with others there, and as the last one.
fn killed() -> Result<(), Error> {
    let (read, write) = fd::pipe()?;
    let mut writers = [(); MANY].map(|()| {
        child(|| {
            loop {
                fd::write(write, &[9; LEN])?;
            }
        })
    });
    fd::close(write)?;
    let mut record = [0; LEN];
    let mut whole = 0;
    for writer in &mut writers {
        for _ in 0..500 {
            if read_all(read, &mut record)? == LEN && record == [9; LEN] {
                whole += 1;
            }
        }
        writer.as_mut().map_err(|&mut error| error)?.kill()?;
    }
    while read_all(read, &mut record)? == LEN {}
    fd::close(read)?;
    println!("manypipes: {whole} records while writers were ended, and then the end");

    let (read, write) = fd::pipe()?;
    let mut reader = child(|| {
        fd::close(write)?;
        read_all(read, &mut [0; 100])?;
        libos::env::spin()
    })?;
    fd::close(read)?;
    fd::write(write, &[1; 100])?;
    assert_eq!(reader.wait_for(2), None);
    reader.kill()?;
    let error = loop {
        if let Err(error) = fd::write(write, &[1; 1000]) {
            break error;
        }
    };
    fd::close(write)?;
    println!("manypipes: and without a reader: {error}");
    Ok(())
}
