//! What must hold of the trees that students get.

use super::step::Tally;
use crate::replay::replay;
use anyhow::{Context, Result};
use indicatif::ProgressBar;
use mos_course::grade::answers::SEED;
use mos_course::grade::checks;
use mos_course::grade::examiner::Examiner;
use mos_course::grade::judge::Verdict;
use mos_course::labs::Course;
use mos_course::mutants::mutate;
use mos_course::prefixes;
use mos_course::skeleton;
use mos_course::skeleton::render::Level;
use mos_run::cargo;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::number::Number;
use mos_run::tree::Tree;

/// A few of the catalogue; `make mutants` makes all of them.
const SAMPLE: [&str; 3] = ["copy-frame-lost", "map-gains-write", "fault-overwrites"];

/// Whether each lab's tree compiles with its holes, without a warning and without a change of its own.
pub fn skeletons(tree: &Tree, machines: &[Machine], spinner: &ProgressBar) -> Result<Tally> {
    let course = Course::load(tree.root())?;
    let copy = Tree::at(tree.build().join("skeletons/tree")).quick();
    let mut tally = Tally::default();
    for lab in course.labs() {
        let number = lab.number;
        spinner.set_message(format!("lab {number}"));
        skeleton::replace(&course, tree.root(), Level::skeleton(number), copy.root())?;
        // If it came here with the whole tree, that is said once, and is no warning.
        cargo::host(&copy, "version")
            .output()
            .context("cannot run cargo")?;
        let kernels = machines.iter();
        let kernels = kernels.map(|&machine| cargo::kernel(&copy, "check", machine));
        let mut tools = cargo::host(&copy, "check");
        for package in ["mos-run", "mos-course", "mos-measure", "mos-torture"] {
            tools.args(["-p", package]);
        }
        if copy.root().join("tools/mos/Cargo.toml").exists() {
            tools.args(["-p", "mos"]);
        }
        let others = [cargo::target(&copy, "check", "mos-user"), tools];
        let of_disk = copy.root().join("user/programs/Cargo.toml").exists();
        let of_disk = of_disk.then(|| cargo::disk_programs(&copy, "check"));
        for mut command in kernels.chain(others).chain(of_disk) {
            let output = command
                .args(["-q", "--locked"])
                .output()
                .context("cannot run cargo")?;
            let words = String::from_utf8_lossy(&output.stderr);
            if output.status.success() && words.trim().is_empty() {
                tally.passed += 1;
            } else {
                tally.failed += 1;
                tally.output += &format!("lab {number}:\n{words}\n");
            }
        }
    }
    Ok(tally)
}

/// A seed that nobody has a table for.
const OTHER: u64 = 1;
/// Checks that look at more of the console than reports.
const LOOKED_AT: [&str; 19] = [
    "log",
    "log-other-level",
    "insert-without-memory",
    "env-alloc-slots",
    "env-ends",
    "load-segments",
    "env-create",
    "ends-in-turn",
    "killed-one-by-one",
    "exceptions",
    "exception-kinds",
    "kill-line",
    "env-create-other",
    "load-other-segments",
    "ipc-call",
    "console-line",
    "cpus-together",
    "cpus-together-on-more",
    "sfork-own",
];

/// Whether what is right depends on the seed, in every check, and who has learnt it by heart has passed none with another seed.
pub fn another_seed(tree: &Tree, spinner: &ProgressBar) -> Result<Tally> {
    let mut tally = Tally::default();
    for lab in checks::labs(tree)? {
        let known = Examiner::new(tree, lab, SEED, true, spinner)?;
        let other = Examiner::new(tree, lab, OTHER, true, spinner)?;
        for check in &known.checks {
            let name = &check.name;
            let right = known.answers.of(name)?;
            let seen = replay(right);
            let judged = other.judge(check, &seen)?;
            let complaint = if right == other.answers.of(name)? {
                "the answers are the same with every seed"
            } else if !matches!(judged, Verdict::Failed(_)) {
                "is passed by heart"
            } else if !LOOKED_AT.contains(&name.as_str())
                && known.judge(check, &seen)? != Verdict::Passed
            {
                "is not passed with what is right"
            } else {
                tally.passed += 1;
                continue;
            };
            tally.failed += 1;
            tally.output += &format!("{name}: {complaint}\n");
        }
    }
    Ok(tally)
}

/// Exercises that are tried, and where; `make prefixes` tries all of them.
const PREFIXES: [(u8, u8, Machine); 5] = [
    (1, 3, Machine::Gxemul),
    (2, 9, Machine::Gxemul),
    (3, 10, Machine::Malta),
    (4, 1, Machine::Gxemul),
    (4, 14, Machine::Malta),
];

/// Whether exercises have their points as soon as they and those before them are done.
pub fn prefixes(tree: &Tree, machines: &[Machine], spinner: &ProgressBar) -> Result<Tally> {
    let course = Course::load(tree.root())?;
    let mut tally = Tally::default();
    for (lab, index, machine) in PREFIXES {
        if !machines.contains(&machine) {
            continue;
        }
        let number = Number {
            lab: Lab::Number(lab),
            index,
        };
        let complaints = prefixes::complaints(tree, &course, number, machine, spinner)?;
        if complaints.is_empty() {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            tally.output += &format!("{number} on {machine}:\n{complaints}");
        }
    }
    Ok(tally)
}

/// Whether a few mistakes are caught.
pub fn mutants(tree: &Tree) -> Result<Tally> {
    let complaints = mutate::sample(tree, &SAMPLE)?;
    Ok(Tally {
        passed: SAMPLE.len().saturating_sub(complaints.len()),
        failed: complaints.len(),
        output: complaints.join("\n"),
        tests: 0,
    })
}
