//! `make grade`: carries out the checks of a lab and adds up their points.
//!
//! - [`checks`]: what is tested, as data
//! - [`order`]: how a check is told what to do
//! - [`parts`]: what is booted is made of these
//! - [`run`]: one run of the system, with its order and its limit, or until it is [`over`]
//! - [`testimony`]: what it reports, in the words that [`labels`] has
//! - [`answers`]: what a right system reports
//! - [`judge`]: what is right and wrong about a run
//! - [`examiner`]: who has the checks of a lab, and knows what is right
//! - [`budget`]: what all of them may take
//! - [`report`]: what a person reads
//! - [`formats`]: what other programs read

pub mod answers;
pub mod budget;
pub mod check;
pub mod checks;
// lab 5 begin
pub mod disk;
// lab 5 end
pub mod examiner;
pub mod formats;
pub mod judge;
pub mod labels;
pub mod order;
mod over;
pub mod parts;
mod place;
pub mod pulse;
mod real;
pub mod report;
pub mod run;
pub mod tally;
pub mod testimony;

use crate::plain;
use anyhow::{Context, Result, bail, ensure};
use budget::{Budget, Ledger, Taken};
use check::Check;
use examiner::Examiner;
use indicatif::ProgressBar;
use judge::{Difference, Steps, Verdict};
use mos_run::build;
use mos_run::features::Features;
use mos_run::holes;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::number::Number;
use mos_run::tree::Tree;
use mos_run::words::Ended;
use parts::Parts;
use run::Ending;
use std::collections::BTreeSet;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Runs that may break before the rest is not even begun: each may have taken minutes.
const BROKEN_MAX: usize = 3;

/// What is to be graded.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The machines; a check must pass on all of them that it is for.
    pub machines: Vec<Machine>,
    /// Only this check.
    pub check: Option<String>,
    /// Checks to be carried out at a time; as many as there are cores, if it is not said.
    pub workers: Option<usize>,
    /// What all of them may take; as much as they like, if it is not said.
    pub budget: Option<Budget>,
}

impl Wanted {
    /// All checks on all machines.
    pub fn everywhere() -> Self {
        Self {
            machines: Machine::ALL.to_vec(),
            check: None,
            workers: None,
            budget: None,
        }
    }

    /// All checks on one machine.
    pub fn on(machine: Machine) -> Self {
        Self {
            machines: vec![machine],
            check: None,
            workers: None,
            budget: None,
        }
    }

    /// The same, if all of them take no more than this.
    #[must_use]
    pub fn within(self, budget: Budget) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    /// The same, with so many checks at a time.
    #[must_use]
    pub fn by(self, workers: usize) -> Self {
        Self {
            workers: Some(workers),
            ..self
        }
    }
}

/// What became of one check on one machine.
#[derive(Clone, Debug)]
pub struct Row {
    /// The check.
    pub check: Check,
    /// The machine.
    pub machine: Machine,
    /// The verdict.
    pub verdict: Verdict,
    /// The instructions it took, where they are counted and it came to its end.
    pub instructions: Option<u64>,
    /// What it took of what all may take.
    pub taken: Taken,
}

impl Row {
    /// There is nothing that could be booted.
    fn cannot_start(tree: &Tree, check: &Check, machine: Machine, error: &anyhow::Error) -> Self {
        // Where it is on this machine is none of the student's business.
        let place = format!("{}/", tree.root().display());
        let why = format!("{error:#}").replace(&place, "");
        let difference = Difference {
            expected: "a system that can carry out this check".to_owned(),
            seen: plain::line(&why),
            ..Difference::default()
        };
        Self::decided(check, machine, Verdict::Failed(difference))
    }

    /// Too many of those before could not be graded.
    fn given_up(check: &Check, machine: Machine) -> Self {
        let why = "too many of the checks before could not be".to_owned();
        Self::decided(check, machine, Verdict::Ungraded(why))
    }

