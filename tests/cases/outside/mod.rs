//! What a user's `make` does where things outside of the system go wrong.
//!
//! - [`terminal`]: the terminal goes away, or somebody ends what runs
//! - [`crowd`]: several at once
//! - [`cuts`]: the machine is gone
//! - [`debug`]: gdb comes in
//! - [`output`]: nobody reads what is said, or there is no room for it
//! - [`silence`]: nobody can type
//! - [`disk`]: what a run leaves on its disks
//! - [`programs`]: what is true of every program of the disk
//! - [`shell`]: lines that are piped in and typed

pub mod crowd;
pub mod cuts;
pub mod debug;
pub mod disk;
pub mod output;
mod processes;
pub mod programs;
mod pty;
pub mod shell;
pub mod silence;
pub mod terminal;

use anyhow::Result;
use libtest_mimic::Failed;
use mos_run::tree::Tree;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A net for what does not end.
const PATIENCE: Duration = Duration::from_secs(300);

/// `make` in the tree, with nothing to read, for these words.
fn make(tree: &Tree, words: &[&str]) -> Command {
    let mut command = Command::new("make");
    command.current_dir(tree.root()).args(words);
    command.stdin(Stdio::null());
    command
}

fn told(test: impl FnOnce() -> Result<()>) -> Result<(), Failed> {
    test().map_err(|error| format!("{error:#}").into())
}
