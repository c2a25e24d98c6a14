//! The command line of `mos-course`.

#![forbid(unsafe_code)]

use anyhow::{Context, Result, anyhow};
use clap::{Args, Parser, Subcommand, ValueEnum};
use mos_course::grade::answers::SEED;
use mos_course::grade::check::Check;
// lab 5 begin
use mos_course::grade::disk::Scratch;
// lab 5 end
use mos_course::grade::examiner::Examiner;
use mos_course::grade::{self, Wanted};
use mos_course::language::{Catalogue, Language};
// teacher begin
use mos_course::labs::Course;
use mos_course::mutants::mutate::{self, Selection};
use mos_course::submission::{self, class};
use mos_course::{prefixes, skeleton};
// teacher end
use mos_course::submit::{self, Submission};
use mos_run::boot::{Boot, Start};
use mos_run::emulator::Settings;
use mos_run::lab::Lab;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{cli, debug, out, progress};
// teacher begin
use std::env;
use std::ffi::OsString;
// teacher end
use std::path::PathBuf;
use std::process::ExitCode;

/// Grades and packs what students do.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    // teacher begin
    /// Write the tree that the students of a lab start from
    Skeleton {
        /// The lab
        #[arg(long)]
        lab: Lab,
        /// The folder, which must be empty or not exist
        #[arg(long)]
        dest: PathBuf,
        /// Fill in the true solution
        #[arg(long)]
        solved: bool,
        /// What its holes and reports are written in
        #[arg(long, value_enum, default_value = "en")]
        language: Language,
    },
    /// Write down what the true solution reports in every check
    Answers {
        /// Only of this lab
        #[arg(long)]
        lab: Option<Lab>,
    },
    /// Do the exercises one after the other, and see whether each earns its points at once
    Prefixes {
        /// Only those of this lab
        #[arg(long)]
        lab: Option<Lab>,
        /// The machine
        #[arg(long, value_enum, default_value = "malta")]
        machine: Machine,
    },
    /// Make mistakes in copies of the tree, and see whether a check catches each
    Mutants {
        /// Only those of this lab
        #[arg(long)]
        lab: Option<Lab>,
        /// Only these
        #[arg(long, value_delimiter = ',')]
        mutant: Vec<String>,
        /// Only those on this machine
        #[arg(long, value_enum)]
        machine: Option<Machine>,
    },
    // teacher end
    /// Carry out the checks of a lab, or of all labs
    Grade(GradeOptions),
    /// Grade a lab and pack what is to be handed in
    Submit {
        /// The lab
        #[arg(long)]
        lab: Lab,
        /// The student's number
        #[arg(long)]
        id: String,
        /// Pack it even where something speaks against it
        #[arg(long)]
        force: bool,
        /// What the report is written in; without it, the language of the tree
        #[arg(long, value_enum)]
        language: Option<Language>,
        // lab smp begin
        #[command(flatten)]
        several: Several,
        // lab smp end
    },
    // teacher begin
    /// Grade what was handed in
    GradeSubmission {
        /// An archive, or a folder of them
        #[arg(long)]
        file: PathBuf,
        /// Where to write a report on each, and the table of scores
        #[arg(long)]
        out: Option<PathBuf>,
        /// What the checks draw by lot depends on this number; without it, on that of the last time with this folder for
        /// reports, or on one that nobody can know
        #[arg(long)]
        seed: Option<u64>,
        /// Archives to grade at a time
        #[arg(long)]
        jobs: Option<usize>,
        /// Grade only what these students have handed in
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// The class's rules: deadlines, weights, bonuses
        #[arg(long)]
        rules: Option<PathBuf>,
        /// Do without a wall around what was handed in
        #[arg(long)]
        unconfined: bool,
        #[command(flatten)]
        several: Several,
    },
    /// Run a command behind the wall
    #[command(hide = true)]
    Wall {
        /// The tree that it builds
        #[arg(long)]
        tree: Option<PathBuf>,
        /// The process that waits for it
        #[arg(long)]
        parent: Option<u32>,
        /// The command
        #[arg(required = true, last = true)]
        command: Vec<OsString>,
    },
    /// Become a command, behind the wall
    #[command(hide = true)]
    Confine {
        /// The user to become
        #[arg(long)]
        user: Option<u32>,
        /// Bytes that it may map
        #[arg(long)]
        memory: u64,
        /// The command
        #[arg(required = true, last = true)]
        command: Vec<OsString>,
    },
    // teacher end
    /// Boot on malta under gdb what a check boots
    Debug {
        #[command(flatten)]
        ordered: One,
    },
}

