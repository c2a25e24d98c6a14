//! Building the kernels and the programs.

use crate::boot::Boot;
use crate::cargo::{FOR_GDB, RELEASE};
use crate::machine::Machine;
use crate::progress;
use crate::tree::Tree;
use crate::{cargo, files};
use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use std::fs::{self, File, Metadata};
use std::io::{IsTerminal, Read, Seek, Write, stderr};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Bytes of the compiler's words that anybody reads.
const WORDS_MAX: u64 = 64 << 10;

/// Builds the kernel of `machine` and gives the path of its ELF file. Says nothing unless the compiler
/// does.
///
/// # Errors
/// It does not build; the error has the compiler's words.
pub fn kernel(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<PathBuf> {
    let command = cargo::kernel(tree, "build", machine);
    kernel_at(tree, tree.kernel(machine), machine, command, spinner)
}

/// Builds the kernel of `machine` with the checks of the labs in it, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn checked_kernel(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<PathBuf> {
    let mut command = cargo::kernel(tree, "build", machine);
    command.args(["--features", "checks"]);
    kernel_at(
        tree,
        tree.checked_kernel(machine),
        machine,
        command,
        spinner,
    )
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

/// Builds the kernel of `machine` for gdb, with the `checks` of the labs in it or without, likewise.
///
/// # Errors
/// As [`kernel`].
pub fn debug_kernel(
    tree: &Tree,
    machine: Machine,
    checks: bool,
    spinner: &ProgressBar,
) -> Result<PathBuf> {
    let mut command = cargo::kernel_as(FOR_GDB, tree, "build", machine);
    if checks {
        command.args(["--features", "checks"]);
    }
    let path = tree.debug_kernel(machine, checks);
    kernel_of(FOR_GDB, tree, path, machine, command, spinner)
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
    let color = if trusted && stderr().is_terminal() {
        "always"
    } else {
        "never"
    };
    // A file, since what a hostile source makes the compiler say may be without end: then its size is limited.
    let said = tempfile::tempfile().context("cannot make a file for the compiler's words")?;
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(said.try_clone()?);
    command.args(["-q", "--color", color]);
    let status = progress::follow(&format!("Building {what}"), command, &said, spinner)?;
    let mut words = Vec::new();
    let mut said = said;
    said.rewind()?;
    said.take(WORDS_MAX).read_to_end(&mut words)?;
    let words = progress::without(&words);
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        let why = ended(&words).map_or(String::new(), |why| format!(": {why}"));
        bail!("{what} did not build{why}\n{words}");
    }
    if trusted {
        // Warnings, which nobody needs to hear.
        let _ = spinner.suspend(|| stderr().write_all(&words));
    }
    Ok(())
}

/// What ended a compiler, if cargo's words say that something did: `(signal: 9, SIGKILL: kill)`.
pub fn ended(words: &str) -> Option<String> {
    // The linker's words, cargo's or the compiler's.
    if words.contains("No space left on device") {
        return Some("the disk is full".to_owned());
    }
    // A thread that could not be begun, by whoever of them.
    if words.contains("Resource temporarily unavailable") {
        return Some("there were too many processes".to_owned());
    }
    let signal = ["(signal: ", "failed: signal: "];
    let (_, signal) = signal.iter().find_map(|mark| words.split_once(mark))?;
    let signal = signal.lines().next()?;
    let name = signal.find("SIG").map_or(signal, |at| &signal[at..]);
    let name = name.split([':', ')']).next()?;
    Some(match name {
        // See tools/rustc.sh.
        "SIGXCPU" => {
            "the compiler was ended after minutes of work; is a constant computed for ever?"
                .to_owned()
        }
        _ => format!("the compiler was ended by {name}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_a_compiler_is_told_from_what_is_wrong_with_a_source() {
        let cargo = |signal: &str| {
            format!(
                "error: could not compile `a`\n\nCaused by:\n  process didn't exit: `rustc` ({signal})\n"
            )
        };
        let time = ended(&cargo("signal: 24, SIGXCPU: CPU time limit exceeded"));
        assert!(time.is_some_and(|why| why.contains("a constant computed for ever")));
        let killed = ended(&cargo("signal: 9, SIGKILL: kill"));
        assert_eq!(killed.as_deref(), Some("the compiler was ended by SIGKILL"));
        assert_eq!(ended(&cargo("exit status: 1")), None);
        let linker = "error: linking with `ld.lld` failed: signal: 7 (SIGBUS)\n";
        assert!(ended(linker).is_some_and(|why| why.ends_with("SIGBUS")));
        let full = "error: failed to write `a.d`: No space left on device (os error 28)";
        assert_eq!(ended(full).as_deref(), Some("the disk is full"));
        let many = "failed to spawn helper thread: Os { code: 11, kind: WouldBlock, message: \"Resource temporarily unavailable\" }";
        assert!(ended(many).is_some_and(|why| why.contains("processes")));
    }

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
