//! What all that a command does behind the wall may take together, and of CPU time all commands for a tree. Who takes more
//! is ended, and it is said why.

use crate::processes::{SECOND, Usage};
use anyhow::{Context, Result};
use mos_run::files;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What they may take.
#[derive(Clone, Copy, Debug)]
struct Limits {
    /// Seconds of CPU time, and by the clock, since the host may have more to do.
    seconds: u64,
    patience: u64,
    /// Looks in a row at which all of it was asleep: a compiler that reads a pipe to its end has no end.
    asleep: u32,
    /// Bytes of memory.
    memory: u64,
    /// Bytes of what is built, and how many files.
    disk: u64,
    files: u64,
}

/// Seconds of CPU time, of all commands for a tree.
pub const SECONDS: u64 = 300;
const LIMITS: Limits = Limits {
    seconds: SECONDS,
    patience: 6 * SECONDS,
    asleep: 200,
    memory: 8 << 30,
    disk: 2 << 30,
    files: 100_000,
};

/// Bytes of the blocks that Linux counts in.
const BLOCK: u64 = 512;
/// How often one looks whether it has ended, and at what it takes; at each so many of these looks, also at what it has
/// written, which is thousands of files.
const TICK: Duration = Duration::from_millis(20);
const LOOK: Duration = Duration::from_millis(300);
const WALK: u32 = 4;

/// Runs `command` for the tree at `root` to its end.
///
/// # Errors
/// It cannot be run.
pub fn run(command: Command, root: &Path) -> Result<ExitCode> {
    run_within(&LIMITS, command, root)
}

fn run_within(limits: &Limits, mut command: Command, root: &Path) -> Result<ExitCode> {
    let begun = Instant::now();
    let (seconds, before) = account(root).unwrap_or((limits.seconds, 0));
    let limits = &Limits { seconds, ..*limits };
    let mut child = command.spawn().context("cannot run bwrap")?;
    let (mut look, mut looks, mut busy, mut asleep) = (begun, 0, before, 0);
    loop {
        if let Some(status) = child.try_wait().context("cannot wait for bwrap")? {
            keep_account(root, seconds, busy)?;
            let code = status.code().and_then(|code| u8::try_from(code).ok());
            return Ok(ExitCode::from(code.unwrap_or(1)));
        }
        if look.elapsed() >= LOOK {
            looks += 1;
            let written = (looks % WALK == 0).then(|| limits.measured(&root.join("target")));
            let mut usage = Usage::of(child.id());
            usage.busy += before;
            // Who waits wakes up now and then all the same.
            let is_idle = usage.sleeps && usage.busy <= busy + 1;
            asleep = if is_idle { asleep + 1 } else { 0 };
            busy = busy.max(usage.busy);
            if let Some(why) = limits.exceeded(usage, begun, asleep, written) {
                child.kill().context("cannot end bwrap")?;
                child.wait().context("cannot wait for bwrap")?;
                files::write(&note(root), why.as_bytes())?;
                return Ok(ExitCode::FAILURE);
            }
            look = Instant::now();
        }
        sleep(TICK);
    }
}

/// Forgets what was done for the tree at `root`: from now on, all that is done there may take so many `seconds` of CPU time.
///
/// # Errors
/// That cannot be noted.
pub fn begin(root: &Path, seconds: u64) -> Result<()> {
    let _ = fs::remove_file(note(root));
    keep_account(root, seconds, 0)
}

/// The seconds of CPU time that all commands for the tree at `root` may take, and the hundredths that they took.
fn account(root: &Path) -> Option<(u64, u64)> {
    let text = fs::read_to_string(account_of(root)).ok()?;
    let (seconds, busy) = text.trim_end().split_once(' ')?;
    Some((seconds.parse().ok()?, busy.parse().ok()?))
}

fn keep_account(root: &Path, seconds: u64, busy: u64) -> Result<()> {
    let account = format!("{seconds} {busy}\n");
    files::write(&account_of(root), account.as_bytes())
}

/// Where that is kept, in a folder that is not theirs to write.
fn account_of(root: &Path) -> PathBuf {
    root.join("build/taken")
}

/// Why a command for the tree at `root` was ended, if one was.
pub fn ended(root: &Path) -> Option<String> {
    fs::read_to_string(note(root)).ok()
}

