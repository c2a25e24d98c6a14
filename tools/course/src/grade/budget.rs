//! What all checks of an archive may take together: one whose checks all run to their limits is not to keep a class waiting.
//!
//! What is counted is the same in each run, and goes by the order of the checks, not by which of them ends first. The
//! host's CPU time is but a net below it.

use super::Row;
use super::judge::Verdict;
use super::run::{AT_LIMIT, Seen};
use crate::processes::SECOND;
use mos_run::machine::Machine;
use std::sync::{Mutex, PoisonError};

/// Millions of instructions that GXemul is taken to have executed up to the kernel's own limit there, since it counts none.
const R3000: u64 = 1000;

/// What they may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Millions of instructions.
    pub millions: u64,
    /// Seconds of the host's CPU time.
    pub seconds: u64,
}

/// An archive's. Right work takes some 600 million.
pub const ARCHIVE: Budget = Budget {
    millions: 10_000,
    seconds: 300,
};

/// What a run took of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Instructions.
    pub instructions: u64,
    /// Hundredths of a second of the host's CPU time; nothing, where it was less than one would look for.
    pub busy: u64,
    /// Whether it came to a limit.
    pub limit: bool,
}

impl Taken {
    /// By a run of a check with this `limit` in millions, of which this was `seen`. Where chance has a say in how far it came
    /// it took as much as it might have.
    pub fn by(seen: &Seen, machine: Machine, limit: u32) -> Self {
        use super::run::Ending::{
            Astray, Broken, Clean, Failed, Limit, Over, Spent, Stuck, TooMuch, Untyped,
        };
        let limit = match (&seen.end, machine) {
            (Limit | Spent(_) | Stuck | TooMuch | Untyped(_), _) => true,
            (Failed, Machine::Gxemul) => seen.console.contains(AT_LIMIT),
            (Clean | Failed | Astray | Over | Broken(_), _) => false,
        }
        .then_some(match machine {
            Machine::Malta => u64::from(limit),
            Machine::Gxemul => R3000,
        });
        let ended = seen.instructions.unwrap_or_default();
        Self {
            instructions: limit.map_or(ended, |millions| millions * 1_000_000),
            busy: seen.busy,
            limit: limit.is_some(),
        }
    }
}

/// What was taken so far by checks of which each has its number.
#[derive(Debug)]
pub struct Ledger {
    budget: Option<Budget>,
    taken: Mutex<Vec<Taken>>,
}

impl Ledger {
    /// Of so many checks, with a `budget` if they have one.
    pub fn new(budget: Option<Budget>, checks: usize) -> Self {
        let taken = Mutex::new(vec![Taken::default(); checks]);
        Self { budget, taken }
    }

    /// Notes what check `number` took on one machine more.
    pub fn note(&self, number: usize, more: Taken) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = taken.get_mut(number) {
            taken.instructions += more.instructions;
            taken.busy += more.busy;
        }
    }

    /// Why check `number` is not to be run, if it is not: what is known by now of those before it is enough, or what all
    /// took of the host.
    pub fn forbids(&self, number: usize) -> Option<Verdict> {
        let budget = self.budget?;
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let busy: u64 = taken.iter().map(|taken| taken.busy).sum();
        if budget.covers(&taken[..number.min(taken.len())]) {
            (busy >= budget.seconds * SECOND).then(|| {
                let seconds = budget.seconds;
                Verdict::Ungraded(format!(
                    "all checks together took {seconds} seconds of the host's CPU time"
                ))
            })
        } else {
            Some(budget.not_run())
        }
    }

    /// Makes the rows of the checks, each with its number, what they are whoever was first: of a check that was begun before
    /// it was known that nothing is left for it, that it was not run. Says so, if there is one.
    pub fn settle(&self, rows: &mut [(usize, Row)]) -> Option<String> {
        let budget = self.budget?;
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut left_out = 0;
        for (number, row) in rows {
            if !budget.covers(&taken[..(*number).min(taken.len())]) {
                row.verdict = budget.not_run();
                row.instructions = None;
                left_out += 1;
            }
        }
        let millions = budget.millions;
        (left_out > 0).then(|| {
            format!("{left_out} runs were left out, since those before them had used up the {millions} million instructions that all may take")
        })
    }
}

impl Budget {
    /// Whether something is left of it after these.
    fn covers(&self, taken: &[Taken]) -> bool {
        let sum: u64 = taken.iter().map(|taken| taken.instructions).sum();
        sum < self.millions * 1_000_000
    }

    fn not_run(&self) -> Verdict {
        let millions = self.millions;
        Verdict::NotRun(format!(
            "the checks before it have used up the {millions} million instructions that all may take"
        ))
    }
}

#[cfg(test)]
mod tests;
