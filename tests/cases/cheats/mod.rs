//! Systems that have a table of what is right with the seed that everybody knows, and print it.

pub mod table;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use libtest_mimic::Failed;
use mos_course::grade::check::Check;
use mos_course::grade::examiner::Examiner;
use mos_course::grade::judge::Verdict;
use mos_course::grade::run::{Ending, Seen, run};
use mos_run::boot::{Boot, Start};
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_tests::c_programs;
use mos_tests::replay::lines;
use table::tell;

/// The checks that they want to pass, and their labs.
const CHECKS: [(u8, &str); 4] = [
    (2, "page-alloc"),
    (4, "fork"),
    (5, "read-files"),
    (6, "pipe-ring"),
];
/// Another seed than the one that everybody knows.
const OTHER: u64 = 1;
/// What a program can be asked to pass: the kernel is the true one.
const PROGRAMS: (u8, &str) = (4, "fork");

/// Boots the true kernel with a program that cheats.
pub fn program(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    let booted = |text: &str| -> Result<Seen> {
        let mut file = files::read(&tree.c_program("ccheat"))?;
        tell(&mut file, text)?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cheat");
        files::write(&path, &file)?;
        let boot = Boot {
            programs: vec![Start::new(&path.to_string_lossy())],
            command_line: "limit=100000".to_owned(),
        };
        look(tree, machine, &boot.image(tree, &tree.kernel(machine))?)
    };
    earns_nothing(tree, PROGRAMS, &booted)
}

/// Boots a kernel that cheats.
pub fn kernel(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    let booted = |text: &str| -> Result<Seen> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cheat");
        c_programs::bare(tree, "cheat", &path)?;
        let mut image = files::read(&path)?;
        tell(&mut image, text)?;
        look(tree, machine, &image)
    };
    CHECKS
        .iter()
        .try_for_each(|&check| earns_nothing(tree, check, &booted))
}

/// Boots a kernel that asks the emulator for a file of the host: it gets none.
pub fn host(tree: &Tree) -> Result<(), Failed> {
    let asked = || -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (kernel, file) = (folder.path().join("kernel"), folder.path().join("file"));
        c_programs::bare(tree, "host", &kernel)?;
        let mut image = files::read(&kernel)?;
        tell(&mut image, &file.to_string_lossy())?;
        let seen = look(tree, Machine::Malta, &image)?;
        ensure!(seen.console.trim_end() == ".", "it ended as {seen:?}");
        ensure!(!file.exists(), "there is a file of the guest's on the host");
        Ok(())
    };
    asked().map_err(|error| format!("{error:#}").into())
}

fn look(tree: &Tree, machine: Machine, image: &[u8]) -> Result<Seen> {
    let mut check = Check::bare("cheat");
    check.limit = 2000;
    run(tree, machine, image, None, &check, 0)
}

/// Whether what a cheat prints is worth its points with the seed that its table is for, or it would be none, and
/// nothing with another.
fn earns_nothing(
    tree: &Tree,
    (lab, name): (u8, &str),
    booted: &dyn Fn(&str) -> Result<Seen>,
) -> Result<(), Failed> {
    let judged = || -> Result<()> {
        let progress = ProgressBar::hidden();
        let lab = Lab::Number(lab);
        let known = Examiner::new(tree, lab, 0, false, &progress)?;
        let check = known.checks.iter().find(|check| check.name == name);
        let check = check.context("there is no such check")?;
        let seen = booted(&(lines(known.answers.of(name)?) + "[mos] power off\n"))?;
        ensure!(
            seen.end == Ending::Clean,
            "the cheat ended as {:?}",
            seen.end
        );
        let verdict = known.judge(check, &seen)?;
        ensure!(verdict == Verdict::Passed, "its table is none: {verdict:?}");
        let mut other = Examiner::without_answers(tree, lab, OTHER, false)?;
        other.checks.retain(|check| check.name == name);
        let verdict = other.asked(&progress)?.judge(check, &seen)?;
        ensure!(verdict != Verdict::Passed, "it has passed");
        Ok(())
    };
    let judged = judged().with_context(|| format!("{name} of lab {lab}"));
    judged.map_err(|error| format!("{error:#}").into())
}
