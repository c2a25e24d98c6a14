//! The console as a device.

use super::{Device, Fd, Kind, Stat, mode};
use crate::io::Error;
use crate::{console, syscall};

/// The number of the device.
pub(super) const ID: u8 = b'c';

/// Opens the console for reading and writing.
///
/// # Errors
/// `MaxOpen`, `NoMem`.
pub fn open() -> Result<Fd, Error> {
    let fd = Fd::free()?;
    fd.open(ID, mode::READ_WRITE)?;
    Ok(fd)
}

/// The console, as a device.
pub(super) struct Console;

impl Device for Console {
    fn read(&self, _: Fd, bytes: &mut [u8]) -> Result<usize, Error> {
        let Some(first) = bytes.first_mut() else {
            return Ok(0);
        };
        *first = console::getchar();
        Ok(1)
    }

    fn write(&self, _: Fd, bytes: &[u8]) -> Result<usize, Error> {
        let (start, len) = (bytes.as_ptr().expose_provenance(), bytes.len());
        // SAFETY: the kernel only reads these bytes.
        let written = unsafe { syscall::puts(start as u32, len as u32) }?;
        Ok(written as usize)
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
