//! Archives handed in that look for what is not theirs, graded as the teacher does.

#![forbid(unsafe_code)]

mod handing;

use handing::manifest;
use indicatif::ProgressBar;
use mos_course::archive::pack;
use mos_course::grade::answers::SEED;
use mos_course::grade::budget::{ARCHIVE, Budget};
use mos_course::grade::examiner::Examiners;
use mos_course::labs::Course;
use mos_course::skeleton;
use mos_course::skeleton::render::Level;
use mos_course::submission::cell::{Allowance, Cells};
use mos_course::submission::class::collect::find;
use mos_course::submission::class::scores::{Fate, Line};
use mos_course::submission::grade_one;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MOS: &str = env!("CARGO_BIN_EXE_mos-course");
const SECRET: &str = "Hubbard squash";
/// A file of lab 1 that its students write.
const OWN: &str = "kernel/src/logger.rs";
const CALL: &str = "macro_rules! call { ($n:ident $a:tt) => { $n ! $a } }\n";

/// Packs the true solution of lab 1, with what `change` makes of the file `own`.
fn hand_in(solved: &Path, path: &Path, own: &str, change: impl Fn(&str) -> String) {
    let course = Course::load(solved).unwrap();
    let names = course.lab(Lab::Number(1)).unwrap().student_files();
    let files: Vec<(&str, Vec<u8>)> = names
        .into_iter()
        .map(|name| (name, fs::read(solved.join(name)).unwrap()))
        .map(|(name, bytes)| match name {
            name if name == own => (
                name,
                change(&String::from_utf8(bytes).unwrap()).into_bytes(),
            ),
            _ => (name, bytes),
        })
        .collect();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, pack(&manifest(1, &files), &files).unwrap()).unwrap();
}

fn grade(folder: &Path, out: &Path, seed: Option<u64>, environment: &[(&str, &str)]) -> Output {
    Command::new(MOS)
        .envs(environment.iter().copied())
        .args(["grade-submission", "--file"])
        .arg(folder)
        .arg("--out")
        .arg(out)
        .args(seed.map(|seed| format!("--seed={seed}")))
        .output()
        .unwrap()
}

/// Everything in the files of a folder.
fn everything(folder: &Path) -> String {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let text = |path: std::path::PathBuf| match path.is_dir() {
        true => everything(&path),
        false => String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned(),
    };
    paths.map(text).collect()
}

#[test]
fn whoever_looks_for_the_teachers_things_finds_nothing_and_the_class_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    skeleton::replace(
        &course,
        source.root(),
        Level::solved(Lab::Number(1)),
        &at("solved"),
    )
    .unwrap();
    fs::write(at("secret"), SECRET).unwrap();
    // What is said while compiling is in the report.
    let hand_in = |name: &str, change: &dyn Fn(&str) -> String| {
        hand_in(&at("solved"), &at("class").join(name), OWN, change);
    };
    hand_in("1 environment/x.tar (1).zst", &|text| {
        let spy = "const O: Option<&str> = call!(option_env (\"MOS_SECRET\"));
            const _: () = if let Some(s) = O { panic!(\"{}\", s) };\n";
        format!("{text}{CALL}{spy}")
    });
    let file = at("secret").display().to_string();
    hand_in("2 file/LAB1.TAR.ZST", &|text| {
        let spy = format!(
            "const S: &str = include_str!({file:?});\nconst _: () = panic!(\"{{}}\", S);\n"
        );
        format!("#!/x )\n{text}{spy}")
    });
    // It would be nobody's score if the compiler had been ended.
    hand_in("3 words.tar.zst", &|text| {
        let words = "Resource temporarily unavailable\nNo space left on device\n(signal: 9, SIGKILL: kill)\n\n\
            Caused by:\n  process didn't exit successfully: `rustc` (signal: 9, SIGKILL: kill)\n";
        format!("{text}compile_error!({words:?});\n")
    });
    fs::write(at("class/notes.txt"), "not an archive").unwrap();
    let graded = grade(&at("class"), &at("out"), None, &[("MOS_SECRET", SECRET)]);
    let said = String::from_utf8_lossy(&graded.stdout) + String::from_utf8_lossy(&graded.stderr);
    let table = fs::read_to_string(at("out/scores.csv")).unwrap_or_default();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect())
        .collect();
    let scores: Vec<(&str, &str)> = rows.iter().map(|row| (row[0], row[3])).collect();
    let expected = [
        ("1 environment/x.tar (1).zst", "100"),
        ("2 file/LAB1.TAR.ZST", "0"),
        ("3 words.tar.zst", "0"),
        ("notes.txt", ""),
    ];
    assert_eq!(scores, expected, "{said}");
    assert!(graded.status.success(), "{said}");
    let reports = everything(&at("out"));
    assert!(reports.contains("couldn't read"), "{reports}");
    assert!(
        !reports.contains(SECRET) && !said.contains(SECRET),
        "{said}{reports}"
    );
    assert!(said.contains("no archives:\n  notes.txt: "), "{said}");
}

