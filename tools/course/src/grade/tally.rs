//! What the plugin `count` has counted, while a run goes on and at its end.

use anyhow::{Result, bail};
use mos_run::files;
use std::path::{Path, PathBuf};

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It goes on, or has been ended from outside.
    Runs,
    /// It ended by itself.
    Ended,
    /// It came to its limit.
    Limit,
}

/// Where the plugin counts.
#[derive(Clone, Debug)]
pub struct Tally {
    path: PathBuf,
}

impl Tally {
    /// In the file at `path`, which the plugin makes.
    pub fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The instructions so far, and how far that is.
    ///
    /// # Errors
    /// The plugin has not made it yet, or was none.
    pub fn read(&self) -> Result<(u64, Stage)> {
        let bytes = files::read(&self.path)?;
        let [count, end] = bytes.as_chunks().0 else {
            bail!("the plugin has counted nothing");
        };
        let stage = match u64::from_ne_bytes(*end) {
            0 => Stage::Runs,
            1 => Stage::Ended,
            2 => Stage::Limit,
            other => bail!("the plugin says that the run is at {other}"),
        };
        Ok((u64::from_ne_bytes(*count), stage))
    }
}
