//! `make test`.

#![forbid(unsafe_code)]

use clap::Parser;
use mos_run::cli;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_tests::suite::{self, Scope};
use std::process::ExitCode;

/// Runs everything that must hold, on the host and on the machines.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The machine, if not both
    #[arg(long, value_enum)]
    machine: Option<Machine>,
    /// Only run tests with this in their name
    #[arg(long)]
    filter: Option<String>,
}

fn main() -> ExitCode {
    cli::main(|Cli { machine, filter }| {
        let machines = cli::machines(machine);
        let passed = suite::run(&Tree::here()?, &Scope { machines, filter })?;
        Ok(cli::verdict(passed))
    })
}
