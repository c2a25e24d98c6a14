//! What is right and wrong about a run.

use super::check::{Check, End};
use super::labels::Labels;
use super::run::{self, Ending, Seen};
use super::testimony::{self, Testimony};
use crate::plain;
use anyhow::{Context, Result};
use mos_exam::{Label, OVER};
use mos_run::number::Number;
use regex::Regex;
use std::collections::BTreeSet;
use std::iter;

/// The verdict on a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passed.
    Passed,
    /// The run came to an exercise that nobody has done yet: its number.
    NotDone(String, Steps),
    /// It failed.
    Failed(Difference),
    /// It was not even run: why.
    NotRun(String),
    /// Nothing can be said about it: why. That is nobody's score.
    Ungraded(String),
}

impl Verdict {
    /// A check has not failed where something is `open` that it needs: it waits for that.
    pub fn or_waits(self, check: &Check, open: &BTreeSet<String>) -> Self {
        let needed = check.needs.iter().find(|&needed| open.contains(needed));
        match (self, needed) {
            (Self::Failed(seen), Some(needed)) => Self::NotDone(needed.clone(), seen.steps),
            (verdict, _) => verdict,
        }
    }
}

/// How far a run came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Steps in which everything was as it should be.
    pub right: usize,
    /// Steps of the check.
    pub of: usize,
}

/// The first thing that is not as it should be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// The step in which it was seen, if it belongs to one.
    pub step: Option<String>,
    /// What should have been seen.
    pub expected: String,
    /// What was seen instead.
    pub seen: String,
    /// The lines of the console around it.
    pub console: Vec<String>,
    /// How far the run came.
    pub steps: Steps,
}

/// Lines shown before the one that differs, and after.
const BEFORE: usize = 6;
const AFTER: usize = 3;

/// Judges what was `seen` of a run of `check` with this `seed`, in which `right` is right.
///
/// # Errors
/// A pattern of the check is none, or nobody knows what is right in one of its steps.
pub fn judge(
    check: &Check,
    seed: u64,
    right: &Testimony,
    labels: &Labels,
    seen: &Seen,
) -> Result<Verdict> {
    if let Ending::Broken(why) = &seen.end {
        return Ok(Verdict::Ungraded(plain::line(&seen.with_place(why))));
    }
    let told = testimony::of(labels, &check.steps, &seen.console);
    let console = Console::new(labels, seen);
    let mut steps = Steps {
        right: 0,
        of: check.steps.len(),
    };
    let mut wrong = None;
    for step in &check.steps {
        let right = right.get(step);
        let right = right.with_context(|| format!("no answer to {step:?}: make answers"))?;
        let told = told.get(step).map_or(&[][..], Vec::as_slice);
        if right == told {
            steps.right += 1;
        } else {
            wrong = wrong.or(Some((step, right.as_slice(), told)));
        }
    }
    let failed = |difference: Difference| {
        Verdict::Failed(Difference {
            steps,
            ..difference
        })
    };
    if let Some((step, right, told)) = wrong {
        let at = right
            .iter()
            .zip(told)
            .take_while(|(one, other)| one == other);
        let at = at.count();
        let mut difference = match told.get(at) {
            Some(told) => console.around_report(step, at, told),
            None => match console.not_done() {
                Some(exercise) => return Ok(Verdict::NotDone(exercise, steps)),
                None => console.around_end(check),
            },
        };
        difference.step = Some(step.clone());
        let nothing = || "nothing more".to_owned();
        difference.expected = right.get(at).cloned().unwrap_or_else(nothing);
        return Ok(failed(difference));
    }
    for pattern in &check.shows {
        let pattern = run::drawn(pattern, seed);
        let regex = Regex::new(&pattern)?;
        if !console.lines.iter().any(|line| regex.is_match(line)) {
            return Ok(failed(Difference {
                expected: format!("a line like {pattern}"),
                ..console.around_end(check)
            }));
        }
    }
    for pattern in &check.lacks {
        let pattern = run::drawn(pattern, seed);
        let regex = Regex::new(&pattern)?;
        if let Some(at) = console.lines.iter().position(|line| regex.is_match(line)) {
            return Ok(failed(Difference {
                expected: format!("no line like {pattern}"),
                ..console.around(at)
            }));
        }
    }
    Ok(match (&seen.end, check.end) {
        (Ending::Clean, _)
        | (Ending::Failed | Ending::Limit | Ending::Spent(_) | Ending::Over, End::Any) => {
            Verdict::Passed
        }
        _ => match console.not_done() {
            Some(exercise) => Verdict::NotDone(exercise, steps),
            None => failed(Difference {
                expected: "the system powers off and is content".to_owned(),
                ..console.around_end(check)
            }),
        },
    })
}

