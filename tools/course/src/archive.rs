//! The archive that a student hands in: a tar file, compressed by zstd, with a manifest and the student's files.
//!
//! Whoever opens one must expect the worst of it: everything in it is limited, and only plain files with plain
//! names are read.

use anyhow::{Context, Result, bail, ensure};
use mos_run::lab::Lab;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path};
use tar::{Archive, Builder, EntryType, Header};

/// Bytes of an archive, packed and unpacked, and of one file in it.
const PACKED_MAX: usize = 4 << 20;
const UNPACKED_MAX: u64 = 16 << 20;
const FILE_MAX: u64 = 1 << 20;
/// Files in an archive.
const FILES_MAX: usize = 500;
/// What the manifest is called.
const MANIFEST: &str = "manifest.json";

/// What an archive says of itself. Nobody but its sender vouches for it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The lab.
    pub lab: Lab,
    /// The student's number.
    pub id: String,
    /// The commit that was checked out.
    pub commit: String,
    /// The hash of the tree that the student was given; nothing where that was not known.
    #[serde(default)]
    pub given: String,
    /// The score that the student saw.
    pub score: u32,
    /// Of so many points.
    pub of: u32,
    /// With so many CPUs, if the student has asked for a number of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u8>,
    /// The version of the tool that packed it.
    pub tool: String,
    /// What spoke against packing it, which was done all the same.
    pub forced: Vec<String>,
    /// The SHA-256 of each file.
    pub files: BTreeMap<String, String>,
}

/// The manifest's entry for a file.
pub fn entry(name: &str, bytes: &[u8]) -> (String, String) {
    let hash = Sha256::digest(bytes);
    (
        name.to_owned(),
        hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    )
}

/// The archive of these files. The same files and manifest give the same bytes.
///
/// # Errors
/// A name is too long for a tar file.
pub fn pack(manifest: &Manifest, files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut tar = Builder::new(Vec::new());
    let manifest = serde_json::to_vec_pretty(manifest)?;
    let files = files.iter().map(|(name, bytes)| (*name, bytes));
    for (name, bytes) in std::iter::once((MANIFEST, &manifest)).chain(files) {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, bytes.as_slice())?;
    }
    Ok(compress_to_vec(
        tar.into_inner()?.as_slice(),
        CompressionLevel::Fastest,
    ))
}

/// An archive that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Its files, by their names.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// The bytes of the archive at `path`.
///
/// # Errors
/// It is no plain file, too large, or cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let kind = fs::symlink_metadata(path).context("cannot be read")?;
    // Opening anything else may take forever, or lead elsewhere.
    ensure!(kind.is_file(), "is no plain file");
    let file = File::open(path).context("cannot be read")?;
    let mut packed = Vec::new();
    file.take(PACKED_MAX as u64 + 1)
        .read_to_end(&mut packed)
        .context("cannot be read")?;
    Ok(packed)
}

/// Takes an archive apart.
///
/// # Errors
/// It is damaged, too large, or holds anything but plain files under plain names; the error names what.
pub fn unpack(packed: &[u8]) -> Result<Contents> {
    ensure!(
        packed.len() <= PACKED_MAX,
        "the archive is larger than {PACKED_MAX} bytes"
    );
    let decoder = StreamingDecoder::new(packed)
        .ok()
        .context("not a zstd file")?;
    // One byte more than may be there, to see that it is too many.
    let mut unpacked = Vec::new();
    let read = decoder.take(UNPACKED_MAX + 1).read_to_end(&mut unpacked);
    read.ok().context("the zstd file is damaged")?;
    ensure!(
        unpacked.len() as u64 <= UNPACKED_MAX,
        "the archive unpacks to more than {UNPACKED_MAX} bytes"
    );
    let mut files = BTreeMap::new();
    let mut tar = Archive::new(unpacked.as_slice());
    for entry in tar.entries().context("not a tar file")? {
        let mut entry = entry.context("the tar file is damaged")?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        ensure!(
            files.len() < FILES_MAX,
            "there are more than {FILES_MAX} files"
        );
        match entry.header().entry_type() {
            EntryType::Regular => {}
            EntryType::Directory => continue,
            EntryType::Symlink | EntryType::Link => bail!("{name}: is a link"),
            EntryType::Char | EntryType::Block | EntryType::Fifo => bail!("{name}: is a device"),
            _ => bail!("{name}: is no plain file"),
        }
        check_name(&name)?;
        ensure!(
            entry.size() <= FILE_MAX,
            "{name}: is larger than {FILE_MAX} bytes"
        );
        let mut bytes = Vec::new();
        entry
            .read_to_end(&mut bytes)
            .with_context(|| format!("{name}: is damaged"))?;
        ensure!(
            files.insert(name.clone(), bytes).is_none(),
            "{name}: is there twice"
        );
    }
    let manifest = files
        .remove(MANIFEST)
        .context("there is no manifest.json")?;
    let manifest = serde_json::from_slice(&manifest).context("manifest.json makes no sense")?;
    Ok(Contents { manifest, files })
}

/// Whether `name` leads down from where it is unpacked, by the shortest way.
fn check_name(name: &str) -> Result<()> {
    let plain = |part| matches!(part, Component::Normal(_));
    let path = Path::new(name);
    let shortest: std::path::PathBuf = path.components().collect();
    let printable = name.chars().all(|c| c.is_ascii_graphic());
    ensure!(
        printable
            && !name.is_empty()
            && path.components().all(plain)
            && shortest.as_os_str() == name,
        "{name:?}: is no plain name"
    );
    Ok(())
}

#[cfg(test)]
mod tests;
