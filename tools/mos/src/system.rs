// teacher begin
// otherwise: //! The system's own disk: what is in `user/rootfs`. It is made when it is missing. One that is there keeps what was
// otherwise: //! written to it.
//! The system's own disk: what is in `user/rootfs`, and the programs. It is made when it is missing. One that is there
//! keeps what was written to it; of the programs it gets those that were built anew.
// teacher end

// teacher begin
use crate::disk::ImageDisk;
use crate::image::Image;
// teacher end
use crate::rootfs;
// teacher begin
// otherwise: use anyhow::{Context, Result};
use anyhow::{Context, Result, bail, ensure};
// teacher end
use mos_run::boot::{Boot, Start};
use mos_run::disk::Disk;
use mos_run::machine::Machine;
use mos_run::options::BootOptions;
use mos_run::out;
use mos_run::tree::Tree;
// teacher begin
use mos_run::{build, files, progress};
use std::collections::BTreeMap;
use std::fs;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
// teacher end
use std::path::{Path, PathBuf};

/// Bytes of a disk.
const SIZE: u64 = 16 << 20;

/// Where the disk of `machine` is.
pub fn path(tree: &Tree, machine: Machine) -> PathBuf {
    tree.build().join(machine.name()).join("disk.img")
}

// teacher begin
// otherwise: /// What `options` say of the programs that the system begins with: one that tries files, and the file server.
/// What `options` say of the programs that the system begins with: the first of the disk's, and the file server.
// teacher end
///
/// # Errors
/// As for other programs.
// teacher begin
// otherwise: pub fn boot(options: &BootOptions) -> Result<Boot> {
// otherwise:     let first = "filecheck";
// otherwise:     let mut server = Start::new("fs");
// otherwise:     server.device = true;
// otherwise:     options.boot_of(vec![Start::new(first), server])
// otherwise: }
pub fn boot(tree: &Tree, options: &BootOptions) -> Result<Boot> {
    options.boot_of(programs(tree))
}

/// The programs that the system begins with, likewise.
pub fn programs(tree: &Tree) -> Vec<Start> {
    let first = tree.disk_files().join("bin/boot");
    let mut server = Start::new("fs");
    server.device = true;
    vec![Start::new(&first.to_string_lossy()), server]
}
// teacher end

/// Makes the disk at `path` anew.
///
/// # Errors
// teacher begin
// otherwise: /// A machine has it, or it cannot be written.
/// The programs do not build, a machine has it, or it cannot be written.
// teacher end
pub fn make(tree: &Tree, path: &Path) -> Result<()> {
    // teacher begin
    build_programs(tree)?;
    // teacher end
    // Whoever has it would write to a file that is gone.
    let _held = match path.exists() {
        true => Some(Disk::open(path)?),
        false => None,
    };
    new(tree, path)
}

// teacher begin
/// Builds the programs and gives the disk of `machine`, as [`open_built`].
///
/// # Errors
/// They do not build, or as there.
pub fn open(tree: &Tree, machine: Machine) -> Result<Disk> {
    build_programs(tree)?;
    open_built(tree, machine)
}

// teacher end
/// The disk of `machine`, or, if another run has that, one that nobody keeps.
///
/// # Errors
/// It cannot be made or used.
pub fn open_built(tree: &Tree, machine: Machine) -> Result<Disk> {
    let path = path(tree, machine);
    if !path.exists() {
        new(tree, &path)?;
    }
    if let Some(disk) = Disk::open_free(&path)? {
        // teacher begin
        refresh(tree, &path)?;
        // teacher end
        return Ok(disk);
    }
    out::tell(format!(
        "another run has {}: this one has a new disk, which is gone when it ends",
        path.display()
    ));
    let folder = tempfile::tempdir_in(tree.build()).context("cannot make another disk")?;
    let path = folder.path().join("disk.img");
    new(tree, &path)?;
    Disk::open(&path)
}

// teacher begin
/// Whether the system can begin with the disk at `path`.
///
/// # Errors
/// There is no file system, or no shell.
pub fn must_have_shell(path: &Path) -> Result<()> {
    let file = File::open(path)?;
    let image = Image::mount(ImageDisk::new(file, false)?);
    let mut image = image.context("the disk cannot be used")?;
    ensure!(
        image
            .is_directory("/bin/sh")
            .is_ok_and(|is_directory| !is_directory),
        "the disk has no /bin/sh to begin with: `make disk` makes one that has, \
         and `mos put IMG /bin/sh` gives it one"
    );
    Ok(())
}

/// Builds the programs of the disk.
///
/// # Errors
/// They do not build.
pub fn build_programs(tree: &Tree) -> Result<()> {
    let spinner = progress::spinner();
    build::disk_programs(tree, &spinner)?;
    spinner.finish_and_clear();
    Ok(())
}

// teacher end
/// Makes a new disk at `path`, of what is built.
///
/// # Errors
/// It cannot be written.
pub fn new(tree: &Tree, path: &Path) -> Result<()> {
    // teacher begin
    // otherwise: let folders = [tree.root().join("user/rootfs")];
    let folders = [tree.root().join("user/rootfs"), tree.disk_files()];
    // teacher end
    rootfs::make(path, SIZE, &folders)?;
    // teacher begin
    note(path, &built(tree)?)?;
    // teacher end
    Ok(())
}
// teacher begin

/// The programs by their names, and what tells one build from another.
type Programs = BTreeMap<String, u64>;

