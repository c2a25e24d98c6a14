//! Where a program's file may be: behind a descriptor, or in memory.

use alloc::vec::Vec;

use embedded_io::SeekFrom;
use mos_abi::Error as Code;
use mos_load::Source;

use crate::fd::{self, Fd};
use crate::io::Error;

/// A file in memory.
pub(super) struct Bytes<'a>(pub &'a [u8]);

impl Source for Bytes<'_> {
    type Error = Error;

    fn size(&mut self) -> Result<u32, Error> {
        Ok(u32::try_from(self.0.len()).unwrap_or(u32::MAX))
    }

    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Error> {
        let here = self
            .0
            .get(at as usize..)
            .and_then(|rest| rest.get(..bytes.len()));
        bytes.copy_from_slice(here.ok_or(Code::NotExec)?);
        Ok(())
    }
}

/// A file behind a descriptor.
pub(super) struct Open(pub Fd);

impl Source for Open {
    type Error = Error;

    fn size(&mut self) -> Result<u32, Error> {
        Ok(fd::stat(self.0)?.size)
    }

    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Error> {
        fd::seek(self.0, SeekFrom::Start(at.into()))?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let read = match fd::read(self.0, rest)? {
                // It has become shorter meanwhile.
                0 => return Err(Code::NotExec.into()),
                read => read,
            };
            rest = &mut rest[read..];
        }
        Ok(())
    }
}

/// All that comes from a descriptor without places in it.
///
/// # Errors
/// What it says; `NoMem`.
pub(super) fn all_of(fd: Fd) -> Result<Vec<u8>, Error> {
    const STEP: usize = 4096;
    let mut bytes = Vec::new();
    loop {
        bytes.try_reserve(STEP).map_err(|_| Code::NoMem)?;
        let len = bytes.len();
        bytes.resize(len + STEP, 0);
        let read = fd::read(fd, &mut bytes[len..])?;
        bytes.truncate(len + read);
        if read == 0 {
            return Ok(bytes);
        }
    }
}
