//! The command line of `mos-measure`.

#![forbid(unsafe_code)]

use anyhow::Result;
use clap::{Parser, Subcommand};
// teacher begin
use anyhow::ensure;
use mos_measure::bench;
// teacher end
use mos_delays::Isa;
use mos_measure::profile;
use mos_run::features::Features;
use mos_run::{cli, out};
// teacher begin
use mos_run::machine::Machine;
// teacher end
use mos_run::options::BootOptions;
use mos_run::tree::Tree;
use std::path::PathBuf;
use std::process::ExitCode;

/// Counts the instructions that MOS executes, and checks those that it consists of.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Cmd,
}

#[derive(Subcommand)]
enum Cmd {
    // teacher begin
    /// Count the instructions that operations cost, on one machine
    Bench {
        /// The machine, malta if none is given
        #[arg(long, value_enum)]
        machine: Option<Machine>,
        /// The folder for table, JSON file and chart, if not build/bench
        #[arg(long)]
        out: Option<PathBuf>,
        /// Make what is measured the budget
        #[arg(long)]
        bless: bool,
        /// Only list the instructions of this operation of tests/budgets.toml
        #[arg(long, conflicts_with_all = ["out", "bless"])]
        list: Option<String>,
        /// What several environments do at the same time on up to so many CPUs; always on gxemul
        #[arg(long, conflicts_with = "list", value_parser = clap::value_parser!(u8).range(1..=8))]
        cpus: Option<u8>,
    },
    // teacher end
    /// Tell in which functions the instructions of a run were executed
    Profile {
        #[command(flatten)]
        options: BootOptions,
        #[command(flatten)]
        features: Features,
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
}

fn main() -> ExitCode {
    cli::main(|cli: Cli| execute(cli.command))
}

fn execute(command: Cmd) -> Result<ExitCode> {
    let tree = Tree::here()?;
    match command {
        // teacher begin
        Cmd::Bench {
            machine,
            out,
            bless,
            list: None,
            cpus,
        } => {
            let out = out.unwrap_or_else(|| tree.build().join("bench"));
            match cpus {
                Some(cpus) => {
                    ensure!(
                        machine != Some(Machine::Malta),
                        "CPUS={cpus}: QEMU has no clock that tells how fast several CPUs are: this is measured on gxemul"
                    );
                    bench::several::bench(&tree, cpus, &out, bless)?;
                }
                None => bench::bench(&tree, machine.unwrap_or(Machine::Malta), &out, bless)?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Cmd::Bench {
            machine,
            list: Some(key),
            ..
        } => {
            let machine = machine.unwrap_or(Machine::Malta);
            out::print(bench::list(&tree, machine, &key)?)?;
            Ok(ExitCode::SUCCESS)
        }
        // teacher end
        Cmd::Profile {
            options,
            features,
            out,
        } => {
            let boot = options.boot()?;
            // teacher begin
            let boot = boot.told(features.word()?);
            // teacher end
            profile::profile(&tree, options.machine, &boot, features, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Cmd::CheckDelays { isa, files } => {
            let mut clean = true;
            for file in &files {
                for finding in mos_delays::check_file(file, isa)? {
                    out::print(format!("{}: {finding}\n", file.display()))?;
                    clean = false;
                }
            }
            Ok(cli::verdict(clean))
        }
    }
}
