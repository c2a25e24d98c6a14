//! Nobody can answer the monitor: it is left, and the run has its verdict.

use super::{PATIENCE, make, told};
use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;

/// A run with the monitor and nothing to read, on `machine`.
pub fn check(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let mut command = make(tree, &["run", "MONITOR=1", "PROG=hello"]);
        command.arg(format!("MACHINE={machine}"));
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait_with_output()));
        let output = ended.recv_timeout(PATIENCE)??;
        let console = String::from_utf8_lossy(&output.stdout);
        ensure!(output.status.success(), "{}: {console}", output.status);
        ensure!(
            console.contains("monitor: all environments have ended"),
            "{console}"
        );
        Ok(())
    })
}
