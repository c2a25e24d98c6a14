//! How a run ends is known whatever was on the console, and however it ends.

use super::cheats::table::tell;
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Failed;
use mos_run::boot::{Boot, Start};
use mos_run::emulator::{ICOUNT, Settings};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

/// A net for runs that do not end.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a program prints last: name and text.
pub const LAST: &[(&str, &str)] = &[
    ("nothing", ""),
    ("no_newline", "x"),
    ("a_carriage_return", "x\r"),
    ("an_escape", "\x1b[1m\x1b"),
    ("the_start_of_a_remark", "[ "),
    (
        "a_remark",
        "[ warning: LOW reference: vaddr=0x00000010, exception TLBL, pc=0x0 <f> ]",
    ),
    ("a_remark_cut_off", "\n[ warning: LOW ref"),
    ("the_prompt_of_a_debugger", "\nGXemul> "),
    (
        "an_instruction_that_is_not_known",
        "\n00400000: 01005001\tspecial_01\t= UNIMPLEMENTED\n",
    ),
    (
        "the_words_of_a_failure",
        "\nAttempt to access ENTRYLO1 with MMU3K?\n",
    ),
    (
        "an_event",
        "\n{\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, \"reason\": \"host-signal\"}}\n",
    ),
    ("a_power_off", "\n[mos] power off\n"),
    (
        "another_power_off",
        "\n[mos] power off, but not every program was started\n",
    ),
    ("a_panic", "\n[mos] kernel panic: "),
];

/// Ways to end an emulator from outside.
pub const SIGNALS: &[(&str, Signal)] = &[
    ("sigterm", Signal::TERM),
    ("sigint", Signal::INT),
    ("sighup", Signal::HUP),
    ("sigkill", Signal::KILL),
];

/// A program that prints `text` last has a good end.
pub fn good(tree: &Tree, machine: Machine, text: &str) -> Result<(), Failed> {
    told(|| {
        let (console, verdict) = last(tree, machine, text, &[])?;
        ensure!(verdict == Verdict::Clean, "{verdict:?} after {console:?}");
        let end = format!("{text}[mos] power off\n");
        ensure!(
            console.ends_with(&end),
            "{console:?} does not end in {end:?}"
        );
        Ok(())
    })
}

/// What fails does so although a program says that all is well.
pub fn failure(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let rubbish = ("rubbish", b"not an ELF file".to_vec());
        let (console, verdict) = last(tree, machine, "[mos] power off\n", &[rubbish])?;
        ensure!(
            verdict == Verdict::Failed(1),
            "{verdict:?} after {console:?}"
        );
        Ok(())
    })
}

/// An instruction that the emulator gives up at is no good end, although a program says so before. On malta it only
/// ends the program.
pub fn unknown_instruction(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let (console, verdict) = last(tree, machine, "[mos] power off\n!", &[])?;
        let expected = match (machine, &verdict) {
            (Machine::Malta, Verdict::Clean) => true,
            (Machine::Gxemul, Verdict::Stopped(why)) => why.contains("UNIMPLEMENTED"),
            _ => false,
        };
        ensure!(expected, "{verdict:?} after {console:?}");
        Ok(())
    })
}

/// An emulator that is sent `signal` while the guest waits has no good end.
pub fn signalled(tree: &Tree, machine: Machine, signal: Signal) -> Result<(), Failed> {
    told(|| {
        let boot = Boot {
            programs: vec![Start::new("echo")],
            command_line: String::new(),
        };
        let mut session = start(tree, machine, &boot, None)?;
        let id = Pid::from_raw(session.process().cast_signed()).context("a process has an id")?;
        let mut sent = false;
        let console = read(&mut session, |console| {
            if !sent && console.ends_with(b"type a line: ") {
                sent = true;
                kill_process(id, signal)?;
            }
            Ok(())
        })?;
        let verdict = session.finish()?;
        // Nor does it say anything about the system.
        let told = match verdict {
            // Then it asks for a command, as where the guest is lost.
            Verdict::Stopped(_) => machine == Machine::Gxemul && signal == Signal::INT,
            Verdict::Broken(_) => true,
            _ => false,
        };
        ensure!(sent && told, "{verdict:?} after {console:?}");
        Ok(())
    })
}

/// Boots a program that prints `text` and nothing else, and others besides.
fn last(
    tree: &Tree,
    machine: Machine,
    text: &str,
    others: &[(&str, Vec<u8>)],
) -> Result<(String, Verdict)> {
    let mut program = files::read(&tree.c_program("clast"))?;
    tell(&mut program, text)?;
    let folder = tempfile::tempdir()?;
    let mut programs = Vec::new();
    for (name, bytes) in [("last", program)].iter().chain(others) {
        let path = folder.path().join(name);
        files::write(&path, bytes)?;
        programs.push(Start::new(&path.to_string_lossy()));
    }
    let command_line = "limit=100000".to_owned();
    let boot = Boot {
        programs,
        command_line,
    };
    let mut session = start(tree, machine, &boot, Some(ICOUNT))?;
    let console = read(&mut session, |_| Ok(()))?;
    Ok((console, session.finish()?))
}

fn start(tree: &Tree, machine: Machine, boot: &Boot, icount: Option<u8>) -> Result<Session> {
    let image = boot.image(tree, &tree.kernel(machine))?;
    let settings = Settings {
        icount,
        ..Settings::default()
    };
    Session::start(tree, machine, &image, settings, &[])
}

/// The console of a run to its end; `each` sees what is there so far.
fn read(session: &mut Session, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<String> {
    let deadline = Instant::now() + PATIENCE;
    let mut console = Vec::new();
    loop {
        match session.next(Some(deadline)) {
            Event::Output(bytes) => console.extend(bytes),
            Event::End => return Ok(String::from_utf8(console)?),
            Event::Timeout => bail!("does not end: {:?}", String::from_utf8_lossy(&console)),
        }
        each(&console)?;
    }
}

fn told(test: impl FnOnce() -> Result<()>) -> Result<(), Failed> {
    test().map_err(|error| format!("{error:#}").into())
}
