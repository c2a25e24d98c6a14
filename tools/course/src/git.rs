//! git, as a program.

use anyhow::{Context, Result, ensure};
use std::env;
use std::path::Path;
use std::process::Command;

/// What holds for every command: names as they are, and no question whose the tree is. Who runs what is in it trusts
/// it with more than git ever could do.
const SETTINGS: [&str; 4] = ["-c", "core.quotePath=off", "-c", "safe.directory=*"];

/// What git says, run in `folder` with `environment` besides its own; without the end of the last line.
///
/// # Errors
/// There is no git or no history, or it fails: its own words.
pub fn git(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Result<String> {
    // Otherwise git would take the history of a folder above.
    ensure!(
        arguments.first() == Some(&"init") || has_history(folder),
        "{} has no history: its .git is missing",
        folder.display()
    );
    git_within(folder, arguments, environment)
}

/// The same, where the history may be that of a folder above.
///
/// # Errors
/// As [`git`].
pub fn git_within(
    folder: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(SETTINGS).args(arguments);
    // A hook of another repository says there which one it is.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("LC_ALL", "C.UTF-8")
        .envs(environment.iter().copied());
    let output = command.output().context("cannot run git")?;
    ensure!(
        output.status.success(),
        "git {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned())
}

/// Whether the tree at `root` came with its history, and not as an archive.
pub fn has_history(root: &Path) -> bool {
    root.join(".git").exists()
}

/// The names in a list that git ends with NUL, as it does when it shall quote nothing.
pub fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split_terminator('\0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn names_are_as_they_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        git(path, &["init", "-q"], &[]).unwrap();
        let written = ["\"a\".rs", "b c", "é\n.rs", "内核.rs"];
        for name in written {
            fs::write(path.join(name), "").unwrap();
        }
        let list = git(path, &["ls-files", "-z", "--others"], &[]).unwrap();
        assert_eq!(names(&list).collect::<Vec<_>>(), written);
    }

    #[test]
    fn the_tree_of_another_owner_is_read_like_ones_own() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"], &[]).unwrap();
        // Git's own tests say so to have it ask.
        let other = [("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")];
        assert_eq!(git(folder.path(), &["ls-files"], &other).unwrap(), "");
    }

    #[test]
    fn a_folder_has_no_history_of_one_above() {
        let folder = tempfile::tempdir().unwrap();
        git(folder.path(), &["init", "-q"], &[]).unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        let why = git(&inside, &["ls-files"], &[]).unwrap_err().to_string();
        assert!(
            why.ends_with("has no history: its .git is missing"),
            "{why}"
        );
    }
}
