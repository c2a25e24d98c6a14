//! `make run` on a terminal that goes away, or whose user or anybody else ends what runs: nothing is left behind, the
//! terminal is as it was, and the run has no good end.

use super::processes::{Process, end_of, family, signal};
use super::pty::Terminal;
use super::{make, told};
use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use rustix::process::Signal;
use std::process::Command;

/// What happens.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// The terminal is closed.
    Closed,
    /// The process whose name begins so is sent this.
    Signal(&'static str, Signal),
    /// These keys are pressed.
    Keys(&'static [u8]),
}

/// Who `make` is to the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The leader of its session, as where a window is opened for it: the one that is told.
    Leader,
    /// A stranger, whom nobody tells anything.
    Stranger,
}

use Event::{Closed, Keys};
use Role::{Leader, Stranger};

const TOOL: &str = "mos-run";
const EMULATORS: [&str; 2] = ["qemu-system", "gxemul"];

/// Name, who `make` is, and what happens, on each machine.
pub const EVENTS: &[(&str, Role, Event)] = &[
    ("the_leaders_terminal_goes", Leader, Closed),
    ("a_strangers_terminal_goes", Stranger, Closed),
    (
        "make_is_killed",
        Stranger,
        Event::Signal("make", Signal::KILL),
    ),
    (
        "make_is_asked_to_end",
        Stranger,
        Event::Signal("make", Signal::TERM),
    ),
    (
        "the_tool_is_killed",
        Stranger,
        Event::Signal(TOOL, Signal::KILL),
    ),
    (
        "the_tool_is_asked_to_end",
        Stranger,
        Event::Signal(TOOL, Signal::TERM),
    ),
];

/// Likewise, for the emulator.
pub fn events_of(machine: Machine) -> [(&'static str, Role, Event); 3] {
    let [qemu, gxemul] = EMULATORS;
    let (emulator, keys) = match machine {
        Machine::Malta => (qemu, Keys(b"\x01x")),
        Machine::Gxemul => (gxemul, Keys(b"\x03")),
    };
    [
        (
            "the_emulator_is_killed",
            Stranger,
            Event::Signal(emulator, Signal::KILL),
        ),
        (
            "the_emulator_is_asked_to_end",
            Stranger,
            Event::Signal(emulator, Signal::TERM),
        ),
        ("the_user_leaves", Leader, keys),
    ]
}

/// Runs a program that waits for its user, until `event` happens.
pub fn check(tree: &Tree, machine: Machine, role: Role, event: Event) -> Result<(), Failed> {
    told(|| {
        let mut terminal = Terminal::new()?;
        let modes = format!("{:?}", terminal.modes()?);
        let machine = format!("MACHINE={machine}");
        let run = make(tree, &["run", "PROG=echo", &machine]);
        let mut command = match role {
            Stranger => run,
            Leader => leader(&run),
        };
        terminal.serve(&mut command)?;
        let mut child = command.spawn()?;
        drop(command);
        terminal.read_to("type a line: ")?;
        let family = family(child.id());
        let complete = |name: &str| family.iter().any(|one: &Process| one.is_called(name));
        ensure!(
            complete(TOOL) && EMULATORS.iter().any(|name| complete(name)),
            "too few: {family:?}"
        );
        let terminal = happen(event, &family, terminal)?;
        end_of(&family)?;
        ensure!(!child.wait()?.success(), "the run has had a good end");
        // Nobody is left to do it for a tool that is killed.
        let hopeless = matches!(event, Event::Signal(TOOL, Signal::KILL));
        if let Some(terminal) = terminal.filter(|_| !hopeless) {
            let now = format!("{:?}", terminal.modes()?);
            ensure!(now == modes, "the terminal's modes are {now}, not {modes}");
        }
        Ok(())
    })
}

/// Gives the terminal back, if it is still there.
fn happen(event: Event, family: &[Process], mut terminal: Terminal) -> Result<Option<Terminal>> {
    match event {
        Closed => return Ok(None),
        Event::Signal(name, what) => signal(family, name, what)?,
        Keys(keys) => terminal.press(keys)?,
    }
    Ok(Some(terminal))
}

/// `command`, in a session of its own whose terminal is standard input.
fn leader(command: &Command) -> Command {
    let mut leader = Command::new("setsid");
    leader.arg("--ctty").arg(command.get_program());
    leader.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        leader.current_dir(folder);
    }
    leader
}
