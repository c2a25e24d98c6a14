//! `make gdb`: gdb, for the QEMU that `make debug` has started.

use crate::debug;
use crate::tree::Tree;
use anyhow::{Context, Error, Result};
use rustix::process::geteuid;
use std::ffi::OsStr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::SystemTime;
use std::{env, fs};

/// Becomes gdb, for the QEMU of this tree that waits for it, or the last one if there are several.
///
/// # Errors
/// There is none, or gdb cannot be run.
pub fn attach(tree: &Tree) -> Result<ExitCode> {
    let parents = [env::temp_dir(), PathBuf::from("/tmp")];
    let scripts = parents.iter().flat_map(|parent| scripts(parent, tree));
    let script = scripts.max().map(|(_, script)| script);
    let script = script.context("no QEMU waits for gdb: make qemu-gdb in another terminal")?;
    let mut gdb = Command::new("gdb-multiarch");
    let error = gdb.args([OsStr::new("-q"), OsStr::new("-x"), script.as_os_str()]);
    Err(Error::new(error.exec()).context("cannot run gdb-multiarch"))
}

/// What gdb is to be told of each QEMU of this tree, and since when: a script of somebody else's would have it do whatever he
/// likes.
fn scripts(parent: &Path, tree: &Tree) -> Vec<(SystemTime, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(debug::process_of);
        let is_ours = entry.metadata().is_ok_and(|data| {
            data.is_dir() && data.uid() == geteuid().as_raw() && data.mode() & 0o077 == 0
        });
        if !is_ours || !process.is_some_and(debug::lives) {
            continue;
        }
        let script = entry.path().join(debug::SCRIPT);
        let of_tree = format!("source {}\n", debug::commands(tree).display());
        let is_of_tree = fs::read_to_string(&script).is_ok_and(|text| text.contains(&of_tree));
        let since = fs::metadata(&script).and_then(|data| data.modified());
        if let (true, Ok(since)) = (is_of_tree, since) {
            found.push((since, script));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::debug::PREFIX;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;
    use std::process;

    #[test]
    fn only_what_is_ours_and_lives_is_found() {
        let tree = Tree::at("/a tree".into());
        let parent = tempfile::tempdir().unwrap();
        let (living, dead) = (process::id(), u32::MAX);
        let text = "source /a tree/tools/run/gdb/mos.py\n";
        for (name, mode, text) in [
            (format!("{PREFIX}{living}-good"), 0o700, text),
            (format!("{PREFIX}{living}-open"), 0o777, text),
            (
                format!("{PREFIX}{living}-other"),
                0o700,
                "source /b/mos.py\n",
            ),
            (format!("{PREFIX}{dead}-dead"), 0o700, text),
            (format!("{PREFIX}word"), 0o700, text),
        ] {
            let folder = parent.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join(debug::SCRIPT), text).unwrap();
            fs::set_permissions(&folder, Permissions::from_mode(mode)).unwrap();
        }
        let found = scripts(parent.path(), &tree);
        let good = parent.path().join(format!("{PREFIX}{living}-good"));
        let paths: Vec<_> = found.iter().map(|(_, script)| script.clone()).collect();
        assert_eq!(paths, [good.join(debug::SCRIPT)]);
    }
}
