//! What a hole looks like in a skeleton, and which ones are left in a tree.

use super::{Exercise, Lab, Number};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// What stands for a solution in Rust: a panic that names the exercise.
pub fn todo(number: Number, title: &str) -> String {
    format!("todo!(\"Exercise {number}: {title}\")")
}

/// What stands before code that works after a fashion, or in assembly.
pub fn notice(number: Number) -> String {
    format!("Exercise {number} is not done yet: delete this line when it is.")
}

/// The exercises of `lab` that the tree at `root` has holes of, found by reading.
///
/// # Errors
/// A file of the lab's cannot be read.
pub fn open<'a>(root: &Path, lab: &'a Lab) -> Result<Vec<&'a Exercise>> {
    let mut open = Vec::new();
    for exercise in &lab.exercises {
        let number = exercise.number;
        let signs = [
            format!("todo!(\"Exercise {number}: "),
            format!("Exercise {number} is not done yet"),
        ];
        for file in &exercise.files {
            let text = fs::read(root.join(file)).with_context(|| format!("cannot read {file}"))?;
            let text = String::from_utf8_lossy(&text);
            if signs.iter().any(|sign| text.contains(sign)) {
                open.push(exercise);
                break;
            }
        }
    }
    Ok(open)
}
