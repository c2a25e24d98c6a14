//! Descriptors: small numbers for what a program reads and writes, be it a file, the console or a pipe.
//!
//! Nothing of them is in the kernel. The page of descriptor `n` is page `n` of a table, and says by which device it is read and written, how far that has come, and what of that is allowed. What the device keeps in memory, such
//! as the pages of a file, lies in 4 MiB that belong to the number. All these pages are marked
//! [`PteFlags::LIBRARY`](crate::PteFlags::LIBRARY), so that a child has what its parent has, and where one of them reads on, the other does too.

mod bell;
mod console;
mod device;
mod file;
mod given;
mod kept;
mod null;
mod pipe;
mod table;

pub(crate) use given::{give, has, uses, way};
pub(crate) use null::is_at as is_null;

pub use console::{INTERRUPT, Master, open as open_console, set_raw};
pub use device::{Kind, Stat};
pub use pipe::{holders, is_closed, pipe};
pub use table::{Fd, MAX};

pub(crate) use device::Device;

use embedded_io::SeekFrom;

use crate::io::Error;

/// Open modes, as the file server has them.
pub mod mode {
    /// For reading only.
    pub const READ: u32 = 0;
    /// For writing only.
    pub const WRITE: u32 = 1;
    /// For both.
    pub const READ_WRITE: u32 = 2;
    /// Which of these it is.
    pub const ACCESS: u32 = 3;
    /// Always write at the end.
    pub const APPEND: u32 = 4;
    /// Make the file if there is none.
    pub const CREATE: u32 = 0x100;
    /// Make it empty.
    pub const TRUNCATE: u32 = 0x200;
    /// Fail if there is one.
    pub const EXCLUSIVE: u32 = 0x400;
    /// It is to be a directory.
    pub const DIRECTORY: u32 = 0x800;
}

/// Opens what is at a path from the root.
///
/// # Errors
/// `MaxOpen`: no descriptor is free; or what the file server says.
pub(crate) fn open(path: &str, mode: u32) -> Result<Fd, Error> {
    if null::is_at(path) {
        null::open(mode)
    } else {
        file::open(path, mode)
    }
}

/// Whether `fd` is open.
pub fn is_open(fd: Fd) -> bool {
    fd.is_open()
}

/// Reads up to as many bytes as there is room for, and waits for the first. 0: there are no more.
///
/// # Errors
/// It is not open, or not for reading; or what its device says.
pub fn read(fd: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
    let device = device::of(fd)?;
    if fd.access() == mode::WRITE {
        return Err(mos_abi::Error::Inval.into());
    }
    device.read(fd, bytes)
}

/// Writes `bytes`, or as many of them as can be, at least one. Returns how many.
///
/// # Errors
/// It is not open, or not for writing; or what its device says, if that comes before the first byte.
pub fn write(fd: Fd, bytes: &[u8]) -> Result<usize, Error> {
    let device = device::of(fd)?;
    if fd.access() == mode::READ {
        return Err(mos_abi::Error::Inval.into());
    }
    if bytes.is_empty() {
        return Ok(0);
    }
    device.write(fd, bytes)
}

/// Has reading and writing go on at another place, and returns which.
///
/// # Errors
/// It is not open, is no file, or there is no such place.
pub fn seek(fd: Fd, to: SeekFrom) -> Result<u32, Error> {
    // exercise 5.22 begin
    let size = device::of(fd)?.size(fd)?;
    let to = match to {
        SeekFrom::Start(to) => i64::try_from(to).ok(),
        SeekFrom::Current(by) => i64::from(fd.offset()).checked_add(by),
        SeekFrom::End(by) => i64::from(size).checked_add(by),
    };
    let to = to.and_then(|to| u32::try_from(to).ok());
    let to = to.ok_or(mos_abi::Error::Inval)?;
    fd.set_offset(to);
    Ok(to)
    // exercise 5.22 end
}

/// What is behind `fd`.
///
/// # Errors
/// It is not open.
pub fn stat(fd: Fd) -> Result<Stat, Error> {
    device::of(fd)?.stat(fd)
}

/// Makes a file `size` bytes long.
///
/// # Errors
/// It is not open, no file, or not for writing; or what the file server says.
pub fn truncate(fd: Fd, size: u32) -> Result<(), Error> {
    let device = device::of(fd)?;
    if fd.access() == mode::READ {
        return Err(mos_abi::Error::Inval.into());
    }
    device.truncate(fd, size)
}

/// Closes `fd`. It is closed whatever the result is.
///
/// # Errors
/// It is not open; or what became of what was written is not what it should be.
pub fn close(fd: Fd) -> Result<(), Error> {
    device::of(fd)?.close(fd)
}

/// Closes all that are open.
pub fn close_all() {
    for fd in Fd::all().filter(|fd| fd.is_open()) {
        // There is nobody left to be told.
        let _ = close(fd);
    }
}

/// Has `new` be what `old` is, so that both share how far it was read or written; what it was before is closed.
///
/// # Errors
/// `old` is not open. `NoMem`: then `new` is closed.
pub fn dup(old: Fd, new: Fd) -> Result<(), Error> {
    // exercise 5.22 begin
    let device = device::of(old)?;
    if old == new {
        return Ok(());
    }
    if new.is_open() {
        // Its own troubles are not those of `old`.
        let _ = close(new);
    }
    old.share(crate::EnvId::SELF, new, device.pages(old))
        .map_err(Error::from)
    // exercise 5.22 end
}