/// What was on the console, for whoever is to understand what went wrong.
struct Console<'a> {
    labels: &'a Labels,
    lines: Vec<&'a str>,
    seen: &'a Seen,
}

impl<'a> Console<'a> {
    fn new(labels: &'a Labels, seen: &'a Seen) -> Self {
        let lines = seen.console.lines().map(str::trim_end);
        let lines = lines.filter(|&line| line != OVER).collect();
        Self {
            labels,
            lines,
            seen,
        }
    }

    /// Report number `n` of `step`, which is `told` there.
    fn around_report(&self, step: &str, n: usize, told: &str) -> Difference {
        let step = Label::of(step);
        let is_of_step = |line: &&str| {
            testimony::read(self.labels, line).is_some_and(|(label, _)| label == step)
        };
        let reports = self
            .lines
            .iter()
            .enumerate()
            .filter(|(_, line)| is_of_step(line));
        let at = reports.map(|(at, _)| at).nth(n);
        Difference {
            seen: plain::line(told),
            ..self.around(at.unwrap_or(0))
        }
    }

    /// Where something was said that explains the end of a run that was too short; else the end itself.
    fn around_end(&self, check: &Check) -> Difference {
        let is_trouble = |line: &&str| {
            line.starts_with("there is no check")
                || ["panic: ", "killed: ", "] error: ", "cannot start"]
                    .iter()
                    .any(|part| line.contains(part))
        };
        let trouble = self.lines.iter().position(is_trouble);
        let last = || self.lines.iter().rposition(|line| !line.is_empty());
        let difference = self.around(trouble.or_else(last).unwrap_or(0));
        let what = match &self.seen.end {
            _ if trouble.is_some() => None,
            Ending::Limit => Some(format!(
                "it did not end within {} million instructions",
                check.limit
            )),
            Ending::Spent(seconds) => Some(format!(
                "it did not end within {seconds} seconds of the emulator's CPU time"
            )),
            Ending::Astray => Some("it went on where there is no memory".to_owned()),
            Ending::TooMuch => Some("it printed more than 1 MiB".to_owned()),
            Ending::Stuck => Some("it stopped doing anything and did not end".to_owned()),
            Ending::Untyped(text) => Some(format!("it never printed {text:?}, to be answered")),
            Ending::Clean | Ending::Failed | Ending::Over if difference.seen.is_empty() => {
                Some("nothing".to_owned())
            }
            Ending::Clean | Ending::Failed | Ending::Over | Ending::Broken(_) => None,
        };
        let what = what.map(|what| self.seen.with_place(&what));
        Difference {
            seen: what.unwrap_or(difference.seen),
            ..difference
        }
    }

    /// Line number `at` and those around it.
    fn around(&self, at: usize) -> Difference {
        let (before, behind) = self.lines.split_at(at.min(self.lines.len()));
        let before = rows(before.iter().rev()).take(BEFORE);
        let mut console: Vec<String> = before.map(|row| self.shown(row)).collect();
        console.reverse();
        console.extend(rows(behind.iter()).take(AFTER).map(|row| self.shown(row)));
        Difference {
            seen: plain::line(self.lines.get(at).copied().unwrap_or("")),
            console,
            ..Difference::default()
        }
    }

    /// A line that stands there so many times.
    fn shown(&self, (line, times): (&str, usize)) -> String {
        let shown = match testimony::read(self.labels, line) {
            Some((_, told)) => plain::line(&told),
            None => plain::line(line),
        };
        match times {
            1 => shown,
            times => format!("{shown} ({times} times)"),
        }
    }

    /// The exercise that a line says is to be done.
    fn not_done(&self) -> Option<String> {
        let mark = "not yet implemented: Exercise ";
        let (_, rest) = self.lines.iter().find_map(|line| line.split_once(mark))?;
        let number: Number = rest.split(':').next()?.parse().ok()?;
        Some(number.to_string())
    }
}

/// The lines, each with the number of times that it follows itself.
fn rows<'a>(lines: impl Iterator<Item = &'a &'a str>) -> impl Iterator<Item = (&'a str, usize)> {
    let mut lines = lines.peekable();
    iter::from_fn(move || {
        let line = lines.next()?;
        let mut times = 1;
        while lines.next_if_eq(&line).is_some() {
            times += 1;
        }
        Some((*line, times))
    })
}

#[cfg(test)]
mod tests;
