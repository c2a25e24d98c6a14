//! `make test`: everything that must hold, step by step.

mod cargo_tests;
// teacher begin
mod course;
// teacher end
mod random;
mod step;

use crate::c_programs;
use anyhow::{Result, ensure};
use indicatif::ProgressBar;
use mos_course::grade::answers::SEED;
use mos_course::grade::examiner::Examiner;
use mos_course::grade::judge::Verdict;
use mos_course::grade::{Wanted, checks, grade, report};
use mos_delays::Isa;
use mos_measure::bench;
use mos_run::features::{Features, Lock, Sched};
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{build, cargo};
use mos_torture::run::fresh_seed;
use std::panic::resume_unwind;
use std::process::Command;
use std::thread;
use step::{Suite, Tally};

/// The kernels that cases boot.
fn kernels(machine: Machine) -> [Features; 7] {
    let lock = match machine {
        Machine::Malta => Lock::Ticket,
        Machine::Gxemul => Lock::Mcs,
    };
    [
        Features::NONE,
        Features::MONITOR,
        Features::FPU,
        Features::sched(Sched::Priority),
        Features::sched(Sched::Stride),
        Features::sched(Sched::Lottery),
        Features::NONE.with(lock),
    ]
}

/// What to test.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The machines.
    pub machines: Vec<Machine>,
    /// Only tests whose names contain this; then nothing but tests is run.
    pub filter: Option<String>,
}

/// Runs all steps, also those after one that has failed unless they need what it makes, and prints a line
/// for each and a sum at the end. Returns whether everything has passed.
///
/// # Errors
/// There is nothing to test.
pub fn run(tree: &Tree, scope: &Scope) -> Result<bool> {
    let mut suite = Suite::default();
    let filter = scope.filter.as_deref();
    if filter.is_none() {
        suite.step("formatting", |_| step::check(format_check(tree)))?;
        for (name, command) in lints(tree, &scope.machines) {
            suite.step(&format!("lints of {name}"), |_| step::check(command))?;
        }
    }
    suite.step("host tests", |spinner| host_tests(tree, filter, spinner))?;
    let built = suite.step("build", |spinner| build_all(tree, &scope.machines, spinner))?;
    if built {
        if filter.is_none() {
            suite.step("load delays", |spinner| load_delays(tree, scope, spinner))?;
        }
        for &machine in &scope.machines {
            suite.step(&format!("tests on {machine}"), |spinner| {
                cargo_tests::run(guest_tests(tree, machine, filter), spinner)
            })?;
            if filter.is_none() {
                suite.step(&format!("checks of the labs on {machine}"), |spinner| {
                    labs(tree, machine, spinner)
                })?;
                suite.step(&format!("budgets on {machine}"), |spinner| {
                    budgets(tree, machine, spinner)
                })?;
            }
        }
    }
    if built && filter.is_none() {
        let seed = fresh_seed();
        suite.step(&format!("random programs from seed {seed}"), |spinner| {
            random::rounds(tree, &scope.machines, seed, spinner)
        })?;
    }
    // teacher begin
    if built && filter.is_none() {
        suite.step("skeletons of the labs", |spinner| {
            course::skeletons(tree, &scope.machines, spinner)
        })?;
        suite.step("answers with another seed", |spinner| {
            course::another_seed(tree, spinner)
        })?;
        suite.step("some exercises one by one", |spinner| {
            course::prefixes(tree, &scope.machines, spinner)
        })?;
        suite.step("some mistakes", |_| course::mutants(tree))?;
    }
    // teacher end
    let all = suite.finish()?;
    if let Some(filter) = filter {
        ensure!(all.tests > 0, "no test has `{filter}` in its name");
    }
    Ok(all.failed == 0)
}

fn format_check(tree: &Tree) -> Command {
    let mut command = cargo::host(tree, "fmt");
    command.args(["--all", "--check"]);
    command
}

/// The linter for everything, warnings being errors.
fn lints(tree: &Tree, machines: &[Machine]) -> Vec<(String, Command)> {
    let mut host = cargo::host(tree, "clippy");
    host.arg("--all-targets");
    let mut guest = cargo::host(tree, "clippy");
    guest.args(["--test", "guest"]);
    let mut lints = vec![
        ("the host's crates".to_owned(), host),
        ("the cases".to_owned(), guest),
    ];
    for &machine in machines {
        let mut command = cargo::kernel(tree, "clippy", machine);
        command.args(["--features", "checks,audit,monitor,fpu,lottery"]);
        lints.push((format!("the kernel for {machine}"), command));
    }
    for package in ["libos", "mos-user"] {
        lints.push((package.to_owned(), cargo::target(tree, "clippy", package)));
    }
    let programs = cargo::disk_programs(tree, "clippy");
    lints.push(("the programs of the disk".to_owned(), programs));
    for (_, command) in &mut lints {
        command.args(["-q", "--", "-D", "warnings"]);
    }
    lints
}

