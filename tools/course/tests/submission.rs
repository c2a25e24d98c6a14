//! What comes from outside: hostile archives and sources.

#![forbid(unsafe_code)]

mod handing;

use handing::manifest;
use indicatif::ProgressBar;
use mos_course::archive::{Contents, Manifest, pack};
use mos_course::grade::examiner::Examiners;
use mos_course::labs::Course;
use mos_course::skeleton;
use mos_course::skeleton::render::Level;
use mos_course::submission::cell::Cells;
use mos_course::submission::class::collect::{Handed, find};
use mos_course::submission::class::record::{Record, Tested};
use mos_course::submission::class::rules::{Time, Worth};
use mos_course::submission::class::scores::{Fate, Line, Row, left_over, table};
use mos_course::submission::{grade_one, lay_out};
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MOS: &str = env!("CARGO_BIN_EXE_mos-course");
const OWN: &str = "kernel/core/src/env/ipc.rs";

fn examiners() -> Examiners {
    Examiners::new(&Tree::here().unwrap(), 0, None)
}

/// What becomes of an archive.
fn graded(path: &Path) -> Line {
    let teacher = Tree::here().unwrap();
    let cells = Cells::new(&teacher, Some(PathBuf::from(MOS))).unwrap();
    let handed = &find(path, None).unwrap()[0];
    let progress = ProgressBar::hidden();
    grade_one(&examiners(), &cells, handed, 1, &progress).0
}

/// What is said of an archive that is refused.
fn refusal(manifest: &Manifest, files: &[(&str, Vec<u8>)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tar.zst");
    fs::write(&path, pack(manifest, files).unwrap()).unwrap();
    let line = graded(&path);
    assert_eq!(
        (line.fate, line.score),
        (Fate::Refused, Some(0)),
        "{}",
        line.note
    );
    line.note
}

/// The clean skeleton of a lab.
fn clean(lab: Lab, root: &Path) -> Tree {
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    skeleton::replace(&course, source.root(), Level::skeleton(lab), root).unwrap();
    Tree::at(root.to_owned())
}

#[test]
fn archives_that_contradict_themselves_are_refused() {
    let files = [(OWN, b"fn f() {}".to_vec())];
    let good = manifest(4, &files);
    let other = [(OWN, b"fn g() {}".to_vec())];
    let note = refusal(&good, &other);
    assert_eq!(
        note,
        format!("refused: {OWN}: is not what the manifest says")
    );
    let id = Manifest {
        id: "../../x".to_owned(),
        ..good.clone()
    };
    assert!(refusal(&id, &files).contains("a student's number"));
    for (lab, why) in Lab::named()
        .filter(|lab| !lab.is_handed_out())
        .map(|lab| (lab, "has no holes"))
        .chain([(Lab::Number(9), "no lab 9")])
    {
        let lab = Manifest {
            lab,
            ..good.clone()
        };
        assert!(refusal(&lab, &files).contains(why));
    }
}

#[test]
fn what_is_no_archive_has_no_score_and_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["link", "pipe", "text"].map(|name| folder.path().join(name));
    let [link, pipe, file] = &names;
    std::os::unix::fs::symlink("/etc/passwd", link).unwrap();
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    fs::write(file, "Here is my homework.").unwrap();
    let teacher = Tree::here().unwrap();
    let cells = Cells::new(&teacher, Some(PathBuf::from(MOS))).unwrap();
    let found = find(folder.path(), None).unwrap();
    let grade =
        |handed: &Handed| grade_one(&examiners(), &cells, handed, 1, &ProgressBar::hidden()).0;
    let lines: Vec<Line> = found.iter().map(grade).collect();
    assert!(
        lines
            .iter()
            .all(|line| line.fate == Fate::Other && line.score.is_none())
    );
    let expected = "Not graded, since they are no archives:
  link: not graded: it is no plain file
  pipe: not graded: it is no plain file
  text: not graded: it is no archive of `make submit`
";
    assert_eq!(left_over(lines.iter()), expected);
}

#[test]
fn an_archive_that_cannot_be_read_here_has_no_score() {
    let folder = tempfile::tempdir().unwrap();
    let handed = Handed {
        path: folder.path().join("x.tar.zst"),
        name: PathBuf::from("x.tar.zst"),
        other: None,
    };
    let teacher = Tree::here().unwrap();
    let cells = Cells::new(&teacher, Some(PathBuf::from(MOS))).unwrap();
    let line = grade_one(&examiners(), &cells, &handed, 1, &ProgressBar::hidden()).0;
    assert_eq!((line.fate, line.score), (Fate::Ungraded, None));
    assert!(
        line.note.starts_with("could not be graded: cannot be read"),
        "{}",
        line.note
    );
}

