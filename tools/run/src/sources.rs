//! The sources of a tree.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Shows `look` the text of each file below `folder` whose name ends in one of `kinds`.
///
/// # Errors
/// A file or folder cannot be read.
pub fn each(folder: &Path, kinds: &[&str], look: &mut impl FnMut(&str)) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_wanted = || {
            path.extension()
                .is_some_and(|e| kinds.iter().any(|k| e == *k))
        };
        if kind.is_dir() {
            each(&path, kinds, look)?;
        } else if kind.is_file() && is_wanted() {
            let text =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            look(&String::from_utf8_lossy(&text));
        }
    }
    Ok(())
}
