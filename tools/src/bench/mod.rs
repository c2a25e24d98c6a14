//! `mos bench`: what operations cost, in instructions, and whether that is within budget.
//!
//! The programs `bench_*` of `user/` have marks before and after each operation. [`meter`] counts the
//! instructions between them, [`run`] makes figures of the counts, and [`table`], [`chart`] and
//! [`json`] show them.

pub mod budgets;
pub mod chart;
pub mod clock;
pub mod json;
pub mod meter;
pub mod rows;
pub mod run;
pub mod table;

use crate::files;
use crate::machine::Machine;
use crate::tree::Tree;
use anyhow::{Result, bail};
use budgets::Budgets;
use std::path::Path;

/// Measures on `machine`, prints the table and writes it, as JSON and as a chart too, to the folder `out`.
/// With `bless`, what was measured becomes the budget.
///
/// # Errors
/// Something does not build, run or measure what it should, or a file cannot be written.
pub fn bench(tree: &Tree, machine: Machine, out: &Path, bless: bool) -> Result<()> {
    let results = run::run(tree, machine)?;
    let mut budgets = Budgets::read(tree)?;
    if bless {
        budgets.bless(&results);
        budgets.write(tree)?;
    }
    let mut report = table::table(&results, &budgets);
    if machine == Machine::Malta {
        let (clock, counted) = clock::check(tree, &tree.kernel(machine))?;
        let [clock, counted] = [clock, counted].map(table::grouped);
        report += &format!(
            "Cross-check: {counted} instructions were counted in {clock} ns of CP0 Count.\n"
        );
    }
    print!("{report}");
    for complaint in budgets.judge(&results) {
        println!("{complaint}");
    }
    let file = |extension: &str| out.join(format!("{machine}.{extension}"));
    files::write(&file("md"), report.as_bytes())?;
    files::write(&file("json"), json::json(&results, &budgets)?.as_bytes())?;
    files::write(&file("svg"), chart::chart(&results).as_bytes())
}

/// Measures on `machine` and holds the results against the budgets.
///
/// # Errors
/// As for [`bench`]; or a budget is exceeded: all that are are named, with both numbers.
pub fn check(tree: &Tree, machine: Machine) -> Result<()> {
    let budgets = Budgets::read(tree)?;
    let complaints = budgets.judge(&run::run(tree, machine)?);
    if !complaints.is_empty() {
        bail!("{}", complaints.join("\n"));
    }
    Ok(())
}
