//! A class of archives that are refused, which nobody need wait for: what is told, kept, and not done again.

#![forbid(unsafe_code)]

mod handing;

use handing::manifest;
use mos_course::archive::{Manifest, pack};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const MOS: &str = env!("CARGO_BIN_EXE_mos-course");
const FILE: (&str, &[u8]) = ("kernel/src/logger.rs", b"// nothing");

/// A class of three, each of whose archives has another file than its manifest says.
fn class() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for n in 1..=3 {
        hand_in(folder.path(), n, "");
    }
    folder
}

fn hand_in(folder: &Path, n: u32, more: &str) {
    let manifest = Manifest {
        id: format!("2037300{n}"),
        ..manifest(1, &[(FILE.0, b"else".to_vec())])
    };
    let files = [(FILE.0, [FILE.1, more.as_bytes()].concat())];
    let path = folder.join(format!("class/{n}.tar.zst"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, pack(&manifest, &files).unwrap()).unwrap();
}

/// What is told of the class, line by line, and whether that is good.
fn grade(folder: &Path, options: &[&str]) -> (Vec<String>, bool) {
    let output = command(folder).args(options).output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let lines = said.lines().map(str::to_owned);
    (lines.collect(), output.status.success())
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new(MOS);
    command.args(["grade-submission", "--file"]);
    command
        .arg(folder.join("class"))
        .arg("--out")
        .arg(folder.join("out"));
    command
}

/// The files in the table of scores, which is whole.
fn table(folder: &Path) -> Vec<String> {
    let mut table = csv::Reader::from_path(folder.join("out/scores.csv")).unwrap();
    let rows = table.records().map(|row| row.unwrap()[0].to_owned());
    rows.collect()
}

/// Which of them were not graded again.
fn as_before(lines: &[String]) -> Vec<bool> {
    let before = lines.iter().map(|line| line.ends_with(" (as before)"));
    before.collect()
}

#[test]
fn only_what_has_changed_is_graded_again() {
    let folder = class();
    let (lines, fine) = grade(folder.path(), &["--jobs=2"]);
    assert!(fine, "{lines:?}");
    for (n, line) in (1..=3).zip(&lines) {
        let begun = format!("{n}.tar.zst: 0/100 refused: kernel/src/logger.rs: is not what");
        assert!(line.starts_with(&begun), "{lines:?}");
    }
    assert_eq!(as_before(&lines), [false; 3]);
    let table = || fs::read_to_string(folder.path().join("out/scores.csv")).unwrap();
    let whole = table();
    // With the seed that was drawn then.
    assert_eq!(as_before(&grade(folder.path(), &[]).0), [true; 3]);
    assert_eq!(table(), whole);
    hand_in(folder.path(), 2, "more");
    assert_eq!(as_before(&grade(folder.path(), &[]).0), [true, false, true]);
    // Stopped before it was told what became of this one.
    fs::remove_file(folder.path().join("out/3.tar.zst/graded.json")).unwrap();
    assert_eq!(as_before(&grade(folder.path(), &[]).0), [true, true, false]);
    assert_eq!(
        as_before(&grade(folder.path(), &["--seed=5"]).0),
        [false; 3]
    );
}

#[test]
fn only_those_who_are_asked_for_are_graded_and_the_others_keep_what_they_had() {
    let folder = class();
    let (lines, _) = grade(folder.path(), &["--only=20373002"]);
    assert!(
        lines[0].starts_with("2.tar.zst: 0/100") && lines.len() == 1,
        "{lines:?}"
    );
    let (lines, fine) = grade(folder.path(), &["--only=20373003,20373001", "--seed=5"]);
    assert!(
        fine && as_before(&lines) == [false, true, false],
        "{lines:?}"
    );
    let (lines, fine) = grade(folder.path(), &["--only=20373009"]);
    assert!(!fine, "{lines:?}");
    assert_eq!(lines, ["mos: ONLY=20373009: nobody has handed that in"]);
}

#[test]
fn rules_make_the_table_anew_and_nothing_is_graded_for_that() {
    let folder = class();
    grade(folder.path(), &[]);
    let page = fs::read_to_string(folder.path().join("out/1.tar.zst/student/page.txt")).unwrap();
    assert!(page.contains("refused: kernel/src/logger.rs"), "{page}");
    let rules = folder.path().join("class.toml");
    let by = |text: &str| {
        fs::write(&rules, text).unwrap();
        grade(folder.path(), &["--rules", rules.to_str().unwrap()])
    };
    let (lines, fine) = by("[handed_in]\n\"1.tar.zst\" = 2026-01-03T11:00:00Z");
    assert!(fine && as_before(&lines) == [true; 3], "{lines:?}");
    let table = fs::read_to_string(folder.path().join("out/scores.csv")).unwrap();
    let row = "1.tar.zst,,,0,100,0,2026-01-03T11:00:00+00:00,0,";
    assert!(table.contains(row), "{table}");
    let (lines, fine) = by("[[lab]]\nnumber = 1\nbonus = [\"1.99\"]");
    assert!(
        !fine && lines == ["mos: lab 1 has no exercise 1.99"],
        "{lines:?}"
    );
}

#[test]
fn what_is_known_stays_in_the_table_and_who_is_stopped_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let all = 100..200;
    all.clone().for_each(|n| hand_in(folder.path(), n, ""));
    let stopped = |first: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        // Nobody reads what comes after the first line, so that it cannot end before it is told to.
        rustix::pipe::fcntl_setpipe_size(&writer, 4096).unwrap();
        let mut child = command(folder.path())
            .args(["--jobs=2"])
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut reader = BufReader::new(reader);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(line.starts_with(first), "{line}");
        let process = Pid::from_child(&child);
        kill_process(process, Signal::INT).unwrap();
        let status = child.wait().unwrap();
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(status.code(), Some(128 + 2), "{said}");
        let rest = " of 100 are done; the same command goes on with the rest\n";
        assert!(
            said.starts_with("mos: stopped: ") && said.ends_with(rest),
            "{said}"
        );
    };
    stopped("100.tar.zst: 0/100");
    let first = table(folder.path());
    assert!((1..100).contains(&first.len()), "{first:?}");
    let (lines, fine) = grade(folder.path(), &[]);
    assert!(fine && lines.len() == 100);
    let before = as_before(&lines)
        .into_iter()
        .filter(|before| *before)
        .count();
    assert!(before >= first.len(), "{before}");
    let whole = table(folder.path());
    assert_eq!(whole.len(), 100);
    hand_in(folder.path(), 100, "more");
    stopped("100.tar.zst: 0/100");
    assert_eq!(table(folder.path()), whole);
}

