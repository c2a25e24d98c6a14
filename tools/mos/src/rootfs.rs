//! A new disk with what is in folders of the host, made without the file system, of which something may be missing yet.

use anyhow::{Context, Result};
use fsformat::Writer;
use fsformat::image::BLOCK;
use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Makes the file at `path` a disk of so many bytes with what is in `folders`, at once or not at all.
///
/// # Errors
/// It does not fit, cannot be read, or cannot be written.
pub fn make(path: &Path, size: u64, folders: &[PathBuf]) -> Result<()> {
    let make = || -> Result<()> {
        let mut writer = Writer::new(u32::try_from(size / BLOCK as u64)?);
        let mut known = BTreeSet::new();
        for folder in folders {
            put(&mut writer, &mut known, folder, "")?;
        }
        let folder = path.parent().context("it is in no folder")?;
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        file.write_all(&writer.finish().0)?;
        file.persist(path)?;
        Ok(())
    };
    make().with_context(|| format!("cannot make {}", path.display()))
}

/// Puts what is in the folder `from` into the folder `to`. Those of the disk that are there are `known`.
fn put(writer: &mut Writer, known: &mut BTreeSet<String>, from: &Path, to: &str) -> Result<()> {
    let read = || format!("cannot read {}", from.display());
    let entries: Result<Vec<_>, _> = fs::read_dir(from).with_context(read)?.collect();
    let mut paths: Vec<_> = entries
        .with_context(read)?
        .iter()
        .map(fs::DirEntry::path)
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let name =
            name.with_context(|| format!("{} has no name that can be used", path.display()))?;
        let place = format!("{to}/{name}");
        if !path.is_dir() {
            let bytes =
                fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            writer.file(&place, &bytes)?;
            continue;
        }
        if known.insert(place.clone()) {
            writer.folder(&place)?;
        }
        put(writer, known, &path, &place)?;
    }
    Ok(())
}
