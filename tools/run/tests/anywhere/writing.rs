//! Who may write what is built, and when it is removed.

use crate::copy::Copy;
use crate::{refusal, source};
use std::fs::{self, File, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

/// Somebody else than root, who may write everywhere.
const NOBODY: &[&str] = &["--reuid=65534", "--regid=65534", "--clear-groups", "--"];

#[test]
fn a_tree_that_may_not_be_written_is_refused() {
    let copy = Copy::of(source().root(), "tree");
    let mode = |path: &str, mode| {
        let path = copy.root().join(path);
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    mode("..", 0o755);
    mode(".", 0o555);
    let is_root = File::create(copy.root().join("probe")).is_ok();
    let user: &[_] = if is_root { NOBODY } else { &["--"] };
    let refused = |goal, path: &str| {
        let said = refusal(&copy.run("setpriv", &[user, &["make", goal]].concat(), &[]));
        let starts = said.starts_with("mos: this tree cannot be built in ");
        assert!(
            starts && said.contains(&format!("{path} may not be written to")),
            "{said}"
        );
    };
    refused("image", "/tree");
    // As after `sudo make`, once.
    mode(".", 0o777);
    for (path, mode_of) in [("target", 0o777), ("build", 0o777), ("target/debug", 0o555)] {
        fs::create_dir(copy.root().join(path)).unwrap();
        mode(path, mode_of);
    }
    refused("image", "target/debug/");
    mode("target/debug", 0o777);
    mode("build", 0o555);
    refused("fmt", "build");
    mode("build", 0o777);
}

#[test]
fn what_is_being_built_is_not_removed() {
    let copy = Copy::of(source().root(), "tree");
    for path in ["build/lock", "target/debug/.cargo-lock"] {
        for folder in ["build", "target/debug/deps"] {
            fs::create_dir_all(copy.root().join(folder)).unwrap();
        }
        let path = copy.root().join(path);
        let lock = File::create(&path).unwrap();
        lock.lock().unwrap();
        let mut make = copy.command("make", &["clean"]);
        let mut make = make.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        let words = make.stderr.take().unwrap();
        BufReader::new(words).read_line(&mut said).unwrap();
        assert_eq!(said, "mos: waiting until nobody builds here\n");
        assert!(path.exists() && copy.root().join("target/debug/deps").exists());
        drop(lock);
        assert!(make.wait().unwrap().success());
        for folder in ["build", "target"] {
            assert!(!copy.root().join(folder).exists(), "{folder} is there");
        }
    }
}
