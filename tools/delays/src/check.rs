//! The rules of the CPUs that neither emulator enforces, checked over a program's instructions.

use super::insn::{Flow, Format, Insn};
use super::{cop1, mips32};
use clap::ValueEnum;
use std::collections::BTreeMap;

/// What lld fills gaps between functions with; nobody executes it.
const FILLER: u32 = 0x0417_0001;

/// How the ABI lets a handler of page faults return: `lw k0, 148(sp)`, `jr k0`, `lw sp, 116(sp)`. Neither
/// `jr` nor, if it reads sp, the interrupted instruction may come so early. But old programs do it, and
/// the sequence is part of the ABI; ours have a nop before `jr`.
const FAULT_RETURN: [u32; 3] = [0x8fba_0094, 0x0340_0008, 0x8fbd_0074];

/// Which instructions a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Isa {
    /// MIPS I, with its load delays.
    Mips1,
    /// MIPS32 R1, whose processors wait for loads by themselves.
    Mips32,
}

/// The instruction words of a program, by address.
#[derive(Clone, Debug)]
pub struct Code {
    isa: Isa,
    has_unit: bool,
    words: BTreeMap<u32, u32>,
}

/// A rule broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Address of the instruction that breaks it, by being too late or out of place.
    pub address: u32,
    /// What is wrong, with the instructions.
    pub problem: String,
}

/// An instruction about to be executed: its address, and that of the control transfer whose delay slot
/// it is in, if it is in one.
#[derive(Clone, Copy)]
struct Step {
    at: u32,
    slot_of: Option<u32>,
}

impl Code {
    /// None yet, for a CPU that knows `isa`.
    pub fn new(isa: Isa) -> Self {
        Self {
            isa,
            has_unit: false,
            words: BTreeMap::new(),
        }
    }

    /// The same CPU with a floating-point unit.
    pub fn with_unit(self) -> Self {
        Self {
            has_unit: true,
            ..self
        }
    }

    /// Adds the words in `bytes`, which are at `address`, a multiple of 4. An odd rest is no instruction.
    pub fn add(&mut self, address: u32, bytes: &[u8]) {
        let (words, _) = bytes.as_chunks();
        for (at, &word) in (address..).step_by(4).zip(words) {
            self.words.insert(at, u32::from_le_bytes(word));
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Every place where a rule is broken, by address.
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (&address, &word) in &self.words {
            let mut report = |address, problem| findings.push(Finding { address, problem });
            if word == FILLER {
                continue;
            }
            let insn = self.decode(word);
            if insn.is_none() && !(self.isa == Isa::Mips32 && mips32::adds(word)) {
                let which = match self.isa {
                    Isa::Mips1 => "MIPS I",
                    Isa::Mips32 => "MIPS32 R1",
                };
                report(address, format!("{word:08x} is no {which} instruction"));
            }
            if self.has_slot(address) && self.has_slot(address.wrapping_sub(4)) {
                report(address, "a control transfer in a delay slot".to_owned());
            }
            if let (Some(insn), Isa::Mips1) = (insn, self.isa) {
                self.check_load(address, insn, &mut report);
                self.check_hi_lo(address, insn, &mut report);
            }
        }
        findings
    }

    /// A register that is loaded must not be read by the next instruction.
    fn check_load(&self, at: u32, insn: Insn, report: &mut impl FnMut(u32, String)) {
        let Some(register) = insn.loads() else { return };
        let in_slot = self.matches(at.wrapping_sub(4), &FAULT_RETURN[1..]);
        if in_slot || self.matches(at, &FAULT_RETURN) {
            return;
        }
        let from_memory = insn.format != Format::FromCop0;
        let step = self.step(at);
        match self.next(step) {
            Some(next) => {
                for next in next {
                    let user = self.insn(next.at);
                    if let Some(user) = user.filter(|user| user.reads(register, from_memory)) {
                        report(next.at, format!("`{user}` right after `{insn}`"));
                    }
                }
            }
            None => report(
                at,
                format!("`{insn}` in the delay slot of a jump to who knows where"),
            ),
        }
    }

    /// Whether the words from `at` on are `words`.
    fn matches(&self, at: u32, words: &[u32]) -> bool {
        let mut addresses = (at..).step_by(4);
        words.iter().all(|word| {
            let there = addresses.next().and_then(|at| self.words.get(&at));
            there == Some(word)
        })
    }

    /// What is read from hi or lo is lost if one of the next two instructions writes them.
    fn check_hi_lo(&self, at: u32, insn: Insn, report: &mut impl FnMut(u32, String)) {
        if insn.format != Format::FromHiLo {
            return;
        }
        let mut steps = vec![self.step(at)];
        for distance in 1..=2 {
            steps = steps
                .into_iter()
                .filter_map(|s| self.next(s))
                .flatten()
                .collect();
            for step in &steps {
                if let Some(writer) = self.insn(step.at).filter(Insn::writes_hi_lo) {
                    report(step.at, format!("`{writer}` {distance} after `{insn}`"));
                }
            }
        }
    }

    fn decode(&self, word: u32) -> Option<Insn> {
        let float = || cop1::decode(word, self.isa).filter(|_| self.has_unit);
        Insn::decode(word).or_else(float)
    }

    fn insn(&self, at: u32) -> Option<Insn> {
        self.decode(*self.words.get(&at)?)
    }

    fn has_slot(&self, at: u32) -> bool {
        let Some(&word) = self.words.get(&at) else {
            return false;
        };
        match self.decode(word) {
            Some(insn) => insn.flow(at).is_some(),
            None => self.isa == Isa::Mips32 && mips32::has_delay_slot(word),
        }
    }

    fn step(&self, at: u32) -> Step {
        let before = at.wrapping_sub(4);
        Step {
            at,
            slot_of: self.has_slot(before).then_some(before),
        }
    }

    /// What may be executed after `step`; `None` if that is not known.
    fn next(&self, step: Step) -> Option<Vec<Step>> {
        let go = |at| Step { at, slot_of: None };
        let past = step.at.wrapping_add(4);
        let transfer = step.slot_of.and_then(|at| self.insn(at)?.flow(at));
        Some(match transfer {
            Some(Flow::Unknown) => return None,
            Some(Flow::Always(target)) => vec![go(target)],
            Some(Flow::Maybe(target)) => vec![go(target), go(past)],
            None if self.has_slot(step.at) => vec![Step {
                at: past,
                slot_of: Some(step.at),
            }],
            None => vec![go(past)],
        })
    }
}
