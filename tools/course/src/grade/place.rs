//! Where a run was that did not end.

use super::check::Check;
use anyhow::Result;
use mos_run::elf::Elf;
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::symbols::function_at;
use mos_run::tree::Tree;
use std::path::{Path, PathBuf};

/// In words, where a run of `check` was last seen: these addresses in the kernel and in a program, both built in
/// `tree`. Nothing where nothing is known.
pub fn last_seen(
    tree: &Tree,
    machine: Machine,
    check: &Check,
    [kernel, program]: [u32; 2],
) -> Option<String> {
    let place = |path: &Path, address| {
        function(path, address).map(|function| format!("{function} ({address:x})"))
    };
    let in_kernel = place(&tree.checked_kernel(machine, check.kernel), kernel);
    let in_program = only_program(tree, check)
        .and_then(|(name, path)| Some(format!("{name} in {}", place(&path, program)?)));
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

/// `line`, with the function behind the pc at which it says that an environment was killed. As it is where several
/// programs ran, since it does not say which one that was.
pub fn named(tree: &Tree, check: &Check, line: &str) -> String {
    let killed = || {
        let (_, words) = line.split_once("] killed: ")?;
        let (_, pc) = words.rsplit_once(", pc ")?;
        let pc = u32::from_str_radix(pc.get(..8)?, 16).ok()?;
        function(&only_program(tree, check)?.1, pc)
    };
    match killed() {
        Some(function) => format!("{line} (in {function})"),
        None => line.to_owned(),
    }
}

/// The program of `check`, if it starts one kind alone, and its file.
fn only_program(tree: &Tree, check: &Check) -> Option<(String, PathBuf)> {
    let mut programs = check.programs();
    programs.dedup();
    let [name] = <[String; 1]>::try_from(programs).ok()?;
    let path = tree.program(&name).ok()?;
    Some((name, path))
}

/// The function of the ELF file at `path` that `address` is in.
fn function(path: &Path, address: u32) -> Option<String> {
    let read = || -> Result<Option<String>> {
        let file = files::read(path)?;
        let function = function_at(&Elf::parse(&file)?, address)?;
        Ok(function.map(|function| function.name))
    };
    read().ok().flatten()
}