/// What becomes of the archive at `path`, which may take so many seconds to build and 100 million instructions to run.
fn soon(path: &Path, building: u64) -> Line {
    let teacher = Tree::here().unwrap();
    let checks = Budget {
        millions: 100,
        ..ARCHIVE
    };
    let cells = Cells::new(&teacher, Some(PathBuf::from(MOS))).unwrap();
    let cells = cells.allowing(Allowance { building, checks });
    let handed = &find(path, None).unwrap()[0];
    let examiners = Examiners::new(&teacher, SEED, None);
    grade_one(&examiners, &cells, handed, 1, &ProgressBar::hidden()).0
}

#[test]
fn an_archive_without_end_takes_what_is_given_to_one_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    skeleton::replace(
        &course,
        source.root(),
        Level::solved(Lab::Number(1)),
        &at("solved"),
    )
    .unwrap();
    hand_in(&at("solved"), &at("computes.tar.zst"), OWN, |text| {
        let endless = "#[allow(long_running_const_eval)]\nconst _: () = loop {};\n";
        format!("{text}{endless}")
    });
    let line = soon(&at("computes.tar.zst"), 5);
    assert_eq!((line.fate, line.score), (Fate::Ungraded, None));
    let why = "compiling it took more than 5 seconds of CPU time";
    assert!(line.note.ends_with(why), "{}", line.note);

    let first = "kernel/src/arch/start.S";
    hand_in(&at("solved"), &at("runs.tar.zst"), first, |text| {
        assert!(text.contains("\n_start:\n"));
        text.replace("\n_start:\n", "\n_start:\n1: b 1b\n nop\n")
    });
    let line = soon(&at("runs.tar.zst"), 200);
    assert_eq!((line.fate, line.score), (Fate::Graded, Some(0)));
    let why = "used up the 100 million instructions";
    assert!(line.note.contains(why), "{}", line.note);
}

#[test]
fn what_is_missing_here_is_nobodys_score() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    skeleton::replace(
        &course,
        source.root(),
        Level::solved(Lab::Number(1)),
        &at("solved"),
    )
    .unwrap();
    hand_in(&at("solved"), &at("class/x.tar.zst"), OWN, str::to_owned);
    fs::create_dir(at("empty")).unwrap();
    let empty = at("empty").display().to_string();
    // Of all programs there is but the one that makes the wall.
    fs::create_dir(at("programs")).unwrap();
    std::os::unix::fs::symlink("/usr/bin/bwrap", at("programs/bwrap")).unwrap();
    let programs = at("programs").display().to_string();
    let no_packages = [
        ("CARGO_HOME", empty.as_str()),
        ("CARGO_NET_OFFLINE", "true"),
    ];
    let no_git = [("PATH", programs.as_str())];
    // What is right is known with this seed, so that nothing of ours must be built.
    let seed = Some(SEED);
    for (environment, why) in [
        (&no_packages[..], "packages could not be fetched"),
        (&no_git[..], "cannot run git"),
    ] {
        let graded = grade(&at("class"), &at("out"), seed, environment);
        let said =
            String::from_utf8_lossy(&graded.stdout) + String::from_utf8_lossy(&graded.stderr);
        assert!(!graded.status.success(), "{said}");
        let end = said.split_once("Could not be graded:\n  x.tar.zst: could not be graded: ");
        assert!(end.expect("it is listed").1.contains(why), "{said}");
        let table = fs::read_to_string(at("out/scores.csv")).unwrap();
        let row = table.lines().nth(1).unwrap_or_default();
        assert!(
            row.starts_with("x.tar.zst,20373000,1,,100,,") && row.contains(",could not be graded"),
            "{table}"
        );
        let page = fs::read_to_string(at("out/x.tar.zst/student/page.html")).unwrap();
        assert!(page.contains("Score: none"), "{page}");
        let results = fs::read_to_string(at("out/x.tar.zst/results.json")).unwrap();
        assert!(!results.contains("score"), "{results}");
    }
}
