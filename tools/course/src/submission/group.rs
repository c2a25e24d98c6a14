//! How many processes a confined command may start.
//!
//! That takes a control group, which root can make where the folders of Linux's control groups are writable: not
//! in most containers, which have such a limit of their own. Elsewhere the limit is on all processes of the user,
//! which Linux does not apply to root.

use anyhow::{Context, Result};
use rustix::process::{Resource, Rlimit, geteuid, setrlimit};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Processes and threads. Cargo and rustc start a few for each core.
const TASKS: u64 = 512;
/// Where control groups are.
const GROUPS: &str = "/sys/fs/cgroup";
/// How the names of the groups begin. Nobody is left to remove one when its command has ended: the next one does.
const NAME: &str = "mos-submission-";

/// Puts this process, and whatever it starts, where there is a limit, if there is any that holds.
///
/// # Errors
/// There should be one, and Linux refuses.
pub fn join() -> Result<()> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let folder = place(Path::new(GROUPS), &own);
    if folder.is_some_and(|folder| enter(&folder).is_ok()) || geteuid().is_root() {
        return Ok(());
    }
    let limit = Some(tasks_of_user() + TASKS);
    let limit = Rlimit {
        current: limit,
        maximum: limit,
    };
    setrlimit(Resource::Nproc, limit).context("cannot limit the number of processes")
}

/// The folder where a group can be made: below the group of this process, of which `own` tells, or where all kinds
/// of limit are in one tree, beside it, since there a group with groups has no processes.
fn place(root: &Path, own: &str) -> Option<PathBuf> {
    let groups = || {
        own.lines()
            .filter_map(|line| line.split_once(':')?.1.split_once(":/"))
    };
    if let Some((_, path)) = groups().find(|(kinds, _)| *kinds == "pids") {
        return Some(root.join("pids").join(path));
    }
    let (_, path) = groups().find(|(kinds, _)| kinds.is_empty())?;
    Some(root.join(Path::new(path).parent().unwrap_or(Path::new(""))))
}

/// Makes this process the first one of a group in `folder`, with its limit.
fn enter(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.strip_prefix(NAME));
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            // Linux refuses where it still has processes.
            let _ = fs::remove_dir(entry.path());
        }
    }
    let group = folder.join(format!("{NAME}{}", std::process::id()));
    fs::create_dir(&group)?;
    fs::write(group.join("pids.max"), TASKS.to_string())?;
    // 0 is whoever writes it.
    Ok(fs::write(group.join("cgroup.procs"), "0")?)
}

/// The processes and threads that the user has.
fn tasks_of_user() -> u64 {
    let user = geteuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let own = processes.filter(|process| process.metadata().is_ok_and(|data| data.uid() == user));
    let tasks = own.filter_map(|process| fs::read_dir(process.path().join("task")).ok());
    tasks.map(|tasks| tasks.count() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_made_below_the_own_one_or_beside_it() {
        let place = |own| place(Path::new("/g"), own);
        let folder = |path| Some(PathBuf::from(path));
        assert_eq!(place("8:pids:/\n4:memory:/a\n0::/\n"), folder("/g/pids"));
        assert_eq!(place("8:pids:/a/b\n"), folder("/g/pids/a/b"));
        assert_eq!(
            place("0::/user.slice/session-3.scope\n"),
            folder("/g/user.slice")
        );
        assert_eq!(place(""), None);
    }
}
