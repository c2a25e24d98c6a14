//! Device registers, for programs with device rights. Which there are is the board's business: the kernel refuses others.

use core::hint::black_box;

use mos_abi::Error;
use mos_abi::layout::PAGE_SIZE;

use crate::syscall;

/// Reads registers from physical address `dev` on: one access of 1, 2 or 4 bytes, or as many accesses as the bytes take.
///
/// # Errors
/// [`Error::Inval`]: no such registers, or no device rights.
pub fn read(dev: u32, bytes: &mut [u8]) -> Result<(), Error> {
    // The kernel stores to pages that are there, and are nobody else's: a store of our own sees to that.
    for page in bytes.chunks_mut(PAGE_SIZE as usize) {
        if let Some(first) = page.first_mut() {
            *black_box(first) = 0;
        }
        if let Some(last) = page.last_mut() {
            *black_box(last) = 0;
        }
    }
    let (start, len) = (bytes.as_mut_ptr().expose_provenance(), bytes.len());
    // SAFETY: the kernel stores to these bytes, which are borrowed for it.
    unsafe { syscall::read_dev(start as u32, dev, len as u32) }.map(drop)
}

/// Writes registers from physical address `dev` on, likewise.
///
/// # Errors
/// As for [`read`].
pub fn write(dev: u32, bytes: &[u8]) -> Result<(), Error> {
    // The kernel reads pages that are there, which those of zeros may not be yet.
    for page in bytes.chunks(PAGE_SIZE as usize) {
        black_box((page.first().copied(), page.last().copied()));
    }
    let (start, len) = (bytes.as_ptr().expose_provenance(), bytes.len());
    // SAFETY: the kernel only reads these bytes.
    unsafe { syscall::write_dev(start as u32, dev, len as u32) }.map(drop)
}
