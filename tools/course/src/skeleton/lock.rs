//! `Cargo.lock` of a tree that lacks some of the crates.

use anyhow::{Context, Result};
use mos_run::files;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// The file.
pub const FILE: &str = "Cargo.lock";

/// What a package's entry begins with.
const ENTRY: &str = "[[package]]\n";

#[derive(Deserialize)]
struct Manifest {
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

/// The package that the manifest at `path` is of, if it is of one.
///
/// # Errors
/// It cannot be read, or is no manifest.
pub fn package(path: &Path) -> Result<Option<String>> {
    let text = String::from_utf8(files::read(path)?)?;
    let manifest: Manifest =
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    Ok(manifest.package.map(|package| package.name))
}

/// `lock` without the entries of the packages of the tree that are `gone`: cargo refuses a file that it would write
/// otherwise, where it may not.
pub fn without(lock: &str, gone: &BTreeSet<String>) -> String {
    let is_gone = |entry: &str| {
        let name = entry.strip_prefix("name = \"");
        let name = name.and_then(|rest| rest.split_once('"'));
        name.is_some_and(|(name, _)| gone.contains(name)) && !entry.contains("\nsource = ")
    };
    let mut parts = lock.split(ENTRY);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for entry in parts.filter(|entry| !is_gone(entry)) {
        kept.push_str(ENTRY);
        kept.push_str(entry);
    }
    // The last one has no empty line behind it.
    kept.truncate(kept.trim_end().len());
    kept.push('\n');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_crates_of_the_tree_that_are_gone_are_left_out() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\nname = \"b\"\nversion = \"1\"\n\
                    source = \"x\"\n\n[[package]]\nname = \"c\"\nversion = \"1\"\n";
        let gone = ["b".to_owned(), "c".to_owned()].into();
        let kept = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1\"\n\n[[package]]\nname = \"b\"\nversion = \"1\"\n\
                    source = \"x\"\n";
        assert_eq!(without(lock, &gone), kept);
        assert_eq!(without(lock, &BTreeSet::new()), lock);
    }
}
