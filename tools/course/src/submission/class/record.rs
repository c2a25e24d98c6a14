//! What is kept of each archive that was graded, so that it need not be graded again as long as nothing has changed: the
//! archive, the tree that grades, or the seed.

use super::scores::{Fate, Line};
use crate::grade::judge::Verdict;
use crate::grade::{Report, report};
use crate::skeleton;
use anyhow::Result;
use mos_run::files;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Its file in the folder of the archive's reports.
const FILE: &str = "graded.json";
/// Where the seed of a class is kept.
pub const SEED: &str = "seed";
/// What of a tree has no say in a verdict.
const PAGES: &str = "docs/";

/// What is kept of an archive.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Record {
    /// What it was made of; nothing, if that is not known.
    pub made_of: String,
    /// Its line in the table of scores.
    pub line: Line,
    /// What became of each check on each machine.
    pub tested: Vec<Tested>,
    /// What the compiler says, where it does not build.
    pub broken: Option<String>,
    /// How many of the thinking questions were answered, and how many there are.
    #[serde(default)]
    pub answered: (usize, usize),
}

/// What became of a check on a machine.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Tested {
    /// The check.
    pub check: String,
    /// The exercise.
    pub exercise: String,
    /// The machine.
    pub machine: String,
    /// What it is worth, and what was earned; nothing, but for the first machine.
    pub of: u32,
    /// See `of`.
    pub earned: u32,
    /// Whether that comes on top.
    pub bonus: bool,
    /// Whether it is the teacher's alone.
    pub private: bool,
    /// Whether it passed.
    pub passed: bool,
    /// What it tests.
    pub tests: String,
    /// Why it did not pass.
    pub why: Option<String>,
}

/// The points of an exercise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Points {
    /// Those earned, of those that could be had.
    pub earned: u32,
    /// See `earned`.
    pub of: u32,
    /// Those earned on top.
    pub bonus: u32,
}

impl Record {
    /// Of an archive that is `made_of` this, whose `line` and report these are.
    pub fn new(made_of: String, line: Line, graded: Option<&Report>) -> Self {
        let mut seen = BTreeSet::new();
        let rows = graded.map_or(&[][..], |graded| &graded.rows);
        let tested = rows.iter().map(|row| {
            let check = &row.check;
            let first = seen.insert(check.name.clone());
            let passed = graded.is_some_and(|graded| graded.passed(&check.name));
            let of = if first { check.points } else { 0 };
            Tested {
                check: check.name.clone(),
                exercise: check.exercise.clone(),
                machine: row.machine.to_string(),
                of,
                earned: if passed { of } else { 0 },
                bonus: check.bonus,
                private: check.private,
                passed: row.verdict == Verdict::Passed,
                tests: check.tests.clone(),
                why: report::why(row),
            }
        });
        Self {
            made_of,
            line,
            tested: tested.collect(),
            broken: graded.and_then(|graded| graded.broken.clone()),
            answered: (0, 0),
        }
    }

    /// The points of each exercise.
    pub fn points(&self) -> BTreeMap<String, Points> {
        let mut points: BTreeMap<String, Points> = BTreeMap::new();
        for tested in &self.tested {
            let points = points.entry(tested.exercise.clone()).or_default();
            match tested.bonus {
                true => points.bonus += tested.earned,
                false => {
                    points.earned += tested.earned;
                    points.of += tested.of;
                }
            }
        }
        points
    }

    /// What is kept at `place` in `out`, the folder for all, if there is anything that makes sense.
    pub fn load(out: &Path, place: PathBuf) -> Option<Self> {
        let bytes = files::read(&out.join(&place).join(FILE)).ok()?;
        let mut record: Self = serde_json::from_slice(&bytes).ok()?;
        record.line.place = place;
        Some(record)
    }

    /// Keeps it in its place in `out`, the folder for all: only what would be the same again.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn save(&self, out: &Path) -> Result<()> {
        match self.line.fate {
            Fate::Graded | Fate::Refused if !self.made_of.is_empty() => {
                let path = out.join(&self.line.place).join(FILE);
                files::write(&path, &serde_json::to_vec_pretty(self)?)
            }
            _ => Ok(()),
        }
    }
}

