//! `make debug`: a QEMU that waits for gdb, behind a door of its own, and what gdb needs to know.

use crate::boot::Boot;
// teacher begin
use crate::disk::{self, Disk};
// teacher end
use crate::elf::Elf;
use crate::emulator::Settings;
use crate::features::Features;
use crate::machine::Machine;
use crate::tree::Tree;
use crate::{build, files, holes, out, quote, run, symbols};
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{self, Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, process};
use tempfile::TempDir;

/// How the names of folders begin, before the process they are of.
pub const PREFIX: &str = "mos-debug-";
/// What tells gdb of a QEMU, in its folder.
pub const SCRIPT: &str = "attach.gdb";
/// Longest path of a socket in Linux, with the NUL behind it.
const SOCKET_MAX: usize = 108;

/// What gdb is not to read, be it in search of where a function begins: registers of CPUs. QEMU asks which CPU reads them, and
/// fails where it is none.
const UNREADABLE: &str = "mem 0xbbdc0000 0xbbe00000 wo\nmem 0xbfbf8000 0xbfc00000 wo\nset mem inaccessible-by-default off\n";

/// What builds a kernel with these features for gdb.
///
/// # Errors
/// `machine` has no door for gdb.
pub fn kernel(
    features: Features,
    machine: Machine,
) -> Result<impl Fn(&Tree, Machine, &ProgressBar) -> Result<PathBuf>> {
    ensure!(
        machine == Machine::Malta,
        "MACHINE={machine} has no door for gdb: use malta"
    );
    Ok(move |tree: &_, machine, spinner: &_| {
        build::debug_kernel(features, tree, machine, false, spinner)
    })
}

/// Says how to attach gdb and runs `image`, which boots `boot`, on malta with these settings.
///
/// # Errors
/// A program is missing, or the emulator cannot be run.
// teacher begin
// otherwise: pub fn debug(tree: &Tree, boot: &Boot, image: &[u8], settings: Settings) -> Result<ExitCode> {
pub fn debug(
    tree: &Tree,
    boot: &Boot,
    image: &[u8],
    settings: Settings,
    disks: &[Disk],
) -> Result<ExitCode> {
    // teacher end
    holes::tell(tree)?;
    let door = Door::new(&env::temp_dir(), tree, boot, image)?;
    let command = door.command()?;
    out::print(format!(
        "QEMU waits for gdb. In another terminal:\n{command}\n"
    ))?;
    let settings = Settings {
        gdb: true,
        ..settings
    };
    // teacher begin
    // otherwise: let more = door.arguments()?;
    let of_disks = disk::arguments(Machine::Malta, disks);
    let more = [door.arguments()?, of_disks].concat();
    // teacher end
    run::to_the_end(tree, Machine::Malta, image, settings, &more)
}

/// Where gdb comes in: a socket in a folder that nobody else can enter, beside what gdb is to know. It goes when this
/// value does.
#[derive(Debug)]
pub struct Door {
    folder: TempDir,
}

impl Door {
    /// A door in `parent` to a QEMU that runs `image`, which boots `boot`.
    ///
    /// # Errors
    /// A program is missing, or something cannot be written.
    pub fn new(parent: &Path, tree: &Tree, boot: &Boot, image: &[u8]) -> Result<Self> {
        sweep(parent);
        let mut door = Self::within(parent)?;
        if door.socket().as_os_str().len() >= SOCKET_MAX {
            door = Self::within(Path::new("/tmp"))?;
        }
        files::write(&door.image(), image)?;
        files::write(&door.attach(), door.script(tree, boot)?.as_bytes())?;
        Ok(door)
    }

    fn within(parent: &Path) -> Result<Self> {
        let prefix = format!("{PREFIX}{}-", process::id());
        let mut builder = tempfile::Builder::new();
        let private = Permissions::from_mode(0o700);
        let builder = builder.prefix(&prefix).permissions(private);
        let folder = builder
            .tempdir_in(parent)
            .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
        Ok(Self { folder })
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("mos.elf")
    }

    fn attach(&self) -> PathBuf {
        self.folder.path().join(SCRIPT)
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("gdb")
    }

