//! Counts instructions between marks.

use crate::trace::code::{Code, Kind, is_user};
use mos_abi::bench::{Mark, Op};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::{Div, Sub};

/// Numbers of instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In user mode, marks not included.
    pub user: u64,
    /// In kernel mode, except those that only GXemul needs.
    pub kernel: u64,
    /// Those, which are in kernel mode too.
    pub guard: u64,
}

impl Counts {
    /// What counts.
    pub fn total(self) -> u64 {
        self.user + self.kernel
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            user: self.user - other.user,
            kernel: self.kernel - other.kernel,
            guard: self.guard - other.guard,
        }
    }
}

impl Div<u64> for Counts {
    type Output = Self;

    /// Rounds to the nearest.
    fn div(self, by: u64) -> Self {
        let divide = |count: u64| (count + by / 2) / by;
        Self {
            user: divide(self.user),
            kernel: divide(self.kernel),
            guard: divide(self.guard),
        }
    }
}

/// What was counted each time an operation took place under a case.
pub type Samples = BTreeMap<(Op, u16), Vec<Counts>>;

/// Watches a run.
#[derive(Debug)]
pub struct Meter<'a> {
    code: &'a Code,
    now: Counts,
    case: u16,
    begun: [Option<Counts>; Op::ALL.len()],
    samples: Samples,
}

impl<'a> Meter<'a> {
    /// For a run of `code`.
    pub fn new(code: &'a Code) -> Self {
        Self {
            code,
            now: Counts::default(),
            case: 0,
            begun: [None; Op::ALL.len()],
            samples: Samples::new(),
        }
    }

    /// The instruction at `pc` is executed.
    pub fn step(&mut self, pc: u32) {
        match (is_user(pc), self.code.at(pc)) {
            (true, Some(Kind::Mark(mark))) => self.pass(mark),
            (true, _) => {
                if self.now.user == 0 {
                    self.samples.insert((Op::Boot, 0), vec![self.now]);
                }
                self.now.user += 1;
            }
            (false, Some(Kind::Guard)) => self.now.guard += 1,
            (false, _) => self.now.kernel += 1,
        }
    }

    fn pass(&mut self, mark: Mark) {
        match mark {
            Mark::Case(case) => self.case = case,
            Mark::Begin(op) => self.begun[op as usize] = Some(self.now),
            // Where two environments take turns, one begins before and one ends after all that is measured.
            Mark::End(op) => {
                if let Some(begun) = self.begun[op as usize].take() {
                    let samples = self.samples.entry((op, self.case)).or_default();
                    samples.push(self.now - begun);
                }
            }
        }
    }

    /// What was counted.
    pub fn samples(self) -> Samples {
        self.samples
    }
}
