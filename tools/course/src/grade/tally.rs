//! What the plugin `count` has counted, while a run goes on and at its end.

use anyhow::{Context, Result, bail};
use mos_run::files;
use mos_run::nameless::Nameless;
use std::path::PathBuf;
use std::sync::Arc;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It goes on, or has been ended from outside.
    Runs,
    /// It ended by itself.
    Ended,
    /// It came to its limit.
    Limit,
    /// It went on where there is no memory.
    Astray,
}

/// Where the plugin counts.
#[derive(Clone, Debug)]
pub struct Tally {
    file: Arc<Nameless>,
}

impl Tally {
    /// Of a run that has not begun.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn new() -> Result<Self> {
        let file = Arc::new(Nameless::new(&[])?);
        Ok(Self { file })
    }

    /// Where the plugin finds it.
    pub fn path(&self) -> PathBuf {
        self.file.path()
    }

    /// The instructions so far, and how far that is.
    ///
    /// # Errors
    /// The plugin has not begun yet, or was none.
    pub fn read(&self) -> Result<(u64, Stage)> {
        let [count, end, ..] = self.words()?;
        let stage = match end {
            0 => Stage::Runs,
            1 => Stage::Ended,
            2 => Stage::Limit,
            3 => Stage::Astray,
            other => bail!("the plugin says that the run is at {other}"),
        };
        Ok((count, stage))
    }

    /// Where the kernel, and where a program, was last seen: addresses, 0 where it never was.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn places(&self) -> Result<[u32; 2]> {
        let [_, _, places @ ..] = self.words()?;
        // They are addresses of the guest, of 32 bits.
        Ok(places.map(|place| place as u32))
    }

    fn words(&self) -> Result<[u64; 4]> {
        let bytes = files::read(&self.path())?;
        let (words, _) = bytes.as_chunks();
        let words: Result<&[[u8; 8]; 4], _> = words.try_into();
        let words = words.ok().context("the plugin has counted nothing")?;
        Ok(words.map(u64::from_ne_bytes))
    }
}
