//! The language of a student's tree and of the reports on it. English is what everything is written in.
//!
// teacher begin
//! What stands at a hole has its Chinese in `docs/zh/tasks`, which [`Tasks`] reads.
//!
// teacher end
//! The sentences of a report have theirs in `docs/zh/verdicts.toml`, those of the checks in `docs/zh/checks`: each English
//! sentence, with `{}` where it varies, and what it is in Chinese, with `{}` at the same places; and what the checks say they
//! see, before a value, in `docs/zh/seen`. A [`Catalogue`] of them is laid over a report that is done, so that whoever
//! writes one need not know of it.

use anyhow::{Context, Result};
use clap::ValueEnum;
// teacher begin
use mos_exam::Label;
use mos_run::lab::Lab;
use mos_run::number::Number;
use serde::Deserialize;
// teacher end
use regex::Regex;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Where a tree says which language is its own.
pub const FILE: &str = "docs/language";
/// Where the Chinese sentences of reports are.
const VERDICTS: &str = "docs/zh/verdicts.toml";
const FOLDERS: [&str; 2] = ["docs/zh/checks", "docs/zh/seen"];
/// What stands for that which varies in a sentence.
const VARIES: &str = "{}";
/// How lines of a console begin in a report: they are nobody's to translate.
const CONSOLE: &str = "| ";

/// A language.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// That of the tree at `root`.
    pub fn of_tree(root: &Path) -> Self {
        let word = fs::read_to_string(root.join(FILE)).unwrap_or_default();
        Self::from_str(word.trim(), false).unwrap_or_default()
    }

    /// What a tree in this language says in [`FILE`].
    pub const fn word(self) -> &'static str {
        match self {
            Self::En => "en\n",
            Self::Zh => "zh\n",
        }
    }
}

/// The sentences of reports in one language.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Those in which nothing varies.
    plain: BTreeMap<String, String>,
    /// The others, those that say most first.
    varying: Vec<(Regex, String)>,
}

impl Catalogue {
    /// The sentences that the tree at `root` has in `language`.
    ///
    /// # Errors
    /// A file of them cannot be read.
    pub fn load(root: &Path, language: Language) -> Result<Self> {
        if language == Language::En {
            return Ok(Self::default());
        }
        let mut sentences: BTreeMap<String, String> = read(&root.join(VERDICTS))?;
        for folder in FOLDERS {
            let entries = fs::read_dir(root.join(folder));
            for entry in entries.with_context(|| format!("cannot list {folder}"))? {
                sentences.extend(read(&entry?.path())?);
            }
        }
        Self::new(sentences)
    }

    /// # Errors
    /// A sentence is too long to be looked for.
    fn new(sentences: BTreeMap<String, String>) -> Result<Self> {
        let (varying, plain): (Vec<_>, Vec<_>) = sentences
            .into_iter()
            .partition(|(english, _)| english.contains(VARIES));
        let mut varying = varying;
        varying.sort_by_key(|(english, _)| std::cmp::Reverse(english.len()));
        let varying = varying.into_iter().map(|(english, other)| {
            let parts: Vec<String> = english.split(VARIES).map(regex::escape).collect();
            let regex = Regex::new(&format!("^{}$", parts.join("(.*?)")))?;
            Ok((regex, other))
        });
        Ok(Self {
            plain: plain.into_iter().collect(),
            varying: varying.collect::<Result<_>>()?,
        })
    }

    /// The report, with every sentence that is known.
    pub fn report(&self, text: &str) -> String {
        let mut output = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            let (line, end) = match line.strip_suffix('\n') {
                Some(line) => (line, "\n"),
                None => (line, ""),
            };
            let words = line.trim_start();
            output.push_str(&line[..line.len() - words.len()]);
            match words.starts_with(CONSOLE) {
                true => output.push_str(words),
                false => output.push_str(&self.sentence(words)),
            }
            output.push_str(end);
        }
        output
    }

    /// The sentence, if it is known; as it is otherwise.
    pub fn sentence(&self, english: &str) -> String {
        if let Some(other) = self.plain.get(english) {
            return other.clone();
        }
        // What was seen, before its value.
        for (at, colon) in english.match_indices(": ") {
            if let Some(what) = self.plain.get(&english[..at]) {
                return format!("{what}：{}", &english[at + colon.len()..]);
            }
        }
        for (regex, other) in &self.varying {
            if let Some(found) = regex.captures(english) {
                let mut parts = other.split(VARIES);
                let mut text = parts.next().unwrap_or_default().to_owned();
                for (part, varies) in parts.zip(found.iter().skip(1)) {
                    let varies = varies.map_or("", |varies| varies.as_str());
                    text += &self.sentence(varies);
                    text += part;
                }
                return text;
            }
        }
        english.to_owned()
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, String>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no catalogue", path.display()))
}

// teacher begin
/// Where the Chinese of the holes is.
const TASKS: &str = "docs/zh/tasks";

/// What stands at the holes of an exercise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// The exercise.
    #[serde(deserialize_with = "crate::text::number")]
    pub number: Number,
    /// The version of the English that it was made from: see [`version`].
    pub of: String,
    /// A few words.
    pub title: String,
    /// What to do, in some lines.
    pub task: String,
}

/// What stands at the holes of all labs.
#[derive(Clone, Debug, Default)]
pub struct Tasks(Vec<Task>);

impl Tasks {
    /// Those of `labs` labs in Chinese, as far as the tree at `root` has them.
    ///
    /// # Errors
    /// A table is broken.
    pub fn load(root: &Path, labs: impl Iterator<Item = Lab>) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            exercise: Vec<Task>,
        }
        let mut all = Vec::new();
        for lab in labs {
            let path = root.join(TASKS).join(format!("{}.toml", lab.stem()));
            if !path.exists() {
                continue;
            }
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let table: Table = toml::from_str(&text)
                .with_context(|| format!("{} is no such table", path.display()))?;
            all.extend(table.exercise);
        }
        Ok(Self(all))
    }

    /// That of exercise `number`.
    pub fn of(&self, number: Number) -> Option<&Task> {
        self.0.iter().find(|task| task.number == number)
    }

    /// All of them.
    pub fn all(&self) -> &[Task] {
        &self.0
    }
}

/// What tells versions of an English text apart.
pub fn version(title: &str, task: &str) -> String {
    Label::of(&format!("{title}\n{task}")).to_string()
}
// teacher end

#[cfg(test)]
mod tests;
