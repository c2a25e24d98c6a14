//! The trees that submissions are built in: each has a fresh copy of a clean skeleton that has been built already, and
//! nothing of any other submission or of the true solution.

use super::{lay, wall, watch};
use crate::grade::budget::{self, Budget};
use crate::grade::examiner::Examiner;
use crate::grade::{self, Wanted};
use crate::labs::Course;
use crate::language::Language;
use crate::skeleton;
use crate::skeleton::render::Level;
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use indicatif::ProgressBar;
use mos_run::cargo;
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// How the name of a cell begins, before the id of the process that it is of.
const CELL: &str = "cell-";

/// What grading one submission may take.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Seconds of CPU time of all that is compiled.
    pub building: u64,
    /// Of all checks.
    pub checks: Budget,
}

/// Where they are.
#[derive(Debug)]
pub struct Cells {
    folder: PathBuf,
    guard: Option<PathBuf>,
    /// Where packages and the compiler are, which takes longer to be asked than many a file to be compiled.
    tools: String,
    allowance: Allowance,
    /// The versions of the labs that there is a clean tree of, or why there is none.
    bases: Mutex<BTreeMap<Lab, Result<Vec<String>, String>>>,
}

/// What cargo is told behind the wall of where packages come from.
pub fn settings(teacher: &Tree) -> PathBuf {
    teacher.build().join("cells/config.toml")
}

impl Cells {
    /// In the teacher's tree. The program `guard` keeps what is in them behind its wall; without one, nobody does.
    ///
    /// # Errors
    /// There can be no wall here, or no cells.
    pub fn new(teacher: &Tree, guard: Option<PathBuf>) -> Result<Self> {
        // Who works in the one kind cannot write in the other.
        let kind = if guard.is_some() {
            "cells"
        } else {
            "open-cells"
        };
        let folder = teacher.build().join(kind);
        fs::create_dir_all(&folder).context("cannot make a folder for cells")?;
        clear_up(&folder);
        if let Some(guard) = &guard {
            wall::check(guard).context(
                "this machine cannot keep submissions behind a wall, so nothing is graded; UNCONFINED=1 does without",
            )?;
        }
        let mut command = cargo::host(teacher, "config");
        command.args(["get", "-Zunstable-options", "source"]);
        let sources = command.output().context("cannot run cargo")?;
        // Where nothing is said of sources, cargo fails, and says nothing.
        files::write(&settings(teacher), &sources.stdout)?;
        Ok(Self {
            folder,
            guard,
            // Where there is no compiler, that is said of each archive.
            tools: wall::tools(teacher).unwrap_or_default(),
            allowance: Allowance {
                building: watch::SECONDS,
                checks: budget::ARCHIVE,
            },
            bases: Mutex::default(),
        })
    }

    /// The same, for submissions that may take no more than this.
    #[must_use]
    pub fn allowing(self, allowance: Allowance) -> Self {
        Self { allowance, ..self }
    }

    /// What grading one may take.
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Who keeps what is in them behind a wall, if anybody does.
    pub fn guard(&self) -> Option<&Path> {
        self.guard.as_deref()
    }

    /// The versions of `lab`, one in each language, that its clean tree is of, if there is one.
    pub fn versions(&self, lab: Lab) -> Vec<String> {
        let base = self.bases().get(&lab).cloned();
        base.and_then(Result::ok).unwrap_or_default()
    }

    fn bases(&self) -> MutexGuard<'_, BTreeMap<Lab, Result<Vec<String>, String>>> {
        // Whoever panicked has left in it what he found.
        self.bases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A clean tree of the examiner's lab, with what grading it as `wanted` needs.
    ///
    /// # Errors
    /// There can be none.
    pub fn fresh(
        &self,
        examiner: &Examiner,
        wanted: &Wanted,
        progress: &ProgressBar,
    ) -> Result<Cell> {
        let lab = examiner.lab;
        let base = self.folder.join(lab.stem());
        // Somebody else may be grading too, and must not build it anew while it is copied.
        let lock = File::create(self.folder.join("lock"));
        let lock = lock.and_then(|file| file.lock().map(|()| file));
        let _lock = lock.context("cannot lock the cells")?;
        if !self.bases().contains_key(&lab) {
            let built = self.build(examiner, &base, wanted, progress);
            let built = built.map_err(|error| format!("{error:#}"));
            self.bases().insert(lab, built);
        }
        if let Some(Err(why)) = self.bases().get(&lab) {
            anyhow::bail!("the clean tree of lab {lab} cannot be built: {why}");
        }
        let folder = tempfile::Builder::new()
            .prefix(&format!("{CELL}{}-", std::process::id()))
            .tempdir_in(&self.folder);
        let folder = folder.context("cannot make a folder")?;
        let root = folder.path().join("tree");
        lay::copy(&base, &root, self.new_builder())?;
        watch::begin(&root, self.allowance.building)?;
        files::write(&wall::tools_of(&root), self.tools.as_bytes())?;
        let tree = self.tree(root);
        Ok(Cell { folder, tree })
    }

