//! A new disk with what is in folders of the host, made without the file system, of which something may be missing yet.

use crate::put::{folder, is_folder, name};
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
        for from in folders {
            put(&mut writer, &mut known, from, "")?;
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
    for path in folder(from)? {
        let place = format!("{to}/{}", name(&path)?);
        if !is_folder(&path, false)? {
            let bytes = fs::read(&path);
            let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Image;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_what_they_lead_to_unless_that_is_a_folder() {
        let temporary = tempfile::tempdir().unwrap();
        let (root, disk) = (temporary.path().join("root"), temporary.path().join("disk"));
        fs::create_dir_all(root.join("etc")).unwrap();
        fs::write(root.join("motd"), "hello\n").unwrap();
        symlink("../motd", root.join("etc/motd")).unwrap();
        let make = || make(&disk, 4 << 20, std::slice::from_ref(&root));
        make().unwrap();
        let read = Image::look_at(&disk).unwrap().read("/etc/motd");
        assert_eq!(read.unwrap(), b"hello\n");
        let before = fs::read(&disk).unwrap();
        symlink("..", root.join("etc/circle")).unwrap();
        let why = format!("{:#}", make().unwrap_err());
        assert!(
            why.ends_with("etc/circle is neither a file nor a folder"),
            "{why}"
        );
        assert_eq!(fs::read(&disk).unwrap(), before);
    }
}
