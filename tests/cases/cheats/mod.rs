//! Systems that know every string of the checks' sources and print them: none is worth a point.

pub mod strings;

use anyhow::{Result, ensure};
use libtest_mimic::Failed;
use mos_course::grade::checks::Check;
use mos_course::grade::judge::{Verdict, judge};
use mos_course::grade::run::{Ending, Seen, run};
use mos_exam::{Key, Order};
use mos_run::boot::{Boot, Start};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_tests::c_programs;
use strings::{all_checks, everything, tell};

/// What a run signs with.
const KEY: Key = Key(0x0fed_cba9_8765_4321);

/// Boots the true kernel with a program that cheats.
pub fn program(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    let booted = |text: &str| -> Result<Seen> {
        let mut file = files::read(&tree.c_program("ccheat"))?;
        prepare(&mut file, text)?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cheat");
        files::write(&path, &file)?;
        let boot = Boot {
            programs: vec![Start::new(&path.to_string_lossy())],
            command_line: "limit=100000".to_owned(),
        };
        look(tree, machine, &boot.image(tree, &tree.kernel(machine))?)
    };
    earns_nothing(tree, booted)
}

/// Boots a kernel that cheats.
pub fn kernel(tree: &Tree, machine: Machine) -> Result<(), Failed> {
    let booted = |text: &str| -> Result<Seen> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cheat");
        c_programs::bare(tree, "cheat", &path)?;
        let mut image = files::read(&path)?;
        prepare(&mut image, text)?;
        look(tree, machine, &image)
    };
    earns_nothing(tree, booted)
}

/// Boots a kernel that asks the emulator for a file of the host: it gets none.
pub fn host(tree: &Tree) -> Result<(), Failed> {
    let asked = || -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (kernel, file) = (folder.path().join("kernel"), folder.path().join("file"));
        c_programs::bare(tree, "host", &kernel)?;
        let mut image = files::read(&kernel)?;
        tell(&mut image, &file.to_string_lossy())?;
        let seen = look(tree, Machine::Malta, &image)?;
        ensure!(seen.console.trim_end() == ".", "it ended as {seen:?}");
        ensure!(!file.exists(), "there is a file of the guest's on the host");
        Ok(())
    };
    asked().map_err(|error| format!("{error:#}").into())
}

/// Tells a cheat what to print, and gives it an order as every check's program gets one.
fn prepare(file: &mut [u8], text: &str) -> Result<()> {
    tell(file, text)?;
    let order = Order {
        key: KEY,
        seed: 0,
        name: "fork",
        params: [0; 4],
    };
    ensure!(
        order.put(file) == Some(1),
        "a cheat has one place for an order"
    );
    Ok(())
}

fn look(tree: &Tree, machine: Machine, image: &[u8]) -> Result<Seen> {
    let mut check = Check::bare("cheat");
    check.limit = 2000;
    run(tree, machine, image, &check, 0)
}

/// Whether no check is content with what a cheat printed.
fn earns_nothing(tree: &Tree, booted: impl Fn(&str) -> Result<Seen>) -> Result<(), Failed> {
    let judged = || -> Result<()> {
        let text = everything(tree)?;
        let seen = booted(&text)?;
        ensure!(
            seen.end == Ending::Clean,
            "the cheat ended as {:?}",
            seen.end
        );
        let printed = seen.console.len();
        ensure!(
            printed >= text.len(),
            "of {} bytes it printed {printed}",
            text.len()
        );
        for check in all_checks(tree)? {
            let verdict = judge(&check, KEY, &seen)?;
            ensure!(verdict != Verdict::Passed, "it has passed {}", check.name);
        }
        Ok(())
    };
    judged().map_err(|error| format!("{error:#}").into())
}
