//! The table of scores, and what is said at the end.

use crate::plain;
use anyhow::{Context, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A line of the table of scores.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The archive's name.
    pub file: String,
    /// The student's number, if it was a good one.
    pub id: String,
    /// The lab, if it is known.
    pub lab: Option<u8>,
    /// The points; none where it could not be graded.
    pub score: Option<u32>,
    /// Of so many.
    pub of: u32,
    /// What there is to say besides.
    pub note: String,
    /// Where its reports are, in the folder for all.
    #[serde(skip)]
    pub place: PathBuf,
    /// What became of it.
    #[serde(skip)]
    pub fate: Fate,
}

/// What becomes of something that was handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Notes of archives of one lab that say the same number who they share it with: all but one are of somebody else.
fn compare(lines: &mut [Line]) {
    let mut owners: BTreeMap<(Option<u8>, String), Vec<usize>> = BTreeMap::new();
    let files: Vec<String> = lines.iter().map(|line| line.file.clone()).collect();
    for (at, line) in lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.id.is_empty())
    {
        let owner = owners.entry((line.lab, line.id.clone())).or_default();
        owner.push(at);
    }
    for owned in owners.values().filter(|owned| owned.len() > 1) {
        for &at in owned {
            let others = owned.iter().filter(|&&other| other != at);
            let others: Vec<&str> = others.map(|&other| files[other].as_str()).collect();
            let note = &mut lines[at].note;
            let separator = if note.is_empty() { "" } else { "; " };
            *note += &format!("{separator}the same ID as {}", others.join(", "));
        }
    }
}

/// The table of scores. Archives that give one number say so.
///
/// # Errors
/// It cannot be formatted.
pub fn table(lines: &[Line]) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let mut lines = lines.to_vec();
    compare(&mut lines);
    for mut line in lines {
        for text in [&mut line.file, &mut line.id, &mut line.note] {
            *text = plain::cell(text);
        }
        csv.serialize(line)?;
    }
    csv.into_inner().context("the table of scores is not whole")
}

/// What there is to say at the end: everything that has no score, and why.
pub fn left_over(lines: &[Line]) -> String {
    let of = |fate: Fate, title: &str| {
        let lines = lines.iter().filter(|line| line.fate == fate);
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
