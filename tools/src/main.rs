//! The command line of `mos`.

#![forbid(unsafe_code)]

use anyhow::{Context, Result, anyhow, ensure};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, Parser, Subcommand, ValueEnum};
use mos_tools::boot::{Boot, Start};
// teacher begin
use mos_tools::course::mutate::{self, Selection};
use mos_tools::course::{Course, skeleton};
// teacher end
use mos_tools::emulator::{Settings, Verdict};
use mos_tools::grade::{self, Wanted};
use mos_tools::machine::Machine;
use mos_tools::options::BootOptions;
// teacher begin
use mos_tools::submission;
// teacher end
use mos_tools::delays::{self, Isa};
use mos_tools::submit::{self, Submission};
use mos_tools::suite::{self, Scope};
use mos_tools::tree::Tree;
use mos_tools::{bench, build, debug, files, holes, profile, run};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Builds, packs, runs, debugs and tests MOS.
#[derive(Parser)]
#[command(name = "mos", version)]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    /// Build the kernel (of one machine, or of both) and the programs
    Build {
        /// The machine
        #[arg(long, value_enum)]
        machine: Option<Machine>,
    },
    /// Write a bootable ELF file
    Image {
        #[command(flatten)]
        options: BootOptions,
        /// Where to write it, if not to build/MACHINE/mos.elf
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Boot the system; the exit status is its verdict
    Run {
        #[command(flatten)]
        options: BootOptions,
        /// On malta: instructions take 2^N ns of guest time each, so that runs are repeatable
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=10))]
        icount: Option<u8>,
    },
    // teacher begin
    /// Count the instructions that operations cost, on one machine
    Bench {
        /// The machine
        #[arg(long, value_enum, default_value = "malta")]
        machine: Machine,
        /// The folder for table, JSON file and chart, if not build/bench
        #[arg(long)]
        out: Option<PathBuf>,
        /// Make what is measured the budget
        #[arg(long)]
        bless: bool,
        /// Only list the instructions of this operation of tests/budgets.toml
        #[arg(long, conflicts_with_all = ["out", "bless"])]
        list: Option<String>,
    },
    // teacher end
    /// Tell in which functions the instructions of a run were executed
    Profile {
        #[command(flatten)]
        options: BootOptions,
        /// The file for the flame graph, if not in build/profile
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Look for code that a real R3000 would execute differently from the emulators
    CheckDelays {
        /// What their CPU knows
        #[arg(long, value_enum, default_value_t = Isa::Mips1)]
        isa: Isa,
        /// Final ELF files: kernels and programs
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    // teacher begin
    /// Run everything that must hold, on the host and on the machines
    Test {
        /// The machine, if not both
        #[arg(long, value_enum)]
        machine: Option<Machine>,
        /// Only run tests with this in their name
        #[arg(long)]
        filter: Option<String>,
    },
    /// Write the tree that the students of a lab start from
    Skeleton {
        /// The lab
        #[arg(long)]
        lab: u8,
        /// The folder, which must be empty or not exist
        #[arg(long)]
        dest: PathBuf,
        /// Fill in the true solution
        #[arg(long)]
        solved: bool,
    },
    /// Make mistakes in copies of the tree, and see whether a check catches each
    Mutants {
        /// Only those of this lab
        #[arg(long)]
        lab: Option<u8>,
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
        lab: u8,
        /// The student's number
        #[arg(long)]
        id: String,
        /// Pack it even where something speaks against it
        #[arg(long)]
        force: bool,
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
        /// What the checks draw by lot depends on this number
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Run a command that can do little besides reading and writing a folder
    #[command(hide = true)]
    Confine {
        /// The folder
        root: PathBuf,
        /// The command
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
    // teacher end
    /// Boot the system on malta under gdb
    Debug {
        #[command(flatten)]
        options: BootOptions,
        #[command(flatten)]
        ordered: Ordered,
    },
}

/// Which check.
#[derive(Args)]
struct Ordered {
    /// The lab
    #[arg(long)]
    lab: Option<u8>,
    /// The check
    #[arg(long, requires = "lab")]
    check: Option<String>,
    /// What the checks draw by lot depends on this number
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// What to grade.
#[derive(Args)]
struct GradeOptions {
    #[command(flatten)]
    ordered: Ordered,
    /// The machine: malta, gxemul, or all
    #[arg(long, default_value = "malta")]
    machine: String,
    /// Where to write the report for other programs
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    match execute(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("mos: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Cmd) -> Result<ExitCode> {
    let tree = Tree::here();
    match command {
        Cmd::Build { machine } => {
            let machines = machines(machine);
            let spinner = build::spinner();
            for machine in machines {
                build::kernel(&tree, machine, &spinner)?;
            }
            build::programs(&tree, &spinner)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Image { options, out } => {
            image(&tree, &options, out, "mos.elf")?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Run { options, icount } => {
            tell_of_holes(&tree)?;
            let (_, image) = image(&tree, &options, None, "run.elf")?;
            let settings = Settings {
                icount,
                ..Settings::default()
            };
            run(options.machine, &image, settings)
        }
        // teacher begin
        Cmd::Bench {
            machine,
            out,
            bless,
            list: None,
        } => {
            let out = out.unwrap_or_else(|| tree.build().join("bench"));
            bench::bench(&tree, machine, &out, bless)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Bench {
            machine,
            list: Some(key),
            ..
        } => {
            print!("{}", bench::list(&tree, machine, &key)?);
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Test { machine, filter } => {
            let machines = machines(machine);
            let passed = suite::run(&tree, &Scope { machines, filter })?;
            Ok(if passed {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        // teacher end
        Cmd::Profile { options, out } => {
            profile::profile(&tree, options.machine, &options.boot()?, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Grade(options) => grade(&tree, &options),
        Cmd::Submit { lab, id, force } => {
            let progress = build::spinner();
            let path = submit::submit(&tree, &Submission { lab, id, force }, &progress)?;
            progress.finish_and_clear();
            println!("{}", path.display());
            Ok(ExitCode::SUCCESS)
        }
        // teacher begin
        Cmd::GradeSubmission { file, out, seed } => grade_submissions(&tree, &file, out, seed),
        Cmd::Confine { root, command } => {
            submission::confine::confine(&root, &command)?;
            Ok(ExitCode::SUCCESS)
        }
        // teacher end
        Cmd::CheckDelays { isa, files } => {
            let mut clean = true;
            for file in &files {
                for finding in delays::check_file(file, isa)? {
                    println!("{finding}");
                    clean = false;
                }
            }
            Ok(if clean {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        // teacher begin
        Cmd::Skeleton { lab, dest, solved } => {
            let course = Course::load(tree.root())?;
            skeleton::make(&course, tree.root(), lab, solved, &dest)?;
            Ok(ExitCode::SUCCESS)
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
            Ok(if caught {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        // teacher end
        Cmd::Debug { options, ordered } => {
            let machine = options.machine;
            ensure!(
                machine == Machine::Malta,
                "MACHINE={machine} has no door for gdb: use malta"
            );
            let (boot, image) = match (ordered.lab, &ordered.check) {
                (Some(lab), Some(check)) => check_image(&tree, lab, check, ordered.seed)?,
                _ => image(&tree, &options, None, "debug.elf")?,
            };
            tell_of_holes(&tree)?;
            println!("QEMU waits for gdb. In another terminal:");
            println!("{}", debug::gdb_command(&tree, &boot, &image)?);
            let settings = Settings {
                gdb: true,
                ..Settings::default()
            };
            run(machine, &image, settings)
        }
    }
}

/// Says which exercises are not done yet: the system may then stop where it cannot even say so.
fn tell_of_holes(tree: &Tree) -> Result<()> {
    let open = holes::open(tree.root())?;
    let open: Vec<String> = open.iter().map(ToString::to_string).collect();
    if !open.is_empty() {
        eprintln!(
            "mos: not done yet, so this may stop without a word: exercises {}",
            open.join(", ")
        );
        eprintln!("mos: Ctrl-A x ends QEMU, Ctrl-C GXemul");
    }
    Ok(())
}

/// Writes the image of a check, symbols included, and says what it boots.
fn check_image(tree: &Tree, lab: u8, check: &str, seed: u64) -> Result<(Boot, PathBuf)> {
    let spinner = build::spinner();
    let (programs, bytes) = grade::image_of(tree, lab, check, seed, &spinner)?;
    spinner.finish_and_clear();
    let image = tree.build().join("malta/debug.elf");
    files::write(&image, &bytes)?;
    let boot = Boot {
        programs: programs.iter().map(|program| Start::new(program)).collect(),
        command_line: String::new(),
    };
    Ok((boot, image))
}

/// Grades one lab or all, and prints a report on each.
fn grade(tree: &Tree, options: &GradeOptions) -> Result<ExitCode> {
    let machines = match options.machine.as_str() {
        "all" => Machine::ALL.to_vec(),
        name => vec![Machine::from_str(name, false).map_err(|_| {
            anyhow!("MACHINE={name}: no such machine; use one of malta, gxemul, all")
        })?],
    };
    let ordered = &options.ordered;
    let labs = match ordered.lab {
        Some(lab) => vec![lab],
        None => grade::checks::labs(tree)?,
    };
    let mut full = true;
    for lab in labs {
        let wanted = Wanted {
            lab,
            machines: machines.clone(),
            check: ordered.check.clone(),
            private: true,
            seed: ordered.seed,
        };
        let progress = build::spinner();
        let report = grade::grade(tree, tree, &wanted, &progress)?;
        progress.finish_and_clear();
        print!("{}", grade::report::text(&report, ordered.seed));
        if let Some(out) = &options.out {
            grade::formats::write(&report, out)?;
        }
        full &= report.is_full();
    }
    Ok(if full {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

// teacher begin
/// Grades the archives that `file` stands for, and prints the table of scores.
fn grade_submissions(
    teacher: &Tree,
    file: &Path,
    out: Option<PathBuf>,
    seed: u64,
) -> Result<ExitCode> {
    let guard = env::current_exe().context("cannot tell where this program is")?;
    let tree = Tree::confined(teacher.build().join("submission"), guard);
    let mut lines = Vec::new();
    for path in submission::archives(file)? {
        let progress = build::spinner();
        let (line, graded) = submission::grade_one(teacher, &tree, &path, seed, &progress)?;
        progress.finish_and_clear();
        println!("{}: {}/{} {}", line.file, line.score, line.of, line.note);
        match (&graded, &out) {
            (Some(graded), Some(out)) => submission::write(&line, graded, seed, out)?,
            (Some(graded), None) => print!("{}", grade::report::text(graded, seed)),
            (None, Some(out)) => {
                grade::formats::write_refusal(&line.note, &out.join(&line.file))?;
            }
            (None, None) => {}
        }
        lines.push(line);
        // After each: what is graded so far shall not be lost.
        if let Some(out) = &out {
            files::write(&out.join("scores.csv"), &submission::table(&lines)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
// teacher end

/// The machine chosen, or all.
fn machines(machine: Option<Machine>) -> Vec<Machine> {
    machine.map_or(Machine::ALL.to_vec(), |machine| vec![machine])
}

/// Builds what is needed and writes the image that `options` ask for: to `out`, or as `name` where the
/// machine's images are.
fn image(
    tree: &Tree,
    options: &BootOptions,
    out: Option<PathBuf>,
    name: &str,
) -> Result<(Boot, PathBuf)> {
    let machine = options.machine;
    let boot = options.boot()?;
    boot.check(tree)?;
    let spinner = build::spinner();
    let kernel = match &options.kernel {
        Some(kernel) => kernel.clone(),
        None => build::kernel(tree, machine, &spinner)?,
    };
    build::programs(tree, &spinner)?;
    spinner.finish_and_clear();
    let out = out.unwrap_or_else(|| tree.build().join(machine.name()).join(name));
    files::write(&out, &boot.image(tree, &kernel)?)?;
    Ok((boot, out))
}

fn run(machine: Machine, image: &Path, settings: Settings) -> Result<ExitCode> {
    Ok(match run::run(machine, image, settings)? {
        Verdict::Clean => ExitCode::SUCCESS,
        Verdict::Failed(code) => ExitCode::from(code),
        Verdict::Stopped(why) => {
            eprintln!("mos: {why}");
            ExitCode::FAILURE
        }
    })
}

/// Says in one line what is wrong with a value and which would do; leaves the rest to clap.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => Some(texts.join(", ")),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let value = text(ContextKind::InvalidValue).unwrap_or_default();
    match (error.kind(), text(ContextKind::ValidValue)) {
        (ErrorKind::InvalidValue, Some(valid)) => {
            eprintln!("mos: {argument}: no `{value}`; use one of: {valid}");
        }
        (ErrorKind::ValueValidation, _) => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            let why = why.unwrap_or_default();
            eprintln!("mos: {argument}: no `{value}`; {why}");
        }
        _ => error.exit(),
    }
    ExitCode::from(2)
}