// lab smp begin
/// Several CPUs.
#[derive(Args, Clone, Copy)]
struct Several {
    /// How many CPUs there are in each check that can have them
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: Option<u8>,
}

// lab smp end
/// One check.
#[derive(Args)]
struct One {
    /// The lab
    #[arg(long)]
    lab: Lab,
    /// The check
    #[arg(long)]
    check: String,
    /// What the checks draw by lot depends on this number
    #[arg(long, default_value_t = 0)]
    seed: u64,
    // lab smp begin
    #[command(flatten)]
    several: Several,
    // lab smp end
}

/// What to grade.
#[derive(Args)]
struct GradeOptions {
    /// The lab
    #[arg(long)]
    lab: Option<Lab>,
    /// Only this check
    #[arg(long, requires = "lab")]
    check: Option<String>,
    /// What the checks draw by lot depends on this number
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The machine: malta, gxemul, or all
    #[arg(long, default_value = "malta")]
    machine: String,
    /// Where to write the report for other programs
    #[arg(long)]
    out: Option<PathBuf>,
    /// What the report is written in; without it, the language of the tree
    #[arg(long, value_enum)]
    language: Option<Language>,
    // lab smp begin
    #[command(flatten)]
    several: Several,
    // lab smp end
}

fn main() -> ExitCode {
    cli::main(|cli: Cli| execute(cli.command))
}

