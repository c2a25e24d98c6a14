//! The command line of `mos-torture`.

#![forbid(unsafe_code)]

use anyhow::Result;
use clap::Parser;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{build, cli, out, progress};
use mos_torture::run::{Plan, fresh_seed, run};
use std::process::ExitCode;
use std::time::Duration;

/// Runs random programs on a kernel that audits itself, until something fails.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The machine, if not both in turn
    #[arg(long, value_enum)]
    machine: Option<Machine>,
    /// The first round's seed, if not a fresh one; the next round has the next number
    #[arg(long)]
    seed: Option<u64>,
    /// How many rounds, if not until something fails
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    rounds: u64,
    /// Begin no round after this many seconds
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    seconds: u64,
    // teacher begin
    /// How many CPUs the machines have. With several, no two runs on malta are the same
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    cpus: u8,
    // teacher end
    /// Go on where something has failed
    #[arg(long)]
    go_on: bool,
}

fn main() -> ExitCode {
    cli::main(torture)
}

fn torture(cli: Cli) -> Result<ExitCode> {
    let tree = Tree::here()?;
    let machines = cli::machines(cli.machine);
    for &machine in &machines {
        build::audited_kernel(&tree, machine, &progress::spinner())?;
    }
    let plan = Plan {
        machines,
        first: cli.seed.unwrap_or_else(fresh_seed),
        rounds: cli.rounds,
        time: Duration::from_secs(cli.seconds),
        goes_on: cli.go_on,
        // teacher begin
        cpus: cli.cpus,
        // teacher end
        kept: Some(tree.build().join("torture")),
    };
    out::print(format!("seed {}\n", plan.first))?;
    let sum = run(&tree, &plan, |line| out::print(format!("{line}\n")))?;
    for failure in &sum.failures {
        out::print(format!("{failure}\n"))?;
    }
    out::print(format!("{sum}\n"))?;
    Ok(cli::verdict(sum.failures.is_empty()))
}
