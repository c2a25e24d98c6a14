//! What random programs did, so that a test which only ever fails does not pass for one that tests.

use std::collections::BTreeMap;
use std::fmt;

use mos_abi::{Error, Sysno};

use crate::rig::Back;

/// How often a call came back in which way.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    succeeded: u64,
    failed: u64,
}

/// Counts over all runs.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Exceptions that were no calls.
    pub exceptions: u64,
    /// Page faults that a handler has resolved.
    pub handled: u64,
    /// Calls that ran out of memory.
    pub no_memory: u64,
    /// Calls that will be made again, as there will be what they lack.
    pub came_back: u64,
    /// Ticks that came while the kernel was busy.
    pub ticks_amid: u64,
    /// Calls that ran out of environments.
    pub no_free_env: u64,
    rows: BTreeMap<u32, Row>,
}

impl Tally {
    /// One call.
    pub fn call(&mut self, number: u32, back: Back) {
        let row = self.rows.entry(number).or_default();
        match back {
            Back::Value(v0) if v0 < 0 => row.failed += 1,
            _ => row.succeeded += 1,
        }
        self.no_memory += u64::from(back == Back::Value(Error::NoMem.code()));
        self.no_free_env += u64::from(back == Back::Value(Error::NoFreeEnv.code()));
    }

    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.rows
            .values()
            .map(|row| row.succeeded + row.failed)
            .sum()
    }

    /// Panics where a kind of call, or its success or failure, is too rare for the test to mean much.
    pub fn assert_useful(&self) {
        for &call in Sysno::ALL {
            let row = self.rows.get(&(call as u32)).copied().unwrap_or_default();
            let total = row.succeeded + row.failed;
            assert!(
                total * 400 > self.calls(),
                "{}: too few\n{self}",
                call.name()
            );
            // There is seldom anything typed.
            let often = if call == Sysno::CgetcNow { 40 } else { 4 };
            assert!(
                row.succeeded * often > total,
                "{}: too few succeed\n{self}",
                call.name()
            );
            let can_fail = !matches!(
                call,
                Sysno::Putchar
                    | Sysno::Getenvid
                    | Sysno::Yield
                    | Sysno::Panic
                    | Sysno::Cgetc
                    | Sysno::GetTime
            );
            assert!(
                !can_fail || row.failed > 0,
                "{}: none fails\n{self}",
                call.name()
            );
        }
        assert!(
            self.no_memory * 400 > self.calls(),
            "too few run out of memory\n{self}"
        );
        assert!(
            self.ticks_amid * 400 > self.calls() && self.came_back * 4000 > self.calls(),
            "too few ticks amid the kernel's work\n{self}"
        );
        assert!(
            self.exceptions * 20 > self.calls(),
            "too few exceptions\n{self}"
        );
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>20} {:>10} {:>10}", "call", "succeeded", "failed")?;
        for (&number, row) in &self.rows {
            if let Some(call) = Sysno::from_u32(number) {
                writeln!(
                    f,
                    "{:>20} {:>10} {:>10}",
                    call.name(),
                    row.succeeded,
                    row.failed
                )?;
            }
        }
        let Self {
            exceptions,
            handled,
            no_memory,
            came_back,
            ticks_amid,
            ..
        } = self;
        let calls = self.calls();
        write!(
            f,
            "{calls} calls, {no_memory} of them out of memory, {came_back} to be made again, "
        )?;
        write!(f, "{ticks_amid} ticks amid the kernel's work, ")?;
        writeln!(
            f,
            "{exceptions} other exceptions, {handled} handled by programs"
        )
    }
}
