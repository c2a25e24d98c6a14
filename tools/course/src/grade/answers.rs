//! What a right system reports.
//!
//! `tests/answers/labN.toml`, and `tests/private/answers/labN.toml` for the teacher's own checks, have it for the
//! seed that is used where nobody asks for another. The answers of any other seed come from a run of the true solution.
//! A sentence that comes several times in a row stands there once, with how often.

use super::testimony::Testimony;
use anyhow::{Context, Result};
use mos_run::files;
use mos_run::lab::Lab;
use mos_run::tree::Tree;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The seed whose answers are in the tree.
pub const SEED: u64 = 0;

/// What stands between a sentence and how often it comes.
const TIMES: &str = " × ";

/// What a right system reports in each check of a lab.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Answers(BTreeMap<String, Testimony>);

impl Answers {
    /// Those for [`SEED`] in `tree`: of the public checks, and of the teacher's where the tree has them and
    /// `private` asks for them.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn load(tree: &Tree, lab: Lab, private: bool) -> Result<Self> {
        let mut answers = read(&path(tree, lab, false))?;
        let more = path(tree, lab, true);
        if private && more.exists() {
            answers.0.extend(read(&more)?.0);
        }
        Ok(answers)
    }

    /// Writes those of the checks that `private` tells of.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, tree: &Tree, lab: Lab, private: bool) -> Result<()> {
        let folded = Self(self.each(fold));
        let text = toml::to_string_pretty(&folded).context("cannot write down the answers")?;
        let head = format!(
            "# What a right system reports in the checks of lab {lab}, with seed {SEED}. Made by `make answers`.\n\n"
        );
        files::update(&path(tree, lab, private), (head + &text).as_bytes())
    }

    /// What is right in `check`.
    ///
    /// # Errors
    /// There is no such check.
    pub fn of(&self, check: &str) -> Result<&Testimony> {
        self.0
            .get(check)
            .with_context(|| format!("there is no answer to the check {check}: make answers"))
    }

    fn each(&self, change: impl Fn(&[String]) -> Vec<String>) -> BTreeMap<String, Testimony> {
        let change = |testimony: &Testimony| {
            let steps = testimony.iter();
            steps
                .map(|(step, sentences)| (step.clone(), change(sentences)))
                .collect()
        };
        let checks = self.0.iter();
        checks
            .map(|(check, testimony)| (check.clone(), change(testimony)))
            .collect()
    }

    /// Notes what is right in `check`.
    pub fn note(&mut self, check: &str, right: Testimony) {
        self.0.insert(check.to_owned(), right);
    }
}

// teacher begin
/// A seed that nobody can know.
///
/// # Errors
/// The host has none.
pub fn draw() -> Result<u64> {
    let mut bytes = [0; 8];
    let file = std::fs::File::open("/dev/urandom").context("cannot draw a seed")?;
    std::io::Read::read_exact(&mut &file, &mut bytes).context("cannot draw a seed")?;
    Ok(u64::from_le_bytes(bytes))
}
// teacher end

fn path(tree: &Tree, lab: Lab, private: bool) -> PathBuf {
    let folder = if private {
        "tests/private/answers"
    } else {
        "tests/answers"
    };
    tree.root()
        .join(folder)
        .join(format!("{}.toml", lab.stem()))
}

fn read(path: &Path) -> Result<Answers> {
    let text = String::from_utf8(files::read(path)?)?;
    let folded: Answers =
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    Ok(Answers(folded.each(unfold)))
}

fn fold(sentences: &[String]) -> Vec<String> {
    let same = sentences.chunk_by(|one, next| one == next);
    let told = same.filter_map(|same| match same {
        [] => None,
        [one] => Some(one.clone()),
        [one, ..] => Some(format!("{one}{TIMES}{}", same.len())),
    });
    told.collect()
}

fn unfold(sentences: &[String]) -> Vec<String> {
    let all = sentences.iter().flat_map(|sentence| {
        let folded = sentence.rsplit_once(TIMES);
        let folded = folded.and_then(|(one, times)| Some((one, times.parse().ok()?)));
        let (one, times) = folded.unwrap_or((sentence, 1));
        std::iter::repeat_n(one.to_owned(), times)
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_often_stands_there_once() {
        let all = ["a: 1", "a: 2", "a: 2", "a: 2", "a: 1", "a × 2: 1"].map(str::to_owned);
        let folded = fold(&all);
        assert_eq!(folded, ["a: 1", "a: 2 × 3", "a: 1", "a × 2: 1"]);
        assert_eq!(unfold(&folded), all);
    }
}
