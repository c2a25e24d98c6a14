//! What runs while the shell goes on.

use crate::system::{Pid, System};
use alloc::string::String;
use alloc::vec::Vec;

/// Processes that were started together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// How the user calls it.
    pub number: usize,
    /// What the user wrote.
    pub text: String,
    /// Those that may still run.
    pub pids: Vec<Pid>,
    /// The last of all that were started.
    pub last: Pid,
    /// How that has ended, if it has.
    pub status: Option<i32>,
}

/// All jobs, by their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jobs {
    jobs: Vec<Job>,
    last: Option<Pid>,
}

impl Jobs {
    /// Takes up processes, and gives the number of the job that they are.
    pub fn add(&mut self, pids: Vec<Pid>, text: String) -> usize {
        let number = self.jobs.last().map_or(1, |job| job.number + 1);
        let last = pids.last().copied().unwrap_or(0);
        self.last = Some(last);
        self.jobs.push(Job {
            number,
            text,
            pids,
            last,
            status: None,
        });
        number
    }

    /// The last process of the newest one: `$!`.
    pub fn last_pid(&self) -> Option<Pid> {
        self.last
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter()
    }

    /// The one that `name` means: `%1`, `1`, or the newest.
    pub fn get(&self, name: Option<&str>) -> Option<&Job> {
        let Some(name) = name.filter(|name| !matches!(*name, "%" | "%%" | "%+")) else {
            return self.jobs.last();
        };
        let number: usize = name.strip_prefix('%').unwrap_or(name).parse().ok()?;
        self.jobs.iter().find(|job| job.number == number)
    }

    /// Takes one away.
    pub fn remove(&mut self, number: usize) {
        self.jobs.retain(|job| job.number != number);
    }

    /// Sees who has ended, and takes those jobs away of which nobody runs any more.
    pub fn reap<S: System>(&mut self, system: &mut S) -> Vec<Job> {
        for job in &mut self.jobs {
            let (last, status) = (job.last, &mut job.status);
            job.pids.retain(|&pid| {
                let ended = system.ended(pid);
                if pid == last {
                    *status = ended;
                }
                ended.is_none()
            });
        }
        let (done, left) = core::mem::take(&mut self.jobs)
            .into_iter()
            .partition(|job| job.pids.is_empty());
        self.jobs = left;
        done
    }
}
