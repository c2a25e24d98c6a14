//! The tree that the students of a lab get, and the same with the lab solved.

pub mod lock;
pub mod marker;
pub mod render;
pub mod source;

use crate::git::{self, git};
use crate::labs::Course;
use crate::language::{self, Language};
use crate::thinking;
use anyhow::{Context, Result, ensure};
use mos_run::files;
use mos_run::lab::Lab;
use render::{Level, render};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Folders at the root that hold what was built, and the history.
const NO_SOURCES: [&str; 3] = ["build", "target", ".git"];

/// Writes the skeleton of `lab` in `language` to the folder `dest`, as a git repository with one commit. With `solved`,
/// the true solution stands in the student's files, as changes since that commit.
///
/// # Errors
/// `dest` has something in it or cannot be written; a marker in the source is wrong.
pub fn make(
    course: &Course,
    root: &Path,
    lab: Lab,
    language: Language,
    solved: bool,
    dest: &Path,
) -> Result<()> {
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
    files::check_folder(dest)?;
    replace(course, root, Level::skeleton(lab).told_in(language), dest)?;
    commit(root, lab, dest)?;
    if solved {
        fill(course, root, lab, dest)?;
    }
    Ok(())
}

/// What tells the trees of a lab in `language` apart that were given to students at different times: the hash of all their
/// files.
///
/// # Errors
/// A marker in the source is wrong, or the skeleton cannot be written.
pub fn version(course: &Course, root: &Path, lab: Lab, language: Language) -> Result<String> {
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    make(course, root, lab, language, false, folder.path())?;
    git(folder.path(), &["rev-parse", "HEAD^{tree}"], &[])
}

/// Makes the folder `dest` hold the files of a lab's tree at `level`. What is
/// the same already is not touched; what is not part of the tree is removed, apart from what was built.
///
/// # Errors
/// A file cannot be read, written or removed; a marker in the source is wrong.
pub fn replace(course: &Course, root: &Path, level: Level, dest: &Path) -> Result<()> {
    let lab = level.lab;
    let names: BTreeSet<PathBuf> = tracked(root)?
        .into_iter()
        .filter(|name| {
            course.has_file(lab, name) || level.private && course.has_private_file(lab, name)
        })
        .chain(lab.is_handed_out().then(|| thinking::FILE.to_owned()))
        .map(PathBuf::from)
        .collect();
    for name in found(dest, dest)? {
        if !names.contains(&name) {
            fs::remove_file(dest.join(&name))
                .with_context(|| format!("cannot remove {}", name.display()))?;
        }
    }
    let sources = names.iter().filter_map(|name| name.to_str());
    for name in sources.filter(|name| ![thinking::FILE, lock::FILE].contains(name)) {
        copy(course, root, name, level, dest)?;
    }
    let lock = String::from_utf8(files::read(&root.join(lock::FILE))?)?;
    let manifests = names.iter().filter(|name| name.ends_with("Cargo.toml"));
    let packages: Result<Vec<_>> = manifests
        .map(|name| lock::package(&dest.join(name)))
        .collect();
    let lock = lock::of(&lock, &packages?.into_iter().flatten().collect());
    files::update(&dest.join(lock::FILE), lock.as_bytes())?;
    if !lab.is_handed_out() {
        return Ok(());
    }
    let template = thinking::template(root, lab, level.language)?;
    files::update(&dest.join(thinking::FILE), template.as_bytes())
}

/// The files in `folder`, as seen from `base`, but for what was built and the history.
fn found(base: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    if !folder.exists() {
        return Ok(names);
    }
    for entry in
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?
    {
        let path = entry?.path();
        let name = path.strip_prefix(base)?.to_path_buf();
        if !path.is_dir() {
            names.push(name);
        } else if !NO_SOURCES.iter().any(|other| name == Path::new(other)) {
            names.extend(found(base, &path)?);
        }
    }
    Ok(names)
}

/// Puts the true solution of `lab` into the student's files of a skeleton of it.
///
/// # Errors
/// A file cannot be read or written; a marker in the source is wrong.
pub fn fill(course: &Course, root: &Path, lab: Lab, dest: &Path) -> Result<()> {
    let level = Level::solved(lab);
    for name in course.lab(lab)?.student_files() {
        copy(course, root, name, level, dest)?;
    }
    Ok(())
}

/// Writes one file as it is at `level`, with its permissions.
fn copy(course: &Course, root: &Path, name: &str, level: Level, dest: &Path) -> Result<()> {
    let (from, to) = (root.join(name), dest.join(name));
    let mut bytes = files::read(&from)?;
    if name == language::FILE {
        bytes = level.language.word().into();
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => files::update(&to, render(course, name, text, level)?.as_bytes())?,
        Err(_) => files::update(&to, &bytes)?,
    }
    let permissions = fs::metadata(&from).map(|metadata| metadata.permissions());
    permissions
        .and_then(|permissions| fs::set_permissions(&to, permissions))
        .with_context(|| format!("cannot set the permissions of {}", to.display()))
}

/// The names of all files of the tree at `root`, as they are now: those that git knows, or where it knows nothing of
/// the tree, those that are there and were not built.
///
/// # Errors
/// They cannot be listed.
pub fn tracked(root: &Path) -> Result<Vec<String>> {
    if !git::has_history(root) {
        let names = found(root, root)?;
        let names = names
            .into_iter()
            .map(|name| name.into_os_string().into_string());
        return Ok(names.filter_map(Result::ok).collect());
    }
    let list = git(root, &["ls-files", "-z"], &[])?;
    let names = git::names(&list).map(str::to_owned);
    Ok(names.filter(|name| root.join(name).is_file()).collect())
}

/// When the tree at `root` was last changed, as git writes it: by the last commit, or without one, in any file, as
/// an archive has the commit's date on all of them.
fn date(root: &Path) -> Result<String> {
    let committed = git(root, &["log", "-1", "--format=%cI"], &[]);
    committed.or_else(|_| {
        let names = tracked(root)?;
        let times = names
            .iter()
            .map(|name| fs::metadata(root.join(name))?.modified());
        let newest = times.collect::<Result<Vec<_>, _>>()?.into_iter().max();
        let since = newest.unwrap_or(UNIX_EPOCH).duration_since(UNIX_EPOCH)?;
        Ok(format!("{} +0000", since.as_secs()))
    })
}

/// Makes `dest` a repository with one commit, which is the same for the same files and the same source, whatever
/// git is told elsewhere.
fn commit(root: &Path, lab: Lab, dest: &Path) -> Result<()> {
    let date = date(root)?;
    let date = date.as_str();
    let message = format!("MOS: the tree to start lab {lab} from");
    let environment = [
        ("GIT_AUTHOR_NAME", "MOS"),
        ("GIT_AUTHOR_EMAIL", "mos@course.invalid"),
        ("GIT_AUTHOR_DATE", date),
        ("GIT_COMMITTER_NAME", "MOS"),
        ("GIT_COMMITTER_EMAIL", "mos@course.invalid"),
        ("GIT_COMMITTER_DATE", date),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
    ];
    git(
        dest,
        &["init", "-q", "-b", "main", "--template="],
        &environment,
    )?;
    git(dest, &["add", "--all", "--force"], &environment)?;
    git(dest, &["commit", "-q", "-m", &message], &environment).map(drop)
}
