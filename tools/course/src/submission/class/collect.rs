//! What was handed in: every file of a folder, however services for courses have named and nested them. Nothing is left
//! out without a word.

use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// How a file of zstd's begins, whatever it is called.
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Folders that may be in folders.
const DEPTH_MAX: usize = 16;

/// A file that was handed in, or something else that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Where it is.
    pub path: PathBuf,
    /// The same as seen from the folder that was asked for, or its name.
    pub name: PathBuf,
    /// What it is, if it is no archive.
    pub other: Option<Other>,
}

/// What is no archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A file of another kind.
    File,
    /// Neither a file nor a folder.
    Special,
    /// A folder that nobody can look into here.
    Closed,
}

/// What `path` stands for: itself, or whatever is in it, by name. The reports of an earlier time, in the folder
/// `except`, do not count.
///
/// # Errors
/// It is not there, or there is nothing in it.
pub fn find(path: &Path, except: Option<&Path>) -> Result<Vec<Handed>> {
    let cannot = || format!("cannot read {}", path.display());
    // What is named may be a link, unlike what is found.
    let kind = fs::metadata(path).with_context(cannot)?;
    if !kind.is_dir() {
        let name = PathBuf::from(path.file_name().unwrap_or_default());
        let path = fs::canonicalize(path).with_context(cannot)?;
        let other = other(&path);
        return Ok(vec![Handed { path, name, other }]);
    }
    let except = except.and_then(|folder| fs::canonicalize(folder).ok());
    let root = fs::canonicalize(path).with_context(cannot)?;
    fs::read_dir(&root).with_context(cannot)?;
    let mut found = Vec::new();
    walk(&root, &root, except.as_deref(), DEPTH_MAX, &mut found);
    ensure!(!found.is_empty(), "there is nothing in {}", path.display());
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

fn walk(root: &Path, folder: &Path, except: Option<&Path>, depth: usize, found: &mut Vec<Handed>) {
    let name = |path: &Path| path.strip_prefix(root).unwrap_or(path).to_owned();
    let entries = fs::read_dir(folder).ok().filter(|_| depth > 0);
    let Some(entries) = entries else {
        found.push(Handed {
            path: folder.to_owned(),
            name: name(folder),
            other: Some(Other::Closed),
        });
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.symlink_metadata().is_ok_and(|data| data.is_dir()) {
            if except != Some(&path) {
                walk(root, &path, except, depth - 1, found);
            }
        } else {
            let (name, other) = (name(&path), other(&path));
            found.push(Handed { path, name, other });
        }
    }
}

/// What the file at `path` is, if it is no archive. Of one that cannot be read, that is found out when it should be graded.
fn other(path: &Path) -> Option<Other> {
    // Opening anything else may take forever, or lead elsewhere.
    if !path.symlink_metadata().ok()?.is_file() {
        return Some(Other::Special);
    }
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(4).read_to_end(&mut start));
    (read.is_ok() && start != MAGIC).then_some(Other::File)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn everything_is_found_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let archives = [
            "a.tar (1).zst",
            "B.TAR.ZST",
            "deep/er/lab4-20373000.tar.zst",
            "student 1/no ending",
        ];
        for name in archives
            .iter()
            .chain(&["notes.txt", "out/lab4/results.json"])
        {
            fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            let bytes = if archives.contains(name) {
                &MAGIC[..]
            } else {
                b"else"
            };
            fs::write(at(name), bytes).unwrap();
        }
        fs::write(at("empty.tar.zst"), "").unwrap();
        symlink("/etc/passwd", at("link.tar.zst")).unwrap();
        let found = find(folder.path(), Some(&at("out"))).unwrap();
        let found: Vec<(&str, Option<Other>)> = found
            .iter()
            .map(|handed| (handed.name.to_str().unwrap(), handed.other))
            .collect();
        let expected = [
            ("B.TAR.ZST", None),
            ("a.tar (1).zst", None),
            ("deep/er/lab4-20373000.tar.zst", None),
            ("empty.tar.zst", Some(Other::File)),
            ("link.tar.zst", Some(Other::Special)),
            ("notes.txt", Some(Other::File)),
            ("student 1/no ending", None),
        ];
        assert_eq!(found, expected);
        let one = find(&at("B.TAR.ZST"), None).unwrap();
        assert_eq!(
            (one[0].name.to_str(), one[0].other),
            (Some("B.TAR.ZST"), None)
        );
        assert!(find(&at("nowhere"), None).is_err());
        assert!(find(&at("out"), Some(&at("out/lab4"))).is_err());
    }

    #[test]
    fn folders_in_folders_without_end_are_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/".repeat(DEPTH_MAX + 3))).unwrap();
        let found = find(folder.path(), None).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].other, Some(Other::Closed));
    }
}