/// One that builds a tree of its own, alone, which takes as long as half of all others: it goes on beside them.
const LONG: &str = "a_copy_is_built_of_its_own_sources";

fn host_tests(tree: &Tree, filter: Option<&str>, spinner: &ProgressBar) -> Result<Tally> {
    let tests = |arguments: &[&str]| {
        let mut command = cargo::host(tree, "test");
        // Nobody's documentation has tests.
        command.args(["--lib", "--bins", "--tests", "--no-fail-fast"]);
        command.args(arguments);
        command
    };
    if let Some(filter) = filter {
        return cargo_tests::run(tests(&["--", filter]), spinner);
    }
    let built = cargo_tests::run(tests(&["--no-run"]), spinner)?;
    if built.failed > 0 {
        return Ok(built);
    }
    thread::scope(|scope| {
        let alone = tests(&["--", "--exact", LONG]);
        let long = scope.spawn(move || cargo_tests::run(alone, &ProgressBar::hidden()));
        let rest = cargo_tests::run(tests(&["--", "--skip", LONG]), spinner)?;
        let long = long.join().unwrap_or_else(|panic| resume_unwind(panic))?;
        ensure!(long.tests == 1, "there is no test {LONG}");
        Ok(long.and(rest))
    })
}

fn guest_tests(tree: &Tree, machine: Machine, filter: Option<&str>) -> Command {
    let mut command = cargo::host(tree, "test");
    command.env("MOS_MACHINE", machine.name());
    command.args(["--test", "guest", "--"]).args(filter);
    command
}

fn build_all(tree: &Tree, machines: &[Machine], spinner: &ProgressBar) -> Result<Tally> {
    for &machine in machines {
        for features in kernels(machine) {
            build::kernel_with(features, tree, machine, spinner)?;
        }
        build::audited_kernel(tree, machine, spinner)?;
    }
    if machines.contains(&Machine::Malta) {
        build::debug_kernel(Features::NONE, tree, Machine::Malta, false, spinner)?;
    }
    build::programs(tree, spinner)?;
    build::disk_programs(tree, spinner)?;
    let c_programs = c_programs::build(tree)?;
    // With the one that audits itself, and malta's for gdb.
    let kernels = machines.iter().map(|&machine| kernels(machine).len() + 1);
    let kernels = kernels.sum::<usize>() + 1;
    Ok(Tally::passed(kernels + c_programs.len()))
}

fn load_delays(tree: &Tree, scope: &Scope, spinner: &ProgressBar) -> Result<Tally> {
    let mut files = Vec::new();
    for &machine in &scope.machines {
        let isa = match machine {
            Machine::Malta => Isa::Mips32,
            Machine::Gxemul => Isa::Mips1,
        };
        for features in kernels(machine) {
            files.push((tree.kernel_with(machine, features), isa));
        }
    }
    for name in tree.program_names()? {
        files.push((tree.program(&name)?, Isa::Mips1));
    }
    let of_disk = tree.target_of(cargo::PROGRAMS);
    for name in tree.disk_program_names()? {
        files.push((of_disk.join(name), Isa::Mips1));
    }
    let c_programs = c_programs::build(tree)?;
    files.extend(c_programs.into_iter().map(|file| (file, Isa::Mips1)));
    let mut tally = Tally::default();
    for (file, isa) in files {
        spinner.set_message(format!("Checking {}", file.display()));
        let findings = mos_delays::check_file(&file, isa)?;
        if findings.is_empty() {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            tally.output += &format!("{}:\n{}\n", file.display(), findings.join("\n"));
        }
    }
    Ok(tally)
}

/// Whether the true solution earns every point, and nothing is noted.
fn labs(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<Tally> {
    let mut tally = Tally::default();
    for lab in checks::labs(tree)? {
        let examiner = Examiner::new(tree, lab, SEED, true, spinner)?;
        let report = grade(tree, &examiner, &Wanted::on(machine), spinner)?;
        let passed = report
            .rows
            .iter()
            .filter(|row| row.verdict == Verdict::Passed);
        let passed = passed.count();
        tally.passed += passed;
        tally.failed += report.rows.len() - passed + usize::from(report.broken.is_some());
        // A real R3000 does the same.
        tally.failed += report.remarks.len();
        if !report.is_full() || !report.remarks.is_empty() {
            tally.output += &report::text(&report, SEED);
        }
    }
    Ok(tally)
}

/// Whether operations cost no more than they may.
fn budgets(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<Tally> {
    let (results, complaints) = bench::check(tree, machine, spinner)?;
    Ok(Tally {
        passed: results.saturating_sub(complaints.len()),
        failed: complaints.len(),
        output: complaints.join("\n"),
        tests: 0,
    })
}
