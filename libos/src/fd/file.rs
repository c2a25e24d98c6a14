//! Files as a device: their pages are mapped where the descriptor has its data, when they are needed, and read and written there.
//!
//! The page of the descriptor comes from the file server, which keeps the file's size in it, whoever changes that, and says when
//! pages that are mapped are not the file's any more (its epoch). So who reads, or writes over what is there, needs no message.

use mos_abi::Error as Code;
use mos_abi::files::{DIRECTORY, FILE_MAX, filefd, op};
use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE};

use super::{Device, Fd, Kind, MAX, Stat, kept, mode};
use crate::fs::server::{ask, ask_pages};
use crate::io::Error;
use crate::{Global, copy};

/// The number of the device.
pub(super) const ID: u8 = filefd::FILE_DEVICE as u8;

/// Words of the descriptor's page that are the users': the page behind the last one that one of them has mapped; whether one has
/// written.
const MAPPED: usize = filefd::USERS;
const WRITTEN: usize = filefd::USERS + 1;

/// How many have the page of a descriptor that nobody shares: we, and the server.
pub(super) const ALONE: u16 = 2;
/// Pages for which a descriptor has room.
const PAGES: u32 = 1 << 10;
/// Pages of a file that are mapped when one is needed, if they are side by side on the disk: what comes next is read then.
const AHEAD: u32 = 8;
/// Pages of one message at most.
const MOST: u32 = mos_abi::message::PAGES_MAX;

/// The epoch that the pages of each descriptor are of, which are mapped here.
static SEEN: Global<[u32; MAX as usize]> = Global::new([0; MAX as usize]);

/// Opens the file at a path from the root.
///
/// # Errors
/// `MaxOpen`: no descriptor is free; or what the server says.
pub(super) fn open(path: &str, mode: u32) -> Result<Fd, Error> {
    super::uses();
    let fd = Fd::free()?;
    if !kept::open(fd, path, mode) {
        let (_, pages) = ask_pages([op::OPEN, mode, 0, 0], Some(path), fd.page(), 1)?;
        if pages == 0 {
            return Err(Code::NoMem.into());
        }
        kept::name(fd, path, mode);
    }
    see(fd);
    Ok(fd)
}

/// Tells whether the pages that are mapped are of another epoch than the file's, which they are not from now on.
fn see(fd: Fd) -> bool {
    let epoch = fd.page().read(filefd::EPOCH);
    SEEN.with(|seen| core::mem::replace(&mut seen[fd.number() as usize], epoch)) != epoch
}

fn number(fd: Fd) -> u32 {
    fd.page().read(filefd::FILE)
}

fn size(fd: Fd) -> u32 {
    fd.page().read(filefd::SIZE)
}

/// How many pages from the first on may be mapped, whatever the page says.
fn mapped(fd: Fd) -> u32 {
    fd.page().read(MAPPED).min(PAGES)
}

/// Lets go of pages that are not the file's any more.
fn refresh(fd: Fd) {
    if see(fd) {
        for index in 0..mapped(fd) {
            fd.data(index).unmap();
        }
    }
}

/// Whether others have the descriptor too: then the server says whose turn it is to go on.
fn is_shared(fd: Fd) -> bool {
    fd.count() > ALONE
}

/// Where the next bytes to be read begin, and how many of `len` there are. If it `is_shared`, whoever else has the descriptor goes
/// on behind them.
fn next(fd: Fd, len: usize, is_shared: bool) -> Result<(u32, usize), Error> {
    if !is_shared {
        return Ok((fd.offset(), len));
    }
    let len = u32::try_from(len).unwrap_or(FILE_MAX);
    let [there, offset, ..] = ask([op::ADVANCE, number(fd), len, 0])?;
    Ok((offset, there as usize))
}

/// What has the descriptor go on at an offset, where the server has not said it. Whether it `is_shared` is looked at once: others who
/// end meanwhile have gone on behind us.
fn mover(is_shared: bool) -> impl Fn(Fd, u32) {
    move |fd, at| {
        if !is_shared {
            fd.set_offset(at);
        }
    }
}

/// Some bytes of a file in a row.
enum Piece {
    /// So many that are mapped.
    Mapped(u32),
    /// So many zeros.
    Zeros(u32),
}

/// The bytes from `at` on, `most` of them and one at least, which are mapped now.
fn piece(fd: Fd, at: u32, most: u32) -> Result<Piece, Error> {
    let first = at >> PAGE_SHIFT;
    let end = ((at + (most - 1)) >> PAGE_SHIFT) + 1;
    if first >= PAGES {
        return Err(Code::NoMem.into());
    }
    let bytes = |pages: u32| most.min((first + pages) * PAGE_SIZE - at);
    let end = end.min(PAGES);
    let there = (first..end).take_while(|&index| fd.data(index).flags().is_some());
    let there = there.count() as u32;
    if there > 0 {
        return Ok(Piece::Mapped(bytes(there)));
    }
    let count = if fd.access() == mode::READ {
        (end - first).max(AHEAD)
    } else {
        end - first
    };
    let count = count.min(MOST).min(PAGES - first);
    let request = [op::MAP, number(fd), first, count];
    let ([told, _, is_hole, _], came) = ask_pages(request, None, fd.data(first), count)?;
    if is_hole != 0 && told > 0 {
        return Ok(Piece::Zeros(bytes(told.min(count))));
    }
    if came == 0 {
        return Err(Code::NoMem.into());
    }
    let page = fd.page();
    page.write(MAPPED, page.read(MAPPED).max(first + came));
    Ok(Piece::Mapped(bytes(came)))
}

