//! Where things are in the source tree and in its build folders.

use crate::cargo;
use crate::features::Features;
use crate::files;
use crate::machine::Machine;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf, absolute};
use std::{env, fs};

/// A file that only the root of a tree has.
const MARK: &str = "mipsel-mos.json";
/// Where a guarded tree is for those who read its sources.
pub const INSIDE: &str = "/mos";
/// Bytes of a file that others have built.
const BUILT_MAX: u64 = 64 << 20;

/// The source tree this tool was built from. Every path it gives is absolute, so that the tool works
/// from any folder.
#[derive(Clone, Debug)]
pub struct Tree {
    root: PathBuf,
    guard: Option<PathBuf>,
    quick: bool,
}

impl Tree {
    /// The tree that this program is in. The program itself holds no path: a tree can be copied and moved.
    ///
    /// # Errors
    /// It is in none.
    pub fn here() -> Result<Self> {
        // As it was called, since target/ may be a link to a folder far away.
        let called = env::args_os().next().map(PathBuf::from);
        let called = called.filter(|path| path.components().count() > 1);
        let called = called.and_then(|path| absolute(path).ok());
        let program = env::current_exe().context("cannot tell where this program is")?;
        // Cargo may build tests anywhere, and says to them whose they are. Programs may hear it of others.
        let is_test = program
            .parent()
            .is_some_and(|folder| folder.ends_with("deps"));
        let package = env::var_os("CARGO_MANIFEST_DIR").filter(|_| is_test);
        let places = package.map(PathBuf::from).into_iter().chain(called);
        let mut roots = places.chain([program]).filter_map(|path| root_of(&path));
        roots
            .next()
            .map(Self::at)
            .context("this program is in no tree of MOS: run make in one")
    }

    /// A copy of the tree somewhere else.
    pub fn at(root: PathBuf) -> Self {
        Self {
            root,
            guard: None,
            quick: false,
        }
    }

    /// The same tree, for sources of somebody who is not trusted: whatever reads them, or runs what was made of them, is
    /// run by `guard`, the path of the program `mos-course`, behind its wall.
    #[must_use]
    pub fn guarded(self, guard: PathBuf) -> Self {
        Self {
            guard: Some(guard),
            ..self
        }
    }

    /// Who guards it, if anybody must.
    pub fn guard(&self) -> Option<&Path> {
        self.guard.as_deref()
    }

    /// The same tree, to be built quickly rather than well: for what is run a few times only.
    #[must_use]
    pub fn quick(self) -> Self {
        Self {
            quick: true,
            ..self
        }
    }

    /// Whether it is to be built quickly.
    pub fn is_quick(&self) -> bool {
        self.quick
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder for images and for what the Makefile and the tests make.
    pub fn build(&self) -> PathBuf {
        self.root.join("build")
    }

    /// The kernel of `machine`, symbols included.
    pub fn kernel(&self, machine: Machine) -> PathBuf {
        self.kernel_with(machine, Features::NONE)
    }

    /// The kernel of `machine` that has the checks of the labs in it, and these features.
    pub fn checked_kernel(&self, machine: Machine, features: Features) -> PathBuf {
        let name = features.file("checked");
        self.build().join(machine.name()).join(name)
    }

    /// The kernel of `machine` that audits itself.
    pub fn audited_kernel(&self, machine: Machine) -> PathBuf {
        self.build().join(machine.name()).join("audited.elf")
    }

    /// The kernel of `machine` that has these features, symbols included.
    pub fn kernel_with(&self, machine: Machine, features: Features) -> PathBuf {
        let name = features.file("kernel");
        self.build().join(machine.name()).join(name)
    }

    /// The kernel of `machine` for gdb that has these features, with the checks of the labs in it or without.
    pub fn debug_kernel(&self, machine: Machine, features: Features, checks: bool) -> PathBuf {
        let kernel = if checks {
            "debug-checked"
        } else {
            "debug-kernel"
        };
        let name = features.file(kernel);
        self.build().join(machine.name()).join(name)
    }

    /// The folder of the programs in C that test the ABI.
    pub fn c_sources(&self) -> PathBuf {
        self.root.join("tests/c")
    }

    /// The ELF file of the program in C called `name`.
    pub fn c_program(&self, name: impl AsRef<Path>) -> PathBuf {
        self.build().join("c").join(name)
    }

    /// Where cargo puts the kernel and the programs, until it builds others.
    pub fn target(&self) -> PathBuf {
        self.target_of(cargo::RELEASE)
    }

    /// Where cargo puts what it builds of `profile` for the machines.
    pub fn target_of(&self, profile: &str) -> PathBuf {
        self.root.join("target/mipsel-mos").join(profile)
    }

    /// What cargo has put there under this `name`. Who is behind a wall may have put there anything, such as a link that
    /// leads out.
    ///
    /// # Errors
    /// It is no file, or cannot be read.
    pub fn built(&self, profile: &str, name: &str) -> Result<Vec<u8>> {
        let path = self.target_of(profile).join(name);
        match self.guard {
            None => files::read(&path),
            Some(_) => {
                let folder = self.root.join("target");
                let name = path.strip_prefix(&folder)?;
                files::read_beneath(&folder, name, BUILT_MAX)
            }
        }
    }

    /// The ELF file of the program called `name` in `user/`, symbols included.
    ///
    /// # Errors
    /// No such program.
    pub fn program(&self, name: &str) -> Result<PathBuf> {
        let names = self.program_names()?;
        if !names.iter().any(|known| known == name) {
            bail!(
                "no program `{name}` in user/; there are: {}",
                names.join(", ")
            );
        }
        Ok(self.build().join("user").join(name))
    }

    /// The names of the programs in `user/`, sorted.
    ///
    /// # Errors
    /// The folder of their sources cannot be read.
    pub fn program_names(&self) -> Result<Vec<String>> {
        names_in(&self.root.join("user/src/bin"))
    }

    // teacher begin
    /// The folder of what the system's disk has, besides what is in `user/rootfs`: the programs of `user/programs`, in `bin`.
    pub fn disk_files(&self) -> PathBuf {
        self.build().join("disk")
    }

    /// The names of those programs, sorted.
    ///
    /// # Errors
    /// The folder of their sources cannot be read.
    pub fn disk_program_names(&self) -> Result<Vec<String>> {
        names_in(&self.root.join("user/programs/src/bin"))
    }

    /// The names of what is on the disk too, and is among the programs in `user/`.
    pub fn shared_program_names(&self) -> Vec<String> {
        let all = [
            "devtst",
            "testbss",
            "testpipe",
            "testpiperace",
            "testptelibrary",
        ];
        let sources = self.root.join("user/src/bin");
        let is_there = |name: &&str| sources.join(format!("{name}.rs")).exists();
        all.into_iter()
            .filter(is_there)
            .map(str::to_owned)
            .collect()
    }
    // teacher end
}

/// The names of the programs whose sources are in the folder `sources`, sorted.
fn names_in(sources: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(sources)
        .with_context(|| format!("cannot list the programs in {}", sources.display()))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_program = path.is_dir() || path.extension().is_some_and(|e| e == "rs");
            is_program.then(|| path.file_stem()?.to_str().map(str::to_owned))?
        })
        .collect();
    names.sort();
    Ok(names)
}

/// The root of the tree that `path` is in.
fn root_of(path: &Path) -> Option<PathBuf> {
    let root = path.ancestors().find(|root| root.join(MARK).is_file());
    root.map(Path::to_owned)
}
