//! A class: all that was handed in, and what becomes of it.
//!
//! - [`collect`]: what there is
//! - [`task`]: what is to be done about each, if anything
//! - [`record`]: what is kept of each, so that nothing is graded twice
//! - [`schedule`]: several at a time
//! - [`stop`]: how it ends before its time
//! - [`rules`]: what the class makes of the points
//! - [`told`]: what people are told meanwhile and in the end, by [`scores`], [`page`], and [`similar`] with [`tokens`]

pub mod collect;
pub mod page;
pub mod record;
pub mod rules;
pub mod schedule;
pub mod scores;
pub mod similar;
pub mod stop;
pub mod task;
pub mod tokens;
pub mod told;

use super::cell::Cells;
use crate::grade::examiner::Examiners;
use anyhow::Result;
use mos_run::tree::Tree;
use std::path::PathBuf;
use std::thread;
use task::Class;
use told::Told;

/// What to grade, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// An archive, or a folder of them.
    pub file: PathBuf,
    /// Where reports go.
    pub out: Option<PathBuf>,
    /// What the lots are drawn from.
    pub seed: Option<u64>,
    /// Archives at a time; as many as there are cores, if it is not given.
    pub jobs: Option<usize>,
    /// Only those of these students; of all, if there are none.
    pub only: Vec<String>,
    /// The file of the class's rules.
    pub rules: Option<PathBuf>,
    /// Who keeps what was handed in behind a wall, if anybody does.
    pub guard: Option<PathBuf>,
    /// How many CPUs there are in each check that can have them.
    pub cpus: Option<u8>,
}

/// Grades what the options ask for and says what becomes of it. Returns whether everything could be graded.
///
/// # Errors
/// There is nothing, or nothing can be graded or written here.
pub fn grade(teacher: &Tree, options: &Options) -> Result<bool> {
    let class = Class::new(teacher, options)?;
    let found = collect::find(&options.file, options.out.as_deref())?;
    let tasks = class.tasks(found)?;
    let examiners = Examiners::new(teacher, class.seed, options.cpus);
    let cells = Cells::new(teacher, options.guard.clone())?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let jobs = options.jobs.unwrap_or(cores).clamp(1, tasks.len().max(1));
    let mut told = Told::new(&class, &tasks)?;
    class.way.begin(tasks.len(), class.out.is_some())?;
    let spinners = told.spinners();
    let one = |index: usize| {
        let spinner = spinners.begin();
        let done = class.one(
            &examiners,
            &cells,
            &tasks[index],
            cores.div_ceil(jobs),
            &spinner,
        );
        spinner.finish_and_clear();
        done
    };
    schedule::in_order(tasks.len(), jobs, one, |done| told.hear(done));
    told.finish()
}
