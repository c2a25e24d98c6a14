//! `make mutants`: makes each mistake in a copy of the tree, and sees whether a check of the lab catches it.

use crate::grade::answers::SEED;
use crate::grade::check::Check;
use crate::grade::checks;
use crate::grade::examiner::Examiner;
use crate::grade::judge::Verdict;
use crate::grade::{self, Report, Wanted, report};
use crate::labs::Course;
use crate::mutants::{self, Mutant};
use crate::skeleton;
use crate::skeleton::render::{Level, render};
use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{files, out, progress};
use std::path::Path;

/// Which mutants to make.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only those of this lab.
    pub lab: Option<Lab>,
    /// Only these; all, if there are none.
    pub names: Vec<String>,
    /// On this machine, those that show there; each on its own, if it is not said.
    pub machine: Option<Machine>,
}

impl Selection {
    fn takes(&self, mutant: &Mutant) -> bool {
        self.lab.is_none_or(|lab| mutant.exercise.lab == lab)
            && (self.names.is_empty() || self.names.contains(&mutant.name))
            && self.machine.is_none_or(|machine| mutant.shows_on(machine))
    }

    /// The lab and the machine that show `mutant`.
    fn ground(&self, mutant: &Mutant) -> (Lab, Machine) {
        let machine = self.machine.unwrap_or_else(|| mutant.machine());
        (mutant.exercise.lab, machine)
    }
}

/// Makes the mutants of `selection`, one after the other, and prints which check caught each. Returns whether
/// all were caught, and the trees without a mistake had full score.
///
/// # Errors
/// There is no such mutant, or a solved tree does not build.
pub fn run(tree: &Tree, selection: &Selection) -> Result<bool> {
    let course = Course::load(tree.root())?;
    let all = mutants::load(&course, tree.root())?;
    let mut chosen: Vec<&Mutant> = all.iter().filter(|m| selection.takes(m)).collect();
    // What has the same ground stands together, so that each is built once.
    chosen.sort_by_key(|mutant| {
        let (lab, machine) = selection.ground(mutant);
        (lab, machine == Machine::Gxemul)
    });
    let known: Vec<&str> = all.iter().map(|m| m.name.as_str()).collect();
    for name in &selection.names {
        ensure!(
            known.contains(&name.as_str()),
            "MUTANT={name}: no such mutant; there are: {}",
            known.join(", ")
        );
    }
    ensure!(!chosen.is_empty(), "there is no such mutant");
    let (mut survivors, mut failed) = (0, 0);
    let mut full = true;
    let mut solved = None;
    for mutant in &chosen {
        let ground = selection.ground(mutant);
        if solved != Some(ground) {
            full &= solved_scores_full(tree, &course, ground)?;
            solved = Some(ground);
        }
        let (name, mistake) = (&mutant.name, &mutant.mistake);
        let exercise = mutant.exercise;
        let what = match try_out(tree, &course, mutant, ground) {
            Ok(Some(check)) => format!("caught by {check}"),
            Ok(None) => {
                survivors += 1;
                format!("SURVIVED. {mistake}")
            }
            Err(error) => {
                failed += 1;
                format!("no verdict. {error:#}")
            }
        };
        out::print(format!("{exercise} {name}: {what}\n"))?;
    }
    let without = match failed {
        0 => String::new(),
        _ => format!(", {failed} without a verdict"),
    };
    let count = chosen.len();
    out::print(format!("{count} mutants, {survivors} survived{without}\n"))?;
    Ok(full && survivors == 0 && failed == 0)
}

/// Makes the mutants called `names`, which must be of one lab and machine, and has the checks of their own
/// exercises look for them. Returns what is wrong: mutants that none catches, checks that fail anyway.
///
/// # Errors
/// As [`run`].
pub fn sample(tree: &Tree, names: &[&str]) -> Result<Vec<String>> {
    let course = Course::load(tree.root())?;
    let all = mutants::load(&course, tree.root())?;
    let mut complaints = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let mutant = all.iter().find(|mutant| mutant.name == *name);
        let mutant = mutant.with_context(|| format!("there is no mutant {name}"))?;
        let ground = (mutant.exercise.lab, mutant.machine());
        if n == 0 {
            let level = Level::solved(ground.0).graded();
            skeleton::replace(&course, tree.root(), level, scratch(tree).root())?;
        }
        let own = own_checks(tree, mutant, ground)?;
        if let Some(check) = first_failing(tree, mutant, ground, &own)? {
            complaints.push(format!("{check} fails without the mutant {name}"));
        }
        let caught = with_mistake(tree, &course, mutant, || {
            first_failing(tree, mutant, ground, &own)
        })?;
        if caught.is_none() {
            complaints.push(format!("no check of its exercise catches {name}"));
        }
    }
    Ok(complaints)
}

