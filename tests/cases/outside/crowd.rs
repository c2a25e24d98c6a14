//! Several at once in one tree: each boots what is its own.

use super::{make, told};
use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_run::tree::Tree;
use std::process::{Child, Stdio};

/// Words for `make`, and what stands in what it prints, at the start of the line.
const CROWD: [(&[&str], &str); 6] = [
    (&["run", "PROG=hello"], "hello, I am "),
    (&["run", "PROG=endings"], "endings: after "),
    (&["run", "PROG=hello"], "hello, I am "),
    (&["run", "PROG=endings"], "endings: after "),
    (
        &["run", "PROG=endings", "MACHINE=gxemul"],
        "endings: after ",
    ),
    (&["grade", "LAB=1", "CHECK=first-instructions"], "ok "),
];

/// Starts them all together.
pub fn check(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let mut started = Vec::new();
        for (words, own) in CROWD {
            let mut command = make(tree, words);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            started.push((words, own, command.spawn()?));
        }
        started.into_iter().try_for_each(alone)
    })
}

fn alone((words, own, child): (&[&str], &str, Child)) -> Result<()> {
    let output = child.wait_with_output()?;
    let [said, told] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    ensure!(output.status.success(), "{words:?} failed: {said}{told}");
    for (_, text) in CROWD {
        let found = said.lines().any(|line| line.starts_with(text));
        ensure!(found == (text == own), "{words:?} printed {said:?}");
    }
    Ok(())
}
