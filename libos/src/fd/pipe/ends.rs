//! The two ends of a pipe: who has them, whether anybody does, and how they wait for each other.
//!
//! How many have an end tells the count of mappings of its descriptor's page, and how many have either that of the page that
//! both ends have. Whoever has an end has both pages: the second one is mapped before the first and goes after it, in
//! [`Fd::share`] and [`Fd::unmap`], in a child of fork (`fd::given`), and where the kernel clears away what an ended
//! environment had, from low addresses to high ones. So nobody ever counts too few at the other end. That end is closed if all who have the
//! page have this end; and as nobody can open it again, it is closed for good.

use mos_abi::EnvId;

use super::{Fd, control, mode};
use crate::fd::bell::{Bell, pause};
use crate::msg::Timeout;
use crate::{Window, env};

/// Ticks until one looks again that cannot rely on being woken: at first, and at most.
pub const NAP: u32 = 1;
const LONGEST_NAP: u32 = 8;

/// How long one sleeps that will be woken, or hear that nobody is left to do so. It is for ever, but for what nobody has thought
/// of.
const SLEEP: Timeout = Timeout::ticks(1024);

/// Words of the page that both ends have, for each end: who used it last, whether the last one has left, and the bell at
/// which it waits.
const FIRST: usize = 3;
const USER: usize = 0;
const GONE: usize = 1;
const BELL: usize = 2;
const WORDS: usize = BELL + Bell::WORDS;

/// An end that this environment has.
#[derive(Clone, Copy)]
pub struct End {
    fd: Fd,
    control: Window,
    /// The first word of this end, and of the other one.
    mine: usize,
    other: usize,
}

impl End {
    /// That of `fd`.
    pub fn of(fd: Fd) -> Self {
        let [read, write] = [FIRST, FIRST + WORDS];
        let (mine, other) = match fd.access() {
            mode::READ => (read, write),
            _ => (write, read),
        };
        Self {
            fd,
            control: control(fd),
            mine,
            other,
        }
    }

    /// Says that it is us who use it.
    pub fn sign(self) {
        self.sign_for(env::id());
    }

    /// Says who uses it.
    pub fn sign_for(self, user: EnvId) {
        if self.control.read(self.mine + USER) != user.0 {
            self.control.write(self.mine + USER, user.0);
        }
    }

    /// How many have this end, and how many have either, at one moment.
    fn counts(self) -> (u16, u16) {
        // exercise 6.4 begin
        // otherwise: (self.fd.count(), self.control.mappings())
        let runs = || env::slot_of(env::id()).runs();
        loop {
            let before = runs();
            let counts = (self.fd.count(), self.control.mappings());
            if (self.fd.count(), runs()) == (counts.0, before) {
                return counts;
            }
        }
        // exercise 6.4 end
    }

    /// Whether nobody has the other end.
    pub fn other_is_gone(self) -> bool {
        if self.control.read(self.other + GONE) != 0 {
            return true;
        }
        // exercise 6.4 begin
        // otherwise: false
        let (mine, all) = self.counts();
        mine == all
        // exercise 6.4 end
    }

    /// Whether somebody waits at the other end.
    #[inline(always)]
    pub fn other_waits(self) -> bool {
        self.bell_of(self.other).is_awaited()
    }

    /// Wakes who waits at the other end.
    pub fn wake_other(self) {
        self.bell_of(self.other).ring();
    }

    /// Waits until the other end has done something, perhaps, unless there is a reason not to. It is woken if there is but one
    /// environment at each end; else it looks again after `nap` ticks, and has them grow.
    pub fn wait(self, nap: &mut u32, reason: impl Fn() -> bool) {
        let ringer = EnvId(self.control.read(self.other + USER));
        if ringer == env::id() || !env::slot_of(ringer).is(ringer) {
            pause(*nap);
        } else {
            let timeout = Timeout::ticks(*nap);
            let lives = self.bell_of(self.mine).wait(ringer, || {
                let (mine, all) = self.counts();
                if reason() || mine == all || self.other_is_gone() {
                    return None;
                }
                Some(if (mine, all) == (1, 2) {
                    SLEEP
                } else {
                    timeout
                })
            });
            if !lives && self.control.read(self.other + USER) == ringer.0 {
                self.control.write(self.other + USER, 0);
            }
        }
        *nap = LONGEST_NAP.min(*nap * 2);
    }

    /// Says that we leave, and tells the other end.
    pub fn leave(self) {
        if self.control.read(self.mine + USER) == env::id().0 {
            self.control.write(self.mine + USER, 0);
        }
        // Only who has it can give it to others: there is nobody else, and never will be.
        if self.fd.count() == 1 {
            self.control.write(self.mine + GONE, 1);
        }
        self.wake_other();
    }

    fn bell_of(self, end: usize) -> Bell {
        Bell::new(self.control, end + BELL)
    }
}
