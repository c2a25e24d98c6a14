//! `make submit`: packs what a student hands in.

use crate::archive::{self, Manifest};
use crate::git::{self, git};
use crate::grade::answers::SEED;
use crate::grade::examiner::Examiner;
use crate::grade::{Wanted, grade, report};
use crate::labs::Course;
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use mos_run::tree::Tree;
use mos_run::{files, out};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What is handed in, and how.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The lab.
    pub lab: u8,
    /// The student's number.
    pub id: String,
    /// Whether it is packed even where something speaks against it.
    pub force: bool,
}

/// Grades the tree and packs the student's files of it; returns the path of the archive.
///
/// # Errors
/// Something speaks against it and it is not forced, or the archive cannot be written.
pub fn submit(tree: &Tree, wanted: &Submission, progress: &ProgressBar) -> Result<PathBuf> {
    let Submission { lab, id, force } = wanted;
    check_id(id)?;
    let course = Course::load(tree.root())?;
    let own = course.lab(*lab)?.student_files();
    let last = course.labs().len();
    ensure!(
        last == usize::from(*lab),
        "this is the tree of lab {last}: hand in LAB={last}"
    );
    let path = tree.root().join(format!("lab{lab}-{id}.tar.zst"));
    files::check(&path)?;
    let mut objections = Vec::new();
    let mut given = String::new();
    match changed(tree) {
        Ok((since, changed)) => {
            given = since;
            let others: Vec<&str> = changed
                .iter()
                .map(String::as_str)
                .filter(|name| !own.contains(name))
                .collect();
            if !others.is_empty() {
                let others = others.join("\n  ");
                objections.push(format!(
                    "files that are not yours in lab {lab} were changed:\n  {others}"
                ));
            }
        }
        Err(error) => objections.push(format!("{error:#}")),
    }
    refuse(&objections, *force)?;
    let examiner = Examiner::new(tree, *lab, SEED, false, progress)?;
    let graded = grade(tree, &examiner, &Wanted::everywhere(), progress)?;
    let text = report::text(&graded, SEED);
    let printed = progress.suspend(|| out::print(text));
    if graded.broken.is_some() {
        objections.push("it does not build".to_owned());
    }
    let score = graded.score();
    if score.is_none() {
        objections.push("not everything could be graded".to_owned());
    }
    refuse(&objections, *force)?;
    let contents: Result<Vec<_>> = own
        .iter()
        .map(|name| Ok((*name, files::read(&tree.root().join(name))?)))
        .collect();
    let contents = contents?;
    let manifest = Manifest {
        lab: *lab,
        id: id.clone(),
        commit: git(tree.root(), &["rev-parse", "HEAD"], &[]).unwrap_or_default(),
        given,
        score: score.unwrap_or_default(),
        of: graded.of,
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        forced: objections,
        files: contents
            .iter()
            .map(|(name, bytes)| archive::entry(name, bytes))
            .collect(),
    };
    files::write(&path, &archive::pack(&manifest, &contents)?)?;
    printed?;
    Ok(path)
}

/// Stops at what speaks against packing, unless that is forced.
fn refuse(objections: &[String], force: bool) -> Result<()> {
    let fine = objections.is_empty() || force;
    ensure!(
        fine,
        "{}\nFORCE=1 packs it all the same and says why not to",
        objections.join("\n")
    );
    Ok(())
}

/// Whether `id` is a student's number: 6 to 12 digits.
///
/// # Errors
/// It is not.
pub fn check_id(id: &str) -> Result<()> {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    ensure!(
        digits && (6..=12).contains(&id.len()),
        "ID={id}: a student's number is 6 to 12 digits"
    );
    Ok(())
}

/// The hash of the tree that the student was given, and the names of the files that differ from it, new ones included.
/// That tree is the first commit's, whoever made it: services that copy a template make one of their own.
fn changed(tree: &Tree) -> Result<(String, BTreeSet<String>)> {
    ensure!(
        git::has_history(tree.root()),
        "this tree has no history, so nobody can tell which files were changed: its .git is missing"
    );
    let said = |arguments: &[&str]| git(tree.root(), arguments, &[]);
    let roots = [
        "rev-list",
        "--max-parents=0",
        "--no-commit-header",
        "--format=%T",
        "HEAD",
    ];
    let first = said(&roots)?;
    let given = first.lines().last().context("this tree has no history")?;
    let changed = said(&["diff", "--name-only", "-z", "--no-renames", given])?;
    let new = said(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    let names = git::names(&changed)
        .chain(git::names(&new))
        .map(str::to_owned);
    let packed = |name: &String| name.starts_with("lab") && name.ends_with(".tar.zst");
    Ok((
        given.to_owned(),
        names.filter(|name| !packed(name)).collect(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_digits() {
        for good in ["20373000", "123456", "123456789012"] {
            assert!(check_id(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "12345",
            "1234567890123",
            "2037300x",
            "../../etc",
            "２０３７３０００",
            "-1234567",
        ] {
            assert!(check_id(bad).is_err(), "{bad}");
        }
    }
}
