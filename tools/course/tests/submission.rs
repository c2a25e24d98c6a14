//! What comes from outside: hostile archives and sources, and the cell that the compiler works in.

#![forbid(unsafe_code)]

use indicatif::ProgressBar;
use mos_course::archive::{Contents, Manifest, entry, pack};
use mos_course::grade::examiner::Examiners;
use mos_course::labs::Course;
use mos_course::skeleton;
use mos_course::skeleton::render::Level;
use mos_course::submission::{Line, grade_one, lay_out, table};
use mos_run::tree::Tree;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const MOS: &str = env!("CARGO_BIN_EXE_mos-course");
const OWN: &str = "kernel/core/src/env/ipc.rs";

fn manifest(files: &[(&str, Vec<u8>)]) -> Manifest {
    Manifest {
        lab: 4,
        id: "20373000".to_owned(),
        commit: String::new(),
        given: String::new(),
        score: 100,
        of: 100,
        tool: String::new(),
        forced: Vec::new(),
        files: files
            .iter()
            .map(|(name, bytes)| entry(name, bytes))
            .collect(),
    }
}

fn examiners() -> Examiners {
    Examiners::new(&Tree::here().unwrap(), 0)
}

/// What is said of an archive that is not graded.
fn refusal(manifest: &Manifest, files: &[(&str, Vec<u8>)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.tar.zst");
    fs::write(&path, pack(manifest, files).unwrap()).unwrap();
    let tree = Tree::confined(folder.path().join("tree"), PathBuf::from(MOS));
    let (line, report) = grade_one(&mut examiners(), &tree, &path, &ProgressBar::hidden()).unwrap();
    assert!(report.is_none(), "it was graded: {}", line.note);
    line.note
}

#[test]
fn archives_that_contradict_themselves_are_refused() {
    let files = [(OWN, b"fn f() {}".to_vec())];
    let good = manifest(&files);
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
    let lab = Manifest { lab: 9, ..good };
    assert!(refusal(&lab, &files).contains("no lab 9"));
}

#[test]
fn what_is_no_archive_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["folder", "link", "pipe"].map(|name| folder.path().join(name));
    let [inside, link, pipe] = &names;
    fs::create_dir(inside).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", link).unwrap();
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    let tree = Tree::confined(folder.path().join("tree"), PathBuf::from(MOS));
    for path in &names {
        let graded = grade_one(&mut examiners(), &tree, path, &ProgressBar::hidden());
        assert_eq!(graded.unwrap().0.note, "refused: is no plain file");
    }
}

fn line(file: &str, id: &str) -> Line {
    Line {
        file: file.to_owned(),
        id: id.to_owned(),
        lab: 4,
        score: Some(0),
        of: 100,
        note: String::new(),
    }
}

#[test]
fn two_archives_with_one_number_are_told_apart() {
    let lines = [
        line("a", "123456"),
        line("b", "654321"),
        line("c", "123456"),
    ];
    let table = String::from_utf8(table(&lines).unwrap()).unwrap();
    let notes = table.lines().skip(1);
    let notes: Vec<_> = notes.filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(notes, ["the same ID as c", "", "the same ID as a"]);
}

#[test]
fn sources_that_read_the_hosts_files_are_refused() {
    let spy = b"static S: &str = include_str!(\"/etc/passwd\");".to_vec();
    let files = [(OWN, spy)];
    let note = refusal(&manifest(&files), &files);
    assert_eq!(
        note,
        format!("refused: {OWN}: include_str is not for you to use")
    );
}

#[test]
fn the_true_solution_of_each_lab_may_be_compiled() {
    let source = Tree::here().unwrap();
    let course = Course::load(source.root()).unwrap();
    for lab in course.labs() {
        let folder = tempfile::tempdir().unwrap();
        let tree = Tree::confined(folder.path().join("tree"), PathBuf::from(MOS));
        let solved = folder.path().join("solved");
        skeleton::replace(&course, source.root(), Level::solved(lab.number), &solved).unwrap();
        let files = lab.student_files().into_iter();
        let contents = Contents {
            manifest: Manifest {
                lab: lab.number,
                ..manifest(&[])
            },
            files: files
                .map(|name| (name.to_owned(), fs::read(solved.join(name)).unwrap()))
                .collect(),
        };
        lay_out(&source, &tree, &contents).unwrap();
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
    let tree = Tree::confined(folder.path().join("tree"), PathBuf::from(MOS));
    let named = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.clone()));
    let contents = Contents {
        manifest: manifest(&files),
        files: named.collect(),
    };
    lay_out(&Tree::here().unwrap(), &tree, &contents).unwrap();
    for (name, bytes) in &files {
        let there = fs::read(tree.root().join(name)).ok();
        assert_eq!(there.as_ref() == Some(bytes), *name == OWN, "{name}");
    }
}

fn confined(root: &Path, command: &[&str]) -> Output {
    Command::new(MOS)
        .arg("confine")
        .arg(root)
        .args(command)
        .output()
        .unwrap()
}

#[test]
fn the_compiler_is_limited_in_what_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let limits = confined(
        folder.path(),
        &["/bin/sh", "-c", "ulimit -t; ulimit -f; ulimit -v"],
    );
    let limits = String::from_utf8(limits.stdout).unwrap();
    let limits: Vec<u64> = limits
        .lines()
        .filter_map(|limit| limit.parse().ok())
        .collect();
    assert_eq!(limits.len(), 3, "each of the three is a number");
}

#[test]
fn the_compiler_starts_so_many_processes_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = "for _ in $(seq 2000); do sleep 9 >&- 2>&- & done; echo no limit";
    let output = confined(folder.path(), &["/bin/sh", "-c", bomb]);
    let said = String::from_utf8_lossy(&output.stderr);
    // A container's root may have no way to a limit.
    if !said.contains("fork") {
        assert!(is_root_without_groups(), "{said}");
    }
}

/// Whether nothing here limits the processes that a user starts.
fn is_root_without_groups() -> bool {
    let root = fs::read_to_string("/proc/self/status").unwrap();
    let root = root.lines().any(|line| line.starts_with("Uid:\t0\t"));
    let groups = ["/sys/fs/cgroup/pids", "/sys/fs/cgroup"];
    let writable = |folder: &&str| {
        let group = Path::new(folder).join(format!("mos-test-{}", std::process::id()));
        fs::create_dir(&group)
            .and_then(|()| fs::remove_dir(&group))
            .is_ok()
    };
    root && !groups.iter().any(writable)
}

#[test]
fn the_compiler_sees_its_own_tree_only() {
    let [inside, outside] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let secret = outside.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let touch = confined(
        inside.path(),
        &["/bin/sh", "-c", "echo x >here && cat here"],
    );
    assert_eq!(touch.stdout, b"x\n");
    if String::from_utf8_lossy(&touch.stderr).contains("no Landlock") {
        return;
    }
    let read = confined(inside.path(), &["/bin/cat", secret.to_str().unwrap()]);
    assert!(read.stdout.is_empty() && !read.status.success());
    let write = confined(
        inside.path(),
        &["/bin/sh", "-c", &format!("echo y >{}", secret.display())],
    );
    assert!(!write.status.success());
    assert_eq!(fs::read(&secret).unwrap(), b"secret");
}
