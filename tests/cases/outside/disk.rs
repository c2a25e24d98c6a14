//! A disk is a file: what a run has written there is there after it, and one machine has it at a time.

use super::{make, told};
use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_run::disk::Disk;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::fs;

/// Where the program writes, and how much.
const AT: usize = 4096 * 512;
const LEN: usize = 32 * 512;

/// Runs with two disks on `machine`, at whose paths an option would end.
pub fn check(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    told(|| {
        let folder = tempfile::tempdir()?;
        let disks = ["first: a disk.img", "second.img"].map(|name| folder.path().join(name));
        for disk in &disks {
            fs::write(disk, vec![0xee; 4 << 20])?;
        }
        let [first, second] = disks.each_ref().map(|disk| disk.display());
        let run = || -> Result<(bool, String)> {
            let mut command = make(tree, &["run", "PROG=idetest", "DEV=idetest"]);
            command.arg(format!("MACHINE={machine}"));
            command.arg(format!("DISK={first},{second}"));
            let output = command.output()?;
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            Ok((output.status.success(), said))
        };
        let (ended_well, said) = run()?;
        ensure!(ended_well && said.contains("test passed!"), "{said}");
        let [one, other] = [fs::read(&disks[0])?, fs::read(&disks[1])?];
        for (disk, first) in [(&one, 0x5a), (&other, 0x2d)] {
            ensure!(disk.len() == 4 << 20, "{} bytes", disk.len());
            ensure!(disk[AT] == first, "{:#x} was written", disk[AT]);
            let rest = disk[..AT].iter().chain(&disk[AT + LEN..]);
            ensure!(rest.copied().all(|byte| byte == 0xee), "elsewhere too");
        }
        let mine = Disk::open(&disks[1])?;
        let (ended_well, said) = run()?;
        ensure!(
            !ended_well && said.contains("another machine has it"),
            "{said}"
        );
        drop(mine);
        Ok(())
    })
}
