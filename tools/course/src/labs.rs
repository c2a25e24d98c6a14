//! The tables in `tests/labs`: which exercises there are, and whose files are whose.

// teacher begin
use crate::language::Tasks;
// teacher end
use crate::text;
use anyhow::{Context, Result, ensure};
use mos_run::lab;
use mos_run::number::Number;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where the tables are in the tree.
const FOLDER: &str = "tests/labs";

/// One exercise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// Its number.
    #[serde(deserialize_with = "text::number")]
    pub number: Number,
    /// A few words.
    pub title: String,
    /// Where its holes are.
    pub files: Vec<String>,
    /// What to do, in some lines.
    pub task: String,
}

/// One lab.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// Its number, or its name.
    #[serde(rename = "lab")]
    pub number: lab::Lab,
    /// A few words.
    pub title: String,
    /// Files that no earlier lab has; a path that ends in `/` is a folder.
    pub new: Vec<String>,
    // lab 5 begin
    /// Files and folders that its trees, and those of later labs, have as the teacher has them, but for the exercises.
    #[serde(default)]
    pub whole: Vec<String>,
    // lab 5 end
    /// Its exercises, in order.
    #[serde(rename = "exercise")]
    pub exercises: Vec<Exercise>,
}

impl Lab {
    /// The files that a student of this lab changes and hands in.
    pub fn student_files(&self) -> BTreeSet<&str> {
        let files = self.exercises.iter().flat_map(|exercise| &exercise.files);
        files.map(String::as_str).collect()
    }
}

/// What no student gets.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Teacher {
    files: Vec<String>,
    /// What is in the trees that the teacher grades all the same.
    private: Vec<String>,
}

/// The labs that a tree has.
#[derive(Clone, Debug)]
pub struct Course {
    labs: Vec<Lab>,
    teacher: Teacher,
    // teacher begin
    chinese: Tasks,
    // teacher end
}

impl Course {
    /// Reads the tables of the tree at `root`: all labs of the true source, or those up to a skeleton's own.
    ///
    /// # Errors
    /// A table is missing or broken.
    pub fn load(root: &Path) -> Result<Self> {
        let folder = root.join(FOLDER);
        let mut labs: Vec<Lab> = Vec::new();
        loop {
            let number = lab::Lab::Number(u8::try_from(labs.len() + 1)?);
            let path = folder.join(format!("{}.toml", number.stem()));
            if !labs.is_empty() && !path.exists() {
                break;
            }
            let lab: Lab = read(&path)?;
            check(&lab, number).with_context(|| path.display().to_string())?;
            labs.push(lab);
        }
        for number in lab::Lab::named() {
            let path = folder.join(format!("{}.toml", number.stem()));
            if path.exists() {
                let lab: Lab = read(&path)?;
                check(&lab, number).with_context(|| path.display().to_string())?;
                labs.push(lab);
            }
        }
        let path = folder.join("teacher.toml");
        let teacher = if path.exists() {
            read(&path)?
        } else {
            Teacher::default()
        };
        Ok(Self {
            // teacher begin
            chinese: Tasks::load(root, labs.iter().map(|lab| lab.number))?,
            // teacher end
            labs,
            teacher,
        })
    }

    // teacher begin
    /// What the holes say in Chinese.
    pub fn chinese(&self) -> &Tasks {
        &self.chinese
    }

    // teacher end

    /// The labs, in order.
    pub fn labs(&self) -> &[Lab] {
        &self.labs
    }

    /// Lab `number`.
    ///
    /// # Errors
    /// There is none here.
    pub fn lab(&self, number: lab::Lab) -> Result<&Lab> {
        ensure!(
            number.is_handed_out(),
            "lab {number} has no holes: there is no skeleton of it, and nothing to hand in"
        );
        let lab = self.labs.iter().find(|lab| lab.number == number);
        let known: Vec<String> = self.labs.iter().map(|lab| lab.number.to_string()).collect();
        lab.with_context(|| {
            format!(
                "there is no lab {number} here; use one of {}",
                known.join(", ")
            )
        })
    }

