//! What a real R3000 would do differently from its emulator, which knows no load delays: no check can see that.

use super::check::Check;
use mos_delays::Isa;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Findings that are told; the compiler's code has none.
const TOLD: usize = 3;

/// What there is to say of the R3000's kernels and of a program that `checks` use: its libos is that of all.
pub fn remarks(tree: &Tree, checks: &[Check]) -> Vec<String> {
    let mine = || checks.iter().filter(|check| check.is_for(Machine::Gxemul));
    let kernels = mine().map(|check| tree.checked_kernel(Machine::Gxemul, check.kernel));
    let mut files: BTreeSet<PathBuf> = kernels.collect();
    let program = mine().flat_map(Check::programs).next();
    files.extend(program.and_then(|name| tree.program(&name).ok()));
    // What cannot be read cannot be run either, which is said there.
    let found = |file: &PathBuf| mos_delays::check_file(file, Isa::Mips1).unwrap_or_default();
    let found: BTreeSet<String> = files.iter().flat_map(found).collect();
    let more = found.len().saturating_sub(TOLD);
    let told = found.into_iter().take(TOLD);
    let mut remarks: Vec<String> = told
        .map(|finding| format!("no check sees it, but a real R3000 does something else: {finding}"))
        .collect();
    if more > 0 {
        remarks.push(format!("and so it does in {more} more places"));
    }
    remarks
}
