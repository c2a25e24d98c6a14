//! What is right and wrong about a run.

use super::checks::{Check, End};
use super::run::{Ending, Seen};
use crate::plain;
use anyhow::Result;
use mos_run::number::Number;
use mos_seal::Key;
use regex::Regex;
use std::collections::BTreeSet;

/// The verdict on a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passed.
    Passed,
    /// The run came to an exercise that nobody has done yet: its number.
    NotDone(String),
    /// It failed.
    Failed(Difference),
    /// Nothing can be said about it: why. That is nobody's score.
    Ungraded(String),
}

/// The first thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What should have been seen.
    pub expected: String,
    /// What was seen instead.
    pub seen: String,
    /// The lines of the console around it.
    pub console: Vec<String>,
}

/// Lines shown before the one that differs, and after.
const BEFORE: usize = 6;
const AFTER: usize = 3;

/// Judges what was `seen` of a run of `check` with `key`.
///
/// # Errors
/// A pattern of the check is none.
pub fn judge(check: &Check, key: Key, seen: &Seen) -> Result<Verdict> {
    if let Ending::Broken(why) = &seen.end {
        return Ok(Verdict::Ungraded(plain::line(why)));
    }
    let lines: Vec<&str> = seen.console.lines().map(str::trim_end).collect();
    let signed = signed(check, key, &lines);
    if let Some(missing) = check.steps.iter().find(|step| !signed.contains(*step)) {
        return Ok(not_done(&lines).unwrap_or_else(|| {
            let expected = format!("ok {missing}");
            Verdict::Failed(difference(check, key, expected, seen, &lines))
        }));
    }
    for pattern in &check.shows {
        let regex = Regex::new(pattern)?;
        if !lines.iter().any(|line| regex.is_match(line)) {
            let expected = format!("a line like {pattern}");
            return Ok(Verdict::Failed(difference(
                check, key, expected, seen, &lines,
            )));
        }
    }
    for pattern in &check.lacks {
        let regex = Regex::new(pattern)?;
        if let Some(line) = lines.iter().find(|line| regex.is_match(line)) {
            let mut difference = difference(check, key, String::new(), seen, &lines);
            difference.expected = format!("no line like {pattern}");
            difference.seen = plain::line(line);
            return Ok(Verdict::Failed(difference));
        }
    }
    Ok(match (&seen.end, check.end) {
        (Ending::Clean, _) | (Ending::Failed | Ending::Limit, End::Any) => Verdict::Passed,
        _ => not_done(&lines).unwrap_or_else(|| {
            let expected = "the system powers off and is content".to_owned();
            Verdict::Failed(difference(check, key, expected, seen, &lines))
        }),
    })
}

/// The label of a line that `key` signs: what is before the word `ok` and between it and the seal.
fn label(check: &Check, key: Key, line: &str) -> Option<String> {
    let (start, rest) = line.split_once("ok ")?;
    let (label, seal) = rest.rsplit_once(' ')?;
    let label = format!("{start}{label}");
    (key.seal(check.order(), &label).digits() == seal).then_some(label)
}

/// The labels of all lines that `key` signs.
fn signed(check: &Check, key: Key, lines: &[&str]) -> BTreeSet<String> {
    let labels = lines.iter().filter_map(|line| label(check, key, line));
    labels.collect()
}

/// The exercise that a line says is to be done.
fn not_done(lines: &[&str]) -> Option<Verdict> {
    let mark = "not yet implemented: Exercise ";
    let (_, rest) = lines.iter().find_map(|line| line.split_once(mark))?;
    let number: Number = rest.split(':').next()?.parse().ok()?;
    Some(Verdict::NotDone(number.to_string()))
}

fn difference(
    check: &Check,
    key: Key,
    expected: String,
    seen: &Seen,
    lines: &[&str],
) -> Difference {
    let is_trouble = |line: &&&str| {
        ["wrong: ", "there is no check"]
            .iter()
            .any(|start| line.starts_with(start))
            || ["panic: ", "killed: ", "] error: ", "cannot start"]
                .iter()
                .any(|part| line.contains(part))
    };
    let at = lines.iter().position(|line| is_trouble(&line));
    let at = at.unwrap_or_else(|| lines.iter().rposition(|line| !line.is_empty()).unwrap_or(0));
    let said = lines.get(at).copied().unwrap_or("");
    let what = match &seen.end {
        Ending::Limit => Some(format!(
            "it did not end within {} million instructions",
            check.limit
        )),
        Ending::TooMuch => Some("it printed more than 1 MiB".to_owned()),
        Ending::Stuck => Some("it stopped doing anything and did not end".to_owned()),
        Ending::Untyped(text) => Some(format!("it never printed {text:?}, to be answered")),
        Ending::Clean | Ending::Failed if said.is_empty() => Some("nothing".to_owned()),
        Ending::Clean | Ending::Failed | Ending::Broken(_) => None,
    };
    let trouble = lines.get(at).is_some_and(|line| is_trouble(&line));
    let around = lines
        .iter()
        .take(at + AFTER)
        .skip(at.saturating_sub(BEFORE));
    Difference {
        expected,
        seen: match what {
            Some(what) if !trouble => what,
            _ => plain::line(said),
        },
        // A seal would be a proof to whoever reads it.
        console: around
            .map(|line| match label(check, key, line) {
                Some(label) => format!("ok {label}"),
                None => plain::line(line),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
