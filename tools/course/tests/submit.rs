//! Handing in, in a tree as a student has it.

#![forbid(unsafe_code)]

use indicatif::ProgressBar;
use mos_course::archive::{read, unpack};
use mos_course::labs::Course;
use mos_course::language::{Catalogue, Language};
use mos_course::skeleton;
use mos_course::submit::{Submission, objections, submit};
use mos_course::thinking;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const OWN: &str = "kernel/src/serial.rs";

/// The tree of a student of lab 1.
fn student() -> (TempDir, Tree) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("tree");
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    skeleton::make(
        &course,
        source.root(),
        Lab::Number(1),
        Language::En,
        false,
        &root,
    )
    .unwrap();
    (folder, Tree::at(root))
}

fn hand_in(tree: &Tree, id: &str, force: bool) -> Result<PathBuf, String> {
    let wanted = Submission {
        cpus: None,
        lab: Lab::Number(1),
        id: id.to_owned(),
        force,
    };
    submit(tree, &wanted, &Catalogue::default(), &ProgressBar::hidden())
        .map_err(|error| format!("{error:#}"))
}

#[test]
fn what_is_not_the_students_must_be_as_it_was_given() {
    let (_folder, tree) = student();
    fs::write(tree.root().join(OWN), "// mine").unwrap();
    fs::write(tree.root().join("Makefile"), "all:").unwrap();
    fs::write(tree.root().join("kernel/src/更多.rs"), "").unwrap();
    fs::remove_file(tree.root().join("mipsel-mos.json")).unwrap();
    assert_eq!(
        hand_in(&tree, "20373000", false).unwrap_err(),
        "files that are not yours in lab 1 were changed:\n  Makefile\n  kernel/src/更多.rs\n  \
         mipsel-mos.json\nFORCE=1 packs it all the same and says why not to"
    );
}

#[test]
fn a_number_that_is_none_is_refused_even_by_force() {
    let (_folder, tree) = student();
    let why = hand_in(&tree, "2037-300", true).unwrap_err();
    assert_eq!(why, "ID=2037-300: a student's number is 6 to 12 digits");
}

#[test]
fn a_lab_that_was_solved_by_others_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    let root = folder.path().join("tree");
    skeleton::make(
        &course,
        source.root(),
        Lab::Number(2),
        Language::En,
        false,
        &root,
    )
    .unwrap();
    let why = hand_in(&Tree::at(root), "20373000", true).unwrap_err();
    assert_eq!(why, "this is the tree of lab 2: hand in LAB=2");
}

#[test]
fn a_tree_without_a_history_is_refused() {
    let (_folder, tree) = student();
    fs::remove_dir_all(tree.root().join(".git")).unwrap();
    assert_eq!(
        hand_in(&tree, "20373000", false).unwrap_err(),
        "this tree has no history, so nobody can tell which files were changed: its .git is missing\n\
         FORCE=1 packs it all the same and says why not to"
    );
}

/// Runs git as somebody.
fn git(folder: &Path, arguments: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=A", "-c", "user.email=a@b.c"]);
    let output = git.current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// What speaks against handing in the tree at `root`, and the hash of the one that was given.
fn spoken_against(root: &Path) -> (String, Vec<String>) {
    objections(&Tree::at(root.to_owned()), Lab::Number(1), &[OWN].into())
}

#[test]
fn what_lies_about_is_no_reason_not_to_hand_in() {
    let (_folder, tree) = student();
    let lying = [
        "mos.elf",
        "kernel/src/.serial.rs.swp",
        ".vscode/settings.json",
        "kernel/src/x.rs~",
    ];
    for name in [&lying[..], &[OWN]].concat() {
        let path = tree.root().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    git(tree.root(), &["add", "mos.elf"]);
    git(tree.root(), &["commit", "-q", "-m", "mine"]);
    assert!(spoken_against(tree.root()).1.is_empty());
    fs::write(tree.root().join("kernel/src/x.rs"), "x").unwrap();
    let (_, objections) = spoken_against(tree.root());
    assert_eq!(
        objections,
        ["files that are not yours in lab 1 were changed:\n  kernel/src/x.rs"]
    );
}

#[test]
fn a_tree_may_be_a_folder_of_a_larger_repository() {
    let (folder, tree) = student();
    let root = folder.path().join("courses/os/tree");
    fs::create_dir_all(root.parent().unwrap()).unwrap();
    fs::rename(tree.root(), &root).unwrap();
    fs::remove_dir_all(root.join(".git")).unwrap();
    git(folder.path(), &["init", "-q"]);
    fs::write(folder.path().join("courses/README"), "mine").unwrap();
    git(folder.path(), &["add", "courses/README"]);
    git(folder.path(), &["commit", "-q", "-m", "before"]);
    let (given, objections) = spoken_against(&root);
    assert!(
        given.is_empty() && objections[0].contains("has no history"),
        "{objections:?}"
    );
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "-q", "-m", "the course's tree"]);
    fs::write(folder.path().join("courses/README"), "changed").unwrap();
    fs::write(root.join(OWN), "// mine").unwrap();
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    let version = skeleton::version(&course, source.root(), Lab::Number(1), Language::En).unwrap();
    assert_eq!(spoken_against(&root), (version, Vec::new()));
    fs::write(root.join("Makefile"), "all:").unwrap();
    let (_, objections) = spoken_against(&root);
    assert_eq!(
        objections,
        ["files that are not yours in lab 1 were changed:\n  Makefile"]
    );
}

#[test]
fn force_packs_it_and_records_why_not_to() {
    let (_folder, tree) = student();
    // Cargo reads this before anything is compiled.
    fs::write(tree.root().join("Cargo.toml"), "no table").unwrap();
    fs::write(tree.root().join(OWN), "// mine").unwrap();
    let answers = "# Lab 1: Thinking questions\n\n## 2. Why?\n\nBecause.\n";
    fs::write(tree.root().join(thinking::FILE), answers).unwrap();
    let path = hand_in(&tree, "20373000", true).unwrap();
    assert_eq!(path, tree.root().join("lab1-20373000.tar.zst"));
    let contents = unpack(&read(&path).unwrap()).unwrap();
    let manifest = contents.manifest;
    assert_eq!(
        manifest.forced,
        [
            "files that are not yours in lab 1 were changed:\n  Cargo.toml",
            "it does not build"
        ]
    );
    assert_eq!(
        (manifest.score, manifest.of, manifest.commit.len()),
        (0, 100, 40)
    );
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    let given = skeleton::version(&course, source.root(), Lab::Number(1), Language::En).unwrap();
    assert_eq!(manifest.given, given);
    assert_eq!(contents.files[OWN], b"// mine");
    assert_eq!(contents.files[thinking::FILE], answers.as_bytes());
    assert!(!contents.files.contains_key("Cargo.toml"));
}

#[test]
fn what_is_handed_in_is_no_file_of_the_tree() {
    let (_folder, tree) = student();
    let git = |words: &[&str]| {
        let status = Command::new("git")
            .current_dir(tree.root())
            .args(words)
            .status();
        status.unwrap().success()
    };
    assert!(git(&["init", "-q"]));
    assert!(git(&["check-ignore", "-q", "lab1-20373000.tar.zst"]));
}
