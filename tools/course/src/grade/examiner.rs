//! Who has the checks of a lab, and knows what is right.

use super::answers::{Answers, SEED};
use super::check::{Check, End};
use super::checks;
// lab 5 begin
use super::disk;
// lab 5 end
use super::judge::{Verdict, judge};
use super::labels::Labels;
use super::parts::Parts;
use super::run::{Ending, Seen};
use super::testimony::{self, Testimony};
use super::{all, build, run};
use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;
use mos_run::holes;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
// teacher begin
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
// teacher end

/// What is needed to carry out the checks of a lab and to judge them, whoever's tree is graded.
#[derive(Clone, Debug)]
pub struct Examiner {
    /// Where the checks are from: the teacher's tree, which for a student is the tree that is graded.
    pub tree: Tree,
    /// The same tree, for what runs the emulators.
    pub runner: Tree,
    /// The lab.
    pub lab: Lab,
    /// What the checks draw by lot depends on this; two runs with one seed are the same.
    pub seed: u64,
    /// The checks.
    pub checks: Vec<Check>,
    /// What is right.
    pub answers: Answers,
    // lab smp begin
    /// How many CPUs somebody has asked for.
    pub cpus: Option<u8>,
    // lab smp end
    labels: Labels,
}

impl Examiner {
    /// The one of `tree` for a `lab`. The teacher's checks take part if `private` says so and the tree has them.
    /// Where nobody knows the answers for `seed`, the system in `tree` is asked: it must be the true solution.
    ///
    /// # Errors
    /// There is no such lab, or a tree with holes is to tell what is right.
    pub fn new(
        tree: &Tree,
        lab: Lab,
        seed: u64,
        private: bool,
        progress: &ProgressBar,
    ) -> Result<Self> {
        let mut examiner = Self::without_answers(tree, lab, seed, private)?;
        if seed != SEED {
            // What the students' own system says is not what is right.
            // teacher begin
            // otherwise: let _ = progress;
            // otherwise: bail!("SEED={seed}: what is right with other numbers than {SEED} is known to the teacher's tree alone");
            return examiner.asked(progress);
            // teacher end
        }
        examiner.answers = Answers::load(tree, lab, private)?;
        Ok(examiner)
    }

    /// The same with the answers of [`ask`](Self::ask).
    ///
    /// # Errors
    /// As there.
    pub fn asked(mut self, progress: &ProgressBar) -> Result<Self> {
        let answers = self.ask(progress);
        self.answers = answers.context("what is right cannot be told")?;
        Ok(self)
    }

    /// One that cannot judge, but [`ask`](Self::ask).
    ///
    /// # Errors
    /// There is no such lab.
    pub fn without_answers(tree: &Tree, lab: Lab, seed: u64, private: bool) -> Result<Self> {
        Ok(Self {
            tree: tree.clone(),
            runner: tree.clone(),
            lab,
            seed,
            checks: checks::load(tree, lab, private)?,
            answers: Answers::default(),
            // lab smp begin
            cpus: None,
            // lab smp end
            labels: Labels::of(tree)?,
        })
    }

    // lab smp begin
    /// The same with so many CPUs in each check that can have them, if somebody asks for a number of them. What is right is the same.
    #[must_use]
    pub fn on(mut self, cpus: Option<u8>) -> Self {
        for check in &mut self.checks {
            check.on(cpus.unwrap_or(1));
        }
        Self { cpus, ..self }
    }
    // lab smp end

    // teacher begin
    /// The same, with the emulators behind the wall of the program `guard`.
    pub fn guarded(self, guard: &Path) -> Self {
        Self {
            runner: self.tree.clone().guarded(guard.to_owned()),
            ..self
        }
    }
    // teacher end

    /// The verdict on what was `seen` of a run of `check`.
    ///
    /// # Errors
    /// Nobody knows what is right, or a pattern of the check is none.
    pub fn judge(&self, check: &Check, seen: &Seen) -> Result<Verdict> {
        let (seed, right) = (check.seed(self.seed), self.answers.of(&check.name)?);
        judge(check, seed, right, &self.labels, seen)
    }

    /// What the system in the examiner's own tree reports.
    ///
    /// # Errors
    /// It has holes, does not build, or does not come to the end of a check.
    pub fn ask(&self, progress: &ProgressBar) -> Result<Answers> {
        let mut answers = Answers::default();
        for (check, told) in self.run_all(progress)? {
            answers.note(&check.name, told?);
        }
        Ok(answers)
    }

