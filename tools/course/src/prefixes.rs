//! `make prefixes`: whether the exercises of a lab, done in the order of its page, earn their points one by one.
//!
//! For each exercise a tree is made in which it and those before it are solved and those behind it are holes; the
//! checks of the exercise must pass there.

use crate::grade::answers::SEED;
use crate::grade::examiner::Examiner;
use crate::grade::judge::Verdict;
use crate::grade::{self, Wanted, report};
use crate::labs::Course;
use crate::skeleton;
use crate::skeleton::render::Level;
use anyhow::{Context, Result};
use indicatif::ProgressBar;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::number::Number;
use mos_run::out;
use mos_run::tree::Tree;

/// Tries every exercise of `lab`, or of all labs, on `machine`, and says what is wrong with each. Returns whether
/// nothing is.
///
/// # Errors
/// There is no such lab, or a tree cannot be made.
pub fn run(
    tree: &Tree,
    lab: Option<Lab>,
    machine: Machine,
    progress: &ProgressBar,
) -> Result<bool> {
    let course = Course::load(tree.root())?;
    let labs = match lab {
        Some(lab) => vec![course.lab(lab)?],
        None => course.labs().iter().collect(),
    };
    let mut all = true;
    for exercise in labs.iter().flat_map(|lab| &lab.exercises) {
        let number = exercise.number;
        let complaints = complaints(tree, &course, number, machine, progress)?;
        let line = match complaints.as_str() {
            "" => format!("{number}: its points are there at once\n"),
            complaints => format!("{number}:\n{complaints}"),
        };
        all &= complaints.is_empty();
        progress.suspend(|| out::print(line))?;
    }
    Ok(all)
}

/// What keeps the points of exercise `number` back while those behind it are not done.
///
/// # Errors
/// The tree cannot be made, or an emulator cannot be run.
pub fn complaints(
    tree: &Tree,
    course: &Course,
    number: Number,
    machine: Machine,
    progress: &ProgressBar,
) -> Result<String> {
    let copy = Tree::at(tree.build().join("prefixes/tree")).quick();
    let level = Level::up_to(number).graded();
    skeleton::replace(course, tree.root(), level, copy.root())?;
    let mut examiner = Examiner::new(tree, number.lab, SEED, true, progress)?;
    let exercise = number.to_string();
    examiner.checks.retain(|check| check.exercise == exercise);
    let mut report = grade::grade(&copy, &examiner, &Wanted::on(machine), progress)
        .with_context(|| format!("exercises up to {exercise}"))?;
    if report.is_full() {
        return Ok(String::new());
    }
    report.rows.retain(|row| row.verdict != Verdict::Passed);
    Ok(report::text(&report, SEED))
}
