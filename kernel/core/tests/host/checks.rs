//! The checks of the labs that the kernel carries out, on the simulated machine: a TLB that forgets nothing
//! must be content with them too, whatever is drawn by lot.

use mos_checks::{Check, carry_out};
use mos_core::Kernel;
use mos_exam::{Key, Order};

use crate::sim::{Sim, slots};

/// Each, with how many things it signs.
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

#[test]
fn they_pass_whatever_is_drawn() {
    for (name, signed) in CHECKS {
        for seed in 0..4 {
            let mut kernel = Box::new(Kernel::new(Sim::<64, 375>::new(2048), slots()));
            let order = Order {
                key: Key(5),
                seed,
                name,
                params: [0; 4],
            };
            let passed = carry_out(&mut *kernel, &mut Check::new(order)).is_ok();
            let said = kernel.mem.machine.take_output();
            assert!(passed, "{name} with seed {seed}: {said}");
            let lines = said.lines().filter(|line| line.starts_with("ok "));
            assert_eq!(lines.count(), signed, "{name} with seed {seed}: {said}");
        }
    }
}
