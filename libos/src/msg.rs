//! Messages of four words and, if wanted, a run of pages: calls that wait for each other, without a loop.
//!
//! Whoever sends waits in the line of the receiver, first come, first served. A client [`call`]s, and a server answers one
//! and waits for the next with [`reply_wait`]: each is one trap, and the other side goes on at once. The rest, with pages and
//! timeouts, is [`exchange`], of which [`send`] and [`receive`] are the halves.
//!
//! ```ignore
//! let mut message = msg::receive(Sender::Anybody, Room::NONE, Timeout::NEVER)?;
//! loop {
//!     let [a, b, ..] = message.words;
//!     message = msg::reply_wait(Some(message.from), [a + b, 0, 0, 0])?;
//! }
//! ```

use core::arch::{asm, global_asm};
use core::fmt;

use mos_abi::message::{ANY, FOREVER, PAGES_SHIFT};
use mos_abi::{EnvId, Error, PteFlags, Sysno};

use crate::Window;

global_asm!(include_str!("asm/message.S"));

unsafe extern "C" {
    /// `msg`, with what its registers hold.
    fn message_general(registers: &[u32; 14], answer: &mut [u32; 6]) -> i32;
}

/// A message received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its sender.
    pub from: EnvId,
    /// The words. A sender by [`ipc_send`](crate::ipc_send) has but the first.
    pub words: [u32; 4],
    /// How many pages came along.
    pub pages: u32,
    /// How they are mapped; empty when none came.
    pub perm: PteFlags,
}

impl Message {
    #[inline(always)]
    fn of([from, came, words @ ..]: [u32; 6]) -> Self {
        Self {
            from: EnvId(from),
            words,
            pages: came >> PAGES_SHIFT,
            perm: PteFlags::from_bits_truncate(came % (1 << PAGES_SHIFT)),
        }
    }
}

/// From whom a message is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Whoever is first.
    Anybody,
    /// This one alone.
    Only(EnvId),
}

/// How long a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeout(u32);

impl Timeout {
    /// For ever.
    pub const NEVER: Self = Self(FOREVER);
    /// Not at all.
    pub const AT_ONCE: Self = Self(0);

    /// Until so many ticks of the clock have been.
    pub const fn ticks(count: u32) -> Self {
        Self(count)
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    words: [u32; 4],
    page: u32,
    pages: u32,
}

impl Parcel {
    /// Four words.
    pub const fn words(words: [u32; 4]) -> Self {
        Self {
            words,
            page: 0,
            pages: 0,
        }
    }

    /// The same, with the pages in `count` windows, 64 at most, from `first` on, which both will share, mapped there with `perm`.
    pub const fn with_pages(self, first: Window, count: u32, perm: PteFlags) -> Self {
        self.with_pages_at(first.address(), count, perm)
    }

    /// The same with those from `page` on.
    pub(crate) const fn with_pages_at(self, page: u32, count: u32, perm: PteFlags) -> Self {
        Self {
            page,
            pages: count << PAGES_SHIFT | perm.bits(),
            ..self
        }
    }
}

/// Where pages go that come along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    first: u32,
    count: u32,
}

impl Room {
    /// None are taken.
    pub const NONE: Self = Self { first: 0, count: 0 };

    /// As [`new`](Self::new), for windows of this library's own.
    pub(crate) const fn at(first: Window, count: u32) -> Self {
        Self {
            first: first.address(),
            count,
        }
    }

    /// They go to `count` windows from `first` on, instead of what is there. What is more is not taken.
    ///
    /// # Panics
    ///
    /// When there are not so many windows.
    pub fn new(first: Window, count: u32) -> Self {
        let last = first.address() + count * mos_abi::layout::PAGE_SIZE - 1;
        assert!(Window::containing(last).is_some(), "no such window");
        Self {
            first: first.address(),
            count,
        }
    }
}

/// Why a call has failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed {
    /// What went wrong.
    pub error: Error,
    /// Whether its message was sent, so that it has failed in receiving.
    pub sent: bool,
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        failed.error
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

/// Sends `words` to `to` and waits for its answer, and nobody else's.
///
/// [`Error::BadEnv`]: it does not live, or has ended meanwhile. [`Error::Inval`]: it is ourselves.
/// [`Error::Unspecified`]: the parent made us runnable before the answer came.
#[inline(always)]
pub fn call(to: EnvId, words: [u32; 4]) -> Result<Message, Failed> {
    short(Sysno::MsgCall, to, words)
}

