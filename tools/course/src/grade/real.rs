//! What a real R3000 would do differently from its emulator, which knows no load delays: no check can see that.

use super::check::Check;
use mos_delays::Isa;
use mos_run::machine::Machine;
use mos_run::sources;
use mos_run::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Where assembly is written.
const ASSEMBLY: [&str; 2] = ["kernel/src", "libos/src"];

/// What there is to say of assembly in the R3000's kernels and in a program that `checks` use, whose libos is that of all: the first
/// trouble of each function.
pub fn remarks(tree: &Tree, checks: &[Check]) -> Vec<String> {
    let mine = || checks.iter().filter(|check| check.is_for(Machine::Gxemul));
    let kernels = mine().map(|check| tree.checked_kernel(Machine::Gxemul, check.kernel));
    let mut files: BTreeSet<PathBuf> = kernels.collect();
    let program = mine().flat_map(Check::programs).next();
    files.extend(program.and_then(|name| tree.program(&name).ok()));
    let mut labels = BTreeSet::new();
    let mut note = |text: &str| labels.extend(labels_of(text).map(str::to_owned));
    for folder in ASSEMBLY {
        // A tree without that has nothing to say.
        _ = sources::each(&tree.root().join(folder), &["S"], &mut note);
    }
    // What cannot be read cannot be run either, which is said elsewhere.
    let findings = |file: &PathBuf| mos_delays::check_file(file, Isa::Mips1).unwrap_or_default();
    let first = first_of_each(files.iter().flat_map(findings), &labels);
    let said = first.into_iter();
    said.map(|finding| format!("no check sees it, but a real R3000 does something else: {finding}"))
        .collect()
}

/// What is labelled in assembly.
fn labels_of(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| Some(line.split_once(':')?.0))
}

/// Of `findings`, the first in each function that is among `labels`.
fn first_of_each(findings: impl Iterator<Item = String>, labels: &BTreeSet<String>) -> Vec<String> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    for finding in findings {
        if let Some((function, _)) = finding.split_once('+')
            && labels.contains(function)
        {
            first.entry(function.to_owned()).or_insert(finding);
        }
    }
    first.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_trouble_of_each_function_in_assembly_is_told() {
        let text = "# f: not here\n    .globl f\nf:\n1:  jr $ra\ng: # so\n";
        let labels: BTreeSet<String> = labels_of(text).map(str::to_owned).collect();
        let findings = [
            "f+0x4: a",
            "core::fmt+0x8: b",
            "f+0x8: c",
            "g+0x0: d",
            "?: e",
        ];
        let told = first_of_each(findings.map(str::to_owned).into_iter(), &labels);
        assert_eq!(told, ["f+0x4: a", "g+0x0: d"]);
    }
}