    /// Whether it failed by coming to the end of what it may take, which is little use to see on another machine too.
    fn ran_into_its_limit(&self) -> bool {
        self.taken.limit && matches!(self.verdict, Verdict::Failed(_))
    }

    /// What is said of the same check on a `machine` more, where it ran into its limit on this one.
    fn alike(&self, machine: Machine) -> Self {
        let why = format!("it came to its limit on {}", self.machine);
        Self::decided(&self.check, machine, Verdict::NotRun(why))
    }

    /// It is clear without a run.
    fn decided(check: &Check, machine: Machine, verdict: Verdict) -> Self {
        Self {
            verdict,
            ..Self::not_done(check, machine)
        }
    }

    /// The exercise is one that nobody has begun.
    fn not_done(check: &Check, machine: Machine) -> Self {
        Self {
            check: check.clone(),
            machine,
            verdict: Verdict::NotDone(
                check.exercise.clone(),
                Steps {
                    right: 0,
                    of: check.steps.len(),
                },
            ),
            instructions: None,
            taken: Taken::default(),
        }
    }
}

/// What became of all of them.
#[derive(Clone, Debug)]
pub struct Report {
    /// The lab.
    pub lab: Lab,
    /// The checks, in the order of their list, machine by machine. None where the tree does not build.
    pub rows: Vec<Row>,
    /// What the compiler says, where the tree does not build.
    pub broken: Option<String>,
    /// Whether it does not since the compiler was ended, for which there are other reasons than what it compiled.
    pub ended: bool,
    /// The points that could be had, without a bonus.
    pub of: u32,
    /// What is to be known of it besides.
    pub remarks: Vec<String>,
    // lab smp begin
    /// How many CPUs somebody has asked for.
    pub cpus: Option<u8>,
    // lab smp end
}

impl Report {
    /// Whether `check` passed on every machine, and so did its twins.
    pub fn passed(&self, check: &str) -> bool {
        let concerns =
            |row: &&Row| row.check.name == check || row.check.twin.as_deref() == Some(check);
        self.rows
            .iter()
            .filter(concerns)
            .all(|row| row.verdict == Verdict::Passed)
    }

    /// The points earned, a bonus among them, if it is known of all checks whether they pass.
    pub fn score(&self) -> Option<u32> {
        let ungraded = |row: &Row| matches!(row.verdict, Verdict::Ungraded(_));
        if self.rows.iter().any(ungraded) {
            return None;
        }
        let mut seen = BTreeSet::new();
        let checks = self.rows.iter().map(|row| &row.check);
        let first = checks.filter(|check| seen.insert(&check.name));
        let passed = first.filter(|check| self.passed(&check.name));
        Some(passed.map(|check| check.points).sum())
    }

    /// Whether nothing is missing.
    pub fn is_full(&self) -> bool {
        self.is_done() && self.rows.iter().all(|row| row.verdict == Verdict::Passed)
    }

    /// Whether nothing is missing but what is a bonus.
    pub fn is_done(&self) -> bool {
        let due = self.rows.iter().filter(|row| !row.check.bonus);
        let mut due = due.map(|row| &row.verdict);
        self.broken.is_none() && due.all(|verdict| *verdict == Verdict::Passed)
    }
}

/// Grades `tree` by the checks of `examiner`. `progress` is moved on by one for each check.
///
/// # Errors
/// There is no such check, or an emulator cannot be run. A tree that does not build is no error: its report says so.
pub fn grade(
    tree: &Tree,
    examiner: &Examiner,
    wanted: &Wanted,
    progress: &ProgressBar,
) -> Result<Report> {
    let checks = choose(examiner, wanted.check.as_deref())?;
    carry_out(tree, examiner, wanted, checks, Until::TheEnd, progress)
}

