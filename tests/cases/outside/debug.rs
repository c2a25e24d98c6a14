//! The system under gdb, with its disk.

use super::shell::disk;
use super::{PATIENCE, make, told};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Failed;
use mos_run::tree::Tree;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// What gdb is to do: to stop where the file server reads the disk first, say who that is, and end the machine.
const SCRIPT: [&str; 4] = ["break sys_read_dev", "continue", "mos current", "kill"];

/// gdb, which comes in as it is told to, finds the file server at work.
pub fn system(tree: &Tree) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disk = disk(tree, folder.path())?;
        let mut command = make(tree, &["debug", &format!("DISK={disk}")]);
        let mut system = command.stdout(Stdio::piped()).spawn()?;
        let said = BufReader::new(system.stdout.take().context("a pipe was asked for")?);
        let mut lines = said.lines();
        let enter = lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("gdb")));
        let enter = enter.context("nothing says how to come in")??;
        let script = SCRIPT.map(|command| format!(" -ex '{command}'")).concat();
        let patience = PATIENCE.as_secs();
        let gdb = Command::new("sh")
            .args([
                "-c",
                &format!("timeout {patience} {enter} -nx -batch{script}"),
            ])
            .stdin(Stdio::null())
            .output()?;
        let found = String::from_utf8_lossy(&gdb.stdout);
        ensure!(found.contains("sys_read_dev"), "gdb never stopped: {found}");
        ensure!(
            found.contains("[00000401] has the CPU"),
            "it is not the server's call: {found}"
        );
        lines.for_each(drop);
        system.wait()?;
        Ok(())
    })
}
