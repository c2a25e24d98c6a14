//! `mos-course confine`: runs a command that reads what a student wrote, with little to read and less to write.
//!
//! It limits itself, and then becomes the command: files by Landlock where Linux has it, time, memory and the
//! size of files by resource limits, the number of processes as [`group`] says. What Linux cannot confine is
//! refused beforehand: see [`super::scan`].

use super::group;
use anyhow::{Context, Result};
use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    path_beneath_rules,
};
use mos_run::out;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The newest of Landlock's interfaces that is made use of.
const INTERFACE: ABI = ABI::V4;
/// Seconds of CPU time that one process may take.
const SECONDS: u64 = 120;
/// Bytes that one process may map, and that a file it writes may have.
const MEMORY: u64 = 12 << 30;
const FILE: u64 = 256 << 20;

/// What the compiler must be able to read: itself, and the system's libraries.
const READABLE: [&str; 8] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/opt",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/dev/urandom",
];
/// What it must be able to write to, besides the tree.
const WRITABLE: [&str; 1] = ["/dev/null"];

/// Becomes `command`, confined to the folder `root`.
///
/// # Errors
/// It cannot be confined, or not run.
pub fn confine(root: &Path, command: &[OsString]) -> Result<()> {
    for (resource, limit) in [
        (Resource::Cpu, SECONDS),
        (Resource::As, MEMORY),
        (Resource::Fsize, FILE),
        (Resource::Core, 0),
    ] {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        setrlimit(resource, limit).context("cannot limit the command")?;
    }
    group::join()?;
    // When memory runs out all the same, Linux is to end this and nobody else.
    fs::write("/proc/self/oom_score_adj", "1000").context("cannot offer itself up")?;
    restrict_files(root).context("cannot confine the command")?;
    let (program, arguments) = command.split_first().context("there is no command")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root);
    command
        .env("CARGO_NET_OFFLINE", "true")
        .env("TMPDIR", temporary(root));
    Err(command.exec()).context("cannot run the command")
}

/// Where confined commands keep what they throw away.
pub fn temporary(root: &Path) -> PathBuf {
    root.join("build/tmp")
}

/// Takes away every file but those that are needed, and the network.
fn restrict_files(root: &Path) -> Result<()> {
    let read = AccessFs::from_read(INTERFACE);
    let all = AccessFs::from_all(INTERFACE);
    let home = std::env::home_dir().context("there is no home folder")?;
    let cargo = std::env::var_os("CARGO_HOME").map_or(home.join(".cargo"), PathBuf::from);
    let rustup = std::env::var_os("RUSTUP_HOME").map_or(home.join(".rustup"), PathBuf::from);
    // Of cargo's folder no more than the packages: it may hold a password too.
    let more = [
        cargo.join("registry"),
        cargo.join("bin"),
        cargo.join("config.toml"),
        rustup,
    ];
    // Cargo looks for its configuration in every folder above.
    let above = root.ancestors().skip(1);
    let more = more
        .into_iter()
        .chain(above.map(|folder| folder.join(".cargo/config.toml")));
    let readable = READABLE.map(PathBuf::from).into_iter().chain(more);
    let writable = WRITABLE
        .map(PathBuf::from)
        .into_iter()
        .chain([root.to_owned()]);
    let status = Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(INTERFACE))?
        .create()?
        .add_rules(path_beneath_rules(readable, read))?
        .add_rules(path_beneath_rules(writable, all))?
        .restrict_self()?;
    if status.ruleset == RulesetStatus::NotEnforced {
        // The scan of the sources is what remains.
        out::tell("this Linux has no Landlock: the compiler can read any file");
    }
    Ok(())
}
