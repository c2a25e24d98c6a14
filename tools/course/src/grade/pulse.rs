//! Whether an emulator still gets anywhere, told without a clock: how busy the host is must not matter.

use super::tally::Tally;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// How often one looks.
pub const INTERVAL: Duration = Duration::from_millis(500);
/// Looks in a row at which it was asleep, until that is for good. Nothing wakes a guest of which this is so but
/// what is typed.
const ASLEEP_MAX: u32 = 10;
/// Hundredths of a second of CPU time that it may take between two instructions of the guest. One whose processor
/// waits for what never comes is busy all the same: with the timers of its devices.
const BUSY_MAX: u64 = 200;

/// What was seen of a process so far.
#[derive(Debug)]
pub struct Pulse {
    tasks: PathBuf,
    tally: Tally,
    count: u64,
    /// The CPU time it had taken when the count was last seen to grow, and now.
    grown: u64,
    busy: u64,
    asleep: u32,
}

impl Pulse {
    /// Of the process with this id, whose instructions are counted there.
    pub fn of(process: u32, tally: Tally) -> Self {
        let tasks = PathBuf::from(format!("/proc/{process}/task"));
        Self {
            tasks,
            tally,
            count: 0,
            grown: 0,
            busy: 0,
            asleep: 0,
        }
    }

    /// Looks, and tells whether there is hope. To be asked each [`INTERVAL`].
    pub fn beats(&mut self) -> bool {
        let tasks = fs::read_dir(&self.tasks).into_iter().flatten().flatten();
        let stats = tasks.filter_map(|task| fs::read_to_string(task.path().join("stat")).ok());
        let stats: Vec<(char, u64)> = stats.filter_map(|stat| state_and_time(&stat)).collect();
        let busy = stats.iter().map(|(_, time)| time).sum();
        // Somebody who waits for a core is running, in Linux's words.
        let sleeps = stats.iter().all(|(state, _)| *state == 'S');
        // What keeps house in a sleeping emulator takes a hundredth now and then.
        self.asleep = if sleeps && busy <= self.busy + 1 {
            self.asleep + 1
        } else {
            0
        };
        self.busy = busy;
        if let Ok((count, _)) = self.tally.read()
            && count > self.count
        {
            (self.count, self.grown) = (count, busy);
        }
        self.asleep < ASLEEP_MAX && busy - self.grown < BUSY_MAX
    }
}

/// A thread's state and the CPU time it has taken, of its line in `/proc`.
fn state_and_time(stat: &str) -> Option<(char, u64)> {
    // The name before may have spaces and parentheses in it.
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?.chars().next()?;
    let mut times = fields.skip(10).map(str::parse);
    let (user, system): (u64, u64) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((state, user + system))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};
    use std::thread;

    #[test]
    fn a_line_of_linux_is_read() {
        let stat = "12 (a) R (b) S 1 12 12 0 -1 4194560 94 0 0 0 31 7 0 0 20 0 1 0 100 1 1";
        assert_eq!(state_and_time(stat), Some(('S', 38)));
        assert_eq!(state_and_time("12 (a"), None);
    }

    fn looks(mut child: Child) -> u32 {
        let nothing = Tally::new().unwrap();
        let mut pulse = Pulse::of(child.id(), nothing);
        let mut looks = 0;
        while looks < 2 * ASLEEP_MAX && pulse.beats() {
            looks += 1;
            thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        looks
    }

    #[test]
    fn who_sleeps_is_given_up_and_who_works_is_not() {
        let sleeper = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(looks(sleeper) <= ASLEEP_MAX + 2);
        let worker = Command::new("sh")
            .args(["-c", "while :; do :; done"])
            .spawn();
        assert_eq!(looks(worker.unwrap()), 2 * ASLEEP_MAX);
    }
}
