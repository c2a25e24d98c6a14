//! Reading and writing whole files, with errors that name the file.
//!
//! What is written goes through links to where they lead, and only to where a regular file is or can be: nobody
//! loses a device, a link or a folder by naming it. Who has long work to do asks beforehand, with [`check`] or
//! [`check_folder`].

use anyhow::{Context, Result, bail, ensure};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use std::fs::{self, File, Metadata, Permissions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Links that may follow each other, as many as Linux allows.
const LINKS: usize = 40;

/// The bytes of the file at `path`.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The bytes of what somebody says is a file at `path`.
///
/// # Errors
/// It is none, or cannot be read.
pub fn read_regular(path: &Path) -> Result<Vec<u8>> {
    let data = fs::metadata(path).map_err(Into::into);
    let checked = data.and_then(|data| is_file(&data));
    checked.with_context(|| format!("cannot read {}", path.display()))?;
    read(path)
}

/// The bytes of the file called `name` in `folder`, whoever may have been at work there: no link is followed, and nothing
/// read but a file of at most so many bytes.
///
/// # Errors
/// It is none, larger, or cannot be read.
pub fn read_beneath(folder: &Path, name: &Path, most: u64) -> Result<Vec<u8>> {
    let read = || -> Result<Vec<u8>> {
        let folder = File::open(folder)?;
        let how = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        // What is no file may keep who opens it waiting.
        let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(openat2(folder, name, flags, Mode::empty(), how)?);
        ensure!(file.metadata()?.is_file(), "it is no regular file");
        let mut bytes = Vec::new();
        file.take(most + 1).read_to_end(&mut bytes)?;
        ensure!(bytes.len() as u64 <= most, "it is larger than {most} bytes");
        Ok(bytes)
    };
    read().with_context(|| format!("cannot read {}", folder.join(name).display()))
}

/// Makes `path` hold `bytes`, in one step: whoever opens it meanwhile sees the old file or the new one.
/// Creates the folders on the way.
///
/// # Errors
/// Something else than a file is there, or the folder or the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> Result<()> {
        let target = target(path)?;
        let folder = folder_of(&target);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new()
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)?;
        if let Ok(old) = fs::metadata(&target) {
            file.as_file().set_permissions(old.permissions())?;
        }
        file.write_all(bytes)?;
        NamedTempFile::persist(file, target)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Like [`write`], but leaves a file that already holds `bytes` alone, time stamp included.
///
/// # Errors
/// As [`write`].
pub fn update(path: &Path, bytes: &[u8]) -> Result<()> {
    match fs::read(path) {
        Ok(old) if old == bytes => Ok(()),
        _ => write(path, bytes),
    }
}

/// Whether [`write`] can be expected to write `path`, without leaving a trace.
///
/// # Errors
/// It cannot.
pub fn check(path: &Path) -> Result<()> {
    let target = target(path);
    let checked = target.and_then(|target| probe(folder_of(&target)));
    checked.with_context(|| format!("cannot write {}", path.display()))
}

/// The same for files in the folder `path`.
///
/// # Errors
/// They cannot be written, or `path` is no folder.
pub fn check_folder(path: &Path) -> Result<()> {
    probe(path).with_context(|| format!("cannot write into {}", path.display()))
}

fn is_file(data: &Metadata) -> Result<()> {
    match data {
        data if data.is_file() => Ok(()),
        data if data.is_dir() => bail!("it is a folder"),
        _ => bail!("it is no regular file"),
    }
}

/// Where the bytes of a file called `path` go: the end of a chain of links.
fn target(path: &Path) -> Result<PathBuf> {
    ensure!(
        !path.as_os_str().as_bytes().ends_with(b"/"),
        "it names a folder"
    );
    // Linux knows links that lead to no path, such as /dev/stdout.
    if let Ok(data) = fs::metadata(path) {
        is_file(&data)?;
    }
    let mut target = path.to_owned();
    for _ in 0..LINKS {
        match fs::symlink_metadata(&target) {
            Ok(data) if data.is_symlink() => {
                target = folder_of(&target).join(fs::read_link(&target)?);
            }
            Ok(data) => return is_file(&data).map(|()| target),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(target),
            Err(error) => return Err(error.into()),
        }
    }
    bail!("its links lead in a circle")
}

