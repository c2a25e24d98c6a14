//! One check, as a file of `tests/checks` says it.

// lab 5 begin
use super::disk;
// lab 5 end
use crate::text;
// lab 5 begin
use mos_exam::Order;
use mos_exam::disk::Recipe;
// lab 5 end
use mos_run::features::Features;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use serde::Deserialize;

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
    pub(super) priorities: Vec<u32>,
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
    /// What its kernel has in it besides the checks, such as `monitor`. The CPU is one for which that is meant.
    #[serde(default, deserialize_with = "text::features")]
    pub kernel: Features,
    // lab smp begin
    /// How many CPUs its machine has; where it does not say, one, or as many as somebody asks for.
    pub cpus: Option<u8>,
    // lab smp end
    /// How the run ends.
    #[serde(default)]
    pub end: End,
    /// Millions of instructions after which the run is ended.
    #[serde(default = "limit")]
    pub limit: u32,
    // lab 5 begin
    /// Which of the programs may use device registers.
    #[serde(default)]
    pub devices: Vec<String>,
    /// What is on its disk; it has none, if it does not say.
    #[serde(default, deserialize_with = "text::recipe")]
    pub disk: Option<Recipe>,
    /// Programs on the disk besides, in `/bin`.
    #[serde(default)]
    pub aboard: Vec<String>,
    /// The step in which the host reports on the disk when the run is over.
    pub after: Option<String>,
    // lab 5 end
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

// lab smp begin
/// Times as many instructions there may be with several CPUs, which wait for one another.
const WAITING: u32 = 10;
// lab smp end

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
            kernel: Features::NONE,
            // lab smp begin
            cpus: None,
            // lab smp end
            end: End::Clean,
            limit: limit(),
            // lab 5 begin
            devices: Vec::new(),
            disk: None,
            aboard: Vec::new(),
            after: None,
            // lab 5 end
            machines: Vec::new(),
            lab: Lab::NONE,
            private: false,
        }
    }

    // lab smp begin
    /// Gives its machine so many CPUs, if it does not say itself how many there are and nothing speaks against it: a kernel for one
    /// CPU, or a disk, which answers in the host's time, so that no two runs would be the same.
    pub fn on(&mut self, cpus: u8) {
        let one_only = self.disk.is_some() || !self.kernel.names().is_empty();
        if cpus > 1 && self.cpus.is_none() && !one_only {
            self.kernel.cpus = cpus;
            self.limit *= WAITING;
        }
    }

    /// Whether it has as many CPUs as it has since somebody has asked for them.
    pub fn is_asked_for_several(&self) -> bool {
        self.cpus.is_none() && self.kernel.cpus > 1
    }
    // lab smp end

    /// What the order says.
    pub fn order(&self) -> &str {
        self.run.as_deref().unwrap_or(&self.name)
    }

    /// What its lots depend on, in a run with this seed.
    pub fn seed(&self, run: u64) -> u64 {
        // lab 5 begin
        if self.disk.is_some() {
            return disk::hidden(self.salted(run), "order", 0);
        }
        // lab 5 end
        run.wrapping_add(u64::from(self.salt))
    }

    // lab 5 begin
    /// What the contents of its disk depend on, of which it is told nothing.
    pub fn salted(&self, run: u64) -> u64 {
        run.wrapping_add(u64::from(self.salt))
    }

    /// Its order, with the `seed` that its lots depend on.
    pub fn order_of(&self, seed: u64) -> Order<'_> {
        let mut params = [0; 4];
        for (param, value) in params.iter_mut().zip(&self.params) {
            *param = *value;
        }
        Order {
            seed,
            name: self.order(),
            params,
        }
    }

    // lab 5 end
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
