//! What to boot: the programs and the kernel's command line, and the image made of them.

use crate::elf::{self, Elf};
use crate::package::{self, Program};
use crate::tree::Tree;
use crate::{emulator, files, image, out, strip, symbols};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// A program to start at boot, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// A name of `user/`, or, with a slash in it, the path of an ELF file.
    pub program: String,
    /// Time slices it runs in a row.
    pub priority: u32,
    /// Whether it may use device registers.
    pub device: bool,
}

impl Start {
    /// `program` with priority 1 and no rights.
    pub fn new(program: &str) -> Self {
        Self {
            program: program.to_owned(),
            priority: 1,
            device: false,
        }
    }

    /// Its name for messages: a path's last part without extension.
    pub fn name(&self) -> String {
        let stem = Path::new(&self.program).file_stem().unwrap_or_default();
        stem.to_string_lossy().into_owned()
    }

    /// Where its ELF file is, symbols included.
    ///
    /// # Errors
    /// No such program.
    pub fn path(&self, tree: &Tree) -> Result<PathBuf> {
        if self.is_path() {
            Ok(PathBuf::from(&self.program))
        } else {
            tree.program(&self.program)
        }
    }

    fn is_path(&self) -> bool {
        self.program.contains('/')
    }

    /// What to pack. A file given by path is packed byte for byte, whatever it is: judging it is the
    /// business of the kernel's loader.
    fn pack(&self, tree: &Tree) -> Result<Program> {
        let path = self.path(tree)?;
        let bytes = files::read(&path)?;
        let elf = if self.is_path() {
            bytes
        } else {
            strip::strip(&bytes).with_context(|| format!("cannot pack {}", path.display()))?
        };
        Ok(Program {
            name: self.name(),
            elf,
            priority: self.priority,
            device: self.device,
        })
    }
}

/// Programs and the kernel's command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Boot {
    /// The programs, in the order in which they start.
    pub programs: Vec<Start>,
    /// `key=value` words for the kernel.
    pub command_line: String,
}

impl Boot {
    // teacher begin
    /// The same, of which the kernel is told one word more.
    pub fn told(mut self, word: Option<String>) -> Self {
        if let Some(word) = word {
            let line = [self.command_line.as_str(), &word];
            self.command_line = line.join(" ").trim_start().to_owned();
        }
        self
    }

    // teacher end
    /// Whether all programs are there, or will be once they are built. Of a file that no kernel here can load it is told
    /// why, before the kernel says less: judging it stays its business.
    ///
    /// # Errors
    /// One is not.
    pub fn check(&self, tree: &Tree) -> Result<()> {
        for program in &self.programs {
            let path = program.path(tree)?;
            if !program.is_path() {
                continue;
            }
            if let Some(flaw) = elf::flaw(&files::read_regular(&path)?) {
                out::tell(format!("{} {flaw}: no kernel can load it", path.display()));
            }
        }
        Ok(())
    }

    /// The names of those that are in `user/` and must be built.
    pub fn built(&self) -> Vec<String> {
        let own = self.programs.iter().filter(|program| !program.is_path());
        own.map(|program| program.program.clone()).collect()
    }

    /// The bootable image of `kernel`, the path of the kernel's ELF file, with these programs.
    ///
    /// # Errors
    /// The kernel or a program is missing, or they do not fit together.
    pub fn image(&self, tree: &Tree, kernel: &Path) -> Result<Vec<u8>> {
        let programs: Result<Vec<_>> = self.programs.iter().map(|p| p.pack(tree)).collect();
        let programs = programs?;
        let kernel_bytes = files::read(kernel)?;
        let image = || {
            let functions = symbols::functions(&Elf::parse(&kernel_bytes)?)?;
            let package = package::build(&self.command_line, &programs, &functions)?;
            image::append(&kernel_bytes, &package, emulator::MEMORY)
        };
        image().with_context(|| format!("cannot make an image of {}", kernel.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_is_no_program() {
        let tree = Tree::here().unwrap();
        for (path, why) in [
            ("/nowhere", "No such file or directory (os error 2)"),
            ("/etc", "it is a folder"),
            ("/dev/zero", "it is no regular file"),
        ] {
            let boot = Boot {
                programs: vec![Start::new(path)],
                ..Boot::default()
            };
            let said = format!("{:#}", boot.check(&tree).unwrap_err());
            assert_eq!(said, format!("cannot read {path}: {why}"));
        }
    }
}
