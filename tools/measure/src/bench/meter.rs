//! Counts instructions between marks.

use crate::trace::code::{Code, Interrupts, Kind, is_user};
use mos_abi::bench::{Mark, Op};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::{Add, Div, Sub};

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

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            user: self.user + other.user,
            kernel: self.kernel + other.kernel,
            guard: self.guard + other.guard,
        }
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
    path: Path,
}

/// How long interrupts have to wait.
#[derive(Debug, Default)]
struct Path {
    /// They can be taken now.
    open: bool,
    /// Instructions since they could be taken last.
    length: u64,
    longest: u64,
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
            path: Path::default(),
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
                self.path.length = 0;
            }
            (false, Some(Kind::Guard { .. })) => self.now.guard += 1,
            (false, _) => {
                self.now.kernel += 1;
                if self.now.user > 0 {
                    self.path.step(self.code.interrupts(pc));
                }
            }
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
    pub fn samples(mut self) -> Samples {
        let longest = Counts {
            kernel: self.path.longest,
            ..Counts::default()
        };
        self.samples.insert((Op::LongestPath, 0), vec![longest]);
        self.samples
    }
}

impl Path {
    /// The kernel executes an instruction that has to do with interrupts like this.
    fn step(&mut self, interrupts: Option<Interrupts>) {
        match interrupts {
            Some(Interrupts::Taken) => self.open = false,
            Some(Interrupts::On) => self.open = true,
            Some(Interrupts::LookedAt) => self.length = 0,
            None => {}
        }
        self.length = if self.open { 0 } else { self.length + 1 };
        self.longest = self.longest.max(self.length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::machine::Machine;
    use mos_run::sample::{code as file, mark};

    const KERNEL: u32 = 0x8001_0000;
    const PROGRAM: u32 = 0x40_0000;

    #[test]
    fn what_is_between_marks_counts() {
        let (op, nop) = (Op::Switch, 0);
        let marks = [Mark::Begin(op), Mark::End(op), Mark::Case(7)].map(mark);
        let program = file(PROGRAM, &[nop, marks[0], nop, marks[1], marks[2]]);
        let code = Code::new(Machine::Malta, &file(KERNEL, &[nop]), &program).unwrap();
        let mut meter = Meter::new(&code);
        let [before, begin, inside, end, case] = [0, 4, 8, 12, 16].map(|offset| PROGRAM + offset);
        let trace = [
            KERNEL, before, end, begin, begin, inside, KERNEL, KERNEL, end, case,
        ];
        let again = [begin, inside, before, end];
        trace.iter().chain(&again).for_each(|pc| meter.step(*pc));

        let samples = meter.samples();
        let counts = |user, kernel| {
            vec![Counts {
                user,
                kernel,
                guard: 0,
            }]
        };
        assert_eq!(samples[&(Op::Boot, 0)], counts(0, 1));
        assert_eq!(samples[&(op, 0)], counts(1, 2));
        assert_eq!(samples[&(op, 7)], counts(2, 0));
        assert_eq!(samples[&(Op::LongestPath, 0)], counts(0, 2));
        assert_eq!(samples.len(), 4);
    }

    #[test]
    fn what_only_gxemul_needs_counts_apart() {
        // mfc0 k1, Cause; nop; andi; bne k1; lw k1; nop; mtc0 k1, Status; andi; mtc0 k1, Status; mfc0 k1, EPC
        let words = [
            0x401b_6800,
            0,
            0x337b_1400,
            0x1760_0010,
            0x8c1b_f018,
            0,
            0x409b_6000,
            0x337b_ffff,
            0x409b_6000,
            0x401b_7000,
        ];
        let (kernel, program) = (file(KERNEL, &words), file(PROGRAM, &[0]));
        for (machine, guard) in [(Machine::Gxemul, 9), (Machine::Malta, 0)] {
            let code = Code::new(machine, &kernel, &program).unwrap();
            let mut meter = Meter::new(&code);
            (KERNEL..)
                .step_by(4)
                .take(words.len())
                .for_each(|pc| meter.step(pc));
            meter.step(PROGRAM);
            let expected = Counts {
                user: 0,
                kernel: 10 - guard,
                guard,
            };
            assert_eq!(meter.samples()[&(Op::Boot, 0)], [expected]);
        }
    }
}
