//! Nobody can answer the monitor any more: what was piped in is answered, then it is left, and the run has its verdict.

use super::{PATIENCE, make, told};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::io::Write;
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::thread;

/// A run with the monitor and nothing to read, on `machine`.
pub fn check(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let output = run(tree, machine, "hello", "")?;
        let console = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{}: {console}", output.status);
        ensure!(
            console.contains("monitor: all environments have ended"),
            "{console}"
        );
        Ok(())
    })
}

/// Lines that are there before the monitor is, which comes up at a `break`, while it steps and at the end.
pub fn piped(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let typed = "tlb\nregs\nstep\nqueues\nx - 400000 1\ncontinue\nhelp\nkerninfo\n";
        let output = run(tree, machine, "breakpoint", typed)?;
        let console = String::from_utf8_lossy(&output.stdout);
        let mut rest: &str = &console;
        for told in [
            "monitor: break instruction",
            "last trap: break instruction",
            "monitor: one instruction on",
            "run queue:",
            "  00400000 ",
            "monitor: all environments have ended",
            "switches the machine off",
            " pages free, 0 environments",
            "power off",
        ] {
            let (_, behind) = rest
                .split_once(told)
                .with_context(|| format!("no {told:?} in its place in\n{console}"))?;
            rest = behind;
        }
        ensure!(output.status.success(), "{}: {console}", output.status);
        Ok(())
    })
}

/// So many steps take more bytes than the monitor keeps while a step lasts.
const STEPS: usize = 300;

/// More than there is room for waits, and is not lost.
pub fn long(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let typed = format!("\x1d{}halt\n", "step\n".repeat(STEPS));
        // It is still there when GXemul looks at what is typed.
        let output = run(tree, machine, "loop", &typed)?;
        let console = String::from_utf8_lossy(&output.stdout);
        let steps = console.matches("monitor: one instruction on").count();
        ensure!(steps == STEPS, "{steps} steps: {console}");
        ensure!(console.contains("[mos] halted"), "{console}");
        Ok(())
    })
}

/// A run of `program` with the monitor, and `typed` as its whole input.
fn run(tree: &Tree, machine: Machine, program: &str, typed: &str) -> Result<Output> {
    let mut command = make(tree, &["run", "MONITOR=1"]);
    command.args([format!("PROG={program}"), format!("MACHINE={machine}")]);
    command.stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("a pipe was asked for")?;
    let typed = typed.to_owned();
    thread::spawn(move || input.write_all(typed.as_bytes()));
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    Ok(ended.recv_timeout(PATIENCE)??)
}