fn built(tree: &Tree) -> Result<Programs> {
    let folder = tree.disk_files().join("bin");
    let names = tree.disk_program_names()?;
    let names = names.into_iter().chain(tree.shared_program_names());
    let programs = names.map(|name| {
        let mut hasher = DefaultHasher::new();
        files::read(&folder.join(&name))?.hash(&mut hasher);
        Ok((name, hasher.finish()))
    });
    programs.collect()
}

/// The file that says which programs were put on the disk at `path`.
fn notes(path: &Path) -> PathBuf {
    path.with_extension("programs")
}

fn note(path: &Path, programs: &Programs) -> Result<()> {
    let line = |(name, hash): (&String, &u64)| format!("{name} {hash:016x}\n");
    let lines: String = programs.iter().map(line).collect();
    files::write(&notes(path), lines.as_bytes())
}

/// The programs that were put on the disk at `path`, as far as that is known.
fn noted(path: &Path) -> Programs {
    let notes = fs::read_to_string(notes(path)).unwrap_or_default();
    let program = |line: &str| {
        let (name, hash) = line.split_once(' ')?;
        Some((name.to_owned(), u64::from_str_radix(hash, 16).ok()?))
    };
    notes.lines().filter_map(program).collect()
}

/// Puts those programs on the disk at `path` that are others than those which were put there.
fn refresh(tree: &Tree, path: &Path) -> Result<()> {
    let (there, now) = (noted(path), built(tree)?);
    let is_new = |(name, hash): &(&String, &u64)| there.get(*name) != Some(hash);
    let new: Vec<&String> = now.iter().filter(is_new).map(|(name, _)| name).collect();
    if new.is_empty() {
        return Ok(());
    }
    let folder = tree.disk_files().join("bin");
    Image::change_held(path, |image| {
        match image.is_directory("/bin") {
            Ok(true) => {}
            Ok(false) => bail!("/bin is no directory there"),
            Err(_) => image.make_dir("/bin")?,
        }
        for name in new {
            image.write(&format!("/bin/{name}"), &files::read(&folder.join(name))?)?;
        }
        Ok(())
    })?;
    note(path, &now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// A tree with one file and these programs, as if they had been built.
    fn tree(programs: &[(&str, &str)]) -> (TempDir, Tree) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("user/rootfs");
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("motd"), "hello\n").unwrap();
        let tree = Tree::at(folder.path().to_owned());
        build(&tree, programs);
        (folder, tree)
    }

    fn build(tree: &Tree, programs: &[(&str, &str)]) {
        for (name, bytes) in programs {
            let source = tree.root().join(format!("user/programs/src/bin/{name}.rs"));
            files::write(&source, b"").unwrap();
            let built = tree.disk_files().join("bin").join(name);
            files::write(&built, bytes.as_bytes()).unwrap();
        }
    }

    fn text(path: &Path, file: &str) -> String {
        let read = Image::look_at(path).unwrap().read(file);
        read.map_or_else(
            |error| format!("{error:#}"),
            |bytes| String::from_utf8(bytes).unwrap(),
        )
    }

    #[test]
    fn a_disk_keeps_what_was_written_and_gets_new_programs() {
        let (_folder, tree) = tree(&[("cat", "cat 1"), ("ls", "ls 1")]);
        let path = path(&tree, Machine::Malta);
        drop(open_built(&tree, Machine::Malta).unwrap());
        assert_eq!(text(&path, "/motd"), "hello\n");
        assert_eq!(text(&path, "/bin/cat"), "cat 1");
        Image::change(&path, |image| {
            image.write("/motd", b"mine\n")?;
            image.write("/bin/ls", b"mine too")?;
            image.write("/bin/own", b"my own")
        })
        .unwrap();
        build(&tree, &[("cat", "cat 2"), ("wc", "wc 1")]);
        drop(open_built(&tree, Machine::Malta).unwrap());
        let seen = ["/motd", "/bin/cat", "/bin/ls", "/bin/own", "/bin/wc"];
        let seen = seen.map(|file| text(&path, file));
        assert_eq!(seen, ["mine\n", "cat 2", "mine too", "my own", "wc 1"]);
        new(&tree, &path).unwrap();
        assert_eq!(text(&path, "/motd"), "hello\n");
    }

    #[test]
    fn two_runs_have_a_disk_each() {
        let (_folder, tree) = tree(&[("cat", "cat 1")]);
        let first = open_built(&tree, Machine::Malta).unwrap();
        let path = path(&tree, Machine::Malta);
        let before = fs::read(&path).unwrap();
        let second = open_built(&tree, Machine::Malta).unwrap();
        let third = open_built(&tree, Machine::Gxemul).unwrap();
        let file = |disk: &Disk| {
            let arguments = mos_run::disk::arguments(Machine::Gxemul, std::slice::from_ref(disk));
            PathBuf::from(&arguments[1])
        };
        for disk in [&first, &second, &third] {
            assert_eq!(text(&file(disk), "/bin/cat"), "cat 1");
        }
        fs::write(file(&second), [0; 512]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), before);
        // Nor is it made anew meanwhile.
        let refused = Image::change(&path, |_| Ok(())).unwrap_err();
        assert!(format!("{refused:#}").ends_with("another machine has it"));
        let left = fs::read_dir(tree.build()).unwrap().count();
        assert_eq!(left, 3, "disk, gxemul, malta");
    }
}
// teacher end
