//! Building the kernels and the programs.

use crate::machine::Machine;
use crate::tree::Tree;
use crate::{cargo, files};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::io::{IsTerminal, Write, stderr};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Builds the kernel of `machine` and gives the path of its ELF file. Says nothing unless the compiler
/// does.
///
/// # Errors
/// It does not build; the compiler has said why.
pub fn kernel(tree: &Tree, machine: Machine) -> Result<PathBuf> {
    let what = format!("the kernel for {machine}");
    compile(&what, cargo::kernel(tree, "build", machine))?;
    // Both kernels come out under one name, so each is kept under its own.
    let kernel = files::read(&tree.target().join("mos-kernel"))?;
    let path = tree.kernel(machine);
    files::update(&path, &kernel)?;
    Ok(path)
}

/// Builds the programs of `user/`, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn programs(tree: &Tree) -> Result<()> {
    compile("the programs", cargo::target(tree, "build", "mos-user"))
}

/// Runs a cargo command, with a sign of life on a terminal: a first build takes a minute.
fn compile(what: &str, mut command: Command) -> Result<()> {
    let spinner = ProgressBar::new_spinner().with_message(format!("Building {what}"));
    spinner.enable_steady_tick(Duration::from_millis(200));
    let color = if stderr().is_terminal() {
        "always"
    } else {
        "never"
    };
    let output = command.args(["-q", "--color", color]).output();
    spinner.finish_and_clear();
    let output = output.context("cannot run cargo")?;
    stderr().write_all(&output.stderr)?;
    if !output.status.success() {
        bail!("{what} did not build");
    }
    Ok(())
}