/// Answers `to`, unless that does not wait for it (any more), and waits for the next message, from anybody.
///
/// [`Error::Inval`]: `to` is ourselves. [`Error::Unspecified`]: the parent made us runnable before a message came.
#[inline(always)]
pub fn reply_wait(to: Option<EnvId>, words: [u32; 4]) -> Result<Message, Failed> {
    short(Sysno::MsgReplyWait, to.unwrap_or(EnvId(0)), words)
}

/// Sends `parcel` to `to`.
///
/// [`Error::IpcNotRecv`]: it does not receive, and there is no time to wait. [`Error::Timeout`]: there is no more.
/// [`Error::Inval`]: a page is not there, or would become writable. Otherwise as for [`call`].
pub fn send(to: EnvId, parcel: &Parcel, timeout: Timeout) -> Result<(), Error> {
    let registers = general(Some((to, parcel, timeout)), None);
    message(&registers).map(drop).map_err(Error::from)
}

/// Waits for a message.
///
/// [`Error::Timeout`]: none has come in time. Otherwise as for [`call`].
pub fn receive(from: Sender, room: Room, timeout: Timeout) -> Result<Message, Error> {
    let registers = general(None, Some((from, room, timeout)));
    message(&registers).map_err(Error::from)
}

/// Sends, and then waits for a message, which need not come from the receiver: each as long as it may.
///
/// Errors as for [`send`] and [`receive`].
pub fn exchange(
    to: (EnvId, &Parcel, Timeout),
    from: (Sender, Room, Timeout),
) -> Result<Message, Failed> {
    message(&general(Some(to), Some(from)))
}

#[inline(always)]
fn short(
    call: Sysno,
    to: EnvId,
    [first, second, third, fourth]: [u32; 4],
) -> Result<Message, Failed> {
    let (v0, sender, came): (i32, u32, u32);
    let [mut first, mut second, mut third, mut fourth] = [first, second, third, fourth];
    // SAFETY: the kernel reads registers, and maps nothing; it keeps s-registers, gp, sp, fp and ra. That at, hi and lo are lost
    // cannot be said here: at is the assembler's, which uses it in whatever is written here unless told not to, so
    // that the compiler has nothing there across it; products and quotients are read from hi and lo at once.
    unsafe {
        asm!(
            "syscall",
            lateout("$2") v0,
            lateout("$3") _,
            inlateout("$4") call as u32 => sender,
            inlateout("$5") to.0 => came,
            inlateout("$6") first,
            inlateout("$7") second,
            inlateout("$8") third,
            inlateout("$9") fourth,
            lateout("$10") _, lateout("$11") _, lateout("$12") _, lateout("$13") _,
            lateout("$14") _, lateout("$15") _, lateout("$24") _, lateout("$25") _,
            options(nostack),
        );
    }
    result(v0, [sender, came, first, second, third, fourth])
}

fn message(registers: &[u32; 14]) -> Result<Message, Failed> {
    let mut answer = [0; 6];
    // SAFETY: pages are mapped in windows at most, where there is no Rust object.
    let v0 = unsafe { message_general(registers, &mut answer) };
    result(v0, answer)
}

#[inline(always)]
fn result(v0: i32, answer: [u32; 6]) -> Result<Message, Failed> {
    match Error::check(v0) {
        Ok(_) => Ok(Message::of(answer)),
        Err(error) => Err(Failed {
            error,
            sent: answer[0] != 0,
        }),
    }
}

/// The registers a0 to a3 and t0 to t9.
fn general(
    to: Option<(EnvId, &Parcel, Timeout)>,
    from: Option<(Sender, Room, Timeout)>,
) -> [u32; 14] {
    let nothing = Parcel::words([0; 4]);
    let (to, parcel, send) = to.unwrap_or((EnvId(0), &nothing, Timeout::AT_ONCE));
    let [t0, t1, t2, t3] = parcel.words;
    let (from, room, receive) = match from {
        None => (0, Room::NONE, Timeout::AT_ONCE),
        Some((Sender::Anybody, room, timeout)) => (ANY, room, timeout),
        // No environment has the id 0, which would mean that nothing is to be received.
        Some((Sender::Only(EnvId(0)), room, timeout)) => (1, room, timeout),
        Some((Sender::Only(id), room, timeout)) => (id.0, room, timeout),
    };
    [
        Sysno::Msg as u32,
        to.0,
        from,
        0,
        t0,
        t1,
        t2,
        t3,
        send.0,
        receive.0,
        parcel.page,
        parcel.pages,
        room.first,
        room.count,
    ]
}
