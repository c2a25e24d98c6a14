//! What a person does with disks.

#![forbid(unsafe_code)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

fn mos(folder: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mos"));
    command
        .current_dir(folder)
        .args(words)
        .output()
        .expect("it runs")
}

/// What it says where it succeeds.
fn said(folder: &Path, words: &[&str]) -> String {
    let output = mos(folder, words);
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What it complains of where it does not.
fn refused(folder: &Path, words: &[&str]) -> String {
    let output = mos(folder, words);
    assert_eq!(output.status.code(), Some(1), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).expect("text")
}

fn rootfs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("rootfs");
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::write(root.join("motd"), "hello\n").unwrap();
    fs::write(root.join("etc/profile"), vec![b'p'; 100_000]).unwrap();
    folder
}

#[test]
fn a_disk_has_what_was_put_there() {
    let folder = rootfs();
    let here = folder.path();
    said(here, &["mkfs", "disk.img", "rootfs/"]);
    assert_eq!(fs::metadata(here.join("disk.img")).unwrap().len(), 4 << 20);
    assert_eq!(said(here, &["ls", "disk.img"]), "etc/\nmotd\n");
    assert_eq!(
        said(here, &["cat", "disk.img", "motd", "/motd"]),
        "hello\nhello\n"
    );
    assert_eq!(
        said(here, &["cat", "disk.img", "etc/profile"]).len(),
        100_000
    );
    said(here, &["put", "disk.img", "rootfs"]);
    said(here, &["mkdir", "disk.img", "new"]);
    said(here, &["mv", "disk.img", "rootfs/motd", "new"]);
    said(here, &["mv", "disk.img", "motd", "motto"]);
    assert_eq!(
        said(here, &["tree", "disk.img"]),
        "/\n    etc/\n        profile\n    motto\n    new/\n        motd\n    rootfs/\n        etc/\n            profile\n"
    );
    refused(here, &["rm", "disk.img", "rootfs"]);
    said(here, &["rm", "-r", "disk.img", "rootfs", "new", "motto"]);
    assert_eq!(said(here, &["ls", "-l", "disk.img"]), "    4096 etc/\n");
    let report = said(here, &["fsck", "disk.img"]);
    assert_eq!(report.lines().count(), 1, "{report}");
}

#[test]
fn what_cannot_be_done_leaves_the_disk_as_it_was() {
    let folder = rootfs();
    let here = folder.path();
    said(here, &["mkfs", "disk.img", "rootfs/motd"]);
    let before = fs::read(here.join("disk.img")).unwrap();
    let why = refused(here, &["mkfs", "-s", "64K", "disk.img", "rootfs"]);
    assert!(why.contains("the disk is full"), "{why}");
    let why = refused(here, &["cat", "disk.img", "other"]);
    assert!(why.contains("other: no such file"), "{why}");
    assert_eq!(
        mos(here, &["mkfs", "-s", "2T", "disk.img"]).status.code(),
        Some(2)
    );
    fs::write(here.join("junk"), vec![7; 9000]).unwrap();
    let why = refused(here, &["ls", "junk"]);
    assert!(why.contains("no file system"), "{why}");
    assert_eq!(fs::read(here.join("disk.img")).unwrap(), before);
}

#[test]
fn what_is_neither_a_file_nor_a_folder_is_refused_by_name() {
    let folder = rootfs();
    let here = folder.path();
    symlink("../motd", here.join("rootfs/etc/motd")).unwrap();
    said(here, &["mkfs", "disk.img", "rootfs/"]);
    assert_eq!(said(here, &["cat", "disk.img", "etc/motd"]), "hello\n");
    let before = fs::read(here.join("disk.img")).unwrap();
    let circle = here.join("rootfs/etc/circle");
    symlink("..", &circle).unwrap();
    let why = "rootfs/etc/circle is neither a file nor a folder";
    let refusal = refused(here, &["mkfs", "disk.img", "rootfs/"]);
    assert!(refusal.contains(why), "{refusal}");
    fs::remove_file(&circle).unwrap();
    let made = Command::new("mkfifo").arg(&circle).status();
    assert!(made.expect("it runs").success());
    let refusal = refused(here, &["mkfs", "disk.img", "rootfs/"]);
    assert!(refusal.contains(why), "{refusal}");
    assert_eq!(fs::read(here.join("disk.img")).unwrap(), before);
}

#[test]
fn damage_is_reported_and_mended_when_asked_for() {
    let folder = rootfs();
    let here = folder.path();
    said(here, &["mkfs", "disk.img", "rootfs/"]);
    let path = here.join("disk.img");
    let mut bytes = fs::read(&path).unwrap();
    // The root's first block is far beyond the end.
    bytes[4096 + 8 + 136 + 2] = 0xff;
    fs::write(&path, &bytes).unwrap();
    let report = mos(here, &["fsck", "disk.img"]);
    assert_eq!(report.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&report.stdout).contains("no file can have block"));
    assert_eq!(fs::read(&path).unwrap(), bytes);
    said(here, &["fsck", "-y", "disk.img"]);
    assert_eq!(said(here, &["fsck", "disk.img"]).lines().count(), 1);
}

#[test]
fn what_a_machine_has_is_neither_judged_nor_mended() {
    let folder = rootfs();
    let here = folder.path();
    said(here, &["mkfs", "disk.img", "rootfs/"]);
    let path = here.join("disk.img");
    let before = fs::read(&path).unwrap();
    let machine = mos_run::disk::Disk::open(&path).unwrap();
    for words in [&["fsck", "disk.img"][..], &["fsck", "-y", "disk.img"]] {
        let why = refused(here, words);
        assert!(why.contains("machine has it"), "{why}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
    drop(machine);
    said(here, &["fsck", "-y", "disk.img"]);
}
