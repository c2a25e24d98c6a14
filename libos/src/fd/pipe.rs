//! Pipes: what one environment writes, another one reads.
//!
//! Both ends have two pages in their data: one that says how far each end has come, and the ring with the bytes. Whether
//! there is still somebody at the other end tell the counts of mappings, which are right whoever is ended in whatever way:
//! see `ends`.

mod ends;
mod turn;

use mos_abi::layout::PAGE_SIZE;

use super::{Device, Fd, Kind, Stat, mode};
use crate::io::Error;
use crate::window::SHARED;
use crate::{EnvId, Window, copy};
use ends::{End, NAP};
use turn::Turn;

/// The number of the device.
pub(super) const ID: u8 = b'p';

/// Pages of data: what both ends say, and the ring. Behind them is room for one more, see `turn`.
const CONTROL: u32 = 0;
const RING: u32 = 1;
const PAGES: u32 = 2;
const SPARE: u32 = 2;

/// Bytes in the ring.
const SIZE: u32 = PAGE_SIZE;
/// A writer sleeps until there is as much room as it needs, but no longer than until there is so much.
const ROOM: u32 = SIZE / 2;

/// Words of the page that both ends have, besides those of [`End`]: how many bytes were read and written.
const READ: usize = 0;
const WRITTEN: usize = 1;
/// For how much room a writer waits.
const WANTED: usize = 2;

/// Makes a pipe. Returns the end that is read and the one that is written.
///
/// # Errors
/// `MaxOpen`, `NoMem`: there is none, and nothing has changed.
pub fn pipe() -> Result<(Fd, Fd), Error> {
    let read = Fd::free()?;
    let made = make(read);
    if made.is_err() {
        read.unmap(PAGES);
    }
    made.map(|write| (read, write))
}

fn make(read: Fd) -> Result<Fd, Error> {
    for index in 0..PAGES {
        read.data(index).alloc(SHARED)?;
    }
    read.open(ID, mode::READ)?;
    let write = Fd::free()?;
    // The other end is another descriptor with the same data.
    read.share_data(EnvId::SELF, write, PAGES)?;
    let opened = write.open(ID, mode::WRITE);
    if opened.is_err() {
        write.unmap(PAGES);
    }
    opened?;
    Ok(write)
}

/// Whether nobody has the other end of the pipe any more.
///
/// # Errors
/// `fd` is no pipe.
pub fn is_closed(fd: Fd) -> Result<bool, Error> {
    is_pipe(fd)?;
    Ok(End::of(fd).other_is_gone())
}

/// How many descriptors there are of the pipe, of either end and of whoever.
///
/// # Errors
/// `fd` is no pipe.
pub fn holders(fd: Fd) -> Result<u16, Error> {
    is_pipe(fd)?;
    Ok(control(fd).mappings())
}

fn is_pipe(fd: Fd) -> Result<(), Error> {
    if fd.is_open() && fd.device() == u32::from(ID) {
        Ok(())
    } else {
        Err(mos_abi::Error::Inval.into())
    }
}

/// Where the data of descriptor `fd` is.
fn control(fd: Fd) -> Window {
    fd.data(CONTROL)
}

/// How many bytes are in the ring, whatever the page says.
fn filled(control: Window) -> u32 {
    let written = control.read(WRITTEN);
    written.wrapping_sub(control.read(READ)).min(SIZE)
}

/// Takes bytes out of the ring, as many as there are and have room. Returns how many.
fn take(fd: Fd, bytes: &mut [u8]) -> usize {
    let _turn = Turn::take(fd);
    // exercise 6.1 begin
    let control = control(fd);
    let count = (filled(control) as usize).min(bytes.len());
    let from = control.read(READ);
    let (first, rest) = bytes[..count].split_at_mut(up_to_end(from, count));
    load(fd, from, first);
    load(fd, 0, rest);
    control.write(READ, from.wrapping_add(count as u32));
    count
    // exercise 6.1 end
}

