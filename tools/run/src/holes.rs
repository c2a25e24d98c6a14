//! What a hole looks like in a skeleton, and which ones are left in a tree.

use crate::number::Number;
use crate::out;
use crate::sources;
use crate::tree::Tree;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::Path;

/// Where exercises are done.
const FOLDERS: [&str; 3] = ["kernel", "libos", "user"];

/// What stands around the number of an exercise where something is to be done.
const TODO: [&str; 2] = ["todo!(\"Exercise ", ": "];
const NOTICE: [&str; 2] = ["Exercise ", " is not done yet"];

/// What stands for a solution in Rust: a panic that names the exercise.
pub fn todo(number: Number, title: &str) -> String {
    let [before, behind] = TODO;
    format!("{before}{number}{behind}{title}\")")
}

/// What stands before code that works after a fashion, or in assembly.
pub fn notice(number: Number) -> String {
    let [before, behind] = NOTICE;
    format!("{before}{number}{behind}: delete this line when it is.")
}

/// Says which exercises are not done yet: the system may then stop where it cannot even say so.
///
/// # Errors
/// As [`open`].
pub fn tell(tree: &Tree) -> Result<()> {
    let open = open(tree.root())?;
    let open: Vec<String> = open.iter().map(ToString::to_string).collect();
    if !open.is_empty() {
        out::tell(format!(
            "not done yet, so this may stop without a word: exercises {}",
            open.join(", ")
        ));
        out::tell("Ctrl-A x ends QEMU, Ctrl-C GXemul");
    }
    Ok(())
}

/// The exercises that the tree at `root` has holes of, found by reading.
///
/// # Errors
/// A file or folder cannot be read.
pub fn open(root: &Path) -> Result<BTreeSet<Number>> {
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        sources::each(&root.join(folder), &["rs", "S"], &mut |text| {
            found.extend(holes(text))
        })?;
    }
    Ok(found)
}

fn holes(text: &str) -> impl Iterator<Item = Number> {
    [TODO, NOTICE]
        .into_iter()
        .flat_map(move |[before, behind]| {
            let rests = text.split(before).skip(1);
            rests.filter_map(move |rest| rest.split_once(behind)?.0.parse().ok())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Lab;

    #[test]
    fn holes_are_found_as_they_are_written_and_nothing_else_is() {
        let [done, first, second] = [(1, 9), (2, 3), (4, 10)].map(|(lab, index)| Number {
            lab: Lab::Number(lab),
            index,
        });
        let text = format!(
            "// Exercise {done}: a title\n    {}\n# {}\n// Exercise is not done yet\ntodo!(\"Exercise x: y\")",
            todo(second, "a title"),
            notice(first),
        );
        assert!(holes(&text).eq([second, first]));
        assert_eq!(holes("// Exercise 4.3, too.\ntodo!()").count(), 0);
    }

    #[test]
    fn a_tree_that_is_not_there_is_an_error() {
        assert!(open(Path::new("/nonexistent")).is_err());
    }
}
