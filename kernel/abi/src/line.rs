//! What goes over GXemul's serial line besides its bytes.
//!
//! GXemul takes whatever is sent to it at once, keeps 4,095 bytes that the kernel has not read, and loses the rest. So
//! the kernel says how far it is: after so many bytes it sends one of its own, which whoever is at the other end counts
//! and does not show.

/// The kernel has read [`TAKEN`] bytes: as many more may be sent (DC1 of ASCII, "go on").
pub const XON: u8 = 0x11;
/// For how many bytes one [`XON`] stands.
pub const TAKEN: usize = 1024;
/// How many bytes may be on their way.
pub const WINDOW: usize = 3 * TAKEN;