/// What an archive of these bytes is made of, graded by a `grader` with this `seed`.
pub fn made_of(archive: &[u8], grader: &str, seed: u64) -> String {
    let mut digest = Sha256::new();
    for part in [archive, grader.as_bytes(), &seed.to_le_bytes()] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    hexadecimal(&digest.finalize())
}

/// What tells the tree at `root` from others that might judge otherwise; a tree without a wall, or with another number of CPUs, too.
///
/// # Errors
/// A file of it cannot be read.
pub fn grader(root: &Path, unconfined: bool, cpus: Option<u8>) -> Result<String> {
    let mut digest = Sha256::new();
    let mut names = skeleton::tracked(root)?;
    names.sort();
    for name in names.iter().filter(|name| !name.starts_with(PAGES)) {
        let bytes = files::read(&root.join(name))?;
        for part in [name.as_bytes(), &bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    digest.update([u8::from(unconfined), cpus.unwrap_or_default()]);
    Ok(hexadecimal(&digest.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The seed of the class whose reports are in `out`: the one given, the one that it was begun with, or a new one.
///
/// # Errors
/// None can be drawn, or kept.
pub fn seed(given: Option<u64>, out: Option<&Path>, draw: impl Fn() -> Result<u64>) -> Result<u64> {
    let Some(path) = out.map(|out| out.join(SEED)) else {
        return given.map_or_else(draw, Ok);
    };
    let kept = || {
        String::from_utf8(files::read(&path).ok()?)
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let seed = given.or_else(kept).map_or_else(draw, Ok)?;
    files::update(&path, format!("{seed}\n").as_bytes())?;
    Ok(seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn a_class_is_gone_on_with_by_the_seed_that_it_was_begun_with() {
        let folder = tempfile::tempdir().unwrap();
        let out = Some(folder.path());
        assert_eq!(seed(None, out, || Ok(7)).unwrap(), 7);
        assert_eq!(seed(None, out, || Ok(8)).unwrap(), 7);
        assert_eq!(seed(Some(9), out, || Ok(8)).unwrap(), 9);
        assert_eq!(seed(None, out, || Ok(8)).unwrap(), 9);
        assert_eq!(seed(None, None, || Ok(8)).unwrap(), 8);
    }

    #[test]
    fn what_is_called_by_no_text_is_kept_too() {
        let place = PathBuf::from(OsStr::from_bytes(b"\xc0\xee.zst"));
        let line = Line {
            file: String::new(),
            id: String::new(),
            lab: None,
            score: Some(0),
            of: 100,
            note: String::new(),
            place: place.clone(),
            fate: Fate::Refused,
        };
        let folder = tempfile::tempdir().unwrap();
        let record = Record::new("archive".to_owned(), line, None);
        record.save(folder.path()).unwrap();
        let kept = Record::load(folder.path(), place.clone()).unwrap();
        assert_eq!((kept.made_of, kept.line.place), (record.made_of, place));
    }

    #[test]
    fn whatever_changes_is_graded_again() {
        let first = made_of(b"archive", "tree", 1);
        assert_eq!(made_of(b"archive", "tree", 1), first);
        let others = [
            made_of(b"archiv", "etree", 1),
            made_of(b"archive", "tree", 2),
            made_of(b"Archive", "tree", 1),
        ];
        assert!(others.iter().all(|other| *other != first));
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            files::write(&folder.path().join(name), text.as_bytes()).unwrap();
            grader(folder.path(), false, None).unwrap()
        };
        let (_, tree) = (write("docs/a.md", "a"), write("a.rs", "b"));
        assert_eq!(write("docs/a.md", "other"), tree);
        assert_ne!(write("a.rs", "c"), tree);
        assert_eq!(write("a.rs", "b"), tree);
        assert_ne!(grader(folder.path(), true, None).unwrap(), tree);
        assert_ne!(grader(folder.path(), false, Some(4)).unwrap(), tree);
    }
}
