//! `make submit`: packs what a student hands in.

use crate::archive::{self, Manifest};
use crate::git::{self, git_within};
use crate::grade::answers::SEED;
use crate::grade::budget;
use crate::grade::examiner::Examiner;
use crate::grade::{Wanted, grade, report};
use crate::labs::Course;
use crate::language::Catalogue;
use crate::thinking;
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use mos_run::{files, out};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// A file that every tree has had from the start.
const MARK: &str = "mipsel-mos.json";
/// How the names of files end that are compiled, or tell how.
const SOURCES: [&str; 5] = [".rs", ".S", ".s", ".ld", ".toml"];
/// Files that tell make, cargo and rustup what to do, wherever they are.
const TELL: [&str; 5] = [
    "Cargo.toml",
    "GNUmakefile",
    "makefile",
    "rust-toolchain",
    "rust-toolchain.toml",
];

/// What is handed in, and how.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The lab.
    pub lab: Lab,
    /// The student's number.
    pub id: String,
    /// Whether it is packed even where something speaks against it.
    pub force: bool,
    // lab smp begin
    /// How many CPUs there are in each check that can have them.
    pub cpus: Option<u8>,
    // lab smp end
}

/// Grades the tree, with a report in the words of `catalogue`, and packs the student's files of it; returns the path of
/// the archive.
///
/// # Errors
/// Something speaks against it and it is not forced, or the archive cannot be written.
pub fn submit(
    tree: &Tree,
    wanted: &Submission,
    catalogue: &Catalogue,
    progress: &ProgressBar,
) -> Result<PathBuf> {
    let Submission { lab, id, force, .. } = wanted;
    let cpus = None;
    // lab smp begin
    let cpus = wanted.cpus.or(cpus);
    // lab smp end
    check_id(id)?;
    let course = Course::load(tree.root())?;
    let mut own = course.lab(*lab)?.student_files();
    // Who answers nothing may have thrown it away.
    own.insert(thinking::FILE);
    let last = course.labs().last().map_or(Lab::NONE, |lab| lab.number);
    ensure!(
        last == *lab,
        "this is the tree of lab {last}: hand in LAB={last}"
    );
    let path = tree.root().join(format!("{}-{id}.tar.zst", lab.stem()));
    files::check(&path)?;
    let (given, mut objections) = objections(tree, *lab, &own);
    refuse(&objections, *force)?;
    let examiner = Examiner::new(tree, *lab, SEED, false, progress)?;
    // lab smp begin
    let examiner = examiner.on(cpus);
    // lab smp end
    let graded = grade(
        tree,
        &examiner,
        &Wanted::everywhere().within(budget::ARCHIVE),
        progress,
    )?;
    let text = catalogue.report(&report::text(&graded, SEED));
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
        .filter(|name| **name != thinking::FILE || tree.root().join(name).is_file())
        .map(|name| Ok((*name, files::read(&tree.root().join(name))?)))
        .collect();
    let contents = contents?;
    let manifest = Manifest {
        lab: *lab,
        id: id.clone(),
        commit: git_within(tree.root(), &["rev-parse", "HEAD"], &[]).unwrap_or_default(),
        given,
        score: score.unwrap_or_default(),
        of: graded.of,
        cpus,
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

/// The hash of the tree that the student was given, if it is known, and what speaks against handing in what has become of
/// it, of which only these files are the student's `own`.
pub fn objections(tree: &Tree, lab: Lab, own: &BTreeSet<&str>) -> (String, Vec<String>) {
    let (given, changed) = match changed(tree) {
        Ok(changed) => changed,
        Err(error) => return (String::new(), vec![format!("{error:#}")]),
    };
    let others = changed.iter().map(String::as_str);
    let others: Vec<&str> = others.filter(|name| !own.contains(name)).collect();
    let mut objections = Vec::new();
    if !others.is_empty() {
        let others = others.join("\n  ");
        objections.push(format!(
            "files that are not yours in lab {lab} were changed:\n  {others}"
        ));
    }
    (given, objections)
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

/// The hash of the tree that the student was given, and the names of the files that differ from it, new ones included if
/// they may take part in a build. That tree is the one of the first commit that has it, whoever made that: services that
/// copy a template make one of their own, and it may be a folder of a larger repository.
fn changed(tree: &Tree) -> Result<(String, BTreeSet<String>)> {
    let said = |arguments: &[&str]| git_within(tree.root(), arguments, &[]);
    let commits = said(&["rev-list", "--reverse", "HEAD", "--", MARK]).unwrap_or_default();
    let first = commits.lines().next().context(
        "this tree has no history, so nobody can tell which files were changed: its .git is missing",
    )?;
    let place = said(&["rev-parse", "--show-prefix"])?;
    let given = said(&[
        "rev-parse",
        &format!("{first}:{}", place.trim_end_matches('/')),
    ])?;
    let rooms = said(&["ls-tree", "-z", "--name-only", &given])?;
    let rooms: BTreeSet<&str> = git::names(&rooms).collect();
    let differ = |which| {
        let filter = format!("--diff-filter={which}");
        said(&[
            "diff",
            "--name-only",
            "-z",
            "--no-renames",
            "--relative",
            &filter,
            first,
            "--",
            ".",
        ])
    };
    let (changed, added) = (differ("a")?, differ("A")?);
    let new = said(&["ls-files", "-z", "--others", "--exclude-standard"])?;
    let new = git::names(&added).chain(git::names(&new));
    let new = new.filter(|name| takes_part(name, &rooms));
    let names = git::names(&changed).chain(new).map(str::to_owned);
    Ok((given, names.collect()))
}

/// Whether a new file may take part in a build: a source in one of the `rooms` of the tree, or what tells make and cargo
/// what to do. What editors, the emulators and grading leave about does not.
fn takes_part(name: &str, rooms: &BTreeSet<&str>) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let hidden = name
        .split('/')
        .any(|part| part.starts_with('.') && part != ".cargo");
    let room = name.split('/').next().unwrap_or(name);
    let source = SOURCES.iter().any(|ending| file.ends_with(ending)) && rooms.contains(room);
    !hidden && (source || TELL.contains(&file) || name.starts_with(".cargo/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_and_tools_leave_about_takes_no_part() {
        let rooms = BTreeSet::from(["kernel", "user", "Makefile"]);
        for name in [
            "mos.elf",
            "lab4-20373000.tar.zst",
            "out/lab4/results.json",
            ".vscode/settings.json",
            ".idea/a.rs",
            "kernel/src/.serial.rs.swp",
            "kernel/src/serial.rs~",
            "kernel/src/serial.rs.orig",
            "kernel/src/#serial.rs#",
            "notes/try.rs",
            "tags",
            "core",
        ] {
            assert!(!takes_part(name, &rooms), "{name}");
        }
        for name in [
            "kernel/src/mine.rs",
            "kernel/build.rs",
            "user/src/bin/new/main.rs",
            "kernel/src/arch/new.S",
            "GNUmakefile",
            ".cargo/config",
            "rust-toolchain.toml",
        ] {
            assert!(takes_part(name, &rooms), "{name}");
        }
    }

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
