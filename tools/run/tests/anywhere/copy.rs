//! Copies of the tree, and make in them.

use std::ffi::OsStr;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::SystemTime;
use tempfile::TempDir;

/// What a tree does not come with.
const NO_SOURCES: [&str; 3] = ["build", "target", ".git"];
/// What the crates that are not ours are compiled to: it is never changed, so that it need not be copied.
const SHARED: [&str; 3] = ["rlib", "rmeta", "so"];

/// A copy of the tree in a folder of its own, without a history.
pub struct Copy {
    above: TempDir,
    root: PathBuf,
}

impl Copy {
    /// The sources of the tree at `source`, in a folder called `name`.
    pub fn of(source: &Path, name: impl AsRef<OsStr>) -> Self {
        let above = tempfile::tempdir().unwrap();
        let root = above.path().join(name.as_ref());
        fs::create_dir(&root).unwrap();
        for entry in fs::read_dir(source).unwrap() {
            let name = entry.unwrap().file_name();
            if !NO_SOURCES.iter().any(|other| *other == name) {
                copy(&source.join(&name), &root.join(&name));
            }
        }
        fs::write(above.path().join("bash"), "exit 3").unwrap();
        fs::create_dir(above.path().join("t,m:p 100%")).unwrap();
        Self { above, root }
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Adds what was built in the tree at `source`.
    pub fn built(&self, source: &Path) {
        copy(&source.join("target"), &self.root.join("target"));
    }

    /// Writes a file in the folder above.
    pub fn write_above(&self, name: &str, text: &str) {
        let path = self.above.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Changes a source to something that looks older than everything else.
    pub fn change_unnoticed(&self, name: &str, old: &str, new: &str) {
        let path = self.root.join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "no `{old}` in {name}");
        fs::write(&path, text.replace(old, new)).unwrap();
        let times = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_times(times)
            .unwrap();
    }

    /// When one of its files was changed.
    pub fn time_of(&self, name: &str) -> SystemTime {
        fs::metadata(self.root.join(name))
            .unwrap()
            .modified()
            .unwrap()
    }

    /// What make says to `arguments`, with these variables exported.
    pub fn make(&self, arguments: &[&str], exported: &[(&str, &str)]) -> Output {
        self.run("make", arguments, exported)
    }

    /// A command in it that has nothing to read.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        // What the make and the cargo that run this test have exported.
        for name in ["MAKEFLAGS", "MAKELEVEL"] {
            command.env_remove(name);
        }
        command
    }

    /// The same for another program.
    pub fn run(&self, program: &str, arguments: &[&str], exported: &[(&str, &str)]) -> Output {
        let mut command = self.command(program, arguments);
        let above = self.above.path().to_str().unwrap();
        command.envs(
            exported
                .iter()
                .map(|(name, value)| (name, value.replace("{}", above))),
        );
        command.output().unwrap()
    }
}

/// Copies a file or a folder with its times.
fn copy(from: &Path, to: &Path) {
    let data = fs::symlink_metadata(from).unwrap();
    if data.is_dir() {
        fs::create_dir(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            if name != "incremental" {
                copy(&from.join(&name), &to.join(&name));
            }
        }
    } else if data.is_file() && !(is_shared(from) && fs::hard_link(from, to).is_ok()) {
        fs::copy(from, to).unwrap();
        let times = FileTimes::new().set_modified(data.modified().unwrap());
        File::open(to).unwrap().set_times(times).unwrap();
    }
}

fn is_shared(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let ours = name.starts_with("libmos_") || name.starts_with("liblibos");
    !ours
        && path
            .extension()
            .is_some_and(|end| SHARED.iter().any(|shared| end == *shared))
}
