//! Lists of checks that make no sense.

use super::{File, validate};
use anyhow::Result;
use mos_run::lab::Lab;

/// What is said of a list with one check, that has these lines besides.
fn verdict(lines: &str) -> Result<()> {
    let text = format!(
        "lab = 1\n[[check]]\nname = \"one\"\nexercise = \"1.2\"\ntests = \"Something.\"\n{lines}\n"
    );
    let file: File = toml::from_str(&text)?;
    validate(&file.check, Lab::Number(1))
}

#[test]
fn what_makes_no_sense_is_refused_and_named() {
    let whole = "points = 100\nsteps = [\"a\"]\n";
    verdict(whole).expect("this one makes sense");
    for memory in [1, 64] {
        verdict(&format!("{whole}memory = {memory}")).expect("so does this");
    }
    let more = [
        ("memory = 0", "one has other than 1 to 64 MiB of memory"),
        ("memory = 65", "one has other than 1 to 64 MiB of memory"),
        ("params = [1, 2, 3, 4, 5]", "one has more than four params"),
        (
            "programs = [\"a\"]\npriorities = [1, 2]",
            "one has more priorities than programs",
        ),
        (
            "needs = [\"1.2\"]",
            "one needs 1.2, which does not come before 1.2",
        ),
        (
            "needs = [\"first\"]",
            "one needs first, which does not come before 1.2",
        ),
        ("twin = \"two\"", "one is the twin of two, which is none"),
        (
            "[[check]]\nname = \"one\"\nexercise = \"1.3\"\ntests = \"More.\"\nsteps = [\"a\"]",
            "two are called one",
        ),
        (
            "[[check]]\nname = \"two\"\nexercise = \"1.3\"\ntests = \"More.\"\npoints = 1\nsteps = [\"a\"]\ntwin = \"one\"",
            "two is a twin and has points",
        ),
        (
            "[[check]]\nname = \"two\"\nexercise = \"1.3\"\ntests = \"More.\"\npoints = 1\nsteps = [\"a\"]",
            "the points add up to 101",
        ),
    ];
    let other = [
        ("points = 100\nsteps = []", "one has no steps"),
        (
            "points = 100\nsteps = [\"a\", \"a\"]",
            "one has a step twice",
        ),
        ("points = 0\nsteps = [\"a\"]", "one is worth nothing"),
    ];
    let more = more.map(|(lines, said)| (format!("{whole}{lines}"), said));
    let other = other.map(|(lines, said)| (lines.to_owned(), said));
    for (lines, said) in more.into_iter().chain(other) {
        let error = verdict(&lines).expect_err(&lines);
        assert_eq!(error.to_string(), said, "{lines}");
    }
}

// lab 5 begin
#[test]
fn of_a_disk_what_makes_no_sense_is_refused_too() {
    let whole = "points = 100\nsteps = [\"a\"]\n";
    verdict(&format!(
        "{whole}programs = [\"p\"]\ndevices = [\"p\"]\ndisk = \"files\"\nafter = \"a\""
    ))
    .expect("this one makes sense");
    for (lines, said) in [
        (
            "devices = [\"q\"]",
            "one does not start q, which is to have devices",
        ),
        ("aboard = [\"sh\"]", "one has no disk"),
        ("after = \"a\"", "one has no disk"),
        (
            "disk = \"empty\"\nafter = \"b\"",
            "one has no step for what is on the disk afterwards",
        ),
    ] {
        let error = verdict(&format!("{whole}{lines}")).expect_err(lines);
        assert_eq!(error.to_string(), said, "{lines}");
    }
    let error = verdict(&format!("{whole}disk = \"round\"")).expect_err("no such disk");
    assert!(
        error.to_string().contains("`round` is no kind of disk"),
        "{error}"
    );
}

// lab 5 end
#[test]
fn a_key_that_there_is_not_is_refused() {
    let error = verdict("points = 100\nsteps = [\"a\"]\nmemroy = 8").expect_err("no such key");
    assert!(error.to_string().contains("memroy"), "{error}");
}
