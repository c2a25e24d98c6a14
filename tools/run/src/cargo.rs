//! The cargo commands that build the system.

use crate::bound::{self, End};
use crate::machine::Machine;
use crate::tree::Tree;
use std::process::Command;

/// What makes a build quick.
const QUICK: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2"),
    ("CARGO_PROFILE_RELEASE_INCREMENTAL", "true"),
];

/// What only the 4Kc executes is compiled for it: no slots after loads, and delay slots filled from where a branch goes.
/// On the R3000 the compiler would then put a `mult` too close to a `mfhi`.
const FOR_4KC: &str = "-Ctarget-cpu=mips32 -Cllvm-args=-disable-mips-df-succbb-search=false";

/// A cargo command for the host's crates, run at the tree's root by the toolchain that the tree chooses. It ends
/// with us.
pub fn host(tree: &Tree, subcommand: &str) -> Command {
    let toolchain = tree.root().join("tools/toolchain.sh");
    let mut command = match tree.guard() {
        None => bound::command(tree.root(), End::Term),
        Some(guard) => {
            // What is in the tree is for the confined only.
            let mut command = Command::new(guard);
            command.arg("confine").arg(tree.root());
            command.arg(tree.root().join(bound::SCRIPT));
            command.args(bound::arguments(End::Term));
            command
        }
    };
    command.current_dir(tree.root()).arg(toolchain);
    command.args(["cargo", subcommand]);
    if tree.is_quick() {
        command.envs(QUICK);
    }
    command
}

/// A cargo command for `package` on the machines' own target, with `core` built from source: nobody
/// ships it for MIPS I.
pub fn target(tree: &Tree, subcommand: &str, package: &str) -> Command {
    let mut command = host(tree, subcommand);
    command.args(["--release", "--target", "mipsel-mos.json"]);
    command.args([
        "-Zbuild-std=core",
        "-Zbuild-std-features=compiler-builtins-mem",
    ]);
    command.args(["-p", package]);
    command
}

/// A cargo command for the kernel of `machine`.
pub fn kernel(tree: &Tree, subcommand: &str, machine: Machine) -> Command {
    let mut command = target(tree, subcommand, "mos-kernel");
    command.args([
        "--no-default-features",
        "--features",
        machine.kernel_feature(),
    ]);
    if machine == Machine::Malta {
        command.env("CARGO_TARGET_MIPSEL_MOS_RUSTFLAGS", FOR_4KC);
    }
    command
}
