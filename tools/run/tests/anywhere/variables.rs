//! What is said to make.

use crate::copy::Copy;
use crate::{refusal, source, words};

#[test]
fn what_make_cannot_make_sense_of_is_refused() {
    let copy = Copy::of(source().root(), "tree");
    for (given, why) in [
        ("PROG=a\nb", "PROG has more than one line"),
        ("PROGS=hello", "no variable PROGS"),
        ("prog=hello", "no variable prog"),
        ("FOO=", "no variable FOO"),
        ("ROUNDS=abc", "ROUNDS=abc: that is no number"),
        ("SEED=-1", "SEED=-1: that is no number"),
        ("LAB=4,5", "LAB=4,5: that is no number"),
        ("CPUS=0", "CPUS=0: a machine has 1 to 8 CPUs"),
        ("CPUS=9", "CPUS=9: a machine has 1 to 8 CPUs"),
        ("CPUS=two", "CPUS=two: a machine has 1 to 8 CPUs"),
    ] {
        let said = refusal(&copy.make(&["image", given], &[]));
        assert!(said.contains(why), "{said}");
        assert!(!copy.root().join("target").exists(), "something was built");
    }
    for target in ["fmt", "disk", "test"] {
        let said = refusal(&copy.make(&[target, "CPUS=2"], &[]));
        let why = format!("`make {target}` takes no CPUS: ");
        assert!(said.contains(&why), "{said}");
        assert!(!copy.root().join("target").exists(), "something was built");
    }
    for target in ["grade", "debug", "qemu-gdb"] {
        let said = refusal(&copy.make(&[target, "CHECK=page-walk"], &[]));
        assert!(said.contains("LAB is missing"), "{said}");
        assert!(!copy.root().join("target").exists(), "something was built");
    }
    for (given, missing) in [
        (["submit", "ID=1"], "LAB"),
        (["handin", "LAB=4"], "ID"),
        (["skeleton", "LAB=4"], "DEST"),
        (["grade-submission", "FILE="], "FILE"),
    ] {
        let said = refusal(&copy.make(&given, &[]));
        let why = format!("`make {}` needs {missing}: ", given[0]);
        assert!(said.contains(&why), "{said}");
        assert!(!copy.root().join("target").exists(), "something was built");
    }
}

#[test]
fn what_the_help_names_is_known() {
    let copy = Copy::of(source().root(), "tree");
    let help = words(&copy.make(&["help"], &[]));
    let names: Vec<_> = help
        .split(|c: char| !c.is_ascii_uppercase() && c != '=')
        .filter_map(|word| word.strip_suffix('='))
        .filter(|name| !name.is_empty())
        .collect();
    assert!(
        names.contains(&"PROG") && names.contains(&"ROUNDS"),
        "{names:?}"
    );
    let mut given: Vec<_> = names.iter().map(|name| format!("{name}=1")).collect();
    given.extend(["DEST=x", "SHELL=/bin/sh", "MAKEFLAGS=k"].map(str::to_owned));
    for given in given {
        assert_eq!(words(&copy.make(&["help", &given], &[])), help);
    }
}

#[test]
fn what_other_courses_call_a_target_is_the_same_here() {
    let copy = Copy::of(source().root(), "tree");
    let does = |arguments: &[&str]| {
        let said = words(&copy.make(&[&["-n"], arguments].concat(), &[]));
        let line = said.lines().last().expect("a command");
        let (_, command) = line.split_once("toolchain.sh").expect("one of ours");
        command.to_owned()
    };
    let own = "PROG=hello";
    assert_eq!(does(&["run-hello"]), does(&["run", own]));
    assert_eq!(does(&["qemu", own]), does(&["run", own]));
    assert_eq!(does(&["qemu-gdb", own]), does(&["debug", own]));
    let given = ["LAB=1", "ID=123456"];
    assert_eq!(
        does(&["handin", given[0], given[1]]),
        does(&["submit", given[0], given[1]])
    );
}

/// Who has a Makefile of his own, and ours under it, may have variables of his own.
#[test]
fn the_variables_of_an_outer_make_are_its_own() {
    let copy = Copy::of(source().root(), "tree");
    copy.write_above(
        "Makefile",
        "all:\n\t@$(MAKE) --no-print-directory -C tree help\n",
    );
    words(&copy.make(&["-C", "..", "THEIRS=1"], &[]));
}
