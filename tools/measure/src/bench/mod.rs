//! `make bench`: what operations cost, in instructions, and whether that is within budget.
//!
//! The programs `bench_*` of `user/` have marks before and after each operation. [`meter`] counts the
//! instructions between them, [`run`] makes figures of the counts, and [`table`], [`chart`] and
//! [`json`] show them. [`listing`] shows the instructions themselves.
// teacher begin
//! [`prompt`] is about the whole system, [`several`] about several CPUs.
// teacher end

pub mod budgets;
pub mod chart;
pub mod clock;
pub mod json;
pub mod listing;
pub mod manual;
pub mod meter;
// teacher begin
pub mod prompt;
// teacher end
pub mod rows;
pub mod run;
// teacher begin
pub mod several;
// teacher end
pub mod table;

use anyhow::Result;
use budgets::Budgets;
use indicatif::ProgressBar;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::{build, files, out, progress};
use std::path::Path;

/// Measures on `machine`, prints the table and writes it, as JSON and as a chart too, to the folder `out`.
/// With `bless`, what was measured becomes the budget, and the table in the manual.
///
/// # Errors
/// Something does not build, run or measure what it should, or a file cannot be written.
pub fn bench(tree: &Tree, machine: Machine, out: &Path, bless: bool) -> Result<()> {
    let [table, json, chart] = ["md", "json", "svg"].map(|e| out.join(format!("{machine}.{e}")));
    [&table, &json, &chart]
        .into_iter()
        .try_for_each(|file| files::check(file))?;
    let spinner = progress::spinner();
    build::kernel(tree, machine, &spinner)?;
    build::programs(tree, &spinner)?;
    // teacher begin
    build::disk_programs(tree, &spinner)?;
    // teacher end
    let results = run::run(tree, machine, &spinner)?;
    let mut budgets = Budgets::read(tree)?;
    let complaints = budgets.judge(&results);
    if bless {
        budgets.bless(&results);
        budgets.write(tree)?;
    }
    let mut report = table::table(&results, &budgets);
    if machine == Machine::Malta {
        spinner.set_message("Checking the count against the guest's clock");
        let (clock, counted) = clock::check(tree)?;
        let [clock, counted] = [clock, counted].map(table::grouped);
        report += &format!("Cross-check: {counted} instructions in {clock} ns of CP0 Count.\n");
    }
    spinner.finish_and_clear();
    if bless {
        manual::update(tree, &machine.to_string(), &report)?;
        if machine == Machine::Malta {
            listing::update(tree, &results)?;
        }
    }
    files::write(&table, report.as_bytes())?;
    files::write(&json, json::json(&results, &budgets)?.as_bytes())?;
    files::write(&chart, chart::chart(&results).as_bytes())?;
    for complaint in complaints {
        report += &format!("{complaint}\n");
    }
    out::print(report)
}

/// The instructions of which the operation with this key consists on `machine`.
///
/// # Errors
/// There is none, or something does not build or run.
pub fn list(tree: &Tree, machine: Machine, key: &str) -> Result<String> {
    let row = listing::by_key(key)?;
    let spinner = progress::spinner();
    build::kernel(tree, machine, &spinner)?;
    build::programs(tree, &spinner)?;
    spinner.finish_and_clear();
    listing::list(tree, machine, row)
}

/// Measures on `machine`, for which everything has been built before, and holds the results against the budgets.
/// Gives the number of results, and a line for each that is not as it should be.
///
/// # Errors
/// Something does not run or measure what it should.
pub fn check(tree: &Tree, machine: Machine, spinner: &ProgressBar) -> Result<(usize, Vec<String>)> {
    // teacher begin
    // Those that checks of the labs need are others, built sooner, and larger.
    build::programs(tree, spinner)?;
    build::disk_programs(tree, spinner)?;
    // teacher end
    let results = run::run(tree, machine, spinner)?;
    let complaints = Budgets::read(tree)?.judge(&results);
    Ok((results.totals().count(), complaints))
}
