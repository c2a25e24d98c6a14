//! `make grade-submission`: grades what students handed in, of which nothing is trusted.
//!
//! Only the student's own files are taken from an archive, onto a clean skeleton. The compiler that reads them
//! is confined ([`confine`]), what it must not be asked to do is refused ([`scan`]), and the result runs nowhere
//! but in an emulator without a way out.

pub mod confine;
mod group;
pub mod scan;

use crate::archive::{self, Contents};
use crate::grade::examiner::Examiners;
use crate::grade::{self, Report, Wanted, report};
use crate::labs::Course;
use crate::plain;
use crate::skeleton;
use crate::skeleton::render::Level;
use crate::submit::check_id;
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use mos_run::files;
use mos_run::tree::Tree;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A line of the table of scores.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The archive's name.
    pub file: String,
    /// The student's number, if it was a good one.
    pub id: String,
    /// The lab, 0 if it is not known.
    pub lab: u8,
    /// The points; none where it could not be graded.
    pub score: Option<u32>,
    /// Of so many.
    pub of: u32,
    /// What there is to say besides.
    pub note: String,
}

/// The archives that `path` stands for: itself, or those in it, by name.
///
/// # Errors
/// There are none.
pub fn archives(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<PathBuf> = paths
        .filter(|path| path.to_string_lossy().ends_with(".tar.zst"))
        .collect();
    ensure!(
        !paths.is_empty(),
        "there is no .tar.zst in {}",
        path.display()
    );
    paths.sort();
    Ok(paths)
}

/// Grades one archive in `tree`, a confined one that is made a clean skeleton first. What is wrong with the
/// archive is in the line; the report is there if it came to grading.
///
/// # Errors
/// Something is wrong here, not with the archive.
pub fn grade_one(
    examiners: &mut Examiners,
    tree: &Tree,
    path: &Path,
    progress: &ProgressBar,
) -> Result<(Line, Option<Report>)> {
    let teacher = examiners.tree.clone();
    let teacher = &teacher;
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut line = Line {
        file: name,
        id: String::new(),
        lab: 0,
        score: Some(0),
        of: 100,
        note: String::new(),
    };
    let course = Course::load(teacher.root())?;
    let accepted = archive::read(path).and_then(|packed| accept(&course, &packed));
    let contents = match accepted {
        Ok(contents) => contents,
        Err(error) => {
            line.note = format!("refused: {}", plain::line(&format!("{error:#}")));
            return Ok((line, None));
        }
    };
    (line.id, line.lab) = (contents.manifest.id.clone(), contents.manifest.lab);
    if let Err(error) = lay_out(teacher, tree, &contents) {
        line.note = format!("refused: {error:#}");
        return Ok((line, None));
    }
    let wanted = Wanted::everywhere();
    let examiner = examiners.of(line.lab, progress)?;
    let report = match grade::grade(tree, examiner, &wanted, progress) {
        Ok(report) => report,
        Err(error) => {
            (line.score, line.note) = (None, format!("could not be graded: {error:#}"));
            return Ok((line, None));
        }
    };
    (line.score, line.of) = (report.score(), report.of);
    let version = skeleton::version(&course, teacher.root(), line.lab)?;
    line.note = note(&contents, &report, &version);
    Ok((line, Some(report)))
}

/// What a teacher should know of an archive that was graded as one of this `version` of the lab.
fn note(contents: &Contents, report: &Report, version: &str) -> String {
    let mut notes = Vec::new();
    if report.broken.is_some() {
        notes.push("does not build".to_owned());
    }
    let manifest = &contents.manifest;
    if !manifest.given.is_empty() && manifest.given != version {
        notes.push("the student was given another version of the lab".to_owned());
    }
    if report.score().is_none() {
        notes.push("not everything could be graded".to_owned());
    } else if Some(manifest.score) != report.score() {
        notes.push(format!(
            "the student saw {}/{}",
            manifest.score, manifest.of
        ));
    }
    let forced = manifest
        .forced
        .iter()
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

/// Makes `tree` the clean skeleton of the lab with the student's own files in it, and nothing else of what
/// `contents` has.
///
/// # Errors
/// A file cannot be written, or must not be compiled.
pub fn lay_out(teacher: &Tree, tree: &Tree, contents: &Contents) -> Result<()> {
    let lab = contents.manifest.lab;
    let course = Course::load(teacher.root())?;
    fs::create_dir_all(confine::temporary(tree.root())).context("cannot make a folder")?;
    skeleton::replace(&course, teacher.root(), Level::skeleton(lab), tree.root())?;
    for name in course.lab(lab)?.student_files() {
        let Some(bytes) = contents.files.get(name) else {
            continue;
        };
        let path = tree.root().join(name);
        scan::check(name, bytes, &files::read(&path)?)?;
        files::update(&path, bytes)?;
    }
    Ok(())
}

/// Writes the reports of one archive, for people and for programs.
///
/// # Errors
/// They cannot be written.
pub fn write(line: &Line, graded: &Report, seed: u64, out: &Path) -> Result<()> {
    // Not by what the archive says of itself, which others may say too.
    let folder = out.join(&line.file);
    let name = format!("lab{}.txt", line.lab);
    files::write(&folder.join(name), report::text(graded, seed).as_bytes())?;
    grade::formats::write(graded, &folder)
}

/// Notes of archives of one lab that say the same number who they share it with: all but one are of somebody else.
fn compare(lines: &mut [Line]) {
    let mut owners: BTreeMap<(u8, String), Vec<String>> = BTreeMap::new();
    for line in lines.iter().filter(|line| !line.id.is_empty()) {
        let files = owners.entry((line.lab, line.id.clone())).or_default();
        files.push(line.file.clone());
    }
    for line in lines {
        let files = owners.get(&(line.lab, line.id.clone()));
        if let Some(files) = files.filter(|files| files.len() > 1) {
            let others = files.iter().filter(|file| **file != line.file);
            let others: Vec<&str> = others.map(String::as_str).collect();
            let separator = if line.note.is_empty() { "" } else { "; " };
            line.note += &format!("{separator}the same ID as {}", others.join(", "));
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
    for line in lines {
        csv.serialize(line)?;
    }
    csv.into_inner().context("the table of scores is not whole")
}
