//! The file of budgets: what each operation may cost on each machine.

use super::rows::{FLAT, SPREAD};
use super::run::Results;
use super::table::grouped;
use anyhow::{Context, Result};
use mos_run::files;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

/// How far above its budget a cost may be, in percent: another version of the compiler moves most of them
/// by a few instructions.
const SLACK: u64 = 2;

/// Bytes of code that malta's kernel, which is compiled for its own CPU, may have, whatever its budget is.
const MOST_TEXT: u64 = 64 << 10;

const HEADER: &str = "\
# What each operation may cost at most, in instructions, and the kernel's code in bytes: `make test` fails
# when something costs over 2 % more. `make bench BLESS=1` writes what was measured to this file.
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
                Some(allowed) if total * 100 <= allowed * (100 + SLACK) => None,
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
            let costs = || keys.iter().filter_map(|key| Some((*totals.get(key)?, key)));
            let ((least, best), (most, worst)) = (costs().min()?, costs().max()?);
            (most * 100 > least * (100 + SPREAD)).then(|| {
                let [least, most] = [least, most].map(grouped);
                format!(
                    "{machine}: {worst} costs {most}, more than {SPREAD} % above the {least} of {best}"
                )
            })
        });
        let limits = results.figures.iter().filter_map(|(row, figure)| {
            let (key, total) = (row.key, figure.median.total());
            row.limit.filter(|&limit| total > limit).map(|limit| {
                let [total, limit] = [total, limit].map(grouped);
                format!("{machine}: {key} costs {total}, and must not cost more than {limit}")
            })
        });
        let text = results.kernel_text;
        let large = (machine == Machine::Malta && text > MOST_TEXT).then(|| {
            let [text, most] = [text, MOST_TEXT].map(grouped);
            format!(
                "{machine}: the kernel has {text} bytes of code, and must not have more than {most}"
            )
        });
        over.chain(limits).chain(large).chain(uneven).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::meter::{Counts, Meter};
    use crate::bench::rows::ROWS;
    use crate::bench::run::Figure;
    use crate::trace::code::Code;
    use mos_abi::bench::Op;
    use mos_run::sample::code;

    /// Results in which each row costs `cost`.
    fn results(cost: impl Fn(&str) -> u64) -> Results {
        let figure = |cost| Figure {
            median: Counts {
                user: 1,
                kernel: cost - 1,
                guard: 0,
            },
            min: cost,
            max: cost,
            samples: 1,
        };
        Results {
            machine: Machine::Malta,
            figures: ROWS
                .iter()
                .map(|row| (row, figure(cost(row.key))))
                .collect(),
            kernel_text: cost("kernel_text"),
        }
    }

    #[test]
    fn what_exceeds_its_budget_is_named_with_both_numbers() {
        let mut budgets = Budgets::default();
        budgets.bless(&results(|_| 1000));
        assert!(budgets.judge(&results(|_| 1000)).is_empty());
        assert!(budgets.judge(&results(|_| 999)).is_empty());
        let more = |key: &str| if key == "mem_map" { 1021 } else { 1020 };
        assert_eq!(
            budgets.judge(&results(more)),
            ["malta: mem_map costs 1,021, its budget is 1,000"]
        );
        let unknown = Budgets::default().judge(&results(|_| 1000));
        assert_eq!(unknown.len(), ROWS.len() + 1);
    }

    /// A kernel that is entered and executes so many instructions before it looks at interrupts.
    fn longest_path(instructions: usize) -> u64 {
        let (kernel, program) = (0x8001_0000, 0x40_0000);
        let code = Code::new(Machine::Malta, &code(kernel, &[0]), &code(program, &[0])).unwrap();
        let mut meter = Meter::new(&code);
        meter.step(program);
        (0..instructions).for_each(|_| meter.step(kernel));
        meter.step(program);
        meter.samples()[&(Op::LongestPath, 0)][0].total()
    }

    #[test]
    fn a_path_that_is_too_long_fails_whatever_its_budget_is() {
        let results = |instructions| {
            let longest = longest_path(instructions);
            results(move |key| match key {
                "longest_path" => longest,
                _ => 1000,
            })
        };
        let judge = |results: &Results| {
            let mut budgets = Budgets::default();
            budgets.bless(results);
            budgets.judge(results)
        };
        assert!(judge(&results(20_000)).is_empty());
        assert_eq!(
            judge(&results(20_001)),
            ["malta: longest_path costs 20,001, and must not cost more than 20,000"]
        );
    }

    #[test]
    fn a_kernel_that_is_too_large_fails_whatever_its_budget_is() {
        let judge = |text| {
            let results = results(|key| if key == "kernel_text" { text } else { 1000 });
            let mut budgets = Budgets::default();
            budgets.bless(&results);
            budgets.judge(&results)
        };
        assert!(judge(MOST_TEXT).is_empty());
        assert_eq!(
            judge(MOST_TEXT + 1),
            ["malta: the kernel has 65,537 bytes of code, and must not have more than 65,536"]
        );
    }

    #[test]
    fn what_must_be_flat_is_flat() {
        let mut budgets = Budgets::default();
        budgets.bless(&results(|_| 2000));
        let cost = |last: u64| move |key: &str| if key == "switch_1001" { last } else { 1000 };
        assert!(budgets.judge(&results(cost(1050))).is_empty());
        assert_eq!(
            budgets.judge(&results(cost(1051))),
            ["malta: switch_1001 costs 1,051, more than 5 % above the 1,000 of switch_101"]
        );
    }
}
