//! `make grade-submission`: grades what students handed in, of which nothing is trusted.
//!
//! Only the student's own files are taken from an archive, onto a clean skeleton ([`cell`]). They are compiled, and run,
//! behind a wall ([`wall`], [`confine`], [`watch`]); what they say that would lead out is a hint to people ([`scan`]).
//! What goes wrong on this side of the wall is nobody's score.

pub mod cell;
pub mod class;
pub mod confine;
mod lay;
pub mod scan;
pub mod wall;
mod watch;

use crate::archive::{self, Contents};
use crate::grade::examiner::{Examiner, Examiners};
use crate::grade::{self, Report, Wanted, report};
use crate::labs::Course;
use crate::plain;
use crate::submit::check_id;
use anyhow::{Context, Error, Result, anyhow, ensure};
use cell::{Cell, Cells};
use class::collect::{Handed, Other};
use class::scores::{Fate, Line};
use class::told::place;
use indicatif::ProgressBar;
use mos_run::files;
use mos_run::tree::Tree;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

/// Notes of the student's that anybody reads.
const FORCED_MAX: usize = 5;
/// What is said of everything that was graded without a wall.
const UNCONFINED: &str =
    "graded without a wall, so what the student wrote may have read and done anything";

/// Why an archive was not graded.
enum Trouble {
    /// It makes no sense.
    Refused(Error),
    /// Something is wrong here.
    Here(Error),
}

/// What is wrong with an archive, unless it is that it cannot be read here.
fn refused(error: Error) -> Trouble {
    match grade::is_ours(&error) {
        true => Trouble::Here(error),
        false => Trouble::Refused(error),
    }
}

/// Grades one archive in a cell of its own. What is wrong, with the archive or here, is in the line; the report is there
/// if it came to grading.
pub fn grade_one(
    examiners: &Examiners,
    cells: &Cells,
    handed: &Handed,
    workers: usize,
    progress: &ProgressBar,
) -> (Line, Option<Report>) {
    let mut line = Line {
        file: plain::line(&handed.name.to_string_lossy()),
        id: String::new(),
        lab: None,
        score: None,
        of: 100,
        note: String::new(),
        place: place(&handed.name),
        fate: Fate::Other,
    };
    if let Some(other) = handed.other {
        line.note = match other {
            Other::File => "not graded: it is no archive of `make submit`",
            Other::Special => "not graded: it is no plain file",
            Other::Closed => "could not be graded: the folder cannot be looked into",
        }
        .to_owned();
        if other == Other::Closed {
            line.fate = Fate::Ungraded;
        }
        return (line, None);
    }
    let graded = survived(|| {
        let contents = open(&examiners.tree, &handed.path)?;
        let lab = contents.manifest.lab;
        (line.id, line.lab) = (contents.manifest.id.clone(), Some(lab));
        let examiner = examiners.of(lab, progress).map_err(Trouble::Here)?;
        let wanted = Wanted::everywhere()
            .by(workers)
            .within(cells.allowance().checks);
        let (report, hints) = examine(&examiner, cells, &contents, &wanted, progress)?;
        Ok((contents, report, hints))
    });
    let why = |error: &Error| plain::line(&format!("{error:#}").replace('\n', " "));
    let report = match graded {
        Ok((contents, report, hints)) => {
            (line.score, line.of, line.fate) = (report.score(), report.of, Fate::Graded);
            if line.score.is_none() {
                line.fate = Fate::Ungraded;
            }
            line.note = note(
                &contents,
                &report,
                &cells.versions(contents.manifest.lab),
                hints,
            );
            Some(report)
        }
        Err(Trouble::Refused(error)) => {
            (line.score, line.fate) = (Some(0), Fate::Refused);
            line.note = format!("refused: {}", why(&error));
            None
        }
        Err(Trouble::Here(error)) => {
            line.fate = Fate::Ungraded;
            line.note = format!("could not be graded: {}", why(&error));
            None
        }
    };
    (line, report)
}

/// What comes of `work`. If that panics, a mistake of ours was found by one archive, which is no matter of the others'.
fn survived<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let why = "a mistake in this program, which has told where on standard error";
        Err(Trouble::Here(anyhow!(why)))
    })
}

/// The archive at `path`, if it can be graded.
fn open(teacher: &Tree, path: &Path) -> Result<Contents, Trouble> {
    let packed = archive::read(path).map_err(refused)?;
    let course = Course::load(teacher.root()).map_err(Trouble::Here)?;
    accept(&course, &packed).map_err(Trouble::Refused)
}

/// Grades what is in an archive, and tells what people should look at in its sources.
fn examine(
    examiner: &Examiner,
    cells: &Cells,
    contents: &Contents,
    wanted: &Wanted,
    progress: &ProgressBar,
) -> Result<(Report, Vec<String>), Trouble> {
    let cell = cells
        .fresh(examiner, wanted, progress)
        .map_err(Trouble::Here)?;
    let hints = lay_out(&examiner.tree, cell.tree(), contents).map_err(Trouble::Here)?;
    let examiner = &match cells.guard() {
        Some(guard) => examiner.clone().guarded(guard),
        None if hints.is_empty() => examiner.clone(),
        None => return Err(Trouble::Refused(anyhow!("{}", hints.join("; ")))),
    };
    let graded = || -> Result<Report> {
        let graded = grade::grade(cell.tree(), examiner, wanted, progress);
        cell.ended().map_or(Ok(()), |why| Err(anyhow!(why)))?;
        graded
    };
    let mut report = graded().map_err(Trouble::Here)?;
    if report.broken.is_some() && !report.ended {
        // What was in the way for a moment is gone now, and was nobody's fault.
        report = graded().map_err(Trouble::Here)?;
    }
    if let Some(words) = report.broken.take() {
        if report.ended {
            let why = words.lines().next().unwrap_or_default();
            return Err(Trouble::Here(anyhow!("{why}")));
        }
        blame(examiner, cells, contents, wanted, progress).map_err(Trouble::Here)?;
        report.broken = Some(plain::text(&words));
    }
    if cells.guard().is_none() {
        report.remarks.push(UNCONFINED.to_owned());
    }
    Ok((report, hints))
}