/// Where that is kept, in a folder that is not theirs to write.
pub fn note(root: &Path) -> PathBuf {
    root.join("build/ended")
}

impl Limits {
    /// What there was too much of, if there is anything; `written` are files and bytes, if one knows.
    fn exceeded(
        &self,
        Usage { busy, memory, .. }: Usage,
        begun: Instant,
        asleep: u32,
        written: Option<(u64, u64)>,
    ) -> Option<String> {
        let (files, bytes) = written.unwrap_or_default();
        let what = if busy >= self.seconds * SECOND {
            format!("took more than {} seconds of CPU time", self.seconds)
        } else if begun.elapsed().as_secs() >= self.patience {
            format!("took more than {} seconds", self.patience)
        } else if asleep >= self.asleep {
            "waited for what never comes".to_owned()
        } else if memory >= self.memory {
            format!("took more than {} bytes of memory", self.memory)
        } else if bytes >= self.disk {
            format!("wrote more than {} bytes", self.disk)
        } else if files >= self.files {
            format!("wrote more than {} files", self.files)
        } else {
            return None;
        };
        Some(format!("compiling it {what}"))
    }

    /// The files in a folder and their bytes, up to the limits.
    fn measured(&self, folder: &Path) -> (u64, u64) {
        let (mut files, mut bytes) = (0, 0);
        self.measure(folder, &mut files, &mut bytes);
        (files, bytes)
    }

    /// Adds up what is in a folder, up to the limits.
    fn measure(&self, folder: &Path, files: &mut u64, bytes: &mut u64) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if *files >= self.files || *bytes >= self.disk {
                return;
            }
            // Of the entry itself: no link is followed.
            let Ok(data) = entry.metadata() else { continue };
            *files += 1;
            *bytes += data.blocks() * BLOCK;
            if data.is_dir() {
                self.measure(&entry.path(), files, bytes);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a script, with this much of everything and the rest as it is.
    fn ended_after(script: &str, limits: Limits) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("target")).unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(folder.path());
        run_within(&limits, command, folder.path()).unwrap();
        ended(folder.path())
    }

    #[test]
    fn who_takes_too_much_is_ended_and_it_is_said_of_what() {
        let endless = "while :; do :; done";
        for (script, limits, what) in [
            (
                endless,
                Limits {
                    seconds: 1,
                    ..LIMITS
                },
                "took more than 1 seconds of CPU time",
            ),
            (
                "exec sleep 600",
                Limits {
                    patience: 1,
                    ..LIMITS
                },
                "took more than 1 seconds",
            ),
            (
                "exec sleep 600",
                Limits {
                    asleep: 2,
                    ..LIMITS
                },
                "waited for what never comes",
            ),
            (
                endless,
                Limits {
                    memory: 1 << 12,
                    ..LIMITS
                },
                "took more than 4096 bytes of memory",
            ),
            (
                "head -c 100000 /dev/zero >target/x; exec sleep 600",
                Limits {
                    disk: 65536,
                    ..LIMITS
                },
                "wrote more than 65536 bytes",
            ),
            (
                "mkdir target/a; touch target/a/b target/a/c; exec sleep 600",
                Limits { files: 3, ..LIMITS },
                "wrote more than 3 files",
            ),
        ] {
            let expected = format!("compiling it {what}");
            assert_eq!(ended_after(script, limits), Some(expected), "{script}");
        }
        assert_eq!(ended_after("echo >target/x; exit 3", LIMITS), None);
    }
    #[test]
    fn all_commands_for_a_tree_have_one_account() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("target")).unwrap();
        begin(root, 2).unwrap();
        // Each alone takes less.
        let run = || {
            let mut command = Command::new("sh");
            let script = "timeout 1.5 sh -c 'while :; do :; done'; exit 0";
            command.args(["-c", script]).current_dir(root);
            run_within(&LIMITS, command, root).unwrap();
            ended(root)
        };
        let why = "compiling it took more than 2 seconds of CPU time";
        let ended = (0..40).find_map(|_| run());
        assert_eq!(ended.as_deref(), Some(why));
        begin(root, 2).unwrap();
        assert!(account(root) == Some((2, 0)) && super::ended(root).is_none());
    }
}