/// Whether there can be files in `folder`, which need not be there yet.
fn probe(folder: &Path) -> Result<()> {
    let there = folder
        .ancestors()
        .find(|folder| folder.symlink_metadata().is_ok());
    let there = there.unwrap_or(Path::new("."));
    ensure!(there.is_dir(), "{} is no folder", there.display());
    tempfile::tempfile_in(there)
        .map(drop)
        .with_context(|| format!("no file can be made in {}", there.display()))
}

/// The folder that the file at `path` is in.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;
    use tempfile::TempDir;

    fn folder() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn a_link_stays_and_the_file_behind_it_is_written() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("deep")).unwrap();
        for (file, link) in [("old", "to_old"), ("deep/new", "to_new")] {
            symlink(file, at(link)).unwrap();
            symlink(link, at("again")).unwrap();
            check(&at("again")).unwrap();
            assert_eq!(fs::read_dir(at("deep")).unwrap().count(), 0, "a trace");
            write(&at("again"), b"bytes").unwrap();
            assert_eq!(fs::read(at(file)).unwrap(), b"bytes");
            assert_eq!(fs::read_link(at(link)).unwrap(), Path::new(file));
            fs::remove_file(at("again")).unwrap();
        }
    }

    #[test]
    fn what_is_no_file_is_refused_and_left_alone() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        fs::write(at("file"), "").unwrap();
        symlink("folder", at("link")).unwrap();
        symlink("circle", at("circle")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        for (name, why) in [
            ("folder", "it is a folder"),
            ("link", "it is a folder"),
            ("folder/", "it names a folder"),
            ("socket", "it is no regular file"),
            ("circle", "its links lead in a circle"),
            ("file/x", "Not a directory (os error 20)"),
        ] {
            let path = at(name);
            let expected = format!("cannot write {}: {why}", path.display());
            for refused in [check(&path), write(&path, b"x")] {
                assert_eq!(format!("{:#}", refused.unwrap_err()), expected);
            }
        }
        for device in ["/dev/null", "/dev/full"] {
            assert!(check(Path::new(device)).is_err() && write(Path::new(device), b"").is_err());
        }
        drop(socket);
    }

    #[test]
    fn a_folder_need_not_be_there_but_must_not_be_something_else() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "").unwrap();
        assert!(check_folder(&at("a/b")).is_ok() && check(&at("a/b/c")).is_ok());
        assert!(!at("a").exists(), "a trace");
        assert!(check_folder(&at("file")).is_err());
        assert!(check_folder(&at("file/b")).is_err());
        assert!(check_folder(Path::new("/proc/self/x")).is_err());
    }

    #[test]
    fn what_others_have_put_there_is_read_only_if_it_is_a_small_file() {
        let folder = folder();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("in/deep")).unwrap();
        fs::write(at("in/deep/file"), "12345").unwrap();
        fs::write(at("secret"), "67890").unwrap();
        symlink(at("secret"), at("in/link")).unwrap();
        symlink("deep", at("in/folder")).unwrap();
        let pipe = std::process::Command::new("mkfifo")
            .arg(at("in/pipe"))
            .status();
        assert!(pipe.unwrap().success());
        let read = |name: &str, most| read_beneath(&at("in"), Path::new(name), most).ok();
        assert_eq!(read("deep/file", 5), Some(b"12345".to_vec()));
        assert_eq!(read("deep/file", 4), None);
        for name in ["link", "folder/file", "../secret", "pipe", "deep", "none"] {
            assert_eq!(read(name, 5), None, "{name}");
        }
    }

    #[test]
    fn a_file_keeps_its_permissions() {
        let folder = folder();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        write(&path, b"new").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(
            (mode & 0o777, &*fs::read(&path).unwrap()),
            (0o640, &b"new"[..])
        );
    }
}
