//! The console as a device.
//!
//! All who have the same descriptor of it share one page, in which is what was typed and nobody has read yet. Input comes line
//! by line, and can be corrected before its end ([`line`]), or key by key ([`set_raw`]). A shell that is to be asked first
//! is its master, see [`keys`].

mod keys;
mod line;

use mos_abi::layout::PAGE_SIZE;

use super::bell::Bell;
use super::{Device, Fd, Kind, Stat, mode};
use crate::io::Error;
use crate::{Window, copy, syscall};

pub use keys::{INTERRUPT, Master};

/// The number of the device.
pub(super) const ID: u8 = b'c';

/// Words of the descriptor's page, behind those that every descriptor has.
mod word {
    use super::Bell;

    /// Who is asked first; 0: nobody.
    pub const MASTER: usize = 16;
    /// Not 0: key by key.
    pub const RAW: usize = 17;
    /// Keys that the master has passed on: how many were taken and put in.
    pub const TAKEN: usize = 18;
    pub const PUT: usize = 19;
    /// How much of the last line was read, and how long it is.
    pub const READ: usize = 20;
    pub const LEN: usize = 21;
    /// At which waits who wants a key.
    pub const BELL: usize = 22;

    const _: () = assert!(4 * (BELL + Bell::WORDS) <= super::KEYS as usize);
}

/// Where the page has keys that were passed on, and the last line: as many bytes each.
const KEYS: u32 = 1024;
const LINE: u32 = 2048;
const ROOM: u32 = 1024;
const _: () = assert!(LINE + ROOM <= PAGE_SIZE);

/// Opens the console for reading and writing.
///
/// # Errors
/// `MaxOpen`, `NoMem`.
pub fn open() -> Result<Fd, Error> {
    let fd = Fd::free()?;
    fd.open(ID, mode::READ_WRITE)?;
    Ok(fd)
}

/// Has input come key by key, as it is typed and without being shown, or line by line. For all who have `fd`.
///
/// # Errors
/// It is not the console.
pub fn set_raw(fd: Fd, raw: bool) -> Result<(), Error> {
    page_of(fd)?.write(word::RAW, raw.into());
    Ok(())
}

fn page_of(fd: Fd) -> Result<Window, Error> {
    if fd.is_open() && fd.device() == u32::from(ID) {
        Ok(fd.page())
    } else {
        Err(mos_abi::Error::Inval.into())
    }
}

/// Shows `bytes`, up to what one call takes.
fn show(bytes: &[u8]) -> Result<usize, Error> {
    let (start, len) = (bytes.as_ptr().expose_provenance(), bytes.len());
    // SAFETY: the kernel only reads these bytes.
    let shown = unsafe { syscall::puts(start as u32, len as u32) }?;
    Ok(shown as usize)
}

/// What is left of the last line. Returns how many bytes were put into `bytes`.
fn rest_of_line(page: Window, bytes: &mut [u8]) -> usize {
    let read = page.read(word::READ).min(ROOM);
    let left = page.read(word::LEN).min(ROOM).saturating_sub(read);
    let count = bytes.len().min(left as usize);
    // SAFETY: the page is there, and this much of it holds the line.
    unsafe { copy::load(&mut bytes[..count], page.address() + LINE + read) };
    page.write(word::READ, read + count as u32);
    count
}

/// The console, as a device.
pub(super) struct Console;

impl Device for Console {
    fn read(&self, fd: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
        let page = fd.page();
        let Some(first) = bytes.first_mut() else {
            return Ok(0);
        };
        if page.read(word::RAW) != 0 {
            *first = keys::wait(page);
            let mut count = 1;
            while let Some(byte) = bytes.get_mut(count) {
                let Some(key) = keys::now(page) else { break };
                *byte = key;
                count += 1;
            }
            return Ok(count);
        }
        let rest = rest_of_line(page, bytes);
        if rest > 0 {
            return Ok(rest);
        }
        let mut room = [0; ROOM as usize];
        let line = line::edit(&mut room, || keys::wait(page), |echo| _ = show(echo));
        // SAFETY: the page is there, and has room for a line.
        unsafe { copy::store(page.address() + LINE, line) };
        page.write(word::READ, 0);
        page.write(word::LEN, line.len() as u32);
        Ok(rest_of_line(page, bytes))
    }

    fn write(&self, _: Fd, bytes: &[u8]) -> Result<usize, Error> {
        show(bytes)
    }

    fn close(&self, fd: Fd) -> Result<(), Error> {
        fd.unmap(self.pages(fd));
        Ok(())
    }

    fn stat(&self, _: Fd) -> Result<Stat, Error> {
        Ok(Stat {
            kind: Kind::Console,
            size: 0,
        })
    }

    fn pages(&self, _: Fd) -> u32 {
        0
    }
}