fn execute(command: Cmd) -> Result<ExitCode> {
    // teacher begin
    if let Cmd::Confine {
        user,
        memory,
        command,
    } = &command
    {
        // Behind the wall there may be no tree.
        submission::confine::confine(*user, *memory, command)?;
    }
    // teacher end
    let tree = Tree::here()?;
    match command {
        Cmd::Grade(options) => grade(&tree, &options),
        Cmd::Submit {
            lab,
            id,
            force,
            language,
            // lab smp begin
            several,
            // lab smp end
        } => {
            let progress = progress::spinner();
            let catalogue = catalogue(&tree, language)?;
            let wanted = Submission {
                lab,
                id,
                force,
                // lab smp begin
                cpus: several.cpus,
                // lab smp end
            };
            let path = submit::submit(&tree, &wanted, &catalogue, &progress)?;
            progress.finish_and_clear();
            out::print(format!("{}\n", path.display()))?;
            Ok(ExitCode::SUCCESS)
        }
        // teacher begin
        Cmd::GradeSubmission {
            file,
            out,
            seed,
            jobs,
            only,
            rules,
            unconfined,
            several,
        } => {
            let guard = env::current_exe().context("cannot tell where this program is")?;
            let options = class::Options {
                file,
                out,
                seed,
                jobs,
                only,
                rules,
                guard: (!unconfined).then_some(guard),
                cpus: several.cpus,
            };
            Ok(cli::verdict(class::grade(&tree, &options)?))
        }
        Cmd::Wall {
            tree: root,
            parent,
            command,
        } => submission::wall::run(&tree, root.as_deref(), parent, &command),
        Cmd::Confine { .. } => Ok(ExitCode::FAILURE),
        Cmd::Skeleton {
            lab,
            dest,
            solved,
            language,
        } => {
            let course = Course::load(tree.root())?;
            skeleton::make(&course, tree.root(), lab, language, solved, &dest)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Answers { lab } => {
            let progress = progress::spinner();
            for lab in lab.map_or_else(|| grade::checks::labs(&tree), |lab| Ok(vec![lab]))? {
                Examiner::without_answers(&tree, lab, SEED, true)?.write_down(&progress)?;
            }
            progress.finish_and_clear();
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Prefixes { lab, machine } => {
            let progress = progress::spinner();
            let all = prefixes::run(&tree, lab, machine, &progress)?;
            progress.finish_and_clear();
            Ok(cli::verdict(all))
        }
        Cmd::Mutants {
            lab,
            mutant,
            machine,
        } => {
            let selection = Selection {
                lab,
                names: mutant,
                machine,
            };
            let caught = mutate::run(&tree, &selection)?;
            Ok(cli::verdict(caught))
        }
        // teacher end
        Cmd::Debug { ordered } => {
            let (check, image) = check_image(&tree, &ordered)?;
            let programs = check.programs();
            let boot = Boot {
                programs: programs.iter().map(|program| Start::new(program)).collect(),
                command_line: String::new(),
            };
            // lab 5 begin
            // otherwise: debug::debug(&tree, &boot, &image, Settings::of(check.kernel))
            let disk = Scratch::of(&tree, &check, ordered.seed)?;
            let disks = disk.as_ref().map_or(&[][..], Scratch::disks);
            debug::debug(&tree, &boot, &image, Settings::of(check.kernel), disks)
            // lab 5 end
        }
    }
}

/// The sentences of reports in `language`, or in that of the tree.
fn catalogue(tree: &Tree, language: Option<Language>) -> Result<Catalogue> {
    let language = language.unwrap_or_else(|| Language::of_tree(tree.root()));
    Catalogue::load(tree.root(), language)
}

/// A check, and its image for gdb.
fn check_image(tree: &Tree, one: &One) -> Result<(Check, Vec<u8>)> {
    let spinner = progress::spinner();
    let examiner = Examiner::without_answers(tree, one.lab, one.seed, true)?;
    // lab smp begin
    let examiner = examiner.on(one.several.cpus);
    // lab smp end
    let made = grade::image_of(&examiner, &one.check, &spinner)?;
    spinner.finish_and_clear();
    Ok(made)
}

/// Grades one lab or all, and prints a report on each.
fn grade(tree: &Tree, options: &GradeOptions) -> Result<ExitCode> {
    let machines = match options.machine.as_str() {
        "all" => Machine::ALL.to_vec(),
        name => vec![Machine::from_str(name, false).map_err(|_| {
            anyhow!("MACHINE={name}: no such machine; use one of malta, gxemul, all")
        })?],
    };
    let labs = match options.lab {
        Some(lab) => vec![lab],
        None => grade::checks::labs(tree)?,
    };
    if let Some(out) = &options.out {
        labs.iter()
            .try_for_each(|&lab| grade::formats::check(lab, out))?;
    }
    let catalogue = catalogue(tree, options.language)?;
    let (mut done, mut printed) = (true, Ok(()));
    for lab in labs {
        let wanted = Wanted {
            machines: machines.clone(),
            check: options.check.clone(),
            ..Wanted::everywhere()
        };
        let progress = progress::spinner();
        let examiner = Examiner::new(tree, lab, options.seed, true, &progress)?;
        // lab smp begin
        let examiner = examiner.on(options.several.cpus);
        // lab smp end
        let report = grade::grade(tree, &examiner, &wanted, &progress)?;
        progress.finish_and_clear();
        if let Some(out) = &options.out {
            grade::formats::write(&report, out)?;
        }
        let text = grade::report::text(&report, options.seed);
        printed = printed.and(out::print(catalogue.report(&text)));
        done &= report.is_done();
    }
    printed?;
    Ok(cli::verdict(done))
}
