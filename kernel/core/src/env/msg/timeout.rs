//! Waits that do not last for ever.
//!
//! Each has its end in its environment; the kernel knows which comes first, so a tick at which none ends costs no look at
//! any of them, and to begin or end a wait costs the same with one and with a thousand.

use mos_abi::Error;
use mos_abi::message::FOREVER;

use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

/// A wait is so many ticks long at most: times are compared modulo 2^32.
const LONGEST: u32 = i32::MAX as u32;

/// The waits that do not last for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// How many ticks there have been.
    now: u32,
    /// None of them ends before this one.
    next: u32,
    /// How many there are.
    count: usize,
    /// They are being looked through.
    looks: bool,
}

impl Timeouts {
    /// None.
    pub const fn new() -> Self {
        Self {
            now: 0,
            next: 0,
            count: 0,
            looks: false,
        }
    }

    /// Whether there are any.
    pub fn any(&self) -> bool {
        self.count != 0
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many ticks there have been.
    pub fn now(&self) -> u32 {
        self.now
    }

    /// One is over, in whichever way.
    pub(super) fn remove(&mut self) {
        self.count = self.count.wrapping_sub(1);
    }

    /// How many ticks there are until `deadline`.
    pub(super) fn left(&self, deadline: u32) -> i32 {
        deadline.wrapping_sub(self.now) as i32
    }

    /// One more tick. Returns whether a wait may end with it.
    fn tick(&mut self) -> bool {
        self.now = self.now.wrapping_add(1);
        !self.looks && self.any() && self.left(self.next) <= 0
    }

    /// Those that are left are looked through, in the course of which ticks may come.
    pub(super) fn begin_look(&mut self) {
        self.looks = true;
        self.next = self.now.wrapping_add(LONGEST);
    }

    /// One that ends at `deadline` is left, or new.
    pub(super) fn expect(&mut self, deadline: u32) {
        if self.left(deadline) < self.left(self.next) {
            self.next = deadline;
        }
    }

    /// All have been looked through.
    pub(super) fn end_look(&mut self) {
        self.looks = false;
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Platform> Kernel<M> {
    /// The wait that `slot` has begun ends after so many ticks.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn arm(&mut self, slot: Slot, ticks: u32) {
        if ticks == FOREVER {
            return;
        }
        let timeouts = &mut self.timeouts;
        let deadline = timeouts.now.wrapping_add(ticks.min(LONGEST));
        if !timeouts.any() {
            timeouts.next = deadline;
        }
        timeouts.expect(deadline);
        timeouts.count = timeouts.count.wrapping_add(1);
        let env = self.envs.at_mut(slot);
        env.deadline = deadline;
        env.wait = Wait(env.wait.0 | Wait::TIMED);
    }

    /// Takes the interrupts that have come in, while a message comes to `receiver`, whose time ends with no tick any more.
    /// Whoever runs may lose the CPU.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn breathe_amid(&mut self, receiver: Slot) {
        self.envs.at_mut(receiver).deadline = self.timeouts.now.wrapping_add(LONGEST);
        self.breathe();
    }

    /// A tick has come: waits that end with it fail. One that comes while others are looked for is left to the next one.
    pub(crate) fn tick_timeouts(&mut self) {
        if self.timeouts.tick() {
            self.end_waits(0, Error::Timeout);
        }
    }
}
