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
    let entries = parts.filter_map(|entry| match packages.get(name(entry)) {
        _ if is_foreign(entry) => Some(entry.to_owned()),
        Some(needs) => Some(with(entry, needs)),
        None => None,
    });
    let entries: Vec<String> = entries.collect();
    let needed = needed(&entries);
    let needed = entries.iter().zip(needed).filter(|(_, needed)| *needed);
    let needed: Vec<&String> = needed.map(|(entry, _)| entry).collect();
    let single = |of: &str| needed.iter().filter(|entry| name(entry) == of).count() == 1;
    for entry in &needed {
        kept.push_str(ENTRY);
        match list(entry) {
            Some((head, list, rest)) => {
                let lines = list.lines();
                let list: String = lines.map(|line| plain(line, &single) + "\n").collect();
                kept.extend([head, NEEDS, &list, NEEDED, rest]);
            }
            None => kept.push_str(entry),
        }
    }
    // The last one has no empty line behind it.
    kept.truncate(kept.trim_end().len());
    kept.push('\n');
    kept
}

/// The `line` of somebody who is needed, without the version where there is a `single` one: as cargo writes it.
fn plain(line: &str, single: &impl Fn(&str) -> bool) -> String {
    let name = quoted(line);
    match single(name) {
        true => format!(" \"{name}\","),
        false => line.to_owned(),
    }
}

/// Which of `entries` are the tree's own or are needed by those that are.
fn needed(entries: &[String]) -> Vec<bool> {
    let mut needed: Vec<bool> = entries.iter().map(|entry| !is_foreign(entry)).collect();
    let of_tree = entries.iter().filter(|entry| !is_foreign(entry));
    let mut found: Vec<&str> = of_tree.map(String::as_str).collect();
    while let Some(entry) = found.pop() {
        for line in list(entry).map_or("", |(_, list, _)| list).lines() {
            // With its version where there are several.
            let wanted = line.split('"').nth(1).unwrap_or_default();
            let (wanted, version) = wanted.split_once(' ').unwrap_or((wanted, ""));
            for (other, needed) in entries.iter().zip(&mut needed) {
                let is_it = name(other) == wanted && ["", self::version(other)].contains(&version);
                if is_it && !*needed {
                    *needed = true;
                    found.push(other);
                }
            }
        }
    }
    needed
}

/// Whether the package of `entry` comes from elsewhere.
fn is_foreign(entry: &str) -> bool {
    entry.contains("\nsource = ")
}

fn name(entry: &str) -> &str {
    quoted(entry.strip_prefix("name = ").unwrap_or_default())
}

fn version(entry: &str) -> &str {
    let line = entry.lines().nth(1).unwrap_or_default();
    quoted(line.strip_prefix("version = ").unwrap_or_default())
}

/// What stands in `entry` before its list of those that it needs, in it, and behind it.
fn list(entry: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = entry.split_once(NEEDS)?;
    let (list, rest) = rest.split_once(NEEDED).unwrap_or((rest, ""));
    Some((head, list, rest))
}

/// The `entry` of a package that only needs these.
fn with(entry: &str, needs: &BTreeSet<String>) -> String {
    let Some((head, list, rest)) = list(entry) else {
        return entry.to_owned();
    };
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
        [[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"b\",\n \"c\",\n]\n\n\
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
        let kept = LOCK.replacen(" \"c\",\n", "", 1);
        let all = packages(&[("a", &["b", "other"]), ("c", &[])]);
        assert_eq!(of(LOCK, &all), kept);
    }

    #[test]
    fn what_nobody_needs_any_more_is_left_out_too() {
        let (kept, _) = LOCK.split_once("[[package]]\nname = \"b\"").unwrap();
        let kept = kept.replacen("dependencies = [\n \"b\",\n \"c\",\n]\n", "", 1);
        assert_eq!(
            of(LOCK, &packages(&[("a", &[])])),
            kept.trim_end().to_owned() + "\n"
        );
    }

    #[test]
    fn of_several_versions_those_stay_that_somebody_needs() {
        let entry = |version: &str| {
            format!("[[package]]\nname = \"d\"\nversion = \"{version}\"\nsource = \"x\"\n\n")
        };
        let own = "[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"d 2\",\n]\n\n";
        let lock = own.to_owned() + &entry("1") + &entry("2");
        let kept = own.replace("d 2", "d") + &entry("2");
        let kept = kept.trim_end().to_owned() + "\n";
        assert_eq!(of(&lock, &packages(&[("a", &["d"])])), kept);
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
