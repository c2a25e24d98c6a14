//! The host's files on their way to a disk.

use crate::image::{Image, below};
use anyhow::{Context, Result, bail};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What is in the folder at `path`, by names.
pub(crate) fn folder(path: &Path) -> Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
        let mut paths = entries.collect::<std::io::Result<Vec<PathBuf>>>()?;
        paths.sort();
        Ok(paths)
    };
    list().with_context(|| format!("cannot read {}", path.display()))
}

/// Whether `path` is a folder and no file. A link to a folder would perhaps lead in a circle.
pub(crate) fn is_folder(path: &Path, is_named: bool) -> Result<bool> {
    let data = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    if data.is_file() {
        return Ok(false);
    }
    if data.is_dir() && (is_named || !path.is_symlink()) {
        return Ok(true);
    }
    bail!("{} is neither a file nor a folder", path.display());
}

fn ends_in_slash(path: &Path) -> bool {
    path.as_os_str().as_bytes().ends_with(b"/")
}

/// How many blocks a disk needs for the file or folder at `path`, at most.
pub fn blocks(path: &Path) -> Result<u64> {
    blocks_of(path, true)
}

fn blocks_of(path: &Path, is_named: bool) -> Result<u64> {
    if is_folder(path, is_named)? {
        let mut sum = 2;
        for (count, path) in folder(path)?.into_iter().enumerate() {
            sum += blocks_of(&path, false)? + u64::from(count % 16 == 0);
        }
        return Ok(sum);
    }
    let size = fs::metadata(path)?.len();
    Ok(size.div_ceil(mos_fs::layout::BLOCK as u64) + 2)
}

/// Copies the file or folder at `path` to the directory `to`.
pub fn put(image: &mut Image, path: &Path, to: &str) -> Result<()> {
    put_as(image, path, to, true)
}

fn put_as(image: &mut Image, path: &Path, to: &str, is_named: bool) -> Result<()> {
    if !is_folder(path, is_named)? {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        return image.write(&below(to, name(path)?), &bytes);
    }
    let mut to = to.to_owned();
    if !(is_named && ends_in_slash(path)) {
        to = below(&to, name(path)?);
        if !image.is_directory(&to).unwrap_or(false) {
            image.make_dir(&to)?;
        }
    }
    for path in folder(path)? {
        put_as(image, &path, &to, false)?;
    }
    Ok(())
}

/// What the file or folder at `path` is called.
pub(crate) fn name(path: &Path) -> Result<&str> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.with_context(|| format!("{} has no name that can be used", path.display()))
}
