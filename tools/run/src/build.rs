//! Building the kernels and the programs.

use crate::boot::Boot;
// teacher begin
use crate::cargo::PROGRAMS;
// teacher end
use crate::cargo::{FOR_GDB, RELEASE};
use crate::features::Features;
use crate::machine::Machine;
use crate::progress;
use crate::tree::Tree;
#[cfg(feature = "grading")]
use crate::words::messages;
// teacher begin
use crate::strip;
// teacher end
use crate::words::{self, Ended};
use crate::{cargo, files};
use anyhow::{Context, Result, anyhow};
use indicatif::ProgressBar;
use std::fs::{self, File, Metadata};
use std::io::{IsTerminal, Read, Seek, Write, stderr};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Bytes of the compiler's words that anybody reads.
const WORDS_MAX: usize = 64 << 10;

/// Builds the kernel of `machine` and gives the path of its ELF file. Says nothing unless the compiler
/// does.
///
/// # Errors
/// It does not build; the error has the compiler's words.
pub fn kernel(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<PathBuf> {
    let command = cargo::kernel(tree, "build", machine);
    kernel_at(tree, tree.kernel(machine), machine, command, spinner)
}

/// Builds the kernel of `machine` that has these features, with the checks of the labs in it, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn checked_kernel(
    features: Features,
    tree: &Tree,
    machine: Machine,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    let mut command = cargo::kernel(tree, "build", machine);
    command.args(["--features", "checks"]);
    add(features, &mut command);
    let path = tree.checked_kernel(machine, features);
    kernel_at(tree, path, machine, command, spinner)
}

/// Builds the kernel of `machine` that audits itself, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn audited_kernel(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<PathBuf> {
    let mut command = cargo::kernel(tree, "build", machine);
    command.args(["--features", "audit"]);
    let path = tree.audited_kernel(machine);
    kernel_at(tree, path, machine, command, spinner)
}

/// Builds the kernel of `machine` that has these features, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn kernel_with(
    features: Features,
    tree: &Tree,
    machine: Machine,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    let mut command = cargo::kernel(tree, "build", machine);
    add(features, &mut command);
    let path = tree.kernel_with(machine, features);
    kernel_at(tree, path, machine, command, spinner)
}

/// Builds the kernel of `machine` for gdb that has these features, with the `checks` of the labs in it or without,
/// likewise.
///
/// # Errors
/// As [`kernel`].
pub fn debug_kernel(
    features: Features,
    tree: &Tree,
    machine: Machine,
    checks: bool,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    let mut command = cargo::kernel_as(FOR_GDB, tree, "build", machine);
    if checks {
        command.args(["--features", "checks"]);
    }
    add(features, &mut command);
    let path = tree.debug_kernel(machine, features, checks);
    kernel_of(FOR_GDB, tree, path, machine, command, spinner)
}

/// Asks cargo for these features too.
fn add(features: Features, command: &mut Command) {
    for feature in features.names() {
        command.args(["--features", feature]);
    }
}

fn kernel_at(
    tree: &Tree,
    path: PathBuf,
    machine: Machine,
    command: Command,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    kernel_of(RELEASE, tree, path, machine, command, spinner)
}

fn kernel_of(
    profile: &str,
    tree: &Tree,
    path: PathBuf,
    machine: Machine,
    command: Command,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    let _lock = lock(tree, spinner)?;
    compile(tree, &format!("the kernel for {machine}"), command, spinner)?;
    // All kernels come out under one name, so each is kept under its own.
    let kernel = tree.built(profile, "mos-kernel")?;
    files::update(&path, &kernel)?;
    Ok(path)
}

/// Builds these programs of `user/` only, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn some_programs(tree: &Tree, names: &[String], spinner: &ProgressBar) -> Result<()> {
    let mut command = cargo::target(tree, "build", "mos-user");
    for name in names {
        command.args(["--bin", name]);
    }
    programs_by(tree, command, names, spinner)
}

/// Builds those programs of `boot` that are in `user/`, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn programs_of(tree: &Tree, boot: &Boot, spinner: &ProgressBar) -> Result<()> {
    let names = boot.built();
    if names.is_empty() {
        return Ok(()); // cargo would build all
    }
    some_programs(tree, &names, spinner)
}

/// Builds the programs of `user/`, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn programs(tree: &Tree, spinner: &ProgressBar) -> Result<()> {
    let command = cargo::target(tree, "build", "mos-user");
    programs_by(tree, command, &tree.program_names()?, spinner)
}

