//! Files that a compiler other than cargo's makes of others: made anew where what they are made of has changed.
//!
//! Time stamps do not tell: a copy or a clone may have them of any kind. So beside each such file is another one with
//! a number for all that went into it.

use crate::files;
use anyhow::Result;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Has `make` make `output`, unless it is there already, made of the same `options` and the same contents of the
/// files `inputs`.
///
/// # Errors
/// A file cannot be read or written, or `make` fails.
pub fn of(
    inputs: &[PathBuf],
    options: &[impl AsRef<OsStr>],
    output: &Path,
    make: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let mut hasher = DefaultHasher::new();
    for option in options {
        option.as_ref().hash(&mut hasher);
    }
    for input in inputs {
        files::read(input)?.hash(&mut hasher);
    }
    let number = format!("{:016x}\n", hasher.finish());
    let mut note = output.as_os_str().to_owned();
    note.push(".made-of");
    let note = Path::new(&note);
    let noted = fs::read(note).is_ok_and(|noted| noted == number.as_bytes());
    if noted && output.is_file() {
        return Ok(());
    }
    make()?;
    files::write(note, number.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;
    use std::time::SystemTime;

    #[test]
    fn what_has_changed_is_made_anew_whatever_time_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [input, output] = ["in", "out"].map(|name| folder.path().join(name));
        let made = |text: &str, option: &str| {
            fs::write(&input, text).unwrap();
            let old = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
            let file = fs::File::options().write(true).open(&input).unwrap();
            file.set_times(old).unwrap();
            let mut made = false;
            of(std::slice::from_ref(&input), &[option], &output, || {
                made = true;
                files::write(&output, b"made")
            })
            .unwrap();
            made
        };
        assert!(made("a", "-O2"));
        assert!(!made("a", "-O2"));
        assert!(made("b", "-O2"));
        assert!(made("b", "-O1"));
        fs::remove_file(&output).unwrap();
        assert!(made("b", "-O1"));
    }

    #[test]
    fn what_could_not_be_made_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("out");
        let none: [&str; 0] = [];
        for _ in 0..2 {
            assert!(of(&[], &none, &output, || anyhow::bail!("no")).is_err());
        }
    }
}
