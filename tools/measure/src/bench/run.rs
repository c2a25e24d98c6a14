//! Runs the benchmark programs and makes figures of what they measured.

use super::meter::{Counts, Meter, Samples};
// teacher begin
use super::prompt;
// teacher end
use super::rows::{ROWS, Row, Source};
use crate::trace::Subject;
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use mos_run::boot::{Boot, Start};
use mos_run::elf::{Elf, Section};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use object::LittleEndian as LE;
use object::elf::SHF_EXECINSTR;
use object::read::elf::SectionHeader;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Time slices of four seconds, and many of them in a row: nobody is interrupted in the middle of what he
/// measures, or once at most.
const COMMAND_LINE: &str = "tick=4000000000";
const PRIORITY: u32 = 1_000_000;

/// Benchmarks that are there twice: the second one serves the first.
const PAIRS: [&str; 1] = ["bench_files"];

/// The key of [`Results::kernel_text`].
pub const KERNEL_TEXT: &str = "kernel_text";

/// A row's figure.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figure {
    /// The median.
    #[serde(flatten)]
    pub median: Counts,
    /// The best of the samples.
    pub min: u64,
    /// The worst.
    pub max: u64,
    /// How many samples there are.
    pub samples: usize,
}

/// What a machine's benchmarks gave.
#[derive(Clone, Debug)]
pub struct Results {
    /// The machine.
    pub machine: Machine,
    /// A figure for each of [`ROWS`] that are for it, in their order.
    pub figures: Vec<(&'static Row, Figure)>,
    /// Bytes of code in the kernel.
    pub kernel_text: u64,
}

impl Results {
    /// What is to stay within budget: key and figure.
    pub fn totals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let rows = self
            .figures
            .iter()
            .map(|(row, figure)| (row.key, figure.median.total()));
        rows.chain([(KERNEL_TEXT, self.kernel_text)])
    }
}

/// Runs all benchmarks on `machine`, for which everything has been built.
///
/// # Errors
/// Something does not run, or a program does not measure what it should.
pub fn run(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<Results> {
    let kernel = tree.kernel(machine);
    let mut measured: BTreeMap<&str, Samples> = BTreeMap::new();
    let rows = || ROWS.iter().filter(|row| row.is_for(machine));
    for row in rows() {
        let program = row.source.program();
        if !measured.contains_key(program) {
            spinner.set_message(format!("Running {program} on {machine}"));
            let samples = measure(tree, machine, &kernel, program)
                .with_context(|| format!("benchmark `{program}` on {machine}"))?;
            measured.insert(program, samples);
        }
    }
    let figure = |row: &'static Row| {
        let samples = &measured[row.source.program()];
        let figure = row.source.figure(samples);
        let figure = figure
            .with_context(|| format!("`{}` did not measure `{}`", row.source.program(), row.key))?;
        Ok((row, figure))
    };
    Ok(Results {
        machine,
        figures: rows().map(figure).collect::<Result<_>>()?,
        kernel_text: code_size(&kernel)?,
    })
}

fn measure(tree: &Tree, machine: Machine, kernel: &Path, program: &str) -> Result<Samples> {
    // teacher begin
    if program == prompt::PROGRAM {
        return prompt::measure(tree, machine, kernel);
    }
    // teacher end
    let subject = subject(tree, machine, kernel, program)?;
    let mut meter = Meter::new(&subject.code);
    follow(&subject, tree, |pc| meter.step(pc))?;
    Ok(meter.samples())
}

/// The benchmark `program`, and no other, on `machine`.
///
/// # Errors
/// Something is missing.
pub fn subject(tree: &Tree, machine: Machine, kernel: &Path, program: &str) -> Result<Subject> {
    let start = Start {
        priority: PRIORITY,
        device: true,
        ..Start::new(program)
    };
    let count = if PAIRS.contains(&program) { 2 } else { 1 };
    let boot = Boot {
        programs: vec![start; count],
        command_line: COMMAND_LINE.to_owned(),
    };
    Subject::new(tree, machine, kernel, &boot)
}

/// Runs a benchmark and hands the address of each instruction to `step`.
///
/// # Errors
/// It cannot be run, or it fails.
pub fn follow(subject: &Subject, tree: &Tree, step: impl FnMut(u32) + Send) -> Result<()> {
    let run = subject.follow(tree, step)?;
    // The benchmark is in slot 0; others may be meant to panic.
    let complaints = ["error", "[00000400] panic"];
    let is_fine = !complaints.iter().any(|text| run.console.contains(text));
    ensure!(
        run.verdict == Verdict::Clean && is_fine,
        "it failed; the console said:\n{}",
        run.console
    );
    Ok(())
}

impl Source {
    /// The figure that `samples` of its program give; `None` if they lack it.
    fn figure(self, samples: &Samples) -> Option<Figure> {
        let of = |op, case| Figure::of(samples.get(&(op, case))?.clone());
        match self {
            Self::Median(_, op, case) => of(op, case),
            Self::Kernel(_, op, case) => {
                let kernel = |counts: &Counts| Counts { user: 0, ..*counts };
                Figure::of(samples.get(&(op, case))?.iter().map(kernel).collect())
            }
            Self::Slope(_, op, [few, many]) => {
                let (less, more) = (of(op, few)?, of(op, many)?);
                let steps = u64::from(many - few);
                let median = (more.median - less.median) / steps;
                Some(Figure {
                    median,
                    min: median.total(),
                    max: median.total(),
                    samples: less.samples.min(more.samples),
                })
            }
        }
    }
}

impl Figure {
    fn of(mut samples: Vec<Counts>) -> Option<Self> {
        samples.sort_by_key(|counts| counts.total());
        Some(Self {
            median: *samples.get(samples.len() / 2)?,
            min: samples.first()?.total(),
            max: samples.last()?.total(),
            samples: samples.len(),
        })
    }
}

/// Bytes in the executable sections of the ELF file `kernel`.
fn code_size(kernel: &Path) -> Result<u64> {
    let bytes = files::read(kernel)?;
    let elf = Elf::parse(&bytes)?;
    let code = |s: &&Section| s.sh_flags(LE).contains(SHF_EXECINSTR);
    let sections = elf.sections()?;
    Ok(sections
        .iter()
        .filter(code)
        .map(|s| u64::from(s.sh_size(LE)))
        .sum())
}
