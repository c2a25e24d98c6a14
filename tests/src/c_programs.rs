//! The programs in C under `tests/c`: each `.c` file there is one, with the headers beside it. Those in `bare` are
//! kernels.

use anyhow::{Context, Result, bail};
use mos_run::made;
use mos_run::tree::Tree;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, iter};

/// The compiler and its options: the ABI that programs for MOS have always been built with.
const COMPILER: &str = "mipsel-linux-gnu-gcc";
const OPTIONS: [&str; 14] = [
    "-EL",
    "-march=r3000",
    "-mno-abicalls",
    "-fno-pic",
    "-G0",
    "-msoft-float",
    "-nostdlib",
    "-ffreestanding",
    "-static",
    "-O2",
    "-Wall",
    "-Wno-unused-function", // of headers that everyone includes whole
    "-Werror",
    "-Wl,--build-id=none",
];

/// Compiles what has changed and gives the ELF files of all programs, sorted by name.
///
/// # Errors
/// The sources cannot be listed, or one does not compile; the error has the compiler's words.
pub fn build(tree: &Tree) -> Result<Vec<PathBuf>> {
    let script = tree.root().join("linker/user.ld");
    let mut sources = Vec::new();
    // What every program depends on: headers and the linker script.
    let mut inputs = vec![script.clone()];
    let folder = tree.c_sources();
    let entries = fs::read_dir(&folder)
        .with_context(|| format!("cannot list the programs in {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("c") => sources.push(path),
            Some("h") => inputs.push(path),
            _ => {}
        }
    }
    sources.sort();
    inputs.sort();
    let programs = sources.into_iter().map(|source| {
        let program = tree.c_program(source.file_stem().unwrap_or_default());
        let inputs: Vec<_> = iter::once(&source).chain(&inputs).cloned().collect();
        made::of(&inputs, &OPTIONS, &program, || {
            compile(&source, &["-T".into(), script.clone().into()], &program)
        })?;
        Ok(program)
    });
    programs.collect()
}

/// Compiles the kernel called `name` to the file `kernel`.
///
/// # Errors
/// As [`build`].
pub fn bare(tree: &Tree, name: &str, kernel: &Path) -> Result<()> {
    let source = tree.c_sources().join("bare").join(name).with_extension("c");
    // No script: the linker's own, which leaves the vectors' page alone.
    let place = ["-Wl,-Ttext-segment=0x80100000,-estart"];
    compile(&source, &place.map(OsString::from), kernel)
}

fn compile(source: &Path, layout: &[OsString], program: &Path) -> Result<()> {
    let folder = program.parent().context("a program lies in a folder")?;
    fs::create_dir_all(folder)?;
    // A name of its own first: others may be running the program meanwhile.
    let fresh = tempfile::Builder::new()
        .tempfile_in(folder)?
        .into_temp_path();
    let output = Command::new(COMPILER)
        .args(OPTIONS)
        .args(layout)
        .arg("-o")
        .arg(&*fresh)
        .arg(source)
        .output()
        .with_context(|| format!("cannot run {COMPILER}"))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("{} does not compile:\n{words}", source.display());
    }
    fresh.persist(program)?;
    Ok(())
}
