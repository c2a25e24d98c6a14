//! What a newcomer waits for at the first `make run`, as far as it can be counted without a clock: what cargo would
//! build for that, and how well.

#![forbid(unsafe_code)]

use mos_run::boot::{Boot, Start};
use mos_run::cargo;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Output};

/// Crates that `mos` consists of, itself included. One more is a reason to think.
const CRATES: usize = 43;

fn tree() -> Tree {
    Tree::here().expect("a tree")
}

/// What cargo would compile for `command`, a `cargo build`.
fn units(mut command: Command) -> Vec<Value> {
    let output = command
        .args(["--unit-graph", "-Zunstable-options"])
        .output()
        .expect("cargo runs");
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let graph: Value = serde_json::from_slice(&output.stdout).expect("a graph");
    let units = graph["units"].as_array().expect("units").clone();
    units
        .into_iter()
        .filter(|unit| unit["mode"] == "build")
        .collect()
}

fn package(unit: &Value) -> String {
    unit["pkg_id"].as_str().expect("an id").to_owned()
}

/// Whether it is others' and runs on the host, build scripts aside.
fn is_foreign_tool(unit: &Value) -> bool {
    let is_script = unit["target"]["kind"][0] == "custom-build";
    unit["platform"].is_null() && !is_script && package(unit).starts_with("registry+")
}

/// What was compiled better than it need be.
fn slow(units: &[Value]) -> Vec<String> {
    let slow = units.iter().filter(|unit| {
        let profile = &unit["profile"];
        let quick =
            profile["opt_level"] == "0" && matches!(profile["debuginfo"].as_u64(), None | Some(0));
        is_foreign_tool(unit) && !quick
    });
    slow.map(package).collect()
}

#[test]
fn what_boots_the_system_consists_of_little_and_is_built_quickly() {
    let mut command = cargo::host(&tree(), "build");
    command.args(["-p", "mos"]);
    let units = units(command);
    let crates: BTreeSet<String> = units.iter().map(package).collect();
    assert!(
        crates.len() <= CRATES,
        "{} crates: {crates:#?}",
        crates.len()
    );
    assert_eq!(slow(&units), [""; 0]);
}

#[test]
fn what_the_compiler_needs_for_the_kernel_is_built_quickly() {
    for machine in Machine::ALL {
        let units = units(cargo::kernel(&tree(), "build", machine));
        assert!(units.iter().any(is_foreign_tool), "syn for one is needed");
        assert_eq!(slow(&units), [""; 0]);
    }
}

#[test]
fn only_the_programs_that_are_started_are_built() {
    let boot = Boot {
        programs: ["fork", "some/file.elf", "init"].map(Start::new).into(),
        command_line: String::new(),
    };
    assert_eq!(boot.built(), ["fork", "init"]);
}

/// What `tools/setup.sh` says and does where GXemul is missing and this is apt-get.
fn setup(apt: &str) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let bin = folder.path();
    for command in fs::read_dir("/usr/bin").expect("commands").flatten() {
        let name = command.file_name();
        if !["apt-get", "gxemul", "sudo"]
            .iter()
            .any(|other| name == *other)
        {
            symlink(command.path(), bin.join(name)).expect("a link");
        }
    }
    let script = |name: &str, text: &str| {
        let path = bin.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("to be run");
    };
    script("apt-get", apt);
    script("sudo", "exec \"$@\"");
    let mut command = Command::new(tree().root().join("tools/setup.sh"));
    let output = command.env("PATH", bin).output();
    output.expect("the script runs")
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stderr);
    text.lines().map(str::to_owned).collect()
}

#[test]
fn who_waits_for_packages_is_told_each_step() {
    let output = setup("echo chatter");
    assert!(output.status.success(), "{output:?}");
    let lines = lines(&output);
    let [missing, steps @ ..] = lines.as_slice() else {
        panic!("nothing is said");
    };
    assert!(
        missing.ends_with("gxemul") || missing.contains("gxemul "),
        "{missing}"
    );
    assert_eq!(steps.len(), 2, "{steps:?}");
    assert!(
        !steps.iter().any(|step| step.contains("chatter")),
        "{steps:?}"
    );
}

#[test]
fn what_apt_says_is_shown_where_it_fails() {
    let output = setup("echo why >&2; exit 7");
    assert!(!output.status.success());
    let lines = lines(&output);
    assert_eq!(lines[lines.len() - 2], "why");
}
