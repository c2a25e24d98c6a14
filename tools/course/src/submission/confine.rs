//! `mos-course confine`: what a command becomes behind the wall, before it becomes itself: limited once more, by
//! Landlock in what it may write, by resource limits in time, memory, files and processes, and root's no longer.

use anyhow::{Context, Result, ensure};
use landlock::{
    ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// The newest of Landlock's interfaces that is made use of.
const INTERFACE: ABI = ABI::V4;
/// What one process may take: seconds of CPU time, and bytes of a file. What it may map is said by who begins it.
const LIMITS: [(Resource, u64); 4] = [
    (Resource::Cpu, super::watch::SECONDS),
    (Resource::Fsize, 256 << 20),
    (Resource::Core, 0),
    // All of them together. Cargo and rustc start a few for each core.
    (Resource::Nproc, 512),
];
/// What may be written to; the rest is there to be read.
const WRITABLE: [&str; 4] = ["/mos/target", "/cargo", "/tmp", "/dev/null"];

/// Becomes `command`, confined to `memory` bytes, and `user` if root is to be somebody else.
///
/// # Errors
/// It cannot be confined, or not run.
pub fn confine(user: Option<u32>, memory: u64, command: &[OsString]) -> Result<()> {
    // When memory runs out, Linux is to end this and nobody else.
    fs::write("/proc/self/oom_score_adj", "1000").context("cannot offer itself up")?;
    for (resource, limit) in LIMITS.into_iter().chain([(Resource::As, memory)]) {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        setrlimit(resource, limit).context("cannot limit the command")?;
    }
    restrict().context("cannot confine the command")?;
    let (program, arguments) = command.split_first().context("there is no command")?;
    let mut command = Command::new(program);
    command.args(arguments);
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    let who = user.map_or(String::new(), |user| format!(" as user {user}"));
    Err(command.exec()).with_context(|| format!("cannot run {}{who}", program.display()))
}

/// Takes away everything that is not there to be read or written, and the network.
fn restrict() -> Result<()> {
    let read = AccessFs::from_read(INTERFACE);
    let all = AccessFs::from_all(INTERFACE);
    let status = Ruleset::default()
        .handle_access(all)?
        .handle_access(AccessNet::from_all(INTERFACE))?
        .create()?
        .add_rules(path_beneath_rules(["/"], read))?
        .add_rules(path_beneath_rules(WRITABLE, all))?
        .restrict_self()?;
    let enforced = status.ruleset != RulesetStatus::NotEnforced;
    ensure!(enforced, "this Linux has no Landlock");
    Ok(())
}
