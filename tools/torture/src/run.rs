//! Round after round, and what came of them.

use crate::least::{keep, least};
use crate::play::{End, play};
use crate::round::Round;
use anyhow::{Context, Result};
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::fmt;
use std::ops::AddAssign;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What to run, on kernels that are built.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where, in turn.
    pub machines: Vec<Machine>,
    /// The first round's seed; the next round has the next number.
    pub first: u64,
    /// How many rounds at most.
    pub rounds: u64,
    /// No round begins after this time.
    pub time: Duration,
    /// Whether to go on where something has failed.
    pub goes_on: bool,
    // teacher begin
    /// How many CPUs the machines have.
    pub cpus: u8,
    // teacher end
    /// Where the programs go that something fails with, as few as it takes.
    pub kept: Option<PathBuf>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Rounds in which all was well.
    pub good: usize,
    /// Rounds that an emulator has ended.
    pub stopped: usize,
    /// What failed: how, how to repeat it, and the end of the console.
    pub failures: Vec<String>,
    /// How long it took.
    pub time: Duration,
}

impl AddAssign for Sum {
    fn add_assign(&mut self, other: Self) {
        self.good += other.good;
        self.stopped += other.stopped;
        self.failures.extend(other.failures);
        self.time += other.time;
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            good,
            stopped,
            failures,
            time,
        } = self;
        let (failed, seconds) = (failures.len(), time.as_secs());
        write!(
            f,
            "{good} rounds good, {failed} failed, {stopped} stopped by the emulator, {seconds} s"
        )
    }
}

/// A seed that nobody has had yet.
pub fn fresh_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default().as_millis() as u64 % 1_000_000_000
}

/// Runs what `plan` says, and tells `said` of every round.
///
/// # Errors
/// A round cannot be booted, or nobody reads what is said.
pub fn run(tree: &Tree, plan: &Plan, mut said: impl FnMut(&str) -> Result<()>) -> Result<Sum> {
    let start = Instant::now();
    let mut sum = Sum::default();
    let rounds = (plan.first..).take(usize::try_from(plan.rounds).unwrap_or(usize::MAX));
    for (seed, &machine) in rounds.flat_map(|seed| plan.machines.iter().map(move |m| (seed, m))) {
        if start.elapsed() >= plan.time || !sum.failures.is_empty() && !plan.goes_on {
            break;
        }
        let folder = tempfile::tempdir().context("cannot make a folder for a round")?;
        let begin = Instant::now();
        let round = Round::new(machine, seed);
        // teacher begin
        let round = round.on(plan.cpus);
        // teacher end
        let end = play(tree, &round, folder.path())?;
        let seconds = begin.elapsed().as_secs_f32();
        match end {
            End::Good(what) => {
                sum.good += 1;
                said(&format!("{machine} {seed}: {what} ({seconds:.1} s)"))?;
            }
            End::Emulator(line) => {
                sum.stopped += 1;
                said(&format!("{machine} {seed}: the emulator stopped: {line}"))?;
            }
            End::Bad(how, console) => {
                let repeat = format!("make torture MACHINE={machine} SEED={seed} ROUNDS=1");
                // teacher begin
                let repeat = match plan.cpus {
                    1 => repeat,
                    cpus => format!("{repeat} CPUS={cpus}"),
                };
                // teacher end
                let mut failure = format!("{machine} {seed}: FAILED: {how}; again: {repeat}");
                said(&failure)?;
                if let Some(kept) = &plan.kept {
                    let folder = keep(&least(tree, round, &how)?, kept)?;
                    failure += &format!("; its programs: {}", folder.display());
                }
                sum.failures.push(format!("{failure}\n{console}"));
            }
        }
    }
    sum.time = start.elapsed();
    Ok(sum)
}