/// Looks for one check that fails, those of `exercise` first: the last row of the report, if there is one.
///
/// # Errors
/// As [`grade`].
pub fn hunt(
    tree: &Tree,
    examiner: &Examiner,
    wanted: &Wanted,
    exercise: &str,
    progress: &ProgressBar,
) -> Result<Report> {
    let checks = examiner.checks.iter().cloned();
    let (own, others): (Vec<_>, Vec<_>) = checks.partition(|check| check.exercise == exercise);
    // What the others need is built only where it comes to them: they may have other kernels.
    let mut report = carry_out(tree, examiner, wanted, own, Until::OneFails, progress)?;
    if report.is_full() {
        let rest = carry_out(tree, examiner, wanted, others, Until::OneFails, progress)?;
        (report.broken, report.ended) = (rest.broken, rest.ended);
        report.of += rest.of;
        report.rows.extend(rest.rows);
        report.remarks.extend(rest.remarks);
    }
    Ok(report)
}

/// When to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// When all checks were carried out.
    TheEnd,
    /// At the first that fails. Then they come one at a time, so that which one it is does not depend on chance.
    OneFails,
}

fn carry_out(
    tree: &Tree,
    examiner: &Examiner,
    wanted: &Wanted,
    checks: Vec<Check>,
    until: Until,
    progress: &ProgressBar,
) -> Result<Report> {
    let runs = |check: &&Check| wanted.machines.iter().any(|&on| check.is_for(on));
    let of = checks::due(checks.iter().filter(runs));
    let mut report = Report {
        lab: examiner.lab,
        rows: Vec::new(),
        broken: None,
        ended: false,
        of,
        remarks: Vec::new(),
        // lab smp begin
        cpus: examiner.cpus,
        // lab smp end
    };
    let open = holes::open(tree.root())?;
    let open: BTreeSet<String> = open.iter().map(Number::to_string).collect();
    if let Err(error) = build(tree, &wanted.machines, &checks, progress) {
        if is_ours(&error) {
            return Err(error);
        }
        report.ended = error.is::<Ended>();
        report.broken = Some(format!("{error:#}"));
        return Ok(report);
    }
    if until == Until::TheEnd && wanted.machines.contains(&Machine::Gxemul) {
        report.remarks.extend(real::remarks(tree, &checks));
    }
    let tasks = tasks(&checks, &wanted.machines, until);
    progress.set_length(
        tasks
            .iter()
            .map(|(_, machines)| machines.len() as u64)
            .sum(),
    );
    progress.set_style(report::bar());
    let parts = Parts::default();
    let ledger = Ledger::new(wanted.budget, tasks.len());
    let broken = AtomicUsize::new(0);
    let run = |number: usize, check: &Check, machine: Machine| -> Result<Row> {
        if open.contains(&check.exercise) {
            return Ok(Row::not_done(check, machine));
        }
        if broken.load(Ordering::Relaxed) >= BROKEN_MAX {
            return Ok(Row::given_up(check, machine));
        }
        if let Some(verdict) = ledger.forbids(number) {
            return Ok(Row::decided(check, machine, verdict));
        }
        let row = one(tree, &parts, examiner, check, machine, &open)?;
        ledger.note(number, row.taken);
        if let Verdict::Ungraded(_) = row.verdict {
            broken.fetch_add(1, Ordering::Relaxed);
        }
        Ok(row)
    };
    let one = |number: usize, (check, machines): &(Check, Vec<Machine>)| {
        let mut rows: Vec<(usize, Row)> = Vec::new();
        for &machine in machines {
            let row = match rows.iter().find(|(_, row)| row.ran_into_its_limit()) {
                Some((_, row)) => Ok(row.alike(machine)),
                None => run(number, check, machine),
            };
            progress.set_message(check.name.clone());
            progress.inc(1);
            rows.push((
                number,
                row.with_context(|| format!("check {} on {machine}", check.name))?,
            ));
        }
        Ok(rows)
    };
    let mut rows = match until {
        Until::TheEnd => all(&tasks, wanted.workers, one)?.concat(),
        Until::OneFails => up_to_failure(&tasks, one)?,
    };
    report.remarks.extend(ledger.settle(&mut rows));
    report.rows = rows.into_iter().map(|(_, row)| row).collect();
    Ok(report)
}

