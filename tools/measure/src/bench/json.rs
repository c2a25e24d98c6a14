//! The results for other programs.

use super::budgets::Budgets;
use super::run::{Figure, KERNEL_TEXT, Results};
use anyhow::Result;
use serde::Serialize;

#[derive(Serialize)]
struct File<'a> {
    machine: &'a str,
    operations: Vec<Operation>,
    kernel_text: u64,
    kernel_text_budget: Option<u64>,
}

#[derive(Serialize)]
struct Operation {
    key: &'static str,
    title: &'static str,
    #[serde(flatten)]
    figure: Figure,
    total: u64,
    goal: Option<u64>,
    budget: Option<u64>,
    c_peer: Option<u64>,
}

/// `results`, and what `budgets` allow, as JSON.
///
/// # Errors
/// None that is known.
pub fn json(results: &Results, budgets: &Budgets) -> Result<String> {
    let machine = results.machine;
    let operation = |(row, figure): &(&'static super::rows::Row, Figure)| Operation {
        key: row.key,
        title: row.title,
        figure: *figure,
        total: figure.median.total(),
        goal: row.goal_on(machine),
        budget: budgets.allowed(machine, row.key),
        c_peer: row.peer_on(machine),
    };
    let file = File {
        machine: machine.name(),
        operations: results.figures.iter().map(operation).collect(),
        kernel_text: results.kernel_text,
        kernel_text_budget: budgets.allowed(machine, KERNEL_TEXT),
    };
    Ok(serde_json::to_string_pretty(&file)? + "\n")
}
