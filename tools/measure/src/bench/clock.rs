//! The cross-check: instructions counted against the guest's own clock.
//!
//! On malta with `-icount` an instruction takes a nanosecond, and Count goes up every six. So the timer's
//! interrupts, which the CPU raises when Count reaches Compare, must be as many instructions apart as their
//! period has nanoseconds.

use crate::trace::Subject;
use anyhow::{Context, Result, ensure};
use mos_run::boot::{Boot, Start};
use mos_run::machine::Machine;
use mos_run::tree::Tree;

/// The period in nanoseconds: 100,000 counts.
const PERIOD: u64 = 600_000;
/// Periods that are compared.
const PERIODS: usize = 16;
/// What an interrupt may be late: it waits for Count's next step.
const GRAIN: u64 = 6;
/// Where the 4Kc goes for anything but a TLB refill.
const VECTOR: u32 = 0x8000_0180;

/// Follows a program on malta that is interrupted by nothing but the timer, and gives the nanoseconds that
/// passed by its clock and the instructions that were counted.
///
/// # Errors
/// They are not the same.
pub fn check(tree: &Tree) -> Result<(u64, u64)> {
    let boot = Boot {
        programs: vec![Start::new("loop")],
        command_line: format!("tick={PERIOD} limit={}", PERIODS + 4),
    };
    let kernel = tree.kernel(Machine::Malta);
    let (mut count, mut interrupts) = (0, Vec::new());
    Subject::new(tree, Machine::Malta, &kernel, &boot)?.follow(tree, |pc| {
        if pc == VECTOR {
            interrupts.push(count);
        }
        count += 1;
    })?;
    // The first ones may be the program's own system calls.
    let last = interrupts.last().copied();
    let first = interrupts.iter().rev().nth(PERIODS).copied();
    let counted = last
        .zip(first)
        .map(|(last, first): (u64, u64)| last - first);
    let counted = counted.context("the timer has not interrupted the program `loop`")?;
    let expected = PERIOD * PERIODS as u64;
    ensure!(
        counted.abs_diff(expected) <= GRAIN,
        "{counted} instructions were counted in {expected} ns of the guest's clock"
    );
    Ok((expected, counted))
}
