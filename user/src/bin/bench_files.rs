//! Benchmark: a file of 64 KiB that the server has in memory. This program is there twice: in slot 1 it is the server, of a disk
//! in its own memory.

#![no_std]
#![forbid(unsafe_code)]

use libos::bench::{Mark, Op};
use libos::fs::{self, File, OpenOptions};
use libos::io::{Error, Read, Write};
use libos::msg::{self, Parcel, Room, Sender, Timeout};
use libos::{Global, Window, env, mark, measure};
use mos_abi::files::{SERVER_SLOT, filefd, op};
use mos_fs::layout::SECTOR;
use mos_fs::{Disk, DiskError, Fs, make};
use mos_server::Numbering;
use mos_user::server::{self, Tables};

const SAMPLES: usize = 8;
const LEN: usize = 64 << 10;
const BLOCKS: u32 = 64;
const ENTRIES: usize = 500;

static BYTES: Global<[u8; BLOCKS as usize * 4096]> = Global::new([0; BLOCKS as usize * 4096]);
static BUFFER: Global<Buffer> = Global::new(Buffer([0; LEN]));
static TABLES: Global<Tables> = Global::new(Tables::NEW);

/// What is read and written, aligned as a file's pages are: elsewhere a copy costs more.
#[repr(align(4))]
struct Buffer([u8; LEN]);

/// A disk in memory.
struct Memory;

fn part(sector: u32, len: usize, bytes: &mut [u8]) -> Result<&mut [u8], DiskError> {
    let part = bytes.get_mut(sector as usize * SECTOR..);
    part.and_then(|part| part.get_mut(..len)).ok_or(DiskError)
}

impl Disk for Memory {
    fn sectors(&self) -> u32 {
        BLOCKS * 8
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        BYTES.with(|bytes| {
            buffer.copy_from_slice(part(sector, buffer.len(), bytes)?);
            Ok(())
        })
    }

    fn write(&mut self, sector: u32, from: &[u8]) -> Result<(), DiskError> {
        BYTES.with(|bytes| {
            part(sector, from.len(), bytes)?.copy_from_slice(from);
            Ok(())
        })
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        Ok(())
    }
}

fn serve() -> Result<(), mos_fs::Error> {
    make::make(&mut Memory, BLOCKS)?;
    TABLES.with(|tables| {
        let (store, files) = tables.parts()?;
        server::run(Fs::mount(Memory, store)?, files, Numbering::FromOne, 1)
    })
}

fn read(bytes: &mut [u8], file: &mut File) -> Result<(), Error> {
    let mut done = 0;
    while done < LEN {
        done += file.read(&mut bytes[done..])?;
    }
    Ok(())
}

/// Maps all pages of an open file in one message.
fn map(number: u32) -> Result<u32, Error> {
    let server = env::slot(SERVER_SLOT).id();
    let parcel = Parcel::words([op::MAP, number, 0, 16]);
    let room = Room::new(Window::beside(0), 16);
    let receive = (Sender::Only(server), room, Timeout::NEVER);
    let answer = msg::exchange((server, &parcel, Timeout::NEVER), receive);
    Ok(answer.map_err(libos::Error::from)?.pages)
}

/// Makes a directory with many files.
#[inline(never)]
fn fill() -> Result<(), Error> {
    fs::create_dir("/dir")?;
    let mut path = *b"/dir/000";
    for _ in 0..ENTRIES {
        let name = core::str::from_utf8(&path).map_err(|_| Error::NotText)?;
        fs::write(name, b"")?;
        for digit in path.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    fs::sync()
}

/// How many entries there are, each looked at as `ls` does.
#[inline(never)]
fn list() -> Result<usize, Error> {
    fs::read_dir("/dir")?.try_fold(0, |count, entry| {
        Ok(count + usize::from(entry?.metadata().is_file()))
    })
}

#[inline(never)]
fn ask(Buffer(bytes): &mut Buffer) -> Result<(), Error> {
    bytes.fill(1);
    fs::write("/file", bytes)?;
    fs::write("/other", b"")?;
    fs::sync()?;
    for _ in 0..SAMPLES {
        measure!(Op::FileOpen, drop(File::open("/file")?));
        mark!(Mark::Case(1));
        measure!(Op::FileOpen, drop(File::open("/other")?));
        mark!(Mark::Case(0));
        let mut file = File::open("/file")?;
        measure!(Op::FileRead, read(bytes, &mut file)?);
        drop(file);
        let mut file = OpenOptions::new().write(true).open("/file")?;
        measure!(Op::FileWrite, file.write_all(bytes)?);
        drop(file);
        let file = File::open("/file")?;
        let number = file.fd().word(filefd::FILE);
        let pages = measure!(Op::FileMap, map(number)?);
        assert_eq!(pages, 16);
        for page in 0..16 {
            Window::beside(page).unmap();
        }
    }
    fill()?;
    for _ in 0..SAMPLES {
        assert_eq!(measure!(Op::FileList, list()?), ENTRIES);
    }
    Ok(())
}

fn main() {
    let ended = if env::id().index() == SERVER_SLOT {
        serve().is_ok()
    } else {
        BUFFER.with(ask).is_ok()
    };
    assert!(ended, "error");
}
