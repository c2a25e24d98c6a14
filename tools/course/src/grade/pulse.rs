//! Whether an emulator still gets anywhere, told without a clock: how busy the host is must not matter.

use super::tally::Tally;
use crate::processes::{SECOND, Usage};
use std::time::Duration;

/// How often one looks.
pub const INTERVAL: Duration = Duration::from_millis(500);
/// Looks in a row at which it was asleep, until that is for good. Nothing wakes a guest of which this is so but
/// what is typed.
const ASLEEP_MAX: u32 = 10;
/// Looks in all at which it was: a guest may have the host's clock wake it now and then, and so take hours.
const IDLE_MAX: u32 = 120;
/// CPU time that it may take between two instructions of the guest. One whose processor waits for what never comes is
/// busy all the same: with the timers of its devices.
const BUSY_MAX: u64 = 2 * SECOND;

/// What a look at it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// There is hope.
    Alive,
    /// It does nothing any more.
    Stuck,
    /// It has used up the CPU time that it may take in all, and may be anywhere.
    Spent,
}

/// What was seen of a process so far.
#[derive(Debug)]
pub struct Pulse {
    process: u32,
    tally: Option<Tally>,
    most: u64,
    count: u64,
    /// The CPU time it had taken when the count was last seen to grow, and now.
    grown: u64,
    busy: u64,
    asleep: u32,
    idle: u32,
}

impl Pulse {
    /// Of the process with this id and what it has begun, which may take so many `seconds` of CPU time. Its
    /// instructions are counted there, if they are.
    pub fn of(process: u32, tally: Option<Tally>, seconds: u64) -> Self {
        Self {
            process,
            tally,
            most: seconds * SECOND,
            count: 0,
            grown: 0,
            busy: 0,
            asleep: 0,
            idle: 0,
        }
    }

    /// The hundredths of a second of CPU time that it had taken when one last looked.
    pub fn busy(&self) -> u64 {
        self.busy
    }

    /// Looks. To be asked each [`INTERVAL`].
    pub fn look(&mut self) -> Beat {
        let Usage { busy, sleeps, .. } = Usage::of(self.process);
        // What keeps house in a sleeping emulator takes a hundredth now and then.
        self.asleep = if sleeps && busy <= self.busy + 1 {
            self.asleep + 1
        } else {
            0
        };
        self.idle += u32::from(sleeps);
        self.busy = busy;
        // Where nothing counts instructions, it may be at one all the time.
        let count = self.tally.as_ref().map(|tally| tally.read());
        match count {
            Some(Ok((count, _))) if count > self.count => {
                (self.count, self.grown) = (count, busy);
            }
            Some(_) => {}
            None => self.grown = busy,
        }
        let asleep = self.asleep >= ASLEEP_MAX || self.idle >= IDLE_MAX;
        if asleep || busy.saturating_sub(self.grown) >= BUSY_MAX {
            Beat::Stuck
        } else if busy >= self.most {
            Beat::Spent
        } else {
            Beat::Alive
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};
    use std::thread;

    /// What is said at last of one that may take so many seconds, and at which look, of so many.
    fn looks(mut child: Child, seconds: u64, most: u32) -> (Beat, u32) {
        let mut pulse = Pulse::of(child.id(), None, seconds);
        let mut looks = 0;
        let mut beat = pulse.look();
        while looks < most && beat == Beat::Alive {
            looks += 1;
            thread::sleep(Duration::from_millis(20));
            beat = pulse.look();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        (beat, looks)
    }

    /// Looks at which one would have been given up long ago.
    const LONG: u32 = 40 * ASLEEP_MAX;

    fn worker() -> Child {
        let mut command = Command::new("sh");
        command.args(["-c", "while :; do :; done"]).spawn().unwrap()
    }

    #[test]
    fn who_sleeps_is_given_up_and_who_works_is_not() {
        let sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        let (beat, at) = looks(sleeper, 60, LONG);
        assert!(beat == Beat::Stuck && at <= ASLEEP_MAX + 2, "{at}");
        assert_eq!(looks(worker(), 1000, LONG).0, Beat::Alive);
    }

    #[test]
    fn who_sleeps_by_turns_is_given_up_too() {
        let mut command = Command::new("sh");
        // At work for longer than there is between two looks. How much longer is the host's affair, so it is given time.
        let turns =
            "while :; do i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; sleep 0.1; done";
        let child = command.args(["-c", turns]).spawn().unwrap();
        let (beat, at) = looks(child, 10_000, u32::MAX);
        assert!(beat == Beat::Stuck && at >= IDLE_MAX, "{at}");
    }

    #[test]
    fn who_works_without_end_uses_up_what_it_may_take() {
        assert_eq!(looks(worker(), 0, LONG).0, Beat::Spent);
        assert!(looks(worker(), 1, u32::MAX).1 > 0);
    }

    #[test]
    fn who_works_and_counts_nothing_is_stuck() {
        let mut child = worker();
        let mut pulse = Pulse::of(child.id(), Some(Tally::new().unwrap()), 60);
        let stuck = (0..100_000).any(|_| {
            thread::sleep(Duration::from_millis(20));
            pulse.look() == Beat::Stuck
        });
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(stuck);
    }
}
