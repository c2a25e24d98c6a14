//! New disks.

use crate::disk::ImageDisk;
use crate::image::Image;
use crate::put;
use anyhow::{Context, Result, bail};
use mos_fs::layout::{BLOCK, MOST_BLOCKS};
use mos_fs::make::make as make_fs;
use std::path::{Path, PathBuf};

/// Blocks of a disk whose size nobody says, at least: what the courses' disks have.
const BLOCKS: u64 = 1024;

/// Bytes, as a number with or without a letter behind it.
pub fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(['K', 'M', 'G', 'k', 'm', 'g']);
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" => 1,
        "K" => 1 << 10,
        "M" => 1 << 20,
        "G" => 1 << 30,
        _ => return Err("it takes one letter: K, M or G".to_owned()),
    };
    let number: Result<u64, _> = digits.parse();
    let bytes = number.ok().and_then(|number| number.checked_mul(unit));
    let bytes = bytes.ok_or("it takes a number, and K, M or G behind it")?;
    let most = u64::from(MOST_BLOCKS) * BLOCK as u64;
    if (4 * BLOCK as u64..=most).contains(&bytes) {
        Ok(bytes)
    } else {
        Err("a disk has 16K to 1G".to_owned())
    }
}

/// Makes the file at `path` a disk with `files` on it, at once or not at all.
pub fn make(path: &Path, size: Option<u64>, files: &[PathBuf]) -> Result<()> {
    if path.exists() && !path.is_file() {
        bail!("{} is no regular file", path.display());
    }
    let blocks = match size {
        Some(bytes) => bytes / BLOCK as u64,
        None => {
            let mut needed = 0;
            for file in files {
                needed += put::blocks(file)?;
            }
            BLOCKS.max(needed + needed / 4).min(MOST_BLOCKS.into())
        }
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let make = || -> Result<()> {
        let file = tempfile::Builder::new()
            .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666))
            .tempfile_in(folder.unwrap_or(Path::new(".")))?;
        file.as_file().set_len(blocks * BLOCK as u64)?;
        let mut disk = ImageDisk::new(file.as_file().try_clone()?, true)?;
        make_fs(&mut disk, u32::try_from(blocks)?)?;
        let mut image = Image::mount(disk)?;
        for file in files {
            put::put(&mut image, file, "/")?;
        }
        image.fs.unmount()?;
        file.persist(path)?;
        Ok(())
    };
    make().with_context(|| format!("cannot make {}", path.display()))
}
