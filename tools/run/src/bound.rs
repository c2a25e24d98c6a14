//! Processes that do not outlive who starts them.

use std::path::Path;
use std::process::{self, Command};

/// The script that becomes such a process, of a tree.
const SCRIPT: &str = "tools/bound.sh";

/// What Linux does to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Asks them to end.
    Term,
    /// Ends them.
    Kill,
}

/// The same of what `guard` is to run behind its wall, which binds itself: there is a wall for each check.
pub fn guarded(guard: &Path) -> Command {
    let mut command = Command::new(guard);
    command.args(["wall", "--parent"]);
    command.arg(process::id().to_string());
    command
}

/// The beginning of a command, at the `root` of a tree, to be given what it is to run: that ends with the thread that
/// starts it, whichever way this one ends.
pub fn command(root: &Path, end: End) -> Command {
    let signal = match end {
        End::Term => "TERM",
        End::Kill => "KILL",
    };
    let mut command = Command::new(root.join(SCRIPT));
    command.arg(signal).arg(process::id().to_string());
    command
}
