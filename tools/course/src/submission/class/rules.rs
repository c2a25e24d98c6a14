//! What a class makes of the points: a file of the teacher's says when each lab is due and what being late costs, how much
//! each exercise counts, and what is a bonus. Where it says nothing, the points of the checks stand as they are.

use super::record::Points;
use anyhow::{Context, Result, ensure};
use chrono::{DateTime, FixedOffset};
use mos_run::files;
use mos_run::lab;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;
use std::path::Path;
use toml::value::Datetime;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A point in time, somewhere on earth.
pub type Time = DateTime<FixedOffset>;

/// The rules of a class.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(default)]
    lab: Vec<Lab>,
    /// When archives were handed in whose files do not say so, by the names that the table of scores has for them.
    #[serde(default, deserialize_with = "times")]
    handed_in: BTreeMap<String, Time>,
}

/// Those of one lab.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lab {
    number: lab::Lab,
    /// When it is due; who has it in by then loses nothing.
    #[serde(default, deserialize_with = "time")]
    deadline: Option<Time>,
    /// The same for some students, by their numbers.
    #[serde(default, deserialize_with = "times")]
    deadlines: BTreeMap<String, Time>,
    /// Points that each day costs that has begun since then.
    #[serde(default)]
    off: f64,
    /// What each such day leaves of the score.
    #[serde(default = "one")]
    factor: f64,
    /// Points that being late costs at most.
    cap: Option<f64>,
    /// How often the points of exercises count.
    #[serde(default)]
    weights: BTreeMap<String, f64>,
    /// Exercises whose points come on top.
    #[serde(default)]
    bonus: Vec<String>,
    /// Points that come on top at most.
    bonus_cap: Option<f64>,
}

fn one() -> f64 {
    1.0
}

/// What an archive is worth in the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worth {
    /// The days that it was late.
    pub days: u32,
    /// The points before that counts.
    pub points: f64,
    /// The points that it costs.
    pub off: f64,
}

impl Worth {
    /// The points that remain.
    pub fn total(&self) -> f64 {
        self.points - self.off
    }
}

/// Points as a person writes them: `93`, `87.5`.
pub fn written(points: f64) -> String {
    format!("{}", (points * 10.0).round() / 10.0)
}

impl Rules {
    /// Those of the file at `path`.
    ///
    /// # Errors
    /// It cannot be read, or makes no sense: it says where.
    pub fn load(path: &Path) -> Result<Self> {
        let text = String::from_utf8(files::read_regular(path)?).context("it is no text")?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let rules: Self = toml::from_str(text)?;
        for lab in &rules.lab {
            let number = lab.number;
            let twice = rules.lab.iter().filter(|other| other.number == number);
            ensure!(twice.count() == 1, "lab {number} is there twice");
            let numbers = [Some(lab.off), lab.cap, lab.bonus_cap];
            let mut numbers = numbers
                .into_iter()
                .flatten()
                .chain(lab.weights.values().copied());
            ensure!(
                numbers.all(|number| number >= 0.0 && number.is_finite()),
                "lab {number}: points and weights are not negative"
            );
            ensure!(
                (0.0..=1.0).contains(&lab.factor),
                "lab {number}: factor is from 0 to 1"
            );
        }
        Ok(rules)
    }

    /// Whether every exercise that is named is one of those that `known` knows.
    ///
    /// # Errors
    /// One is not.
    pub fn check(&self, known: impl Fn(lab::Lab, &str) -> bool) -> Result<()> {
        for lab in &self.lab {
            for name in lab.weights.keys().chain(&lab.bonus) {
                let number = lab.number;
                ensure!(known(number, name), "lab {number} has no exercise {name}");
            }
        }
        Ok(())
    }

    /// When the archive called `file` was handed in, if its file says `modified`.
    pub fn handed_in(&self, file: &str, modified: Time) -> Time {
        self.handed_in.get(file).copied().unwrap_or(modified)
    }

    /// What these points of `lab` are worth, handed in by `id` at this time.
    pub fn worth(
        &self,
        lab: lab::Lab,
        id: &str,
        points: &BTreeMap<String, Points>,
        at: Time,
    ) -> Worth {
        let none = Lab {
            factor: one(),
            ..Lab::default()
        };
        let lab = self
            .lab
            .iter()
            .find(|rules| rules.number == lab)
            .unwrap_or(&none);
        let points = lab.points(points);
        let due = lab.deadlines.get(id).copied().or(lab.deadline);
        let late = due.map_or(0, |due| (at - due).num_milliseconds());
        let days =
            u32::try_from(late.div_euclid(DAY * 1000) + i64::from(late.rem_euclid(DAY * 1000) > 0));
        let days = days.unwrap_or(0);
        let left = points * lab.factor.powi(i32::try_from(days).unwrap_or(i32::MAX));
        let off = points - left + lab.off * f64::from(days);
        Worth {
            days,
            points,
            off: off.min(lab.cap.unwrap_or(off)).min(points),
        }
    }
}

impl Lab {
    /// The points, of a hundred: weighed, with what comes on top.
    fn points(&self, points: &BTreeMap<String, Points>) -> f64 {
        let (mut earned, mut due, mut top) = (0.0, 0.0, 0.0);
        for (exercise, points) in points {
            let weight = self.weights.get(exercise).copied().unwrap_or(1.0);
            top += weight * f64::from(points.bonus);
            if self.bonus.contains(exercise) {
                top += weight * f64::from(points.earned);
            } else {
                earned += weight * f64::from(points.earned);
                due += weight * f64::from(points.of);
            }
        }
        let share = if due > 0.0 { 100.0 * earned / due } else { 0.0 };
        share + top.min(self.bonus_cap.unwrap_or(top))
    }
}

/// The time, which must say how far it is from UTC.
fn moment(time: &Datetime) -> Result<Time, String> {
    let why = |_| format!("{time}: a time is written as 2026-11-20T23:59:00+08:00");
    DateTime::parse_from_rfc3339(&time.to_string()).map_err(why)
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    let time = Datetime::deserialize(from)?;
    moment(&time).map(Some).map_err(D::Error::custom)
}

fn times<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Time>, D::Error> {
    let times = BTreeMap::<String, Datetime>::deserialize(from)?;
    let times = times.into_iter();
    times
        .map(|(name, time)| Ok((name, moment(&time).map_err(D::Error::custom)?)))
        .collect()
}

#[cfg(test)]
mod tests;
