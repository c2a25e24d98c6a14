//! How each machine's emulator is started, and what its exit means.

use crate::machine::Machine;
use std::path::Path;
use std::process::{Command, ExitStatus};

/// The last line of a run that ended as it should.
pub const POWER_OFF: &str = "[mos] power off";

/// What runs that must be repeatable set [`Settings::icount`] to: an instruction takes 2^3 ns of malta's time.
pub const ICOUNT: u8 = 3;

/// What a sealed QEMU may not do on the host, whatever is found in it: become other processes or users.
const SANDBOX: &str = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

/// Ways to start an emulator.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Whether standard input is a terminal, for a person: Ctrl-A x then leaves QEMU.
    pub terminal: bool,
    /// QEMU only: every instruction takes 2^n ns of the guest's time, which makes runs repeatable.
    pub icount: Option<u8>,
    /// QEMU only: no way to the host's files or network. The exit status of a failed run is then 0 too.
    pub sealed: bool,
    /// QEMU only: wait for gdb on port 1234 before the first instruction.
    pub gdb: bool,
}

/// The command that boots `image` on `machine`.
///
/// The emulator dies with the thread that starts it, whichever way that one ends: `setpriv` (of
/// util-linux, which every Debian has) asks Linux for that. QEMU's `-icount` mode ignores SIGTERM, so
/// nothing milder than SIGKILL will do.
pub fn command(machine: Machine, image: &Path, settings: Settings) -> Command {
    command_with(machine, image, settings, &[])
}

/// The same with `more` arguments for the emulator.
pub fn command_with(
    machine: Machine,
    image: &Path,
    settings: Settings,
    more: &[String],
) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]);
    match machine {
        Machine::Malta => qemu(&mut command, settings),
        Machine::Gxemul => gxemul(&mut command),
    }
    command.args(more);
    if machine == Machine::Malta {
        command.arg("-kernel");
    }
    command.arg(image);
    command
}

fn qemu(command: &mut Command, settings: Settings) {
    command.args(["qemu-system-mipsel", "-M", "malta", "-cpu", "4Kc"]);
    command.args(["-m", "64", "-no-reboot"]);
    if settings.sealed {
        command.args(["-nic", "none", "-sandbox", SANDBOX]);
    } else {
        command.arg("-semihosting");
    }
    if settings.terminal {
        command.arg("-nographic");
    } else {
        // Without a monitor on the line, each byte of a pipe goes to the guest as it is.
        command.args(["-display", "none", "-monitor", "none", "-serial", "stdio"]);
    }
    if let Some(shift) = settings.icount {
        let icount = format!("shift={shift},align=off,sleep=off");
        command.args(["-icount", &icount]);
    }
    if settings.gdb {
        command.args(["-s", "-S"]);
    }
}

fn gxemul(command: &mut Command) {
    command.args(["gxemul", "-q", "-A", "-E", "testmips"]);
    command.args(["-C", "R3000", "-M", "64"]);
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The system powered the machine off, content.
    Clean,
    /// The system says that something is wrong: a panic, a deadlock, a limit. The emulator's status.
    Failed(u8),
    /// The emulator ended without the system having asked for it.
    Stopped(String),
}

/// What it means that the emulator of `machine` exited with `status` after `last_line` of console output.
pub fn verdict(machine: Machine, status: ExitStatus, last_line: &str) -> Verdict {
    match (machine, status.code()) {
        // GXemul exits with 0 for an instruction it does not know, too.
        (Machine::Gxemul, Some(0)) if last_line.trim_end() != POWER_OFF => {
            Verdict::Stopped("GXemul stopped before the kernel powered the machine off".to_owned())
        }
        (_, Some(0)) => Verdict::Clean,
        (_, Some(code)) => Verdict::Failed(u8::try_from(code).unwrap_or(1)),
        (_, None) => Verdict::Stopped(format!("the emulator was ended by a {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn exit(machine: Machine, code: i32, last_line: &str) -> Verdict {
        verdict(machine, ExitStatus::from_raw(code << 8), last_line)
    }

    #[test]
    fn gxemul_must_have_powered_off() {
        use Machine::{Gxemul, Malta};
        assert_eq!(exit(Gxemul, 0, "[mos] power off\r\n"), Verdict::Clean);
        let unknown = "8001004c: 01005001  special_01 = UNIMPLEMENTED";
        assert!(matches!(exit(Gxemul, 0, unknown), Verdict::Stopped(_)));
        assert!(matches!(exit(Gxemul, 0, ""), Verdict::Stopped(_)));
        assert_eq!(exit(Gxemul, 1, "[mos] power off"), Verdict::Failed(1));
        assert_eq!(exit(Malta, 0, ""), Verdict::Clean);
        assert_eq!(exit(Malta, 37, "panic"), Verdict::Failed(37));
    }

    #[test]
    fn a_killed_emulator_proves_nothing() {
        let killed = ExitStatus::from_raw(9);
        let verdict = verdict(Machine::Malta, killed, POWER_OFF);
        assert!(matches!(verdict, Verdict::Stopped(_)));
    }
}