    /// What a user types to come in.
    ///
    /// # Errors
    /// Its path cannot be written down.
    pub fn command(&self) -> Result<String> {
        let script = quote::shell(utf8(&self.attach())?);
        Ok(format!("gdb-multiarch -q -x {script}"))
    }

    /// QEMU's arguments for it.
    ///
    /// # Errors
    /// As [`Door::command`].
    pub fn arguments(&self) -> Result<Vec<String>> {
        let socket = quote::qemu(utf8(&self.socket())?);
        let device = format!("socket,id=gdb,path={socket},server=on,wait=off");
        Ok(["-chardev", &device, "-gdb", "chardev:gdb"]
            .map(str::to_owned)
            .into())
    }

    /// What attaches gdb to QEMU, which boots the image with the programs of `boot`. All of these are linked at the same
    /// address, so only one's symbols can be loaded at a time: those of the first that has any are.
    fn script(&self, tree: &Tree, boot: &Boot) -> Result<String> {
        let commands = commands(tree);
        let mut script = format!(
            "set architecture mips:isa32\nset endian little\nfile {}\nsource {}\n{UNREADABLE}target remote {}\n",
            quote::gdb(utf8(&self.image())?),
            utf8(&commands)?,
            utf8(&self.socket())?,
        );
        let symbols = |path: PathBuf| -> Result<String> {
            let path = path::absolute(&path).context("cannot tell where a program is")?;
            Ok(format!("add-symbol-file {}", quote::gdb(utf8(&path)?)))
        };
        let mut paths = Vec::new();
        for program in &boot.programs {
            let path = program.path(tree)?;
            if has_symbols(&path)? {
                paths.push(symbols(path)?);
            }
        }
        let mut others = paths.into_iter();
        if let Some(first) = others.next() {
            script += &format!("{first}\n");
        }
        if others.len() > 0 {
            script += "echo To see another program's symbols: remove-symbol-file -a 0x400000, then one of\\n\n";
        }
        for other in others {
            let shown = other.replace('\\', r"\\");
            script += &format!("echo \\ \\ {shown}\\n\n");
        }
        Ok(script)
    }
}

/// Whether the program at `path` has any.
fn has_symbols(path: &Path) -> Result<bool> {
    let bytes = files::read(path)?;
    let functions = Elf::parse(&bytes).and_then(|elf| symbols::functions(&elf));
    Ok(functions.is_ok_and(|functions| !functions.is_empty()))
}

/// The commands of `tree` that gdb learns.
pub fn commands(tree: &Tree) -> PathBuf {
    tree.root().join("tools/run/gdb/mos.py")
}

/// The process that a folder of this name is of, if it is one of those.
pub fn process_of(name: &str) -> Option<u32> {
    name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok()
}

/// Whether there is a process with this number.
pub fn lives(process: u32) -> bool {
    Path::new(&format!("/proc/{process}")).exists()
}

fn utf8(path: &Path) -> Result<&str> {
    let text = path.to_str().filter(|text| !text.contains('\n'));
    text.with_context(|| format!("gdb cannot be told of {}", path.display()))
}

/// Removes the folders of those that were ended before they could.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let process = entry.file_name().to_str().and_then(process_of);
        if process.is_some_and(|process| !lives(process)) {
            // What is somebody else's stays.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_have_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let living = format!("{PREFIX}{}-x", process::id());
        // No process has such a number.
        let dead = format!("{PREFIX}{}-x", u32::MAX);
        for name in [&living, &dead, "mos-debug", "mos-debug-x"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        sweep(folder.path());
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 3);
        left.retain(|entry| *entry.as_ref().unwrap().file_name() == *dead);
        assert!(left.is_empty());
    }

    #[test]
    fn a_door_is_for_its_owner_alone() {
        let parent = tempfile::tempdir().unwrap();
        let door = Door::within(parent.path()).unwrap();
        let mode = fs::metadata(door.folder.path())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o700);
        let path = door.folder.path().to_owned();
        drop(door);
        assert!(!path.exists());
    }
}