    /// Exercise `number`, if there is one here.
    pub fn exercise(&self, number: Number) -> Option<&Exercise> {
        let mut exercises = self.labs.iter().flat_map(|lab| &lab.exercises);
        exercises.find(|exercise| exercise.number == number)
    }

    /// Whether the skeleton of lab `number` has the file at `path`, as seen from the tree's root. A lab that has none is done
    /// in the whole tree.
    pub fn has_file(&self, number: lab::Lab, path: &str) -> bool {
        // teacher begin
        // otherwise: let mut absent = self.teacher.files.iter().chain(&self.teacher.private);
        // otherwise: let is_absent = number.is_handed_out() && absent.any(|entry| covers(entry, path));
        let named = |list: &[String]| list.iter().any(|entry| covers(entry, path));
        let is_teachers = named(&self.teacher.files) && !self.is_whole(number, path);
        let is_absent = number.is_handed_out() && (is_teachers || named(&self.teacher.private));
        // teacher end
        self.is_early(number, path) && !is_absent
    }

    // teacher begin
    /// Whether trees of lab `number` have the file at `path` as the teacher has it, but for the exercises.
    pub fn is_whole(&self, number: lab::Lab, path: &str) -> bool {
        let mut labs = self.labs.iter().filter(|lab| lab.number <= number);
        labs.any(|lab| lab.whole.iter().any(|entry| covers(entry, path)))
    }

    // teacher end
    /// Whether the file at `path` is one that trees of lab `number` have only where the teacher grades them.
    pub fn has_private_file(&self, number: lab::Lab, path: &str) -> bool {
        let mut private = self.teacher.private.iter();
        self.is_early(number, path) && private.any(|entry| covers(entry, path))
    }

    /// Whether no lab behind `number` is the first to have the file at `path`.
    fn is_early(&self, number: lab::Lab, path: &str) -> bool {
        let mut later = self.labs.iter().filter(|lab| lab.number > number);
        !later.any(|lab| lab.new.iter().any(|entry| covers(entry, path)))
    }

    /// Every path that the tables name, for a check that there is such a file.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        let labs = self.labs.iter();
        let files = labs.flat_map(|lab| lab.student_files().into_iter().chain(strs(&lab.new)));
        files
            .chain(strs(&self.teacher.files))
            .chain(strs(&self.teacher.private))
    }
}

fn strs(strings: &[String]) -> impl Iterator<Item = &str> {
    strings.iter().map(String::as_str)
}

/// Whether a table's entry names the file at `path`.
fn covers(entry: &str, path: &str) -> bool {
    entry == path || (entry.ends_with('/') && path.starts_with(entry))
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is no such table", path.display()))
}

/// Whether a lab and its exercises are numbered in order.
fn check(lab: &Lab, number: lab::Lab) -> Result<()> {
    ensure!(lab.number == number, "this is lab {}", lab.number);
    for (exercise, index) in lab.exercises.iter().zip(1..) {
        let expected = Number { lab: number, index };
        let found = exercise.number;
        ensure!(
            found == expected,
            "exercise {found} stands where {expected} should"
        );
        ensure!(!exercise.files.is_empty(), "exercise {found} has no files");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_covers_what_is_in_it_and_a_file_itself() {
        assert!(covers("tests/c/", "tests/c/mos.h"));
        assert!(!covers("tests/c/", "tests/cases.rs"));
        assert!(covers("a.rs", "a.rs") && !covers("a.rs", "a.rs.bak"));
    }

    #[test]
    fn exercises_out_of_order_are_refused() {
        let table = |number: &str| {
            let text = format!(
                "lab = 2\ntitle = \"\"\nnew = []\n[[exercise]]\nnumber = \"{number}\"\ntitle = \"\"\n\
                 files = [\"a\"]\ntask = \"\""
            );
            toml::from_str::<Lab>(&text).expect("a table")
        };
        let check = |number, lab| check(&table(number), lab::Lab::Number(lab));
        assert!(check("2.1", 2).is_ok());
        assert!(check("2.2", 2).is_err());
        assert!(check("1.1", 2).is_err());
        assert!(check("2.1", 3).is_err());
    }
}