    /// Writes down, in the examiner's own tree, what the system there reports.
    ///
    /// # Errors
    /// As [`ask`](Self::ask), but what can be told is written down first; or it cannot be written.
    pub fn write_down(&self, progress: &ProgressBar) -> Result<()> {
        let (mut public, mut private) = (Answers::default(), Answers::default());
        let mut complaints = Vec::new();
        for (check, told) in self.run_all(progress)? {
            let answers = if check.private {
                &mut private
            } else {
                &mut public
            };
            match told {
                Ok(told) => answers.note(&check.name, told),
                Err(error) => complaints.push(format!("{error:#}")),
            }
        }
        public.save(&self.tree, self.lab, false)?;
        if self.checks.iter().any(|check| check.private) {
            private.save(&self.tree, self.lab, true)?;
        }
        ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
        Ok(())
    }

    fn run_all(&self, progress: &ProgressBar) -> Result<Vec<(Check, Result<Testimony>)>> {
        let open = holes::open(self.tree.root())?;
        ensure!(
            open.is_empty(),
            "SEED={}: a tree with open exercises knows what is right with SEED={SEED} only",
            self.seed
        );
        let mut machines: Vec<Machine> = self.checks.iter().map(Check::first_machine).collect();
        machines.sort_by_key(|machine| machine.name());
        machines.dedup();
        build(&self.tree, &machines, &self.checks, progress)?;
        let parts = Parts::default();
        all(&self.checks, None, |_, check| {
            Ok((check.clone(), self.run(&parts, check)))
        })
    }

    /// What the right system reports in `check`.
    fn run(&self, parts: &Parts, check: &Check) -> Result<Testimony> {
        let (machine, seed) = (check.first_machine(), check.seed(self.seed));
        let kernel = self.tree.checked_kernel(machine, check.kernel);
        let image = run::image(parts, &self.tree, machine, &kernel, check, seed)?;
        // lab 5 begin
        // otherwise: let seen = run::run(&self.runner, machine, &image, check, seed)?;
        let disk = disk::of(parts, &self.tree, check, self.seed)?;
        let seen = run::run(&self.runner, machine, &image, disk, check, seed)?;
        // lab 5 end
        let told = testimony::of(&self.labels, &check.steps, &seen.console);
        let ended = match check.end {
            End::Clean => seen.end == Ending::Clean,
            End::Any => matches!(
                seen.end,
                Ending::Clean | Ending::Failed | Ending::Limit | Ending::Spent(_) | Ending::Over
            ),
        };
        let silent = check.steps.iter().find(|step| !told.contains_key(*step));
        if let (true, None) = (ended, silent) {
            return Ok(told);
        }
        bail!(
            "{}: the true solution has nothing to say to {:?} and ended as {:?}:\n{}",
            check.name,
            silent.map_or("no step", String::as_str),
            seen.end,
            seen.console
        )
    }
}

// teacher begin
/// Those of several labs with one seed, each made when it is first needed.
#[derive(Debug)]
pub struct Examiners {
    /// Where the checks are from.
    pub tree: Tree,
    seed: u64,
    cpus: Option<u8>,
    made: Mutex<BTreeMap<Lab, Arc<Examiner>>>,
}

impl Examiners {
    /// Of the teacher's `tree`, with all its checks, on so many `cpus`: see [`Examiner::on`].
    pub fn new(tree: &Tree, seed: u64, cpus: Option<u8>) -> Self {
        Self {
            tree: tree.clone(),
            seed,
            cpus,
            made: Mutex::default(),
        }
    }

    /// The one of `lab`.
    ///
    /// # Errors
    /// As [`Examiner::new`].
    pub fn of(&self, lab: Lab, progress: &ProgressBar) -> Result<Arc<Examiner>> {
        // Who asks for one that is being made waits for it.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(examiner) = made.get(&lab) {
            return Ok(examiner.clone());
        }
        let examiner = Examiner::new(&self.tree, lab, self.seed, true, progress)?;
        let examiner = Arc::new(examiner.on(self.cpus));
        made.insert(lab, examiner.clone());
        Ok(examiner)
    }
}
// teacher end
