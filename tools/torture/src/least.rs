//! What is left of a round that fails, when all is gone that it does not take.

use crate::play::{End, play};
use crate::round::Round;
use anyhow::{Context, Result};
use mos_audit::WITNESSES;
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};

/// Leaves out of `round`, which failed as `how` says, one program after the other, as long as it fails like that.
///
/// # Errors
/// A round cannot be booted.
pub fn least(tree: &Tree, mut round: Round, how: &str) -> Result<Round> {
    for index in (WITNESSES..round.programs()).rev() {
        let less = round.without(index);
        let folder = tempfile::tempdir().context("cannot make a folder for a round")?;
        if matches!(play(tree, &less, folder.path())?, End::Bad(same, _) if same == how) {
            round = less;
        }
    }
    Ok(round)
}

/// Keeps the programs of `round` in a folder of its own below `folder`, which it returns.
///
/// # Errors
/// They cannot be written.
pub fn keep(round: &Round, folder: &Path) -> Result<PathBuf> {
    let folder = folder.join(format!("{}-{}", round.machine, round.seed));
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    round.boot(&folder)?;
    Ok(folder)
}