    /// Who works in one behind the wall, if there is one and root has others work there.
    fn new_builder(&self) -> Option<u32> {
        self.guard.as_ref().and_then(|_| wall::new_builder())
    }

    fn tree(&self, root: PathBuf) -> Tree {
        match &self.guard {
            Some(guard) => Tree::at(root).guarded(guard.clone()),
            None => Tree::at(root),
        }
    }

    /// Brings the clean tree up to date and builds it, from packages that are fetched beforehand.
    fn build(
        &self,
        examiner: &Examiner,
        root: &Path,
        wanted: &Wanted,
        progress: &ProgressBar,
    ) -> Result<Vec<String>> {
        let (teacher, lab) = (&examiner.tree, examiner.lab);
        let course = Course::load(teacher.root())?;
        skeleton::replace(&course, teacher.root(), Level::skeleton(lab).graded(), root)?;
        watch::begin(root, watch::SECONDS)?;
        files::write(&wall::tools_of(root), self.tools.as_bytes())?;
        // The place, as tools/place.sh knows it: the same for all behind the wall.
        files::update(&root.join("build/.name"), b"cell\n")?;
        let target = root.join("target");
        fs::create_dir_all(&target).context("cannot make a folder")?;
        if let Some(user) = self.new_builder() {
            lay::give(root, user)?;
        }
        let fetched = fetch(teacher, root, progress);
        let tree = self.tree(root.to_owned());
        let built = grade::prepare(&tree, examiner, wanted, progress);
        let built = match watch::ended(root) {
            Some(why) => built.context(why),
            None => built,
        };
        built.map_err(|error| match fetched {
            Ok(()) => error,
            Err(why) => error.context(format!("packages could not be fetched: {why:#}")),
        })?;
        if self.guard.is_some() {
            lay::take(root)?;
        }
        let languages = Language::value_variants().iter();
        languages
            .map(|&language| skeleton::version(&course, teacher.root(), lab, language))
            .collect()
    }
}

/// Removes cells of processes that have ended without doing so.
fn clear_up(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.strip_prefix(CELL)?.split('-').next());
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            open(&entry.path());
            // If it cannot be removed now, the next one tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Opens every folder in `folder`: who was in there may have closed some, which would keep all but root from clearing up.
fn open(folder: &Path) {
    let _ = Command::new("chmod")
        .args(["-R", "u+rwX", "--"])
        .arg(folder)
        .output();
}

/// Fetches the packages that the tree at `root` is built of, for which there is no way behind the wall.
fn fetch(teacher: &Tree, root: &Path, progress: &ProgressBar) -> Result<()> {
    progress.set_message("Fetching packages");
    let mut command = cargo::host(teacher, "fetch");
    command.args(["-q", "--locked", "-Zbuild-std=core"]);
    command.args(["--target", "mipsel-mos.json", "--manifest-path"]);
    let output = command.arg(root.join("Cargo.toml")).output();
    let output = output.context("cannot run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim());
    Ok(())
}

/// A tree for one submission, gone when this is.
#[derive(Debug)]
pub struct Cell {
    folder: TempDir,
    tree: Tree,
}

impl Cell {
    /// The tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Why what was built in it was ended, if it was.
    pub fn ended(&self) -> Option<String> {
        watch::ended(self.tree.root())
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        open(self.folder.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_who_is_gone_are_removed_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let own = format!("{CELL}{}-x", std::process::id());
        // No process has so large an id.
        let gone = format!("{CELL}99999999-x");
        for name in [own.as_str(), gone.as_str(), "lab1"] {
            fs::create_dir_all(folder.path().join(name).join("tree")).unwrap();
        }
        clear_up(folder.path());
        let there = |name: &str| folder.path().join(name).exists();
        assert!(there(&own) && there("lab1") && !there(&gone));
    }
}
