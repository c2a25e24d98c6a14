//! Runs for a check that never end well: each is cut off, and costs no more than its limit.

use anyhow::Result;
use libtest_mimic::Failed;
use mos_course::grade::check::Check;
use mos_course::grade::run::{Ending, Seen, run};
use mos_run::boot::{Boot, Start};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_tests::c_programs;

/// Name, word for the kernel's command line, millions of instructions, and how the run ends.
pub const RUNS: &[(&str, &str, u32, Ending)] = &[
    ("a_flood_of_output_is_cut_off", "", 100_000, Ending::TooMuch),
    ("a_program_without_end_is_ended", "", 5, Ending::Limit),
    ("a_panic_is_a_failure", "crash=panic", 50, Ending::Failed),
];

/// Runs a program that prints for ever, on malta.
pub fn check(tree: &Tree, word: &str, limit: u32, end: &Ending) -> Result<(), Failed> {
    let flood = tree.c_program("cflood");
    let boot = Boot {
        programs: vec![Start::new(&flood.to_string_lossy())],
        command_line: word.to_owned(),
    };
    let mut check = Check::bare("flood");
    check.limit = limit;
    let seen = boot
        .image(tree, &tree.kernel(Machine::Malta))
        .and_then(|image| run(tree, Machine::Malta, &image, None, &check, 0))
        .map_err(|error| format!("{error:#}"))?;
    if seen.end != *end {
        return Err(format!("ended as {:?}, not {end:?}", seen.end).into());
    }
    Ok(())
}

/// Name, kernel of `tests/c/bare`, MiB of memory, what it says, and how the run ends.
pub const BARE: &[(&str, &str, u32, &str, Ending)] = &[
    (
        "who_sleeps_for_ever_is_given_up",
        "asleep",
        64,
        ".",
        Ending::Stuck,
    ),
    (
        "who_goes_on_where_there_is_no_memory_is_ended",
        "astray",
        16,
        "",
        Ending::Astray,
    ),
    (
        "who_ends_as_if_he_had_been_ended_has_failed",
        "leaves",
        64,
        "",
        Ending::Failed,
    ),
];

/// Runs a kernel that is no system.
pub fn bare(tree: &Tree, name: &str, memory: u32, says: &str, end: &Ending) -> Result<(), Failed> {
    let seen = || -> Result<Seen> {
        let folder = tempfile::tempdir()?;
        let kernel = folder.path().join("kernel");
        c_programs::bare(tree, name, &kernel)?;
        let mut check = Check::bare(name);
        check.memory = Some(memory);
        check.limit = 50;
        run(
            tree,
            Machine::Malta,
            &files::read(&kernel)?,
            None,
            &check,
            0,
        )
    };
    let seen = seen().map_err(|error| format!("{error:#}"))?;
    if (seen.console.trim_end(), &seen.end) != (says, end) {
        return Err(format!("{:?}, ended as {:?}", seen.console, seen.end).into());
    }
    Ok(())
}
