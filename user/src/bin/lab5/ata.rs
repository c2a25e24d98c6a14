//! What a disk on an ATA channel is told, register by register, and what becomes of it.

/// Bytes of a sector.
pub const SECTOR: usize = 512;

/// What happens to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is carried out.
    Done,
    /// It ends with an error.
    Error,
    /// It ends with a fault of the device, after its first data.
    Fault,
    /// It ends with an error, after all of its data.
    Late,
    /// The disk is busy until it is set back.
    Hangs,
    /// The disk is not busy, and wants nothing.
    Forgotten,
}

/// Where a disk is in what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Nowhere.
    Idle,
    /// It has data for the host: so many sectors, from this one on.
    Sends(u32, u32),
    /// It wants data of the host.
    Takes(u32, u32),
    /// It has to say what it is.
    Tells,
}

/// What a disk was told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// To read from this sector on, so many.
    Read(u32, u32),
    /// To write there.
    Write(u32, u32),
    /// To move so many at a time.
    AtOnce(u32),
    /// To bring what it has to where no power cut reaches it.
    Flush,
    /// To say what it is.
    Identify,
    /// Something else.
    Other(u8),
}

impl Told {
    /// What registers 2 to 7 ask for.
    pub fn of([count, low, mid, high, device, command]: [u8; 6]) -> Self {
        let sector = u32::from_le_bytes([low, mid, high, device & 0xf]);
        let sectors = if count == 0 { 256 } else { count.into() };
        match command {
            0x20 | 0xc4 => Self::Read(sector, sectors),
            0x30 | 0xc5 => Self::Write(sector, sectors),
            0xc6 => Self::AtOnce(count.into()),
            0xe7 => Self::Flush,
            0xec => Self::Identify,
            other => Self::Other(other),
        }
    }
}
