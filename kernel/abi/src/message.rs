//! Messages of four words: what their calls pass in which registers.
//!
//! | registers | `msg_call`, `msg_reply_wait` | `msg` | afterwards |
//! | --- | --- | --- | --- |
//! | v0 | | | 0, or a negated error |
//! | a0 | number of the call | likewise | sender; after an error, whom something was sent to |
//! | a1 | receiver | receiver, or 0 | pages that came << 12, and their permissions |
//! | a2 | first word | sender, 0 or [`ANY`] | first word |
//! | a3 | second word | 0 | second word |
//! | t0, t1 | third, fourth | first, second | third, fourth |
//! | t2, t3 | | third, fourth | |
//! | t4, t5 | | ticks that sending and receiving may wait, or [`FOREVER`] | |
//! | t6, t7 | | first page to send; pages << 12, and permissions | |
//! | t8, t9 | | where pages go that come, and how many at most | |

/// As the sender from whom a message is wanted: anybody.
pub const ANY: u32 = u32::MAX;
/// As a number of ticks: for ever.
pub const FOREVER: u32 = u32::MAX;
/// Pages that a message brings at most.
pub const PAGES_MAX: u32 = 64;
/// The number of pages is shifted so far, above their permissions.
pub const PAGES_SHIFT: u32 = 12;

/// Numbers of the registers.
pub mod at {
    use crate::trapframe::reg::{A0, A1, A2, A3};

    /// Receiver.
    pub const TO: usize = A1;
    /// Sender, in `msg`.
    pub const FROM: usize = A2;
    /// What is to be 0, in `msg`.
    pub const RESERVED: usize = A3;
    /// t0, a word or another.
    pub const T0: usize = 8;
    /// t1, likewise.
    pub const T1: usize = 9;
    /// Ticks that sending may wait.
    pub const SEND_TICKS: usize = 12;
    /// Ticks that receiving may wait.
    pub const RECEIVE_TICKS: usize = 13;
    /// First page to send.
    pub const PAGE: usize = 14;
    /// How many, and their permissions.
    pub const PAGES: usize = 15;
    /// Where pages go that come.
    pub const WINDOW: usize = 24;
    /// How many of them at most.
    pub const ROOM: usize = 25;
    /// Afterwards: the sender, or whom something was sent to.
    pub const SENDER: usize = A0;
    /// Afterwards: pages that came, and their permissions.
    pub const CAME: usize = A1;
}
