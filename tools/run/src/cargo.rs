//! The cargo commands that build the system.

use crate::bound::{self, End};
use crate::machine::Machine;
use crate::tree::{INSIDE, Tree};
use std::path::Path;
use std::process::Command;

/// The profiles of the tree, once more as settings: a file of settings in a folder above would overrule them otherwise.
const PROFILES: [&str; 1] = ["Cargo.toml"];
/// What makes a build quick: no optimizer that sees a whole program, and small pieces, of which those are kept that have not
/// changed.
const QUICK: [&str; 6] = [
    PROFILES[0],
    "profile.release.lto=\"off\"",
    "profile.release.debug=0",
    "profile.release.opt-level=2",
    "profile.release.codegen-units=256",
    "profile.release.incremental=true",
];

/// What is compiled of Rust's own library.
const LIBRARY: &str = "-Zbuild-std=core";

/// The profile of what the emulators run.
pub const RELEASE: &str = "release";
// teacher begin
/// The profile of the programs on the system's disk.
pub const PROGRAMS: &str = "programs";
// teacher end
/// The profile of a kernel for gdb to look at.
pub const FOR_GDB: &str = "debug-kernel";

/// What only the 4Kc executes is compiled for it: no slots after loads, and delay slots filled from where a branch goes.
/// Code is small where registers are parted for its sake. On the R3000 the compiler would then put a `mult` too close to a `mfhi`.
/// The options are parted as cargo wants it.
const FOR_4KC: &str = "CARGO_ENCODED_RUSTFLAGS=-Ctarget-cpu=mips32\x1f-Cllvm-args=-disable-mips-df-succbb-search=false\x1f-Cllvm-args=-split-spill-mode=size";

/// A cargo command for the host's crates, run at the tree's root by the toolchain that the tree chooses. It ends
/// with us.
pub fn host(tree: &Tree, subcommand: &str) -> Command {
    with(tree, &[], subcommand)
}

/// The same with `variables` in its environment, of which the toolchain leaves nothing that it was not told here.
fn with(tree: &Tree, variables: &[&str], subcommand: &str) -> Command {
    let (mut command, root) = match tree.guard() {
        None => (bound::command(tree.root(), End::Term), tree.root()),
        Some(guard) => {
            let mut command = bound::guarded(guard);
            command.arg("--tree").arg(tree.root()).arg("--");
            (command, Path::new(INSIDE))
        }
    };
    let toolchain = root.join("tools/toolchain.sh");
    let settings: &[_] = if tree.is_quick() { &QUICK } else { &PROFILES };
    command.current_dir(tree.root()).arg(toolchain).arg("env");
    command.args(variables).arg("cargo");
    for setting in settings {
        command.args(["--config", setting]);
    }
    command.arg(subcommand);
    command
}

/// A cargo command for `package` on the machines' own target, with `core` built from source: nobody
/// ships it for MIPS I.
pub fn target(tree: &Tree, subcommand: &str, package: &str) -> Command {
    target_with(RELEASE, tree, &[], subcommand, package)
}

// teacher begin
/// The same for the programs of the system's disk.
pub fn disk_programs(tree: &Tree, subcommand: &str) -> Command {
    target_with(PROGRAMS, tree, &[], subcommand, "mos-programs")
}

// teacher end
// lab 5 begin
/// What a heap of a program's own is for is compiled for programs alone.
fn library(package: &str) -> &'static str {
    match package {
        "mos-kernel" => LIBRARY,
        _ => "-Zbuild-std=core,alloc",
    }
}

// lab 5 end
fn target_with(
    profile: &str,
    tree: &Tree,
    variables: &[&str],
    subcommand: &str,
    package: &str,
) -> Command {
    let mut command = with(tree, variables, subcommand);
    command.args(["--profile", profile, "--target", "mipsel-mos.json"]);
    // lab 5 begin
    // otherwise: command.arg(LIBRARY);
    command.arg(library(package));
    // lab 5 end
    command.args(["-Zbuild-std-features=compiler-builtins-mem", "-p", package]);
    command
}

/// A cargo command for the kernel of `machine`.
pub fn kernel(tree: &Tree, subcommand: &str, machine: Machine) -> Command {
    kernel_as(RELEASE, tree, subcommand, machine)
}

/// A cargo command for the kernel of `machine`, of this profile. Built quickly, malta's is of the same code as the R3000's and
/// the programs: what all of them stand on is compiled once.
pub fn kernel_as(profile: &str, tree: &Tree, subcommand: &str, machine: Machine) -> Command {
    let variables: &[&str] = match machine {
        Machine::Malta if !tree.is_quick() => &[FOR_4KC],
        Machine::Malta | Machine::Gxemul => &[],
    };
    let mut command = target_with(profile, tree, variables, subcommand, "mos-kernel");
    command.args([
        "--no-default-features",
        "--features",
        machine.kernel_feature(),
    ]);
    command
}
