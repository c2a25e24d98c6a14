//! The tree that the students of a lab get, and the same with the lab solved.

use super::Course;
use super::render::{Level, render};
use crate::files;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Writes the skeleton of `lab` to the folder `dest`, as a git repository with one commit. With `solved`, the
/// true solution stands in the student's files, as changes since that commit.
///
/// # Errors
/// `dest` has something in it or cannot be written; a marker in the source is wrong.
pub fn make(course: &Course, root: &Path, lab: u8, solved: bool, dest: &Path) -> Result<()> {
    course.lab(lab)?;
    let empty = match fs::read_dir(dest) {
        Ok(mut entries) => entries.next().is_none(),
        Err(_) => !dest.exists(),
    };
    ensure!(
        empty,
        "{} is not an empty folder: give DEST= another, or one that does not exist",
        dest.display()
    );
    write(course, root, lab, dest)?;
    commit(root, lab, dest)?;
    if solved {
        fill(course, root, lab, dest)?;
    }
    Ok(())
}

/// Writes the files of the skeleton of `lab` to the folder `dest`, whatever else is there.
///
/// # Errors
/// As [`make`].
pub fn write(course: &Course, root: &Path, lab: u8, dest: &Path) -> Result<()> {
    let level = Level { lab, solved: false };
    for name in tracked(root)? {
        if course.has_file(lab, &name) {
            copy(course, root, &name, level, dest)?;
        }
    }
    Ok(())
}

/// Puts the true solution of `lab` into the student's files of a skeleton of it.
///
/// # Errors
/// A file cannot be read or written; a marker in the source is wrong.
pub fn fill(course: &Course, root: &Path, lab: u8, dest: &Path) -> Result<()> {
    let level = Level { lab, solved: true };
    for name in course.lab(lab)?.student_files() {
        copy(course, root, name, level, dest)?;
    }
    Ok(())
}

/// Writes one file as it is at `level`, with its permissions.
fn copy(course: &Course, root: &Path, name: &str, level: Level, dest: &Path) -> Result<()> {
    let (from, to) = (root.join(name), dest.join(name));
    let bytes = files::read(&from)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => files::update(&to, render(course, name, text, level)?.as_bytes())?,
        Err(_) => files::update(&to, &bytes)?,
    }
    let permissions = fs::metadata(&from).map(|metadata| metadata.permissions());
    permissions
        .and_then(|permissions| fs::set_permissions(&to, permissions))
        .with_context(|| format!("cannot set the permissions of {}", to.display()))
}

/// The names of all files of the tree at `root` that git knows, as they are now.
///
/// # Errors
/// It is no git repository.
pub fn tracked(root: &Path) -> Result<Vec<String>> {
    let names = git(root, &["ls-files", "-z"], &[])?;
    let names = names.split_terminator('\0').map(str::to_owned);
    Ok(names.filter(|name| root.join(name).is_file()).collect())
}

/// Makes `dest` a repository with one commit, which is the same for the same files and the same source.
fn commit(root: &Path, lab: u8, dest: &Path) -> Result<()> {
    let date = git(root, &["log", "-1", "--format=%cI"], &[])?;
    let date = date.trim();
    let message = format!("MOS: the tree to start lab {lab} from");
    let environment = [
        ("GIT_AUTHOR_NAME", "MOS"),
        ("GIT_AUTHOR_EMAIL", "mos@course.invalid"),
        ("GIT_AUTHOR_DATE", date),
        ("GIT_COMMITTER_NAME", "MOS"),
        ("GIT_COMMITTER_EMAIL", "mos@course.invalid"),
        ("GIT_COMMITTER_DATE", date),
    ];
    git(dest, &["init", "-q", "-b", "main", "--template="], &[])?;
    git(dest, &["add", "--all", "--force"], &[])?;
    let commit = ["-c", "commit.gpgSign=false", "commit", "-q", "-m", &message];
    git(dest, &commit, &environment).map(drop)
}

fn git(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    command.envs(environment.iter().copied());
    let output = command.output().context("cannot run git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
