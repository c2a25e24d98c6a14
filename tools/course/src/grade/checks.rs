//! The checks, as `tests/checks/labN.toml` and, where it exists, `tests/private/labN.toml` list them.

use crate::text;
use anyhow::{Context, Result, bail, ensure};
use mos_run::emulator::MEMORY;
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::number::Number;
use mos_run::tree::Tree;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// The labs there are checks for: each with a file in `tests/checks`.
///
/// # Errors
/// The folder cannot be read.
pub fn labs(tree: &Tree) -> Result<Vec<Lab>> {
    let folder = tree.root().join("tests/checks");
    let entries = folder.read_dir();
    let entries = entries.with_context(|| format!("cannot list {}", folder.display()))?;
    let lab = |name: &str| Lab::of_stem(name.strip_suffix(".toml")?);
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut labs: Vec<Lab> = names.filter_map(|name| lab(&name)).collect();
    labs.sort_unstable();
    Ok(labs)
}

/// One thing that is tested.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name, unique in all labs.
    pub name: String,
    /// The exercise that it is about.
    pub exercise: String,
    /// Exercises before that one, of which it does not see whether they are begun: where one of these is open, it waits.
    #[serde(default)]
    pub needs: Vec<String>,
    /// What it is worth; 0 for a twin, whose points are those of the other.
    #[serde(default)]
    pub points: u32,
    /// Whether its points come on top of the 100.
    #[serde(default)]
    pub bonus: bool,
    /// What it tests, in one sentence.
    pub tests: String,
    /// The check whose points are earned only if this one passes too.
    pub twin: Option<String>,
    /// What the order says; the name, if it is not given.
    run: Option<String>,
    /// What is reported on, in the order in which one looks at it.
    pub steps: Vec<String>,
    /// Numbers for the check.
    #[serde(default)]
    pub params: Vec<u32>,
    /// Added to the run's seed, so that a twin draws other lots.
    #[serde(default)]
    salt: u32,
    /// The programs to start. Without any, the kernel itself carries out the check.
    programs: Option<Vec<String>>,
    /// Their priorities, in time slices; 1 where none is given.
    #[serde(default)]
    priorities: Vec<u32>,
    /// More words for the kernel's command line, with `$DRAWN` as in what is typed.
    #[serde(default)]
    pub command_line: String,
    /// What is typed on the console after the guest has printed what stands before it.
    #[serde(default)]
    pub typed: Vec<Typed>,
    /// Patterns of lines that the console must show besides, with `$DRAWN` as in what is typed.
    #[serde(default)]
    pub shows: Vec<String>,
    /// Patterns of lines that it must not show.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Whether memory that the image leaves out is full of rubbish at boot.
    #[serde(default)]
    pub rubbish: bool,
    /// MiB of the machine's memory; as much as it usually has, if it does not say.
    pub memory: Option<u32>,
    /// How the run ends.
    #[serde(default)]
    pub end: End,
    /// Millions of instructions after which the run is ended.
    #[serde(default = "limit")]
    pub limit: u32,
    /// The machines it runs on; all, if it does not say.
    #[serde(default, deserialize_with = "text::machines")]
    machines: Vec<Machine>,
    /// The lab it belongs to.
    #[serde(skip)]
    pub lab: Lab,
    /// Whether it is the teacher's alone.
    #[serde(skip)]
    pub private: bool,
}

/// Something typed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    /// When the guest has printed this.
    pub after: String,
    /// The text; `$DRAWN` in it is a number of the run's, in hexadecimal, `$DRAWN3` its last three digits.
    pub text: String,
}

/// How a run ends.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The system powers the machine off, content.
    #[default]
    Clean,
    /// However it likes, at its limit too.
    Any,
}

fn limit() -> u32 {
    300
}

