//! git, as a program.

use anyhow::{Context, Result, ensure};
use std::path::Path;
use std::process::Command;

/// What git says, run in `folder` with `environment` besides its own; without the end of the last line.
///
/// # Errors
/// There is no git, or it fails: its own words.
pub fn git(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(arguments);
    command.envs(environment.iter().copied());
    let output = command.output().context("cannot run git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}