/// Makes sure that it is the student's fault that a tree does not build, whatever the compiler says, which are the student's
/// words too: the same files as they were given are compiled at this very moment.
///
/// # Errors
/// It is not, or who knows.
fn blame(
    examiner: &Examiner,
    cells: &Cells,
    contents: &Contents,
    wanted: &Wanted,
    progress: &ProgressBar,
) -> Result<()> {
    let cell: Cell = cells.fresh(examiner, wanted, progress)?;
    for name in contents.files.keys() {
        let path = cell.tree().root().join(name);
        // To cargo, what was written now has changed.
        if let Ok(bytes) = files::read(&path) {
            files::write(&path, &bytes)?;
        }
    }
    let built = grade::prepare(cell.tree(), examiner, wanted, progress);
    built.context("the clean tree does not build any more either")
}

/// What a teacher should know of an archive that was graded as one of these `versions` of the lab.
fn note(contents: &Contents, report: &Report, versions: &[String], hints: Vec<String>) -> String {
    let mut notes = report.remarks.clone();
    if report.broken.is_some() {
        notes.push("does not build".to_owned());
    }
    let manifest = &contents.manifest;
    if !manifest.given.is_empty() && !versions.contains(&manifest.given) {
        notes.push("the student was given another version of the lab".to_owned());
    }
    if report.score().is_none() {
        notes.push("could not be graded as a whole".to_owned());
    } else if Some(manifest.score) != report.score() {
        let cpus = manifest.cpus.map(|cpus| format!(" with CPUS={cpus}"));
        notes.push(format!(
            "the student saw {}/{}{}",
            manifest.score,
            manifest.of,
            cpus.unwrap_or_default()
        ));
    }
    notes.extend(hints.into_iter().map(|hint| format!("look at it: {hint}")));
    let forced = manifest
        .forced
        .iter()
        .take(FORCED_MAX)
        .map(|why| format!("forced: {}", plain::line(&why.replace('\n', " "))));
    notes.extend(forced);
    notes.join("; ")
}

/// What is in an archive, if it can be graded.
fn accept(course: &Course, packed: &[u8]) -> Result<Contents> {
    let contents = archive::unpack(packed)?;
    check_id(&contents.manifest.id)?;
    course.lab(contents.manifest.lab)?;
    for (name, bytes) in &contents.files {
        let said = contents.manifest.files.get(name);
        let (_, hash) = archive::entry(name, bytes);
        ensure!(said == Some(&hash), "{name}: is not what the manifest says");
    }
    Ok(contents)
}

/// Puts the student's own files into `tree`, a clean skeleton of the lab, and nothing else of what `contents` has.
/// Returns what in them would lead out of it, were there no wall.
///
/// # Errors
/// A file cannot be written.
pub fn lay_out(teacher: &Tree, tree: &Tree, contents: &Contents) -> Result<Vec<String>> {
    let course = Course::load(teacher.root())?;
    let mut hints = Vec::new();
    for name in course.lab(contents.manifest.lab)?.student_files() {
        let Some(bytes) = contents.files.get(name) else {
            continue;
        };
        let path = tree.root().join(name);
        let hint = scan::check(name, bytes, &files::read(&path)?);
        hints.extend(hint.err().map(|hint| plain::line(&format!("{hint:#}"))));
        files::update(&path, bytes)?;
    }
    Ok(hints)
}

/// Writes the reports on one archive, for people and for programs: that it was not graded, if there is no report.
///
/// # Errors
/// They cannot be written.
pub fn write(line: &Line, graded: Option<&Report>, seed: u64, out: &Path) -> Result<()> {
    let written = write_all(line, graded, seed, out);
    // The name of a file is in the error.
    written.map_err(|error| {
        let words = plain::line(&format!("{error:#}"));
        let cause = error
            .chain()
            .find_map(|cause| cause.downcast_ref::<io::Error>());
        match cause.map(io::Error::kind) {
            Some(kind) => io::Error::new(kind, words).into(),
            None => anyhow!(words),
        }
    })
}

fn write_all(line: &Line, graded: Option<&Report>, seed: u64, out: &Path) -> Result<()> {
    // Not by what the archive says of itself, which others may say too.
    let folder = out.join(&line.place);
    let Some(graded) = graded else {
        return grade::formats::write_refusal(&line.note, line.score, &folder);
    };
    let name = format!("{}.txt", graded.lab.stem());
    files::write(&folder.join(name), report::text(graded, seed).as_bytes())?;
    grade::formats::write(graded, &folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_of_ours_is_nobodys_score() {
        let graded = survived(|| -> Result<(), _> { panic!("as a test has it") });
        assert!(matches!(graded, Err(Trouble::Here(_))));
        assert!(survived(|| Ok(())).is_ok());
    }
}