/// Where the copy of the tree is: always the same place, so that little has to be built anew.
fn scratch(tree: &Tree) -> Tree {
    Tree::at(tree.build().join("mutants/tree")).quick()
}

/// Makes the solved tree of a lab, and says so if it does not score full.
fn solved_scores_full(tree: &Tree, course: &Course, ground: (Lab, Machine)) -> Result<bool> {
    let (lab, machine) = ground;
    let copy = scratch(tree);
    let level = Level::solved(lab).graded();
    skeleton::replace(course, tree.root(), level, copy.root())?;
    let report = grade(tree, ground, None)?;
    if let Some(words) = &report.broken {
        bail!("the solved tree of lab {lab} does not build\n{words}");
    }
    if report.is_full() {
        out::print(format!("lab {lab}, solved: full score on {machine}\n"))?;
    } else {
        out::print(report::text(&report, SEED))?;
    }
    Ok(report.is_full())
}

/// The name of the check that catches `mutant`; `None` where it survives.
fn try_out(
    tree: &Tree,
    course: &Course,
    mutant: &Mutant,
    ground: (Lab, Machine),
) -> Result<Option<String>> {
    let exercise = mutant.exercise.to_string();
    with_mistake(tree, course, mutant, || {
        let report = with_progress(|progress| {
            let examiner = examiner(tree, ground.0, progress)?;
            let wanted = Wanted::on(ground.1);
            grade::hunt(&scratch(tree), &examiner, &wanted, &exercise, progress)
        });
        failing(mutant, report?)
    })
}

/// Does something while the mistake is in the copy of the tree.
fn with_mistake<T>(
    tree: &Tree,
    course: &Course,
    mutant: &Mutant,
    act: impl FnOnce() -> Result<T>,
) -> Result<T> {
    let path = scratch(tree).root().join(&mutant.file);
    let text = solved_text(course, tree.root(), mutant)?;
    files::write(&path, mutant.apply(&text)?.as_bytes())?;
    let result = act();
    files::write(&path, text.as_bytes())?;
    result
}

/// The mutant's file in the solved tree of its lab.
///
/// # Errors
/// There is no such file in that tree.
pub fn solved_text(course: &Course, root: &Path, mutant: &Mutant) -> Result<String> {
    let (name, file) = (&mutant.name, &mutant.file);
    let lab = mutant.exercise.lab;
    ensure!(
        course.has_file(lab, file),
        "mutant {name}: lab {lab} has no {file}"
    );
    let text = String::from_utf8(files::read(&root.join(file))?)?;
    render(course, file, &text, Level::solved(lab))
}

/// The names of the checks of the mutant's own exercise.
fn own_checks(tree: &Tree, mutant: &Mutant, ground: (Lab, Machine)) -> Result<Vec<String>> {
    let exercise = mutant.exercise.to_string();
    let checks = checks::load(tree, ground.0, true)?;
    let own = |check: &&Check| check.exercise == exercise && check.is_for(ground.1);
    let own = checks.iter().filter(own);
    Ok(own.map(|check| check.name.clone()).collect())
}

/// The first of `checks` that fails.
fn first_failing(
    tree: &Tree,
    mutant: &Mutant,
    ground: (Lab, Machine),
    checks: &[String],
) -> Result<Option<String>> {
    for check in checks {
        let failing = failing(mutant, grade(tree, ground, Some(check.clone()))?)?;
        if failing.is_some() {
            return Ok(failing);
        }
    }
    Ok(None)
}

/// The first check that failed, by its name.
///
/// # Errors
/// The tree with the mutant in it does not build.
fn failing(mutant: &Mutant, report: Report) -> Result<Option<String>> {
    if let Some(words) = report.broken {
        bail!("mutant {} does not build\n{words}", mutant.name);
    }
    let mut rows = report.rows.into_iter();
    let row = rows.find(|row| row.verdict != Verdict::Passed);
    if let Some(Verdict::Ungraded(why)) = row.as_ref().map(|row| &row.verdict) {
        bail!("mutant {} could not be graded: {why}", mutant.name);
    }
    Ok(row.map(|row| row.check.name))
}

fn grade(tree: &Tree, ground: (Lab, Machine), check: Option<String>) -> Result<Report> {
    let (lab, machine) = ground;
    let wanted = Wanted {
        check,
        ..Wanted::on(machine)
    };
    with_progress(|progress| {
        let examiner = examiner(tree, lab, progress)?;
        grade::grade(&scratch(tree), &examiner, &wanted, progress)
    })
}

fn examiner(tree: &Tree, lab: Lab, progress: &ProgressBar) -> Result<Examiner> {
    Examiner::new(tree, lab, SEED, true, progress)
}

fn with_progress(grade: impl FnOnce(&ProgressBar) -> Result<Report>) -> Result<Report> {
    let progress = progress::spinner();
    let report = grade(&progress);
    progress.finish_and_clear();
    report
}
