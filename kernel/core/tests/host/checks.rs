//! The checks of the labs that the kernel carries out, on the simulated machine: they come to their end whatever is
//! drawn by lot, and what they report depends on that and on nothing else.

use std::collections::BTreeSet;

use mos_checks::{Check, Label, carry_out};
use mos_core::Kernel;
use mos_exam::{MARK, Order};

use crate::sim::{Sim, slots};

/// Each, with how many steps it has.
const CHECKS: [(&str, usize); 23] = [
    ("elf-header", 2),
    ("elf-segments", 2),
    ("bytes-into-frame", 1),
    ("frames-at-first", 2),
    ("page-alloc", 2),
    ("page-free", 2),
    ("page-counts", 2),
    ("frame-contents", 2),
    ("page-tables", 3),
    ("page-lookup", 1),
    ("page-insert", 3),
    ("insert-without-memory", 2),
    ("page-remove", 2),
    ("new-space", 2),
    ("free-space", 2),
    ("asid-generations", 2),
    ("run-queue", 2),
    ("envid2env", 2),
    ("env-create", 2),
    ("env-ends", 2),
    ("time-slices", 2),
    ("load-segments", 2),
    ("load-without-memory", 1),
];

/// What a check reports, line by line.
fn told(name: &'static str, seed: u64) -> String {
    let mut kernel = Box::new(Kernel::new(Sim::<64, 375>::new(2048), slots()));
    let order = Order {
        seed,
        name,
        params: [0; 4],
    };
    let carried_out = carry_out(&mut *kernel, &mut Check::new(order));
    let said = kernel.mem.machine.take_output();
    assert!(carried_out.is_ok(), "{name} with seed {seed}: {said}");
    said
}

#[test]
fn they_report_on_each_step_what_depends_on_the_lots_alone() {
    for (name, count) in CHECKS {
        let mut before = String::new();
        for seed in 0..4 {
            let said = told(name, seed);
            assert_eq!(said, told(name, seed), "{name}");
            assert_ne!(said, before, "{name}");
            let reports = said.lines().map(|line| line.strip_prefix(MARK));
            let steps: BTreeSet<_> = reports
                .map(|report| report.and_then(|report| Label::parse(report.get(..8)?)))
                .collect();
            assert_eq!(steps.len(), count, "{name} with seed {seed}: {said}");
            let stepless = steps.contains(&None) || steps.contains(&Some(Label::NONE));
            assert!(!stepless, "{name} with seed {seed}: {said}");
            before = said;
        }
    }
}
