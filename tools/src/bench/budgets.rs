//! The file of budgets: what each operation may cost on each machine.

use super::rows::{FLAT, SPREAD};
use super::run::Results;
use super::table::grouped;
use crate::files;
use crate::machine::Machine;
use crate::tree::Tree;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

const HEADER: &str = "\
# What each operation may cost at most, in instructions, and the kernel's code in bytes: `make test` fails
# when something costs more. `make bench BLESS=1` writes what was measured to this file.
";

/// The budgets of all machines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budgets(BTreeMap<String, BTreeMap<String, u64>>);

/// Where they are.
pub fn path(tree: &Tree) -> PathBuf {
    tree.root().join("tests/budgets.toml")
}

impl Budgets {
    /// Those of the tree.
    ///
    /// # Errors
    /// The file cannot be read or is no table of tables of numbers.
    pub fn read(tree: &Tree) -> Result<Self> {
        let path = path(tree);
        let text = String::from_utf8(files::read(&path)?)?;
        let budgets = toml::from_str(&text);
        Ok(Self(budgets.with_context(|| {
            format!("cannot read {}", path.display())
        })?))
    }

    /// What `key` may cost on `machine`.
    pub fn allowed(&self, machine: Machine, key: &str) -> Option<u64> {
        self.0.get(machine.name())?.get(key).copied()
    }

    /// Makes the budgets of its machine what `results` are.
    pub fn bless(&mut self, results: &Results) {
        let totals = results.totals().map(|(key, total)| (key.to_owned(), total));
        self.0
            .insert(results.machine.name().to_owned(), totals.collect());
    }

    /// Writes them to the tree's file.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, tree: &Tree) -> Result<()> {
        let mut text = HEADER.to_owned();
        for (machine, budgets) in &self.0 {
            write!(text, "\n[{machine}]\n")?;
            for (key, count) in budgets {
                writeln!(text, "{key} = {count}")?;
            }
        }
        files::write(&path(tree), text.as_bytes())
    }

    /// What in `results` is not as it should be, a line for each.
    pub fn judge(&self, results: &Results) -> Vec<String> {
        let machine = results.machine;
        let totals: BTreeMap<_, _> = results.totals().collect();
        let over = results.totals().filter_map(|(key, total)| {
            let total_text = grouped(total);
            match self.allowed(machine, key) {
                Some(allowed) if total <= allowed => None,
                Some(allowed) => {
                    let allowed = grouped(allowed);
                    Some(format!(
                        "{machine}: {key} costs {total_text}, its budget is {allowed}"
                    ))
                }
                None => Some(format!(
                    "{machine}: {key} costs {total_text} and has no budget"
                )),
            }
        });
        let uneven = FLAT.iter().filter_map(|keys| {
            let costs = || keys.iter().map(|key| (totals[key], key));
            let ((least, best), (most, worst)) = (costs().min()?, costs().max()?);
            (most * 100 > least * (100 + SPREAD)).then(|| {
                let [least, most] = [least, most].map(grouped);
                format!(
                    "{machine}: {worst} costs {most}, more than {SPREAD} % above the {least} of {best}"
                )
            })
        });
        over.chain(uneven).collect()
    }
}
