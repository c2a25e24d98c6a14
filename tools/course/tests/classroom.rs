//! GitHub Classroom: what of a student's repository is graded, and what is told of it.

#![forbid(unsafe_code)]

use mos_course::labs::Course;
use mos_course::language::Language;
use mos_course::skeleton;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

const OWN: &str = "kernel/src/logger.rs";

#[test]
fn only_the_students_own_files_are_graded_and_the_score_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    for name in ["given", "student"] {
        skeleton::make(
            &course,
            source.root(),
            Lab::Number(1),
            Language::En,
            false,
            &at(name),
        )
        .unwrap();
    }
    fs::write(at("student").join(OWN), "// mine").unwrap();
    for name in ["Makefile", "tools/classroom.sh", "tests/checks/lab1.toml"] {
        fs::write(at("student").join(name), "# mine too").unwrap();
    }
    // A link is a few bytes, and leads nowhere.
    let link = at("student").join("kernel/src/options.rs");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &link).unwrap();
    fs::remove_file(at("student").join("kernel/src/package.rs")).unwrap();
    let commit = "git add --all && git -c user.name=A -c user.email=a@b.c commit -q -m mine";
    let student = Command::new("sh")
        .args(["-c", commit])
        .current_dir(at("student"))
        .status();
    assert!(student.unwrap().success());

    // In place of grading.
    fs::create_dir(at("bin")).unwrap();
    let make = "#!/bin/sh\necho \"$@\"\necho '::error::no'\necho '得分：42/100'\n[ ! -e results ] || cp -r results grade\n";
    fs::write(at("bin/make"), make).unwrap();
    fs::set_permissions(at("bin/make"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", at("bin").display());
    let graded = || {
        let output = Command::new(at("given/tools/classroom.sh"))
            .arg(at("student"))
            .env("PATH", &path)
            .env("GITHUB_STEP_SUMMARY", at("summary"))
            .output()
            .unwrap();
        assert!(!output.status.success(), "it is no full score");
        String::from_utf8(output.stdout).unwrap()
    };
    let said = graded();
    assert!(
        said.contains("could not be graded") && !said.contains("Points"),
        "{said}"
    );
    fs::create_dir_all(at("given/results/lab1")).unwrap();
    let results =
        "{\n  \"score\": 42,\n  \"output\": \"\",\n  \"tests\": [\n    {\n      \"score\": 7,\n";
    fs::write(at("given/results/lab1/results.json"), results).unwrap();
    let said = graded();
    let end = "::notice title=Autograding complete::Points 42/100\n\
               ::notice title=Autograding report::{\"totalPoints\":42,\"maxPoints\":100}\n";
    assert!(
        said.contains("grade LAB=1 OUT=grade\n") && said.ends_with(end),
        "{said}"
    );
    let (before, _) = said.split_once("::error::no").unwrap();
    assert!(before.contains("::stop-commands::"), "{said}");
    let given = |name: &str| fs::read_to_string(at("given").join(name)).unwrap();
    assert_eq!(
        (given(OWN), given("kernel/src/options.rs")),
        ("// mine".to_owned(), "/etc/passwd".to_owned())
    );
    assert!(
        said.contains("kernel/src/package.rs is not there"),
        "{said}"
    );
    let others = Command::new("git")
        .args(["status", "--short"])
        .current_dir(at("given"))
        .output();
    let others = String::from_utf8(others.unwrap().stdout).unwrap();
    assert_eq!(
        others,
        " M kernel/src/logger.rs\n M kernel/src/options.rs\n?? grade.txt\n?? grade/\n?? results/\n"
    );
}
