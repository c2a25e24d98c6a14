//! How each machine's emulator is started. Its standard input and output are the guest's console, and standard error
//! is where it speaks for itself.

use crate::bound::{self, End};
use crate::features::Features;
use crate::machine::Machine;
use crate::tree::Tree;
use std::path::Path;
use std::process::Command;

/// What runs that must be repeatable set [`Settings::icount`] to: an instruction takes 2^3 ns of malta's time.
pub const ICOUNT: u8 = 3;

/// What a sealed QEMU may not do on the host, whatever is found in it: become other processes or users.
const SANDBOX: &str = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";
/// Semihosting for the sake of its exit status alone: all else it would ask of a debugger, and there is none.
const EXIT_ONLY: &str = "enable=on,target=gdb";

/// MiB for what is translated, instead of the host's eighth: a guest that goes on mapping other pages fills them all.
const TRANSLATOR: &str = "tcg,tb-size=64";

/// MiB of memory that both machines usually have.
pub const MEMORY: u32 = 64;

/// Ways to start an emulator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// QEMU only: standard input is a terminal, for a person: Ctrl-A x then leaves QEMU.
    pub terminal: bool,
    /// QEMU only: every instruction takes 2^n ns of the guest's time, which makes runs repeatable.
    pub icount: Option<u8>,
    /// MiB of the machine's memory; as much as it usually has, if it is not said.
    pub memory: Option<u32>,
    /// QEMU only: no way to the host's files or network.
    pub sealed: bool,
    /// QEMU only: gdb, which `more` lets in, says when to begin. No semihosting, which would have gdb write what files the
    /// guest likes; so the exit status of a failed run is 0.
    pub gdb: bool,
    /// The kernel has its monitor in it, which is left when nobody can answer it any more.
    pub monitor: bool,
    // teacher begin
    /// Somebody reads lines there, who is told when there are no more.
    pub lines: bool,
    /// QEMU only: a CPU with a floating-point unit. GXemul's has one anyway.
    pub fpu: bool,
    /// How many CPUs there are; one, if it is not said.
    pub cpus: u8,
    // teacher end
}

impl Settings {
    /// Those for a kernel that has these features.
    pub fn of(features: Features) -> Self {
        Self {
            monitor: features.monitor,
            // teacher begin
            fpu: features.fpu,
            cpus: features.cpus,
            // teacher end
            ..Self::default()
        }
    }
}

/// The command that boots `image` on `machine`, with `more` arguments for the emulator.
///
/// The emulator dies with the thread that starts it. QEMU's `-icount` mode ignores SIGTERM, so nothing milder than
/// SIGKILL will do.
pub fn command(
    tree: &Tree,
    machine: Machine,
    image: &Path,
    settings: Settings,
    more: &[String],
) -> Command {
    let mut command = match tree.guard() {
        None => bound::command(tree.root(), End::Kill),
        Some(guard) => {
            let mut command = bound::guarded(guard);
            command.arg("--");
            command
        }
    };
    match machine {
        Machine::Malta => qemu(&mut command, settings),
        Machine::Gxemul => gxemul(&mut command, tree),
    }
    // teacher begin
    if settings.cpus > 1 {
        let option = match machine {
            Machine::Malta => "-smp",
            Machine::Gxemul => "-n",
        };
        command.args([option, &settings.cpus.to_string()]);
    }
    // teacher end
    let memory = settings.memory.unwrap_or(MEMORY).to_string();
    let option = match machine {
        Machine::Malta => "-m",
        Machine::Gxemul => "-M",
    };
    command.args([option, &memory]);
    command.args(more);
    if machine == Machine::Malta {
        command.arg("-kernel");
    }
    command.arg(image);
    command
}

fn qemu(command: &mut Command, settings: Settings) {
    let cpu = "4Kc";
    // teacher begin
    let cpu = match settings {
        Settings { fpu: true, .. } => "24Kf",
        Settings { cpus: 2.., .. } => "P5600",
        _ => cpu,
    };
    // teacher end
    command.args(["qemu-system-mipsel", "-M", "malta", "-cpu", cpu]);
    command.args(["-no-reboot", "-display", "none"]);
    command.args(["-accel", TRANSLATOR]);
    if !settings.gdb {
        command.args(["-semihosting-config", EXIT_ONLY]);
    }
    if settings.sealed {
        // No CD drive and the like either, which take their time to be made.
        command.args([
            "-nodefaults",
            "-nic",
            "none",
            "-vga",
            "none",
            "-sandbox",
            SANDBOX,
        ]);
    }
    // It tells programs what happens on standard error, a socket, and begins when it is told there.
    command.args(["-chardev", "socket,id=witness,fd=2"]);
    command.args(["-mon", "chardev=witness,mode=control", "-S"]);
    if settings.terminal {
        // With its monitor on the line: Ctrl-A leads there.
        command.args(["-chardev", "stdio,id=console,mux=on,signal=off"]);
        command.args(["-serial", "chardev:console", "-mon", "chardev=console"]);
    } else {
        // Without a monitor on the line, each byte of a pipe goes to the guest as it is.
        command.args(["-monitor", "none", "-serial", "stdio"]);
    }
    if let Some(shift) = settings.icount {
        let icount = format!("shift={shift},align=off,sleep=off");
        command.args(["-icount", &icount]);
    }
}

fn gxemul(command: &mut Command, tree: &Tree) {
    command.arg(tree.root().join("tools/run/gxemul.sh"));
    command.args(["-q", "-A", "-E", "testmips"]);
    command.args(["-C", "R3000"]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    fn words(command: &Command) -> Vec<&str> {
        command
            .get_args()
            .filter_map(|word| word.to_str())
            .collect()
    }

    #[test]
    fn whatever_reads_or_runs_what_is_not_trusted_is_run_by_the_guard() {
        let tree = Tree::at("/tree".into()).guarded("/guard".into());
        for machine in Machine::ALL {
            let image = Path::new("/image");
            let command = command(&tree, machine, image, Settings::default(), &[]);
            assert_eq!(command.get_program(), "/guard");
            assert_eq!(words(&command)[..2], ["wall", "--parent"]);
            assert_eq!(words(&command)[3], "--");
            assert_eq!(words(&command).last(), Some(&"/image"));
            let command = cargo::kernel(&tree, "build", machine);
            assert_eq!(command.get_program(), "/guard");
            assert_eq!(words(&command)[..2], ["wall", "--parent"]);
            let guarded = ["--tree", "/tree", "--", "/mos/tools/toolchain.sh"];
            assert_eq!(words(&command)[3..7], guarded);
        }
    }
}
