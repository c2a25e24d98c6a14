//! Drivers of the disks that the boards have. Whoever reaches the registers, by [`Registers`], has a
//! [`Disk`](mos_fs::Disk).
//!
//! Nothing here waits for ever, whatever a disk does or does not do, and none of it panics. What fails is tried again
//! [`ATTEMPTS`] times in all.
//!
//! | module | concept |
//! | --- | --- |
//! | [`any`] | whichever of them the board has |
//! | [`ide`] | ATA by programmed input and output: malta |
//! | [`simple`] | the disk of GXemul's own boards: testmips |

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod any;
pub mod ide;
pub mod simple;

pub use any::Any;

use mos_fs::DiskError;
use mos_fs::layout::SECTOR;

/// How often something is tried before it has failed: once, and three times more.
pub const ATTEMPTS: u32 = 4;

/// Device registers, as `read_dev` and `write_dev` reach them: one access of 1, 2 or 4 bytes, or as many as the bytes
/// take. A port that words go through takes all of them.
pub trait Registers {
    /// Reads from physical address `dev` on.
    ///
    /// # Errors
    /// They cannot be reached.
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError>;

    /// Writes from physical address `dev` on.
    ///
    /// # Errors
    /// They cannot be reached.
    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError>;
}

impl<R: Registers> Registers for &mut R {
    fn read(&mut self, dev: u32, bytes: &mut [u8]) -> Result<(), DiskError> {
        R::read(self, dev, bytes)
    }

    fn write(&mut self, dev: u32, bytes: &[u8]) -> Result<(), DiskError> {
        R::write(self, dev, bytes)
    }
}

/// What one attempt after the other comes to.
fn persistently(mut attempt: impl FnMut() -> Result<(), DiskError>) -> Result<(), DiskError> {
    (0..ATTEMPTS).find_map(|_| attempt().ok()).ok_or(DiskError)
}

/// Whether `bytes` bytes from `sector` on are sectors of a disk that has `sectors`.
fn fits(sector: u32, bytes: usize, sectors: u32) -> Result<(), DiskError> {
    let count = u32::try_from(bytes / SECTOR).ok();
    let end = count.and_then(|count| sector.checked_add(count));
    match end {
        Some(end) if end <= sectors && bytes.is_multiple_of(SECTOR) => Ok(()),
        _ => Err(DiskError),
    }
}
