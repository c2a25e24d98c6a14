//! A round: what one boot is made of, all of it from one number.

use crate::chance::Chance;
use crate::program::{Kind, program};
use crate::witness::witness;
use anyhow::Result;
use mos_audit::WITNESSES;
use mos_run::boot::{Boot, Start};
use mos_run::files;
use mos_run::machine::Machine;
use std::path::Path;

/// A round.
#[derive(Clone, Debug)]
pub struct Round {
    /// Where it runs.
    pub machine: Machine,
    /// What it is made from.
    pub seed: u64,
    /// What the kernel repeats at the end.
    pub number: u32,
    /// Length of a time slice in nanoseconds.
    tick: u32,
    /// How many there are.
    ticks: u32,
    /// KiB of memory.
    memory: u32,
    // teacher begin
    /// How many CPUs there are.
    cpus: u8,
    // teacher end
    programs: Vec<Part>,
    /// What is typed meanwhile, if somebody types.
    pub keys: Option<Chance>,
}

// teacher begin
/// Shortest time slice of several CPUs, in nanoseconds.
const SLOW_TICK: u32 = 1_000_000;

// teacher end
/// A program of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: String,
    file: Vec<u8>,
    priority: u32,
    device: bool,
}

/// Guest time of a round, in nanoseconds.
const fn length(machine: Machine) -> u32 {
    match machine {
        Machine::Malta => 400_000_000,
        Machine::Gxemul => 2_000_000_000,
    }
}

impl Round {
    /// The round of `seed` on `machine`.
    pub fn new(machine: Machine, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let number = chance.word();
        let tick = match machine {
            Machine::Malta => chance.pick(&[100_000, 300_000, 1_000_000]),
            // The host's clock, which ticks no faster.
            Machine::Gxemul => chance.pick(&[10_000_000, 17_000_000]),
        };
        // All there is, or so little that calls fail for want of it.
        let memory = chance.pick(&[64 << 10, 64 << 10, 4096, 2048]);
        let mut programs = Vec::new();
        // teacher begin
        // otherwise: let words = None;
        let words = chance.one_in(2).then(|| [(); 3].map(|()| chance.word()));
        // teacher end
        for index in 0..WITNESSES {
            let file = witness(index, words, &mut chance.fork());
            programs.push(Part {
                name: format!("witness{index}"),
                file,
                priority: 1,
                device: false,
            });
        }
        for index in 0..chance.from(2, 5) {
            let kind = match chance.below(6) {
                0 if index > 1 => Kind::Spoiled,
                1 if index > 1 => Kind::Wild,
                _ => Kind::Parent,
            };
            let file = program(kind, machine, &mut chance.fork());
            programs.push(Part {
                name: format!("random{index}"),
                file,
                priority: chance.pick(&[1, 1, 1, 2, 3]),
                device: chance.one_in(3),
            });
        }
        let keys = chance.one_in(3).then(|| chance.fork());
        Self {
            machine,
            seed,
            number,
            tick,
            ticks: length(machine) / tick,
            memory,
            // teacher begin
            cpus: 1,
            // teacher end
            programs,
            keys,
        }
    }

    /// How many programs there are.
    pub fn programs(&self) -> usize {
        self.programs.len()
    }

    /// The same round without program number `index`.
    pub fn without(&self, index: usize) -> Self {
        let mut round = self.clone();
        round.programs.remove(index);
        round
    }

    // teacher begin
    /// The same on machines with so many CPUs, whose clocks are the host's and tick no faster than it can follow.
    #[must_use]
    pub fn on(mut self, cpus: u8) -> Self {
        self.cpus = cpus;
        if cpus > 1 {
            self.tick = self.tick.max(SLOW_TICK);
            // Each of them ticks.
            self.ticks = length(self.machine) / self.tick * u32::from(cpus);
        }
        self
    }

    /// How many CPUs there are.
    pub fn cpus(&self) -> u8 {
        self.cpus
    }

    // teacher end
    /// What to boot. The programs' files go to `folder`.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn boot(&self, folder: &Path) -> Result<Boot> {
        let mut programs = Vec::new();
        for part in &self.programs {
            let path = folder.join(&part.name);
            files::write(&path, &part.file)?;
            programs.push(Start {
                priority: part.priority,
                device: part.device,
                ..Start::new(&path.to_string_lossy())
            });
        }
        let Self {
            tick,
            ticks,
            memory,
            number,
            ..
        } = self;
        Ok(Boot {
            programs,
            command_line: format!("tick={tick} audit={ticks},{memory},{number}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_its_round_again() {
        for machine in Machine::ALL {
            let [one, two] = [5, 5].map(|seed| Round::new(machine, seed));
            assert_eq!(one.programs, two.programs);
            assert_eq!((one.tick, one.number), (two.tick, two.number));
            assert_ne!(one.programs, Round::new(machine, 6).programs);
        }
    }
}
