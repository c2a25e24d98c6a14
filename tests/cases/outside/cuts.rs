//! The machine is gone at any moment: what was synced is on the disk, and nothing is wrong there but what a power cut leaves.
//!
//! `MOS_CUTS` says how often, where somebody wants more than the suite does: `MOS_CUTS=50 cargo test -p mos-tests --test guest -- cut`.

use super::shell::{disk, run};
use super::{PATIENCE, told};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How often, in the suite.
const ROUNDS: u32 = 2;
/// Of so many steps the machine sees a part.
const STEPS: u64 = 100;

/// The machine goes away in each round, on one disk.
pub fn check(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let rounds = match std::env::var("MOS_CUTS") {
            Ok(text) => text.parse().context("MOS_CUTS")?,
            Err(_) => ROUNDS,
        };
        let mut first = 1;
        for round in 1..=rounds {
            let synced = cut(run(tree, machine, &disk), first)?;
            let look = || -> Result<u64> {
                let checked = when_free(tree, &["fsck", "--", &disk])?;
                let said = String::from_utf8_lossy(&checked.stdout);
                for line in said.lines() {
                    let is_harmless = HARMLESS.iter().any(|text| line.contains(text));
                    ensure!(is_harmless, "{said}");
                }
                let state = mos(tree, &["cat", &disk, "/state"])?;
                let state = String::from_utf8_lossy(&state.stdout).trim().parse()?;
                ensure!((synced..first + STEPS).contains(&state), "{state} is there");
                Ok(state)
            };
            let state = look().with_context(|| format!("round {round}, {synced} was synced"))?;
            first = state + 1;
        }
        Ok(())
    })
}

/// What fsck may say.
const HARMLESS: [&str; 4] = [
    "the disk was not closed",
    "blocks that no file has",
    "files, ",
    "directories, ",
];

/// Ends `command` while it carries out one step after the other, `first` and so on. The last one that it said was on the disk.
fn cut(mut command: Command, first: u64) -> Result<u64> {
    let steps = first..first + STEPS;
    let step =
        |step| format!("echo {step} > new; mv new state; cp newmotd c; sync; echo synced {step}\n");
    let script: String = steps.map(step).collect();
    let lot = RandomState::new().hash_one(first);
    let (enough, moment) = (first + lot % 3, Duration::from_millis(lot % 701));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().context("a pipe was asked for")?;
    thread::spawn(move || input.write_all(script.as_bytes()));
    let output = child.stdout.take().context("a pipe was asked for")?;
    let mut synced = first - 1;
    let (mut child, mut ends) = (Some(child), None);
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        let Some(step) = line.trim_end().strip_prefix("synced ") else {
            continue;
        };
        synced = step.parse()?;
        if synced >= enough
            && let Some(mut child) = child.take()
        {
            ends = Some(thread::spawn(move || {
                // Whenever it is, that must be no matter.
                thread::sleep(moment);
                child.kill().and_then(|()| child.wait())
            }));
        }
    }
    let ended = ends.context("it has ended by itself")?.join();
    ended.ok().context("nobody ended it")??;
    Ok(synced)
}

fn mos(tree: &Tree, words: &[&str]) -> Result<Output> {
    let mut command = Command::new(tree.root().join("target/debug/mos"));
    Ok(command.args(words).output()?)
}

/// The same once no machine has the disk any more.
fn when_free(tree: &Tree, words: &[&str]) -> Result<Output> {
    let begun = Instant::now();
    loop {
        let output = mos(tree, words)?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !said.contains("machine has it") {
            return Ok(output);
        }
        ensure!(begun.elapsed() < PATIENCE, "{said}");
        thread::sleep(Duration::from_millis(10));
    }
}
