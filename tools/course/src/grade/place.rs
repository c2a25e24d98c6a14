//! Where a run was that did not end.

use super::checks::Check;
use anyhow::Result;
use mos_run::elf::Elf;
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::symbols::{containing, functions};
use mos_run::tree::Tree;
use std::path::Path;

/// In words, where a run of `check` was last seen: these addresses in the kernel and in a program, both built in
/// `tree`. Nothing where nothing is known.
pub fn last_seen(
    tree: &Tree,
    machine: Machine,
    check: &Check,
    [kernel, program]: [u32; 2],
) -> Option<String> {
    let in_kernel = function(&tree.checked_kernel(machine), kernel);
    let mut programs = check.programs();
    programs.dedup();
    let in_program = match programs.as_slice() {
        [name] if program != 0 => {
            let path = tree.program(name).ok()?;
            function(&path, program).map(|function| format!("{name} in {function}"))
        }
        _ => None,
    };
    let last = match (in_kernel, in_program) {
        (Some(kernel), Some(program)) => {
            format!("the kernel was last in {kernel}, the program {program}")
        }
        (Some(kernel), None) => format!("the kernel was last in {kernel}"),
        (None, Some(program)) => format!("the program {program}"),
        (None, None) => return None,
    };
    Some(last)
}

/// The function of the ELF file at `path` that `address` is in.
fn function(path: &Path, address: u32) -> Option<String> {
    let read = || -> Result<Option<String>> {
        let file = files::read(path)?;
        let functions = functions(&Elf::parse(&file)?)?;
        let function = containing(&functions, address);
        Ok(function.map(|function| format!("{} ({address:x})", function.name)))
    };
    read().ok().flatten()
}
