//! What images are made of. Of a file that was built it is found out once what every image of it needs: a check's run takes
//! hardly longer than reading all symbols.

use super::order;
use anyhow::{Context, Result};
use mos_run::elf::Elf;
use mos_run::package::Symbol;
use mos_run::{files, symbols};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A kernel or a program.
#[derive(Debug)]
pub struct Part {
    /// Its ELF file.
    pub elf: Vec<u8>,
    /// Where in there an order goes.
    pub places: Vec<usize>,
    /// The functions of a kernel, for its backtraces.
    pub functions: Vec<Symbol>,
}

/// Those that are known.
#[derive(Debug, Default)]
pub struct Parts(Mutex<BTreeMap<PathBuf, Arc<Part>>>);

impl Parts {
    /// The kernel at `path`.
    ///
    /// # Errors
    /// It cannot be read, or no image can be made of it.
    pub fn kernel(&self, path: &Path) -> Result<Arc<Part>> {
        self.part(path, |elf| {
            let functions = Elf::parse(elf).and_then(|elf| symbols::functions(&elf));
            functions.with_context(|| format!("cannot make an image of {}", path.display()))
        })
    }

    /// The program at `path`.
    ///
    /// # Errors
    /// It cannot be read, or is no ELF file.
    pub fn program(&self, path: &Path) -> Result<Arc<Part>> {
        self.part(path, |_| Ok(Vec::new()))
    }

    fn part(
        &self,
        path: &Path,
        functions: impl FnOnce(&[u8]) -> Result<Vec<Symbol>>,
    ) -> Result<Arc<Part>> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(part) = known().get(path) {
            return Ok(part.clone());
        }
        let elf = files::read(path)?;
        let functions = functions(&elf)?;
        let places = order::places(&elf)?;
        let part = Arc::new(Part {
            elf,
            places,
            functions,
        });
        known().insert(path.to_owned(), part.clone());
        Ok(part)
    }
}
