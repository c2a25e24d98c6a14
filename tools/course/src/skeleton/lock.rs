//! `Cargo.lock` of a tree that lacks some of the crates, or something that a crate needs: cargo refuses a file that it
//! would write otherwise, where it may not.

use anyhow::{Context, Result};
use mos_run::files;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::{Table, Value};

/// The file.
pub const FILE: &str = "Cargo.lock";

/// What a package's entry begins with.
const ENTRY: &str = "[[package]]\n";
/// What the list of those that it needs begins with, and ends with.
const NEEDS: &str = "\ndependencies = [\n";
const NEEDED: &str = "]\n";

/// The packages of a tree, each with the names of those it needs.
pub type Packages = BTreeMap<String, BTreeSet<String>>;

/// The package that the manifest at `path` is of, if it is of one.
///
/// # Errors
/// It cannot be read, or is no manifest.
pub fn package(path: &Path) -> Result<Option<(String, BTreeSet<String>)>> {
    let text = String::from_utf8(files::read(path)?)?;
    let manifest: Table =
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let package = manifest.get("package").and_then(|it| it.get("name"));
    let mut needs = BTreeSet::new();
    collect(&manifest, &mut needs);
    Ok(package
        .and_then(Value::as_str)
        .map(|name| (name.to_owned(), needs)))
}

/// The names in all tables of dependencies.
fn collect(table: &Table, needs: &mut BTreeSet<String>) {
    for (key, value) in table {
        let Some(table) = value.as_table() else {
            continue;
        };
        if !key.ends_with("dependencies") {
            collect(table, needs);
            continue;
        }
        needs.extend(table.iter().map(|(name, value)| {
            let package = value.get("package").and_then(Value::as_str);
            package.unwrap_or(name).to_owned()
        }));
    }
}

/// `lock` for a tree of `packages` and what they need.
pub fn of(lock: &str, packages: &Packages) -> String {
    let mut parts = lock.split(ENTRY);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for entry in parts {
        let name = quoted(entry.strip_prefix("name = ").unwrap_or_default());
        let entry = match packages.get(name) {
            _ if entry.contains("\nsource = ") => entry.to_owned(),
            Some(needs) => with(entry, needs),
            None => continue,
        };
        kept.push_str(ENTRY);
        kept.push_str(&entry);
    }
    // The last one has no empty line behind it.
    kept.truncate(kept.trim_end().len());
    kept.push('\n');
    kept
}

/// The `entry` of a package that only needs these.
fn with(entry: &str, needs: &BTreeSet<String>) -> String {
    let Some((head, rest)) = entry.split_once(NEEDS) else {
        return entry.to_owned();
    };
    let (list, rest) = rest.split_once(NEEDED).unwrap_or((rest, ""));
    let lines = list.split_inclusive('\n');
    let list: String = lines.filter(|line| needs.contains(quoted(line))).collect();
    match list.is_empty() {
        true => [head, "\n", rest].concat(),
        false => [head, NEEDS, &list, NEEDED, rest].concat(),
    }
}

/// The name in `"name"`, or in `"name version"`.
fn quoted(text: &str) -> &str {
    let inner = text.split('"').nth(1).unwrap_or_default();
    inner.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version = 4\n\n\
        [[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"b\",\n \"c 2.0\",\n]\n\n\
        [[package]]\nname = \"b\"\nversion = \"1\"\nsource = \"x\"\ndependencies = [\n \"c\",\n]\n\n\
        [[package]]\nname = \"c\"\nversion = \"1\"\n";

    fn packages(all: &[(&str, &[&str])]) -> Packages {
        let owned = |needs: &[&str]| needs.iter().map(|&name| name.to_owned()).collect();
        let all = all.iter();
        all.map(|(name, needs)| ((*name).to_owned(), owned(needs)))
            .collect()
    }

    #[test]
    fn what_is_all_there_stays_as_it_is() {
        let all = packages(&[("a", &["b", "c"]), ("c", &[])]);
        assert_eq!(of(LOCK, &all), LOCK);
    }

    #[test]
    fn only_crates_of_the_tree_that_are_gone_are_left_out() {
        let (kept, _) = LOCK.rsplit_once("\n[[package]]").unwrap();
        assert_eq!(of(LOCK, &packages(&[("a", &["b", "c"])])), kept);
    }

    #[test]
    fn what_a_crate_does_not_need_any_more_is_left_out() {
        let kept = LOCK.replacen(" \"c 2.0\",\n", "", 1);
        let all = packages(&[("a", &["b", "other"]), ("c", &[])]);
        assert_eq!(of(LOCK, &all), kept);
        let kept = LOCK.replacen("dependencies = [\n \"b\",\n \"c 2.0\",\n]\n", "", 1);
        assert_eq!(of(LOCK, &packages(&[("a", &[]), ("c", &[])])), kept);
    }

    #[test]
    fn a_manifest_says_what_its_package_needs_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Cargo.toml");
        let text = "[package]\nname = 'a'\n[dependencies]\nb = '1'\nd.package = 'c'\n[target.'cfg(x)'.dev-dependencies]\ne = '1'";
        files::update(&path, text.as_bytes()).unwrap();
        let expected = packages(&[("a", &["b", "c", "e"])]);
        assert_eq!(package(&path).unwrap(), expected.into_iter().next());
    }
}
