//! Nobody reads what a tool prints, or there is no room for it: nothing breaks, what it does besides is done, and its
//! exit says that something is missing.

use super::{make, told};
use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_run::files;
use mos_run::tree::Tree;
use std::fs::File;
use std::io;
use std::process::Stdio;

/// Where its output goes.
#[derive(Clone, Copy, Debug)]
pub enum Sink {
    /// To a full disk.
    Full,
    /// To somebody who has left.
    Gone,
}

impl Sink {
    fn open(self) -> Result<Stdio> {
        Ok(match self {
            Self::Full => File::create("/dev/full")?.into(),
            Self::Gone => io::pipe()?.1.into(),
        })
    }
}

/// What `make` is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The test's name.
    pub name: &'static str,
    words: &'static [&'static str],
    /// What it writes besides, in the test's folder, and OUT for that; how the file ends.
    written: Option<[&'static str; 3]>,
}

impl Target {
    const fn new(name: &'static str, words: &'static [&'static str]) -> Self {
        Self {
            name,
            words,
            written: None,
        }
    }

    const fn writes(self, file: &'static str, out: &'static str, end: &'static str) -> Self {
        let written = Some([file, out, end]);
        Self { written, ..self }
    }
}

/// All there is to ask for that prints something.
pub const TARGETS: [Target; 6] = [
    Target::new("run", &["run", "PROG=hello"]),
    Target::new("run_of_gxemul", &["run", "PROG=hello", "MACHINE=gxemul"]),
    Target::new("debug", &["debug", "PROG=hello"]),
    Target::new("grade", &["grade", "LAB=1", "CHECK=first-instructions"]).writes(
        "lab1/results.json",
        "",
        "}",
    ),
    Target::new("profile", &["profile", "PROG=hello"]).writes("flame.svg", "flame.svg", "</svg>"),
    Target::new("bench", &["bench", "LIST=ipc_send"]),
];

/// Runs `make` for `target`.
pub fn check(tree: &Tree, target: Target, sink: Sink) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let mut command = make(tree, target.words);
        if let Some([_, out, _]) = target.written {
            command.arg(format!("OUT={}", folder.path().join(out).display()));
        }
        let output = command
            .stdout(sink.open()?)
            .stderr(Stdio::piped())
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.code() == Some(2), "{}: {said}", output.status);
        ensure!(!said.contains("panicked"), "{said}");
        ensure!(said.contains("mos: "), "it does not say why: {said}");
        if let Some([name, _, end]) = target.written {
            let text = String::from_utf8(files::read(&folder.path().join(name))?)?;
            ensure!(text.trim_end().ends_with(end), "{name} is not whole");
        }
        Ok(())
    })
}