impl Check {
    /// One that asks for nothing.
    pub fn bare(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            exercise: String::new(),
            needs: Vec::new(),
            points: 0,
            bonus: false,
            tests: String::new(),
            twin: None,
            run: None,
            steps: Vec::new(),
            params: Vec::new(),
            salt: 0,
            programs: None,
            priorities: Vec::new(),
            command_line: String::new(),
            typed: Vec::new(),
            shows: Vec::new(),
            lacks: Vec::new(),
            rubbish: false,
            memory: None,
            end: End::Clean,
            limit: limit(),
            machines: Vec::new(),
            lab: Lab::NONE,
            private: false,
        }
    }

    /// What the order says.
    pub fn order(&self) -> &str {
        self.run.as_deref().unwrap_or(&self.name)
    }

    /// What its lots depend on, in a run with this seed.
    pub fn seed(&self, run: u64) -> u64 {
        run.wrapping_add(u64::from(self.salt))
    }

    /// The programs to start.
    pub fn programs(&self) -> Vec<String> {
        let default = || vec![self.lab.stem()];
        self.programs.clone().unwrap_or_else(default)
    }

    /// The priority of program number `n`.
    pub fn priority(&self, n: usize) -> u32 {
        self.priorities.get(n).copied().unwrap_or(1)
    }

    /// The first machine it runs on.
    pub fn first_machine(&self) -> Machine {
        let mut machines = Machine::ALL.into_iter();
        let first = machines.find(|&machine| self.is_for(machine));
        first.unwrap_or(Machine::Malta)
    }

    /// Whether it runs on `machine`.
    pub fn is_for(&self, machine: Machine) -> bool {
        self.machines.is_empty() || self.machines.contains(&machine)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lab: Lab,
    check: Vec<Check>,
}

/// The checks of `lab`: the public ones, then the private ones if there are any and `private` asks for them.
///
/// # Errors
/// There are none, or a file makes no sense.
pub fn load(tree: &Tree, lab: Lab, private: bool) -> Result<Vec<Check>> {
    let known = labs(tree)?;
    if !known.contains(&lab) {
        let known: Vec<String> = known.iter().map(Lab::to_string).collect();
        bail!("LAB={lab}: no such lab; use one of {}", known.join(", "));
    }
    let file = |folder: &str| {
        tree.root()
            .join(folder)
            .join(format!("{}.toml", lab.stem()))
    };
    let mut checks = read(&file("tests/checks"), lab, false)?;
    let more = file("tests/private");
    if private && more.exists() {
        checks.extend(read(&more, lab, true)?);
    }
    validate(&checks, lab).with_context(|| format!("the checks of lab {lab}"))?;
    Ok(checks)
}

fn read(path: &Path, lab: Lab, private: bool) -> Result<Vec<Check>> {
    let text = String::from_utf8(files::read(path)?)?;
    let file: File = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    ensure!(file.lab == lab, "{} is of lab {}", path.display(), file.lab);
    let mut checks = file.check;
    for check in &mut checks {
        (check.lab, check.private) = (lab, private);
    }
    Ok(checks)
}

/// The points that could be had of these, without what is a bonus.
pub fn due(checks: &[Check]) -> u32 {
    let due = checks.iter().filter(|check| !check.bonus);
    due.map(|check| check.points).sum()
}

fn validate(checks: &[Check], lab: Lab) -> Result<()> {
    let mut names = BTreeSet::new();
    for check in checks {
        let name = &check.name;
        ensure!(names.insert(name), "two are called {name}");
        ensure!(!check.steps.is_empty(), "{name} has no steps");
        ensure!(check.params.len() <= 4, "{name} has more than four params");
        ensure!(
            check
                .memory
                .is_none_or(|memory| (1..=MEMORY).contains(&memory)),
            "{name} has other than 1 to {MEMORY} MiB of memory"
        );
        let programs = check.programs().len();
        ensure!(
            check.priorities.len() <= programs,
            "{name} has more priorities than programs"
        );
        let steps: BTreeSet<_> = check.steps.iter().collect();
        ensure!(steps.len() == check.steps.len(), "{name} has a step twice");
        for needed in &check.needs {
            let both = (needed.parse::<Number>(), check.exercise.parse());
            let comes_first = matches!(both, (Ok(needed), Ok(own)) if needed < own);
            ensure!(
                comes_first,
                "{name} needs {needed}, which does not come before {}",
                check.exercise
            );
        }
        match &check.twin {
            Some(twin) => {
                let found = checks.iter().any(|c| c.name == *twin && c.twin.is_none());
                ensure!(found, "{name} is the twin of {twin}, which is none");
                ensure!(check.points == 0, "{name} is a twin and has points");
            }
            None => ensure!(check.points > 0, "{name} is worth nothing"),
        }
    }
    let points = due(checks);
    ensure!(
        points == 100 || !lab.is_handed_out(),
        "the points add up to {points}"
    );
    Ok(())
}
