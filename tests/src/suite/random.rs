//! Random programs, for a while, and those that have found something once.

use super::step::Tally;
use anyhow::Result;
use indicatif::ProgressBar;
use mos_run::build;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_torture::run::{Plan, Sum, run};
use std::time::Duration;

/// How many of them are tried on several CPUs. Malta's run at the same time.
const ROUNDS_ON_SEVERAL: u64 = 4;
/// How long new ones are tried.
const WHILE: Duration = Duration::from_secs(30);

/// Rounds that find something in a kernel that is wrong: programs that come to odd addresses, which end QEMU; one that is
/// without memory for a page table; calls in a rhythm in which GXemul takes no interrupt. What a seed makes changes with
/// `tools/torture`, so such a find has a case of its own too.
const FOUND: [(Machine, u64); 3] = [
    (Machine::Malta, 1),
    (Machine::Malta, 5),
    (Machine::Gxemul, 3),
];

/// Runs the rounds from `seed` on, on these machines.
///
/// # Errors
/// A kernel does not build, or cannot be booted.
pub fn rounds(
    tree: &Tree,
    machines: &[Machine],
    seed: u64,
    spinner: &ProgressBar,
) -> Result<Tally> {
    for &machine in machines {
        build::audited_kernel(tree, machine, spinner)?;
    }
    let found = FOUND
        .iter()
        .filter(|(machine, _)| machines.contains(machine));
    let mut plans: Vec<Plan> = found
        .map(|&(machine, first)| Plan {
            machines: vec![machine],
            first,
            rounds: 1,
            time: Duration::MAX,
            goes_on: true,
            cpus: 1,
            kept: None,
        })
        .collect();
    let malta = machines
        .iter()
        .filter(|&&machine| machine == Machine::Malta);
    plans.push(Plan {
        machines: malta.copied().collect(),
        first: seed,
        rounds: ROUNDS_ON_SEVERAL,
        time: Duration::MAX,
        goes_on: false,
        cpus: 4,
        kept: None,
    });
    plans.push(Plan {
        machines: machines.to_vec(),
        first: seed,
        rounds: u64::MAX,
        time: WHILE,
        goes_on: false,
        cpus: 1,
        kept: None,
    });
    let mut sum = Sum::default();
    for plan in plans {
        sum += run(tree, &plan, |line| {
            spinner.set_message(line.to_owned());
            Ok(())
        })?;
    }
    // Where emulators end most rounds, little is tested.
    if sum.stopped > sum.good {
        sum.failures.push(sum.to_string());
    }
    Ok(Tally {
        passed: sum.good,
        failed: sum.failures.len(),
        output: sum.failures.join("\n"),
        tests: 0,
    })
}
