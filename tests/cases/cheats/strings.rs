//! What a system could know that prints whatever it finds in the sources.

use anyhow::{Context, Result};
use mos_course::grade::checks::{self, Check};
use mos_exam::Key;
use mos_run::files;
use mos_run::tree::Tree;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Where the checks' strings are.
const FOLDERS: [&str; 5] = [
    "tests/checks",
    "tests/private",
    "user/src",
    "kernel/checks/src",
    "kernel/src/checks",
];
/// What stands where the text goes, in `tests/c/text.h`, and how long that place is.
const PLACE: &[u8] = b"what a cheat prints\n";
const PLACE_SIZE: usize = 700_000;

/// The checks of all labs, the teacher's included.
///
/// # Errors
/// A list of them is broken.
pub fn all_checks(tree: &Tree) -> Result<Vec<Check>> {
    let mut all = Vec::new();
    for lab in checks::labs(tree)? {
        all.extend(checks::load(tree, lab, true)?);
    }
    Ok(all)
}

/// Every string of the checks' sources as a line, bare and as if it were signed: with the seals of another run, with
/// what looks like one, with none.
///
/// # Errors
/// A source cannot be read.
pub fn everything(tree: &Tree) -> Result<String> {
    let mut sources = String::new();
    for folder in FOLDERS {
        collect(&tree.root().join(folder), &mut sources)?;
    }
    let literals: BTreeSet<&str> = sources.split('"').collect();
    let mut text = String::new();
    for literal in literals {
        write!(text, "{literal}\nok {literal}\n")?;
    }
    for check in all_checks(tree)? {
        for step in &check.steps {
            let other = Key(0x1234_5678_9abc_def0).seal(check.order(), step);
            for seal in [other.digits(), "0123456789abcdef", "0000000000000000", ""] {
                write!(text, "ok {step} {seal}\nok {step}{seal}\n")?;
            }
        }
    }
    Ok(text + "\n[mos] power off\n")
}

/// The text of all files of a folder, and of those in it.
fn collect(folder: &Path, text: &mut String) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, text)?;
        } else {
            *text += &String::from_utf8_lossy(&files::read(&path)?);
        }
    }
    Ok(())
}

/// Has the cheat whose file this is print `text`.
///
/// # Errors
/// It has no place for that, or not enough.
pub fn tell(file: &mut [u8], text: &str) -> Result<()> {
    let mut places = file.windows(PLACE.len());
    let at = places
        .position(|bytes| bytes == PLACE)
        .context("no cheat")?;
    let place = file
        .get_mut(at..)
        .and_then(|rest| rest.get_mut(..PLACE_SIZE));
    let place = place.context("the cheat is cut off")?;
    let text: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
    let place = place
        .get_mut(..text.len())
        .context("the cheat has no room for so much")?;
    place.copy_from_slice(&text);
    Ok(())
}
