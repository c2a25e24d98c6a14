//! A console to which nobody listens for long: its transmitter does not become ready, and the kernel goes on without it.

use anyhow::{Result, bail, ensure};
use libtest_mimic::Failed;
use mos_course::grade::pulse::{Beat, INTERVAL, Pulse};
use mos_course::grade::tally::Tally;
use mos_run::boot::{Boot, Start};
use mos_run::emulator::Settings;
use mos_run::machine::Machine;
use mos_run::plugin::Plugin;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use std::thread;

/// An instruction takes 2^10 ns, so that ten seconds of the guest's time are soon over.
const ICOUNT: u8 = 10;
/// How many instructions go by until somebody listens: enough to fill every pipe, and for the kernel's ten seconds.
const UNHEARD: u64 = 80_000_000;
/// Seconds of CPU time that QEMU may take for them.
const PATIENCE: u64 = 300;
/// Time slices of 10 ms until the kernel's end: twice as many instructions.
const LIMIT: u32 = 16_000;

/// A program prints for ever; nobody reads until the kernel must have given up.
pub fn check(tree: &Tree) -> Result<(), Failed> {
    run(tree).map_err(|error| format!("{error:#}").into())
}

fn run(tree: &Tree) -> Result<()> {
    let boot = Boot {
        programs: vec![Start::new(&tree.c_program("cflood").to_string_lossy())],
        command_line: format!("limit={LIMIT}"),
    };
    let image = boot.image(tree, &tree.kernel(Machine::Malta))?;
    let tally = Tally::new()?;
    let counting = format!("out={},limit={}", tally.path().display(), 10 * UNHEARD);
    let settings = Settings {
        icount: Some(ICOUNT),
        ..Settings::default()
    };
    let more = Plugin::Count.arguments(tree, &counting)?;
    let mut session = Session::start(tree, Machine::Malta, &image, settings, &more)?;
    let mut pulse = Pulse::of(session.process(), Some(tally.clone()), PATIENCE);
    while tally.read().map_or(0, |(count, _)| count) < UNHEARD {
        ensure!(pulse.look() == Beat::Alive, "the machine stands still");
        thread::sleep(INTERVAL);
    }
    let mut console = Vec::new();
    while let Event::Output(bytes) = session.next(None) {
        console.extend(bytes);
    }
    let console = String::from_utf8_lossy(&console);
    let told = console.contains("x\n[mos] output was lost before this line\nx");
    match session.finish()? {
        Verdict::Failed(_) if told => Ok(()),
        Verdict::Failed(_) => bail!("no word of what was lost in {} bytes", console.len()),
        verdict => bail!("{verdict:?}, and not the time limit"),
    }
}
