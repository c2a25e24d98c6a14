//! `mos-measure check-delays`, and what `make grade` notes: looks through final ELF files for what their CPU would do differently from the
//! emulators, which know neither load delays nor the limits of MIPS I.

#![forbid(unsafe_code)]

mod check;
mod cop1;
pub mod insn;
mod mips32;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result, ensure};
use check::Code;
pub use check::Isa;
use mos_run::elf::Elf;
use mos_run::{files, symbols};
use object::LittleEndian as LE;
use object::elf::{SHF_EXECINSTR, SHT_NOBITS};
use object::read::elf::SectionHeader;
use std::path::Path;

/// Functions that only what is for a CPU with a floating-point unit has: the kernel's and libos's.
const FOR_A_UNIT: [&str; 2] = ["fpu_load", "float_load"];

/// Checks the ELF file at `path`, which runs on a CPU that knows `isa`, and gives one line for each finding: function and offset,
/// address, problem.
///
/// # Errors
/// The file cannot be read, is no MIPS ELF file, or has no code that could be checked.
pub fn check_file(path: &Path, isa: Isa) -> Result<Vec<String>> {
    let bytes = files::read(path)?;
    check_bytes(&bytes, isa).with_context(|| format!("cannot check {}", path.display()))
}

fn check_bytes(bytes: &[u8], isa: Isa) -> Result<Vec<String>> {
    let elf = Elf::parse(bytes)?;
    let sections = elf.sections()?;
    let functions = symbols::functions(&elf)?;
    let is_for_unit = |name: &str| FOR_A_UNIT.contains(&name);
    let mut code = Code::new(isa);
    if functions.iter().any(|function| is_for_unit(&function.name)) {
        code = code.with_unit();
    }
    for section in sections.iter() {
        let executable = section.sh_flags(LE).contains(SHF_EXECINSTR);
        if !executable || section.sh_type(LE) == SHT_NOBITS {
            continue;
        }
        let name = String::from_utf8_lossy(sections.section_name(LE, section)?);
        let address = section.sh_addr(LE);
        ensure!(
            address % 4 == 0,
            "section {name} is not aligned to instructions"
        );
        code.add(address, section.data(LE, bytes)?);
    }
    ensure!(!code.is_empty(), "it has no executable section");

    let place = |address| match symbols::containing(&functions, address) {
        Some(function) => format!("{}+{:#x}", function.name, address - function.address),
        None => "?".to_owned(),
    };
    let lines = code.check().into_iter().map(|finding| {
        let at = finding.address;
        format!("{} ({at:#010x}): {}", place(at), finding.problem)
    });
    Ok(lines.collect())
}
