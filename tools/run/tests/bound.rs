//! Nothing outlives who started it, nor begins when that one has ended.

#![forbid(unsafe_code)]

use mos_run::tree::Tree;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A net for what does not end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell at the root of the tree, whose output we read.
fn shell(script: &str) -> Child {
    let mut command = Command::new("sh");
    command
        .args(["-c", script])
        .current_dir(Tree::here().unwrap().root());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Whether the process with this id, of a command that runs for ever, ends.
fn ends(id: &str) -> bool {
    let deadline = Instant::now() + PATIENCE;
    let process = Path::new("/proc").join(id);
    let is_there = || {
        let stat = std::fs::read_to_string(process.join("stat"));
        stat.is_ok_and(|stat| !stat.contains(") Z "))
    };
    while is_there() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    !is_there()
}

/// Kills the shell that runs `script` once that has told the id of what it has started; whether this ends then.
fn ends_with_its_shell(script: &str) -> bool {
    let mut shell = shell(script);
    let lines = BufReader::new(shell.stdout.take().unwrap()).lines();
    // In any order; then what runs has become what it was to become.
    let mut said: Vec<String> = lines.take(2).map(Result::unwrap).collect();
    said.sort(); // digits first
    let [id, begun] = <[String; 2]>::try_from(said).unwrap();
    assert_eq!(begun, "begun");
    shell.kill().unwrap();
    shell.wait().unwrap();
    ends(&id)
}

/// What tells that it runs, and does so for ever.
const FOR_EVER: &str = "sh -c 'echo begun; while :; do sleep 1; done'";

#[test]
fn what_is_bound_ends_with_who_started_it() {
    for signal in ["TERM", "KILL"] {
        let script = format!("tools/bound.sh {signal} $$ {FOR_EVER} & echo $!; wait");
        assert!(ends_with_its_shell(&script), "{signal}");
    }
}

#[test]
fn a_compiler_ends_with_who_started_it() {
    for argument in ["", " --target mipsel-mos.json"] {
        let script = format!("tools/rustc.sh {FOR_EVER}{argument} & echo $!; wait");
        assert!(ends_with_its_shell(&script), "{argument}");
    }
}

#[test]
fn who_has_lost_its_parent_does_not_begin() {
    let output = shell("tools/bound.sh KILL 1 echo begun")
        .wait_with_output()
        .unwrap();
    assert!(output.stdout.is_empty() && !output.status.success());
    let output = shell("tools/bound.sh KILL $$ echo begun; exit 7")
        .wait_with_output()
        .unwrap();
    assert_eq!(
        (&*output.stdout, output.status.code()),
        (&b"begun\n"[..], Some(7))
    );
}