/// Files, as a device.
pub(super) struct File;

impl Device for File {
    fn read(&self, fd: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
        let is_shared = is_shared(fd);
        let (offset, len) = next(fd, bytes.len(), is_shared)?;
        let go_on = mover(is_shared);
        let bytes = &mut bytes[..len];
        // exercise 5.20 begin
        let there = size(fd).saturating_sub(offset) as usize;
        let len = there.min(bytes.len());
        refresh(fd);
        let mut rest = &mut bytes[..len];
        let mut at = offset;
        while !rest.is_empty() {
            let count = match piece(fd, at, rest.len() as u32) {
                Err(error) if at == offset => return Err(error),
                Err(_) => break,
                Ok(Piece::Mapped(count)) => {
                    let from = fd.data(0).address() + at;
                    // SAFETY: `piece` says that these pages are there.
                    unsafe { copy::load(&mut rest[..count as usize], from) };
                    count
                }
                Ok(Piece::Zeros(count)) => {
                    rest[..count as usize].fill(0);
                    count
                }
            };
            at += count;
            rest = &mut rest[count as usize..];
        }
        go_on(fd, at);
        Ok((at - offset) as usize)
        // exercise 5.20 end
    }

    fn write(&self, fd: Fd, bytes: &[u8]) -> Result<usize, Error> {
        let len = u32::try_from(bytes.len()).map_err(|_| Error::TooLarge)?;
        let mut offset = fd.offset();
        let end = offset.checked_add(len).ok_or(Error::TooLarge)?;
        let appends = fd.mode() & mode::APPEND != 0;
        let mut bytes = bytes;
        let is_shared = is_shared(fd);
        let go_on = mover(is_shared);
        if appends || is_shared || end > size(fd) {
            let wanted = match (appends, is_shared) {
                (true, _) => op::END,
                (_, true) => op::HERE,
                _ => offset,
            };
            let reserved = ask([op::RESERVE, number(fd), wanted, len]);
            let at = if appends { size(fd) } else { offset };
            let is_too_large = at.saturating_add(len) > FILE_MAX;
            let [granted, at, ..] = reserved.map_err(|error| error.of_size(is_too_large))?;
            (offset, bytes) = (at, &bytes[..granted.min(len) as usize]);
        }
        refresh(fd);
        fd.page().write(WRITTEN, 1);
        // exercise 5.21 begin
        let mut at = offset;
        while !bytes.is_empty() {
            let count = match piece(fd, at, bytes.len() as u32) {
                Ok(Piece::Mapped(count)) => count,
                Err(error) if at == offset => return Err(error),
                _ => break,
            };
            let (now, later) = bytes.split_at(count as usize);
            // SAFETY: `piece` says that these pages are there, and they were opened to be written.
            unsafe { copy::store(fd.data(0).address() + at, now) };
            at += count;
            bytes = later;
        }
        go_on(fd, at);
        Ok((at - offset) as usize)
        // exercise 5.21 end
    }

    fn close(&self, fd: Fd) -> Result<(), Error> {
        let page = fd.page();
        let written = fd.access() != mode::READ && page.read(WRITTEN) != 0;
        let closed = if written {
            page.write(WRITTEN, 0);
            ask([op::CLOSE, number(fd), 0, 0]).map(drop)
        } else {
            Ok(())
        };
        let pages = mapped(fd);
        if kept::may_be(fd) {
            fd.page().write(MAPPED, 0);
            fd.unmap_data(pages);
            fd.keep();
        } else {
            fd.unmap(pages);
        }
        closed
    }

    fn stat(&self, fd: Fd) -> Result<Stat, Error> {
        let kind = match fd.page().read(filefd::TYPE) {
            DIRECTORY => Kind::Directory,
            _ => Kind::File,
        };
        let size = size(fd);
        Ok(Stat { kind, size })
    }

    fn pages(&self, fd: Fd) -> u32 {
        mapped(fd)
    }

    fn size(&self, fd: Fd) -> Result<u32, Error> {
        Ok(size(fd))
    }

    fn truncate(&self, fd: Fd, size: u32) -> Result<(), Error> {
        fd.page().write(WRITTEN, 1);
        let set = ask([op::SET_SIZE, number(fd), size, 0]);
        set.map(drop)
            .map_err(|error| error.of_size(size > FILE_MAX))
    }
}