// teacher begin
/// Builds the programs of the system's disk, likewise, as they are there.
///
/// # Errors
/// As [`kernel`].
pub fn disk_programs(tree: &Tree, spinner: &ProgressBar) -> Result<()> {
    let folder = tree.disk_files().join("bin");
    let shared = tree.shared_program_names();
    if !shared.is_empty() {
        some_programs(tree, &shared, spinner)?;
    }
    let _lock = lock(tree, spinner)?;
    for name in &shared {
        let program = strip::strip(&files::read(&tree.program(name)?)?)?;
        files::update(&folder.join(name), &program)?;
    }
    let command = cargo::disk_programs(tree, "build");
    let names = tree.disk_program_names()?;
    disk_programs_by(tree, command, &names, spinner)?;
    for entry in fs::read_dir(&folder)? {
        let entry = entry?;
        if !names
            .iter()
            .chain(&shared)
            .any(|name| entry.file_name() == **name)
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Builds these programs of the system's disk only, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn some_disk_programs(tree: &Tree, names: &[String], spinner: &ProgressBar) -> Result<()> {
    if names.is_empty() {
        return Ok(()); // cargo would build all
    }
    let mut command = cargo::disk_programs(tree, "build");
    for name in names {
        command.args(["--bin", name]);
    }
    let _lock = lock(tree, spinner)?;
    disk_programs_by(tree, command, names, spinner)
}

fn disk_programs_by(
    tree: &Tree,
    command: Command,
    names: &[String],
    spinner: &ProgressBar,
) -> Result<()> {
    compile(tree, "the programs of the disk", command, spinner)?;
    for name in names {
        let program = strip::strip(&tree.built(PROGRAMS, name)?)?;
        files::update(&tree.disk_files().join("bin").join(name), &program)?;
    }
    Ok(())
}

// teacher end
fn programs_by(
    tree: &Tree,
    command: Command,
    names: &[String],
    spinner: &ProgressBar,
) -> Result<()> {
    let _lock = lock(tree, spinner)?;
    compile(tree, "the programs", command, spinner)?;
    for name in names {
        let program = tree.built(RELEASE, name)?;
        files::update(&tree.program(name)?, &program)?;
    }
    Ok(())
}

/// Keeps all others from building in `tree` as long as the result is there: cargo leaves what it has built where the
/// next build puts its own, which may be another kernel.
fn lock(tree: &Tree, spinner: &ProgressBar) -> Result<File> {
    spinner.set_message("Waiting until nobody else builds");
    let path = tree.build().join("lock");
    let lock = || -> Result<File> {
        loop {
            fs::create_dir_all(tree.build())?;
            let file = File::create(&path)?;
            file.lock()?;
            // Who has waited for `make clean` has the lock of a file that is gone.
            if fs::metadata(&path).is_ok_and(|there| is_same(&there, &file)) {
                return Ok(file);
            }
        }
    };
    lock().with_context(|| format!("cannot lock {}", path.display()))
}

fn is_same(there: &Metadata, file: &File) -> bool {
    file.metadata()
        .is_ok_and(|ours| (ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}

fn compile(tree: &Tree, what: &str, mut command: Command, spinner: &ProgressBar) -> Result<()> {
    let trusted = tree.guard().is_none();
    let colored = trusted && stderr().is_terminal();
    let color = if colored { "always" } else { "never" };
    // Files, since what a hostile source makes the compiler say may be without end: then their size is limited.
    let file = || tempfile::tempfile().context("cannot make a file for the compiler's words");
    let (said, told) = (file()?, file()?);
    command.stdin(Stdio::null()).stdout(told.try_clone()?);
    command.stderr(said.try_clone()?);
    command.args(["-q", "--color", color]);
    #[cfg(feature = "grading")]
    messages::keep_apart(&mut command, colored);
    let status = progress::follow(&format!("Building {what}"), command, &said, spinner)?;
    let own = progress::without(&start_of(said, WORDS_MAX)?);
    #[cfg(feature = "grading")]
    let mut words = messages::of_compiler(&start_of(told, messages::MOST)?);
    #[cfg(not(feature = "grading"))]
    let mut words = Vec::new();
    words.truncate(WORDS_MAX);
    words.extend(&own);
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        return Err(match words::ended(&String::from_utf8_lossy(&own)) {
            Some(why) => Ended(format!("{what} did not build: {why}\n{words}")).into(),
            None => anyhow!("{what} did not build\n{words}"),
        });
    }
    if trusted {
        // Warnings, which nobody needs to hear.
        let _ = spinner.suspend(|| stderr().write_all(&words));
    }
    Ok(())
}

/// So many bytes of a file, from its start on.
fn start_of(mut file: File, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_has_minutes_and_no_more() {
        let tree = Tree::here().unwrap();
        let mut compiler = Command::new(tree.root().join("tools/rustc.sh"));
        compiler.args(["bash", "-c", "ulimit -St", "mipsel-mos"]);
        let said = compiler.current_dir(tree.root()).output().unwrap().stdout;
        let seconds: u64 = String::from_utf8(said).unwrap().trim().parse().unwrap();
        assert!((60..=600).contains(&seconds), "{seconds}");
    }
}
