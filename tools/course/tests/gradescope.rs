//! Gradescope: what its results say of what was graded, and of what could not be.

#![forbid(unsafe_code)]

use mos_run::tree::Tree;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Runs the autograder with `make` in place of make; what came of it, if it did not fail.
fn results(folder: &Path, make: &str) -> Option<String> {
    let at = |name: &str| folder.join(name);
    let program = at("bin/make");
    fs::write(
        &program,
        format!(
            "#!/bin/sh\nfor word; do case $word in OUT=*) out=${{word#OUT=}};; esac; done\n{make}\n"
        ),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let _ = fs::remove_file(at("results/results.json"));
    let script = Tree::here()
        .unwrap()
        .root()
        .join("tools/gradescope/run_autograder");
    let status = Command::new(script)
        .env("AUTOGRADER", folder)
        .env("PATH", format!("{}:/usr/bin:/bin", at("bin").display()))
        .stderr(std::process::Stdio::null())
        .status();
    let results = fs::read_to_string(at("results/results.json")).ok();
    assert_eq!(status.unwrap().success(), results.is_some());
    results
}

#[test]
fn a_fault_of_the_grader_is_no_score() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["source", "submission", "results", "bin"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let none = Some(
        "{\"score\": 0, \"output\": \"There was nothing to grade: upload the .tar.zst that make submit wrote.\"}\n",
    );
    assert_eq!(results(folder.path(), "exit 1").as_deref(), none, "empty");
    fs::write(folder.path().join("submission/x"), "").unwrap();
    assert_eq!(results(folder.path(), "exit 1"), None, "a fault");
    let looked = "echo x >$out/scores.csv; exit 1";
    assert_eq!(
        results(folder.path(), looked).as_deref(),
        none,
        "no archive"
    );
    // With lots that nobody knows.
    let graded =
        "case \"$*\" in *SEED*) exit 1; esac; mkdir $out/x; echo right >$out/x/results.json";
    assert_eq!(results(folder.path(), graded).as_deref(), Some("right\n"));
}