/// What is to be done one after the other, for what comes first may tell what comes next: a check on all its machines; where
/// one failure is enough, each run.
fn tasks(checks: &[Check], machines: &[Machine], until: Until) -> Vec<(Check, Vec<Machine>)> {
    let of = |check: &Check| -> Vec<Machine> {
        let machines = machines.iter().copied();
        machines.filter(|&machine| check.is_for(machine)).collect()
    };
    let tasks = checks.iter().map(|check| (check.clone(), of(check)));
    match until {
        Until::TheEnd => tasks.collect(),
        Until::OneFails => tasks
            .flat_map(|(check, machines)| {
                let alone = move |machine| (check.clone(), vec![machine]);
                machines.into_iter().map(alone)
            })
            .collect(),
    }
}

/// The check called `name`, and its image for gdb, on malta.
///
/// # Errors
/// There is no such check, or something does not build.
pub fn image_of(
    examiner: &Examiner,
    name: &str,
    progress: &ProgressBar,
) -> Result<(Check, Vec<u8>)> {
    let (tree, seed) = (&examiner.tree, examiner.seed);
    let checks = choose(examiner, Some(name))?;
    build_programs(tree, &checks, progress)?;
    let check = checks.into_iter().next().context("one was chosen")?;
    let kernel = build::debug_kernel(check.kernel, tree, Machine::Malta, true, progress)?;
    let parts = Parts::default();
    let image = run::image(
        &parts,
        tree,
        Machine::Malta,
        &kernel,
        &check,
        check.seed(seed),
    )?;
    Ok((check, image))
}

/// The check called `name`, or all.
fn choose(examiner: &Examiner, name: Option<&str>) -> Result<Vec<Check>> {
    let Some(name) = name else {
        return Ok(examiner.checks.clone());
    };
    let checks = &examiner.checks;
    let chosen: Vec<Check> = checks
        .iter()
        .filter(|check| check.name == name)
        .cloned()
        .collect();
    if chosen.is_empty() {
        let names: Vec<&str> = checks.iter().map(|check| check.name.as_str()).collect();
        bail!(
            "CHECK={name}: lab {} has no such check; use one of {}",
            examiner.lab,
            names.join(", ")
        );
    }
    Ok(chosen)
}

/// Builds in `tree` what grading it as `wanted` by the checks of `examiner` would build.
///
/// # Errors
/// It does not build.
pub fn prepare(
    tree: &Tree,
    examiner: &Examiner,
    wanted: &Wanted,
    progress: &ProgressBar,
) -> Result<()> {
    build(tree, &wanted.machines, &examiner.checks, progress)
}

/// Builds the kernels with their checks and the programs that are needed: quickly, since each is run for a moment.
fn build(
    tree: &Tree,
    machines: &[Machine],
    checks: &[Check],
    progress: &ProgressBar,
) -> Result<()> {
    let tree = &tree.clone().quick();
    for &machine in machines {
        let of_machine = checks.iter().filter(|check| check.is_for(machine));
        let mut kernels: Vec<Features> = Vec::new();
        for kernel in of_machine.map(|check| check.kernel) {
            if !kernels.contains(&kernel) {
                kernels.push(kernel);
                build::checked_kernel(kernel, tree, machine, progress)?;
            }
        }
    }
    build_programs(tree, checks, progress)
}

fn build_programs(tree: &Tree, checks: &[Check], progress: &ProgressBar) -> Result<()> {
    let programs: BTreeSet<String> = checks.iter().flat_map(Check::programs).collect();
    // lab 5 begin
    let aboard: BTreeSet<String> = checks
        .iter()
        .flat_map(|check| check.aboard.clone())
        .collect();
    let of_disk = tree.disk_program_names().unwrap_or_default();
    let (of_disk, aboard): (Vec<_>, Vec<_>) =
        aboard.into_iter().partition(|name| of_disk.contains(name));
    build::some_disk_programs(&tree.clone().quick(), &of_disk, progress)?;
    let programs: BTreeSet<String> = programs.into_iter().chain(aboard).collect();
    // lab 5 end
    let programs: Vec<String> = programs.into_iter().collect();
    if !programs.is_empty() {
        build::some_programs(&tree.clone().quick(), &programs, progress)?;
    }
    Ok(())
}