/// Puts bytes into the ring, as many as have room. Returns how many.
fn put(fd: Fd, bytes: &[u8]) -> usize {
    let _turn = Turn::take(fd);
    // exercise 6.1 begin
    let control = control(fd);
    let count = ((SIZE - filled(control)) as usize).min(bytes.len());
    let to = control.read(WRITTEN);
    let (first, rest) = bytes[..count].split_at(up_to_end(to, count));
    store(fd, to, first);
    store(fd, 0, rest);
    control.write(WRITTEN, to.wrapping_add(count as u32));
    count
    // exercise 6.1 end
}

/// How many of `count` bytes from `at` on are before the end of the ring.
fn up_to_end(at: u32, count: usize) -> usize {
    count.min((SIZE - at % SIZE) as usize)
}

/// Copies the bytes of the ring from `at` on, none beyond its end.
fn load(fd: Fd, at: u32, bytes: &mut [u8]) {
    let count = up_to_end(at, bytes.len());
    // SAFETY: this much is within the ring, a window with a page.
    unsafe { copy::load(&mut bytes[..count], fd.data(RING).address() + at % SIZE) };
}

/// Copies `bytes` to the ring from `at` on, none beyond its end.
fn store(fd: Fd, at: u32, bytes: &[u8]) {
    let count = up_to_end(at, bytes.len());
    // SAFETY: this much is within the ring, a window with a page that may be written.
    unsafe { copy::store(fd.data(RING).address() + at % SIZE, &bytes[..count]) };
}

/// The pipe, as a device.
pub(super) struct Pipe;

impl Device for Pipe {
    fn read(&self, fd: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
        let end = End::of(fd);
        end.sign();
        if bytes.is_empty() {
            return Ok(0);
        }
        // exercise 6.2 begin
        // otherwise: Ok(take(fd, bytes))
        let mut nap = NAP;
        loop {
            let taken = take(fd, bytes);
            if taken > 0 {
                let room = SIZE - filled(control(fd));
                if end.other_waits() && room >= control(fd).read(WANTED) {
                    end.wake_other();
                }
                return Ok(taken);
            }
            if end.other_is_gone() {
                // It may have written just before.
                return Ok(take(fd, bytes));
            }
            end.wait(&mut nap, || filled(control(fd)) > 0);
        }
        // exercise 6.2 end
    }

    fn write(&self, fd: Fd, bytes: &[u8]) -> Result<usize, Error> {
        let end = End::of(fd);
        end.sign();
        // exercise 6.3 begin
        // otherwise: Ok(put(fd, bytes))
        let (mut rest, mut nap) = (bytes, NAP);
        while !rest.is_empty() {
            if end.other_is_gone() {
                let done = bytes.len() - rest.len();
                return match done {
                    0 => Err(Error::BrokenPipe),
                    done => Ok(done),
                };
            }
            let put = put(fd, rest);
            rest = &rest[put..];
            if put > 0 {
                nap = NAP;
                end.wake_other();
            } else {
                let wanted = ROOM.min(rest.len() as u32);
                control(fd).write(WANTED, wanted);
                end.wait(&mut nap, || SIZE - filled(control(fd)) >= wanted);
            }
        }
        Ok(bytes.len())
        // exercise 6.3 end
    }

    fn close(&self, fd: Fd) -> Result<(), Error> {
        End::of(fd).leave();
        fd.unmap(PAGES);
        Ok(())
    }

    fn stat(&self, fd: Fd) -> Result<Stat, Error> {
        Ok(Stat {
            kind: Kind::Pipe,
            size: filled(control(fd)),
        })
    }

    fn pages(&self, _: Fd) -> u32 {
        PAGES
    }

    fn given(&self, fd: Fd, child: EnvId) {
        let end = End::of(fd);
        end.sign_for(child);
        // Who waits there hears us alone.
        end.wake_other();
    }
}
