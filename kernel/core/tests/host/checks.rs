//! The checks of the labs that the kernel carries out, on the simulated machine: a TLB that forgets nothing. What they
//! report there must be what the emulated machines made them report: the answers of the tree.

use mos_checks::{Check, carry_out};
use mos_core::Kernel;
use mos_core::env::rule::Mos;
use mos_course::grade::answers::{Answers, SEED};
use mos_course::grade::labels::Labels;
use mos_course::grade::testimony::{self, Testimony};
use mos_course::grade::{check, checks};
use mos_exam::Order;
use mos_run::lab::Lab;
use mos_run::tree::Tree;

use crate::sim::{Sim, slots};

/// The labs that have such checks.
const LABS: [Lab; 3] = [Lab::Number(1), Lab::Number(2), Lab::Number(3)];

/// What needs the hardware itself.
const HARDWARE: [&str; 14] = [
    "first-instructions",
    "send",
    "receive",
    "text",
    "log",
    "options",
    "package",
    "power-off",
    "frame-registers",
    "timer-ticks",
    "save-regs",
    "restore-some",
    "refill-in-kernel",
    "tlb-invalidate",
];

/// One of them, with what reads its lines.
struct Examined<'a> {
    check: &'a check::Check,
    labels: &'a Labels,
}

impl Examined<'_> {
    /// What it reports in a run with this seed.
    fn told(&self, seed: u64) -> Testimony {
        let mut kernel = Box::new(Kernel::new(Sim::<64, Mos, 375>::new(2048), slots()));
        let mut params = [0; 4];
        params[..self.check.params.len()].copy_from_slice(&self.check.params);
        let order = Order {
            seed: self.check.seed(seed),
            name: self.check.order().to_owned().leak(),
            params,
        };
        let carried_out = carry_out(&mut *kernel, &mut Check::new(order));
        let said = kernel.mem.machine.take_output();
        assert!(
            carried_out.is_ok(),
            "{} with seed {seed}: {said}",
            self.check.name
        );
        testimony::of(self.labels, &self.check.steps, &said)
    }
}

/// Does something with each of them, and with the answers of its lab.
fn each(look: impl Fn(&Examined<'_>, &Answers)) {
    let tree = Tree::here().unwrap();
    let labels = &Labels::of(&tree).unwrap();
    for lab in LABS {
        let answers = Answers::load(&tree, lab, true).unwrap();
        for check in &checks::load(&tree, lab, true).unwrap() {
            if check.programs().is_empty() && !HARDWARE.contains(&check.order()) {
                look(&Examined { check, labels }, &answers);
            }
        }
    }
}

#[test]
fn they_report_what_they_report_on_the_other_machines() {
    each(|examined, answers| {
        let name = &examined.check.name;
        let right = answers.of(name).unwrap();
        assert_eq!(examined.told(SEED), *right, "{name}");
    });
}

#[test]
fn each_step_reports_whatever_is_drawn_and_each_check_reports_what_is_drawn() {
    each(|examined, _| {
        let Examined { check, .. } = examined;
        let seeds = [1, 2, 3, u64::MAX].map(|seed| (seed, examined.told(seed)));
        for (seed, told) in &seeds {
            let steps: Vec<_> = told.keys().collect();
            let mut right: Vec<_> = check.steps.iter().collect();
            right.sort();
            assert_eq!(steps, right, "{} with seed {seed}", check.name);
        }
        for pair in seeds.windows(2) {
            assert_ne!(pair[0].1, pair[1].1, "{} can be foretold", check.name);
        }
    });
}
