//! Processes that a test has started, and theirs.

use super::PATIENCE;
use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// How often one looks.
const INTERVAL: Duration = Duration::from_millis(20);

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    id: u32,
    parent: u32,
    name: String,
    /// When it began; the id may be another's later.
    begun: u64,
}

impl Process {
    /// The one with this id, unless it has ended.
    fn of(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let (before, fields) = stat.rsplit_once(") ")?;
        let (_, name) = before.split_once('(')?;
        let fields: Vec<&str> = fields.split(' ').collect();
        (*fields.first()? != "Z").then_some(())?;
        Some(Self {
            id,
            parent: fields.get(1)?.parse().ok()?,
            name: name.to_owned(),
            begun: fields.get(19)?.parse().ok()?,
        })
    }

    /// Whether its name begins with `name`.
    pub fn is_called(&self, name: &str) -> bool {
        self.name.starts_with(name)
    }

    fn is_there(&self) -> bool {
        Self::of(self.id).is_some_and(|now| now.begun == self.begun)
    }
}

/// The process `id` and all that come from it, by now.
pub fn family(id: u32) -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: Vec<Process> = ids.filter_map(Process::of).collect();
    let mut family: Vec<Process> = all.iter().filter(|one| one.id == id).cloned().collect();
    let mut next = 0;
    while let Some(parent) = family.get(next).map(|one| one.id) {
        family.extend(all.iter().filter(|one| one.parent == parent).cloned());
        next += 1;
    }
    family
}

/// Sends `signal` to the ones of `family` whose names begin so.
///
/// # Errors
/// There is none.
pub fn signal(family: &[Process], name: &str, signal: Signal) -> Result<()> {
    let named: Vec<&Process> = family.iter().filter(|one| one.is_called(name)).collect();
    ensure!(!named.is_empty(), "no {name} among {family:?}");
    for one in named {
        let id = Pid::from_raw(one.id.cast_signed()).context("a process has an id")?;
        kill_process(id, signal).with_context(|| format!("{one:?}"))?;
    }
    Ok(())
}

/// Waits for all of `family` to end.
///
/// # Errors
/// Some do not.
pub fn end_of(family: &[Process]) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let left: Vec<&Process> = family.iter().filter(|one| one.is_there()).collect();
        if left.is_empty() {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "left behind: {left:?}");
        thread::sleep(INTERVAL);
    }
}