fn row(file: &str, id: &str, note: &str) -> Row {
    let line = Line {
        file: file.to_owned(),
        id: id.to_owned(),
        lab: Some(Lab::Number(4)),
        score: Some(0),
        of: 100,
        note: note.to_owned(),
        place: PathBuf::from(file),
        fate: Fate::Graded,
    };
    let record = Record {
        answered: (2, 20),
        ..Record::new(String::new(), line, None)
    };
    Row {
        record,
        handed_in: Time::parse_from_rfc3339("2026-11-20T10:00:00+08:00").unwrap(),
        worth: Worth::default(),
    }
}

fn lines(rows: &[Row]) -> Vec<String> {
    let table = String::from_utf8(table(rows).unwrap()).unwrap();
    table.lines().map(str::to_owned).collect()
}

#[test]
fn two_archives_with_one_number_are_told_apart() {
    let rows = [
        row("a", "123456", ""),
        row("b", "654321", ""),
        row("c", "123456", "late"),
    ];
    let lines = lines(&rows);
    let notes = lines.iter().skip(1);
    let notes: Vec<_> = notes.filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(notes, ["the same ID as c", "", "late; the same ID as a"]);
}

#[test]
fn a_table_computes_nothing_and_turns_nothing_round() {
    let note = "@SUM(1)\u{202e}\u{9b}2J\nnext";
    let lines = lines(&[row("=cmd|'/c calc'!A1", "123456", note)]);
    assert_eq!(
        lines[1],
        "'=cmd|'/c calc'!A1,123456,4,0,100,0,2026-11-20T10:00:00+08:00,0,2 of 20,\
         '@SUM(1)\\u{202e}\\u{9b}2J\\nnext"
    );
}

#[test]
fn a_table_has_a_column_for_each_exercise_in_their_order() {
    let tested = |exercise: &str, of, earned, bonus| Tested {
        check: exercise.to_owned(),
        exercise: exercise.to_owned(),
        machine: "malta".to_owned(),
        of,
        earned,
        bonus,
        private: false,
        passed: earned > 0,
        tests: String::new(),
        why: None,
    };
    let mut rows = [row("a", "123456", ""), row("b", "654321", "")];
    rows[0].record.tested = vec![
        tested("4.10", 7, 7, false),
        tested("4.2", 5, 3, false),
        tested("4.2", 5, 5, true),
    ];
    rows[1].record.line.score = None;
    let lines = lines(&rows);
    assert!(lines[0].ends_with(",answers,4.2,4.10,note"), "{lines:?}");
    assert!(lines[1].ends_with(",2 of 20,8,7,"), "{lines:?}");
    // What could not be graded has no points.
    assert!(lines[2].starts_with("b,654321,4,,100,,") && lines[2].ends_with(",2 of 20,,,"));
}

#[test]
fn sources_that_would_read_the_hosts_files_are_pointed_out() {
    let folder = tempfile::tempdir().unwrap();
    let tree = clean(Lab::Number(4), folder.path());
    let spy = b"static S: &str = include_str!(\"/etc/passwd\");".to_vec();
    let contents = Contents {
        manifest: manifest(4, &[]),
        files: [(OWN.to_owned(), spy)].into(),
    };
    let hints = lay_out(&Tree::here().unwrap(), &tree, &contents).unwrap();
    assert_eq!(hints, [format!("{OWN}: include_str is not for you to use")]);
}

#[test]
fn nothing_is_pointed_out_in_the_true_solution_of_any_lab() {
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    for lab in course.labs() {
        let folder = tempfile::tempdir().unwrap();
        let tree = clean(lab.number, &folder.path().join("tree"));
        let solved = folder.path().join("solved");
        skeleton::replace(&course, source.root(), Level::solved(lab.number), &solved).unwrap();
        let files = lab.student_files().into_iter();
        let contents = Contents {
            manifest: Manifest {
                lab: lab.number,
                ..manifest(4, &[])
            },
            files: files
                .map(|name| (name.to_owned(), fs::read(solved.join(name)).unwrap()))
                .collect(),
        };
        assert!(lay_out(&source, &tree, &contents).unwrap().is_empty());
    }
}

#[test]
fn nothing_but_the_students_own_files_is_taken() {
    let files: Vec<(&str, Vec<u8>)> = [
        OWN,
        "kernel/build.rs",
        "Makefile",
        ".cargo/config.toml",
        "tools/toolchain.sh",
        "kernel/core/build.rs",
        "tests/checks/lab4.toml",
        "kernel/abi/src/lib.rs",
    ]
    .map(|name| (name, b"// not yours".to_vec()))
    .into();
    let folder = tempfile::tempdir().unwrap();
    let tree = clean(Lab::Number(4), folder.path());
    let named = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
    let contents = Contents {
        manifest: manifest(4, &files),
        files: named.collect(),
    };
    lay_out(&Tree::here().unwrap(), &tree, &contents).unwrap();
    for (name, bytes) in &files {
        let there = fs::read(tree.root().join(name)).ok();
        assert_eq!(there.as_ref() == Some(bytes), *name == OWN, "{name}");
    }
}