#[test]
fn where_there_is_no_room_nothing_more_is_graded_and_later_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    (100..200).for_each(|n| hand_in(folder.path(), n, ""));
    fs::create_dir(folder.path().join("out")).unwrap();
    // On a small disk, of which there is a copy in the end.
    let script =
        "mount -t tmpfs -o size=100k small out; \"$@\"; status=$?; cp -r out/. kept; exit $status";
    let mut small = Command::new("unshare");
    small
        .args(["-rm", "sh", "-c", script, "sh"])
        .current_dir(folder.path());
    let command = command(folder.path());
    small
        .arg(command.get_program())
        .args(command.get_args())
        .arg("--unconfined");
    let output = small.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("No space left on device"), "{said}");
    let (_, stopped) = said.split_once("mos: stopped: ").expect("a word");
    let (done, rest) = stopped.split_once(' ').unwrap();
    let done: usize = done.parse().unwrap();
    assert!(
        (2..20).contains(&done) && rest.starts_with("of 100 are done;"),
        "{said}"
    );
    fs::remove_dir(folder.path().join("out")).unwrap();
    fs::rename(folder.path().join("kept"), folder.path().join("out")).unwrap();
    assert!((1..=done).contains(&table(folder.path()).len()));
    let (lines, fine) = grade(folder.path(), &["--unconfined"]);
    let before = as_before(&lines)
        .into_iter()
        .filter(|before| *before)
        .count();
    // What another had graded by then is kept too, though nobody was told.
    assert!(
        fine && lines.len() == 100 && (1..20).contains(&before),
        "{before}"
    );
    assert_eq!(table(folder.path()).len(), 100);
}
