//! A device that takes everything and has nothing: the path `/dev/null`, though no disk has such a file.

use super::{Device, Fd, Kind, Stat};
use crate::io::Error;

/// The number of the device.
pub(super) const ID: u8 = b'n';
/// Its path.
const PATH: &str = "/dev/null";

/// Whether this path from the root is the device's.
pub(crate) fn is_at(path: &str) -> bool {
    path == PATH
}

/// Opens it.
///
/// # Errors
/// `MaxOpen`, `NoMem`.
pub(super) fn open(mode: u32) -> Result<Fd, Error> {
    let fd = Fd::free()?;
    fd.open(ID, mode)?;
    Ok(fd)
}

/// The device.
pub(super) struct Null;

impl Device for Null {
    fn read(&self, _: Fd, _: &mut [u8]) -> Result<usize, Error> {
        Ok(0)
    }

    fn write(&self, _: Fd, bytes: &[u8]) -> Result<usize, Error> {
        Ok(bytes.len())
    }

    fn close(&self, fd: Fd) -> Result<(), Error> {
        fd.unmap(0);
        Ok(())
    }

    fn stat(&self, _: Fd) -> Result<Stat, Error> {
        Ok(Stat {
            kind: Kind::Null,
            size: 0,
        })
    }

    fn pages(&self, _: Fd) -> u32 {
        0
    }
}
