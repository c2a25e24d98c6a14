//! `make debug`: tells how to attach gdb to a QEMU that waits for it.

use crate::boot::Boot;
use crate::emulator::Settings;
use crate::machine::Machine;
use crate::tree::Tree;
use crate::{files, holes, out, run};
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;

/// Says how to attach gdb and runs `image`, which boots `boot`, on malta.
///
/// # Errors
/// A program is missing, or the emulator cannot be run.
pub fn debug(tree: &Tree, boot: &Boot, image: &Path) -> Result<ExitCode> {
    holes::tell(tree)?;
    let command = gdb_command(tree, boot, image)?;
    out::print(format!(
        "QEMU waits for gdb. In another terminal:\n{command}\n"
    ))?;
    let settings = Settings {
        gdb: true,
        ..Settings::default()
    };
    run::to_the_end(tree, Machine::Malta, &files::read(image)?, settings)
}

/// The gdb command that attaches to QEMU running `image`, which holds the kernel's symbols, and loads
/// the symbols of the first program of `boot`. All programs are linked at the same address, so only one's
/// symbols can be loaded at a time: for the others there are `add-symbol-file` lines to choose from.
fn gdb_command(tree: &Tree, boot: &Boot, image: &Path) -> Result<String> {
    let mut command = format!(
        "gdb-multiarch -q -ex 'set architecture mips:isa32' -ex 'set endian little' \
         -ex 'file {}'",
        image.display()
    );
    let mut others = String::new();
    for (index, program) in boot.programs.iter().enumerate() {
        let symbols = format!("add-symbol-file {}", program.path(tree)?.display());
        match index {
            0 => command += &format!(" -ex '{symbols}'"),
            _ => others += &format!("\n  {symbols}"),
        }
    }
    command += " -ex 'target remote :1234'";
    if !others.is_empty() {
        command += "\nTo see another program's symbols, in gdb: remove-symbol-file -a 0x400000, then one of";
        command += &others;
    }
    Ok(command)
}
