//! The boundary to what keeps sectors.

/// The disk did not do what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskError;

/// Something that keeps sectors of [`SECTOR`](crate::layout::SECTOR) bytes. A sector is written whole or not at all,
/// whatever happens; several sectors are not.
pub trait Disk {
    /// How many sectors there are.
    fn sectors(&self) -> u32;

    /// Reads sectors from `sector` on, as many as fill `buffer`.
    ///
    /// # Errors
    /// The disk failed; anything is in `buffer`.
    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError>;

    /// Writes sectors from `sector` on.
    ///
    /// # Errors
    /// The disk failed; any of the sectors may have been written.
    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError>;

    /// Waits until all that was written is where no power cut reaches it.
    ///
    /// # Errors
    /// The disk failed.
    fn flush(&mut self) -> Result<(), DiskError>;
}

impl<D: Disk> Disk for &mut D {
    fn sectors(&self) -> u32 {
        D::sectors(self)
    }

    fn read(&mut self, sector: u32, buffer: &mut [u8]) -> Result<(), DiskError> {
        D::read(self, sector, buffer)
    }

    fn write(&mut self, sector: u32, bytes: &[u8]) -> Result<(), DiskError> {
        D::write(self, sector, bytes)
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        D::flush(self)
    }
}
