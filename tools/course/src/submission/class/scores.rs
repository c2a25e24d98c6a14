//! The table of scores, and what is said at the end.

use super::record::Record;
use super::rules::{Time, Worth, written};
use crate::plain;
use anyhow::{Context, Result};
use chrono::SecondsFormat;
use mos_run::lab::Lab;
use mos_run::number::Number;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What becomes of one thing that was handed in, on a line.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Line {
    /// The archive's name.
    pub file: String,
    /// The student's number, if it was a good one.
    pub id: String,
    /// The lab, if it is known.
    pub lab: Option<Lab>,
    /// The points; none where it could not be graded.
    pub score: Option<u32>,
    /// Of so many.
    pub of: u32,
    /// What there is to say besides.
    pub note: String,
    /// Where its reports are, in the folder for all. That is not kept: a name need not be text.
    #[serde(skip)]
    pub place: PathBuf,
    /// What became of it.
    pub fate: Fate,
}

/// What becomes of something that was handed in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub enum Fate {
    /// It was graded.
    Graded,
    /// It is an archive that makes no sense.
    Refused,
    /// It is no archive.
    Other,
    /// It could not be graded, which is not its fault.
    Ungraded,
}

/// A row of the table.
#[derive(Clone, Debug)]
pub struct Row {
    /// What became of it.
    pub record: Record,
    /// When it was handed in.
    pub handed_in: Time,
    /// What it is worth.
    pub worth: Worth,
}

/// Who shares a number with which archives of the same lab: all but one of those are of somebody else.
fn same_numbers(rows: &[Row]) -> Vec<String> {
    let mut owners: BTreeMap<(Option<Lab>, &str), Vec<&str>> = BTreeMap::new();
    let key = |row: &'_ Row| (row.record.line.lab, row.record.line.id.clone());
    for row in rows {
        let line = &row.record.line;
        owners
            .entry((line.lab, &line.id))
            .or_default()
            .push(&line.file);
    }
    let said = |row: &Row| {
        let (lab, id) = key(row);
        let owners = owners
            .get(&(lab, id.as_str()))
            .map_or(&[][..], Vec::as_slice);
        let others = owners.iter().filter(|file| **file != row.record.line.file);
        let others: Vec<&str> = others.copied().collect();
        match id.is_empty() || others.is_empty() {
            true => String::new(),
            false => format!("the same ID as {}", others.join(", ")),
        }
    };
    rows.iter().map(said).collect()
}

/// The table of scores, with a column for each exercise. Archives that give one number say so.
///
/// # Errors
/// It cannot be formatted.
pub fn table(rows: &[Row]) -> Result<Vec<u8>> {
    let points: Vec<_> = rows.iter().map(|row| row.record.points()).collect();
    let exercises = points.iter().flat_map(BTreeMap::keys);
    let exercises: BTreeSet<Number> = exercises.filter_map(|name| name.parse().ok()).collect();
    let exercises: Vec<String> = exercises.iter().map(Number::to_string).collect();
    let mut csv = csv::Writer::from_writer(Vec::new());
    let head = [
        "file",
        "id",
        "lab",
        "score",
        "of",
        "total",
        "handed_in",
        "late",
        "answers",
    ];
    let head = head.into_iter().chain(exercises.iter().map(String::as_str));
    csv.write_record(head.chain(["note"]))?;
    for ((row, points), same) in rows.iter().zip(&points).zip(same_numbers(rows)) {
        let line = &row.record.line;
        let graded = |text: String| line.score.map_or(String::new(), |_| text);
        let (answered, asked) = row.record.answered;
        let mut cells = vec![
            plain::cell(&line.file),
            plain::cell(&line.id),
            line.lab.map_or(String::new(), |lab| lab.to_string()),
            graded(line.score.unwrap_or_default().to_string()),
            line.of.to_string(),
            graded(written(row.worth.total())),
            row.handed_in.to_rfc3339_opts(SecondsFormat::Secs, false),
            row.worth.days.to_string(),
            if asked > 0 {
                format!("{answered} of {asked}")
            } else {
                String::new()
            },
        ];
        cells.extend(exercises.iter().map(|exercise| {
            let points = points.get(exercise);
            points.map_or(String::new(), |points| {
                graded((points.earned + points.bonus).to_string())
            })
        }));
        let notes = [line.note.as_str(), &same].into_iter();
        let notes: Vec<&str> = notes.filter(|note| !note.is_empty()).collect();
        cells.push(plain::cell(&notes.join("; ")));
        csv.write_record(cells)?;
    }
    csv.into_inner().context("the table of scores is not whole")
}

/// What there is to say at the end: everything that has no score, and why.
pub fn left_over<'a>(lines: impl Iterator<Item = &'a Line> + Clone) -> String {
    let of = |fate: Fate, title: &str| {
        let lines = lines.clone().filter(|line| line.fate == fate);
        let lines: String = lines
            .map(|line| format!("  {}: {}\n", line.file, line.note))
            .collect();
        match lines.is_empty() {
            true => lines,
            false => format!("{title}:\n{lines}"),
        }
    };
    of(Fate::Other, "Not graded, since they are no archives")
        + &of(Fate::Ungraded, "Could not be graded")
}
