//! Files that are the machine's disks.

use crate::machine::Machine;
use crate::nameless;
use anyhow::{Context, Result, ensure};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// Most disks that both machines have.
pub const MOST: usize = 2;

/// A file that is a disk of one machine at a time, for as long as this is there.
#[derive(Debug)]
pub struct Disk(File);

impl Disk {
    /// Opens the file at `path`, which must be there.
    ///
    /// # Errors
    /// It cannot be read and written, is no file of whole sectors, or another machine has it.
    pub fn open(path: &Path) -> Result<Self> {
        let opened = Self::open_free(path)?;
        opened
            .context("another machine has it")
            .with_context(|| flaw(path))
    }

    /// The same, and none, if another machine has it.
    ///
    /// # Errors
    /// It cannot be read and written, or is no file of whole sectors.
    pub fn open_free(path: &Path) -> Result<Option<Self>> {
        let open = || -> Result<Option<File>> {
            let found = std::fs::metadata(path)?;
            ensure!(found.is_file(), "it is no regular file");
            ensure!(
                found.len() > 0 && found.len().is_multiple_of(512),
                "it has {} bytes, which are no sectors of 512",
                found.len()
            );
            let file = File::options().read(true).write(true).open(path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => Ok(None),
                // Where files cannot be locked, that is no reason to have none.
                Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
            }
        };
        let opened = open().with_context(|| flaw(path))?;
        Ok(opened.map(Self))
    }

    /// Whether a machine has the file at `path`, which need be no disk.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_taken(path: &Path) -> Result<bool> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Ok(matches!(
            file.try_lock_shared(),
            Err(TryLockError::WouldBlock)
        ))
    }

    /// Where the file is as long as this is there.
    pub fn path(&self) -> PathBuf {
        nameless::path(&self.0)
    }

    /// The disks at `paths`.
    ///
    /// # Errors
    /// As for [`open`](Self::open), or these are too many.
    pub fn open_all(paths: &[PathBuf]) -> Result<Vec<Self>> {
        ensure!(
            paths.len() <= MOST,
            "DISK has {} files: give {MOST} at most",
            paths.len()
        );
        paths.iter().map(|path| Self::open(path)).collect()
    }
}

fn flaw(path: &Path) -> String {
    format!("{} cannot be the disk", path.display())
}

/// What an emulator is told so that it has `disks`.
pub fn arguments(machine: Machine, disks: &[Disk]) -> Vec<String> {
    let told = (0..).zip(disks).map(|(number, disk)| {
        let path = disk.path();
        let path = path.display();
        match machine {
            Machine::Malta => [
                "-drive".to_owned(),
                format!("if=ide,index={number},format=raw,file={path}"),
            ],
            Machine::Gxemul => ["-d".to_owned(), path.to_string()],
        }
    });
    told.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_disk_is_one_machines_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a,b: disk.img");
        fs::write(&path, [7; 1024]).unwrap();
        let disk = Disk::open(&path).unwrap();
        let error = Disk::open(&path).unwrap_err();
        assert!(format!("{error:#}").ends_with("cannot be the disk: another machine has it"));
        for machine in Machine::ALL {
            let told = arguments(machine, std::slice::from_ref(&disk));
            let (_, file) = told[1].split_at(told[1].find("/proc/").unwrap());
            assert_eq!(fs::read(file).unwrap(), [7; 1024], "{told:?}");
        }
        assert!(Disk::is_taken(&path).unwrap());
        drop(disk);
        assert!(!Disk::is_taken(&path).unwrap());
        Disk::open(&path).unwrap();
    }

    #[test]
    fn what_is_no_disk_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let [empty, odd] = ["empty", "odd"].map(|name| folder.path().join(name));
        fs::write(&empty, []).unwrap();
        fs::write(&odd, [1; 700]).unwrap();
        for path in [
            &empty,
            &odd,
            &folder.path().to_owned(),
            &folder.path().join("none"),
            &"/dev/zero".into(),
        ] {
            let error = format!("{:#}", Disk::open(path).unwrap_err());
            assert!(error.contains("cannot be the disk: "), "{error}");
        }
        assert!(!folder.path().join("none").exists());
        assert_eq!(fs::read(&odd).unwrap(), [1; 700]);
        let three = vec![odd; 3];
        assert!(Disk::open_all(&three).is_err());
    }
}