/// Carries out every task by `one`, so many `workers` at a time, or as many as there are cores, and gives the rows in the
/// order of the tasks.
fn all<T: Send, Task: Sync>(
    tasks: &[Task],
    workers: Option<usize>,
    one: impl Fn(usize, &Task) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let next = AtomicUsize::new(0);
    let rows = Mutex::new(Vec::new());
    let work = || -> Result<()> {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(task) = tasks.get(index) else {
                return Ok(());
            };
            let row = one(index, task)?;
            if let Ok(mut rows) = rows.lock() {
                rows.push((index, row));
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers.unwrap_or(cores).max(1))
            .map(|_| scope.spawn(work))
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })?;
    let rows = rows.into_inner().ok();
    let mut rows = rows.context("a worker panicked")?;
    rows.sort_by_key(|(index, _)| *index);
    ensure!(rows.len() == tasks.len(), "checks were lost");
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Carries out the tasks one after the other, up to the first that fails.
fn up_to_failure<Task>(
    tasks: &[Task],
    one: impl Fn(usize, &Task) -> Result<Vec<(usize, Row)>>,
) -> Result<Vec<(usize, Row)>> {
    let mut rows = Vec::new();
    for (number, task) in tasks.iter().enumerate() {
        rows.extend(one(number, task)?);
        if rows.iter().any(|(_, row)| row.verdict != Verdict::Passed) {
            break;
        }
    }
    Ok(rows)
}

/// Whether something is wrong with this machine, such as a disk that is full: that is not the student's fault.
pub fn is_ours(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| cause.is::<io::Error>())
}

fn one(
    tree: &Tree,
    parts: &Parts,
    examiner: &Examiner,
    check: &Check,
    machine: Machine,
    open: &BTreeSet<String>,
) -> Result<Row> {
    let seed = check.seed(examiner.seed);
    // Whoever wrote the kernel can have it say that nothing comes after its first lines, and the compiler then
    // leaves out the place for the order.
    let image = match run::image(
        parts,
        tree,
        machine,
        &tree.checked_kernel(machine, check.kernel),
        check,
        seed,
    ) {
        Ok(image) => image,
        Err(error) if is_ours(&error) => return Err(error),
        Err(error) => return Ok(Row::cannot_start(tree, check, machine, &error)),
    };
    // lab 5 begin
    // otherwise: let mut seen = run::run(&examiner.runner, machine, &image, check, seed)?;
    let disk = match disk::of(parts, tree, check, examiner.seed) {
        Ok(disk) => disk,
        Err(error) if is_ours(&error) => return Err(error),
        Err(error) => return Ok(Row::cannot_start(tree, check, machine, &error)),
    };
    let mut seen = run::run(&examiner.runner, machine, &image, disk, check, seed)?;
    // lab 5 end
    if matches!(
        seen.end,
        Ending::Limit
            | Ending::Spent(_)
            | Ending::Astray
            | Ending::Stuck
            | Ending::TooMuch
            | Ending::Broken(_)
    ) {
        let words = |places| place::last_seen(tree, machine, check, places);
        seen.last = seen.places.and_then(words);
    }
    let mut verdict = examiner.judge(check, &seen)?;
    if let Verdict::Failed(difference) = &mut verdict {
        difference.seen = place::named(tree, check, &difference.seen);
        for line in &mut difference.console {
            *line = place::named(tree, check, line);
        }
    }
    Ok(Row {
        verdict: verdict.or_waits(check, open),
        check: check.clone(),
        machine,
        instructions: seen.instructions,
        taken: Taken::by(&seen, machine, check.limit),
    })
}
