//! Removing and moving.

use crate::image::{Image, below};
use anyhow::{Context, Result};

/// Removes what is at `path`; directories with all that is in them, if it is `recursive`.
pub fn remove(image: &mut Image, path: &str, recursive: bool) -> Result<()> {
    if recursive {
        empty(image, path, &mut 0)?;
    }
    let removed = image.fs.remove(path.as_bytes());
    removed.with_context(|| path.to_owned())
}

fn empty(image: &mut Image, path: &str, seen: &mut u64) -> Result<()> {
    if !image.is_directory(path)? {
        return Ok(());
    }
    for entry in image.entries(path)? {
        *seen += 1;
        image.must_have_room_for(*seen)?;
        let path = below(path, &entry.name.to_string());
        empty(image, &path, seen)?;
        let removed = image.fs.remove(path.as_bytes());
        removed.with_context(|| path.clone())?;
    }
    Ok(())
}

/// Gives what is at `from` the path `to`, or its name in the directory `to`.
pub fn rename(image: &mut Image, from: &str, to: &str) -> Result<()> {
    let name = from.trim_end_matches('/').rsplit('/').next();
    let to = match name {
        Some(name) if image.is_directory(to).unwrap_or(false) => below(to, name),
        _ => to.to_owned(),
    };
    let renamed = image.fs.rename(from.as_bytes(), to.as_bytes());
    renamed.with_context(|| format!("{from} to {to}"))
}
