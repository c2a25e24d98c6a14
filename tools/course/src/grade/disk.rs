//! The disk of a check's run: what is on it before ([`made`]), and what the host finds there afterwards ([`told`]).
//!
//! Nobody has a file of it: it is in memory, and gone when the run is over.

mod made;
mod told;

pub use made::{hidden, of};

use super::check::Check;
use super::parts::Parts;
use anyhow::{Context, Result};
use fsformat::Image;
use mos_run::disk::{self, Disk};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::nameless::Nameless;
use mos_run::tree::Tree;

/// A disk that a run has.
#[derive(Debug)]
pub struct Scratch {
    before: Image,
    file: Nameless,
    /// As the emulator has it.
    held: [Disk; 1],
}

impl Scratch {
    /// With this on it.
    ///
    /// # Errors
    /// There is no memory for it.
    pub fn new(image: Image) -> Result<Self> {
        let file = Nameless::new(&image.0)?;
        let held = [Disk::open(&file.path())?];
        Ok(Self {
            before: image,
            file,
            held,
        })
    }

    /// That of `check` in the run with this `seed`, if it has one, with the programs of `tree`, which are built.
    ///
    /// # Errors
    /// A program is missing, or it does not fit.
    pub fn of(tree: &Tree, check: &Check, seed: u64) -> Result<Option<Self>> {
        let image = of(&Parts::default(), tree, check, seed)?;
        image.map(Self::new).transpose()
    }

    /// It, for an emulator.
    pub fn disks(&self) -> &[Disk] {
        &self.held
    }

    /// What the emulator of `machine` is told of it.
    pub fn arguments(&self, machine: Machine) -> Vec<String> {
        disk::arguments(machine, &self.held)
    }

    /// The lines in which the host reports on it after the run, if the `check` wants any.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn report(&self, check: &Check) -> Result<String> {
        let Some(step) = &check.after else {
            return Ok(String::new());
        };
        let after = files::read(&self.file.path()).context("the disk is gone")?;
        Ok(told::report(step, &self.before, &Image(after)))
    }
}
