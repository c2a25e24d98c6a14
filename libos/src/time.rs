//! How long the machine runs, in ticks of its clock, and waiting for some of them.
//!
//! The clock ticks a hundred times a second unless the machine was told otherwise; nothing shorter than a tick is known.

use crate::msg::{self, Room, Sender, Timeout};
use crate::syscall;

/// A time, or how long something takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks(pub u32);

/// Nanoseconds of a second.
const SECOND: u32 = 1_000_000_000;

impl Ticks {
    /// Since the machine was switched on; from 2^32 on, from 0 again.
    pub fn now() -> Self {
        let [ticks, _] = syscall::get_time_words();
        Self(ticks)
    }

    /// How many there are in a second, one at least.
    pub fn per_second() -> u32 {
        let [_, tick] = syscall::get_time_words();
        (SECOND / tick.max(1)).max(1)
    }

    /// Since this time.
    pub fn passed(self) -> Self {
        Self(Self::now().0.wrapping_sub(self.0))
    }

    /// Whole seconds, and hundredths of the next one, if there are so many `per_second`.
    pub fn seconds(self, per_second: u32) -> (u32, u32) {
        let per_second = per_second.max(1);
        let rest = self.0 % per_second;
        let hundredths = match per_second {
            // No more than 32 bits have room for.
            1..=42_000_000 => rest * 100 / per_second,
            _ => rest / (per_second / 100),
        };
        (self.0 / per_second, hundredths)
    }
}

/// Waits until so many ticks have been, and does nothing meanwhile. What others send to this program is lost.
pub fn sleep(ticks: Ticks) {
    let begun = Ticks::now();
    loop {
        let left = ticks.0.saturating_sub(begun.passed().0);
        if left == 0 {
            return;
        }
        let _ = msg::receive(Sender::Anybody, Room::NONE, Timeout::ticks(left));
    }
}
