//! The whole system, from the kernel's first instruction to the shell's prompt.
//!
//! QEMU's disk answers when the host's has, and until then its driver looks at its status again and again, and gives way now and then
//! if that takes long. How often is chance, so that is left out: see [`Watch::round`].

use super::meter::{Counts, Samples};
use crate::trace::code::is_user;
use crate::trace::{Question, Subject};
use anyhow::{Context, Result, ensure};
use mos::system;
use mos_abi::bench::Op;
use mos_run::boot::Boot;
use mos_run::disk::{self, Disk};
use mos_run::elf::Elf;
use mos_run::machine::Machine;
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use mos_run::{files, symbols};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};
use std::mem;
use std::path::Path;

/// What begins it.
pub const PROGRAM: &str = "boot";
/// The prompt, and the end of what is typed there.
const PROMPT: Question = Question {
    text: "mos $ ",
    answer: b"\x04",
};
/// The functions that read a device's register for a program, and that have it give way.
const WAYS: [&str; 3] = ["::read_dev::", "short_yield", "sys_yield"];
/// The one that has it wait for a key.
const KEY: &str = "::cgetc::";

/// Boots it with a new disk, of programs that are built, and counts the instructions until the shell asks for a key.
///
/// # Errors
/// It does not get there, or does not end well.
pub fn measure(tree: &Tree, machine: Machine, kernel: &Path) -> Result<Samples> {
    let folder = tempfile::tempdir_in(tree.build()).context("cannot make a disk")?;
    let path = folder.path().join("disk.img");
    system::new(tree, &path)?;
    let boot = Boot {
        programs: system::programs(tree),
        ..Boot::default()
    };
    let disks = [Disk::open(&path)?];
    let arguments = disk::arguments(machine, &disks);
    let subject = Subject::system(tree, machine, kernel, &boot)?;
    let subject = subject.with(arguments).asking(PROMPT);
    let mut watch = Watch::new(Places::of(kernel)?);
    let run = subject.follow(tree, |pc| watch.step(pc))?;
    let is_fine = run.verdict == Verdict::Clean && run.console.matches(PROMPT.text).count() == 1;
    let counts = watch.settled.filter(|_| is_fine);
    let counts = counts.with_context(|| {
        format!(
            "it did not end at its prompt; the console said:\n{}",
            run.console
        )
    })?;
    Ok(Samples::from([((Op::Prompt, 0), vec![counts])]))
}

/// Places of the kernel.
#[derive(Clone, Copy)]
struct Places {
    /// Where it does what [`WAYS`] says.
    ways: [u32; 3],
    /// Where somebody asks for a key.
    key: u32,
}

impl Places {
    fn of(kernel: &Path) -> Result<Self> {
        let bytes = files::read(kernel)?;
        let elf = Elf::parse(&bytes)?;
        let functions = symbols::functions(&elf)?;
        let place = |name: &str| -> Result<u32> {
            let mut found = functions.iter().filter(|f| f.name.contains(name));
            let place = found.next().map(|function| function.address);
            ensure!(found.next().is_none(), "the kernel has two of {name}");
            place.with_context(|| format!("the kernel has no {name}"))
        };
        let [look, short, long] = WAYS.map(place);
        Ok(Self {
            ways: [look?, short?, long?],
            key: place(KEY)?,
        })
    }
}

/// Watches the system on its way to the prompt.
struct Watch {
    places: Places,
    now: Counts,
    /// What it was when somebody asked for a key, without the waiting.
    settled: Option<Counts>,
    round: Round,
    rounds: BTreeMap<u64, Rounds>,
}

/// What has been executed since somebody last looked at a device or gave way.
#[derive(Default)]
struct Round {
    hasher: DefaultHasher,
    begun: Counts,
    /// What was the round before.
    before: u64,
}

/// All rounds of the very same instructions.
#[derive(Default)]
struct Rounds {
    cost: Counts,
    /// One came right after another.
    are_waiting: bool,
}

impl Watch {
    fn new(places: Places) -> Self {
        Self {
            places,
            now: Counts::default(),
            settled: None,
            round: Round::default(),
            rounds: BTreeMap::new(),
        }
    }

    /// The instruction at `pc` is executed.
    fn step(&mut self, pc: u32) {
        if self.settled.is_some() {
            return;
        }
        if self.places.ways.contains(&pc) {
            self.round();
        }
        if pc == self.places.key {
            self.settled = Some(self.now - self.waiting());
        }
        self.round.hasher.write_u32(pc);
        if is_user(pc) {
            self.now.user += 1;
        } else {
            self.now.kernel += 1;
        }
    }

    /// A round ends, and another one begins. Instructions that led from a look to a look, or from a yield to a yield, and are at once
    /// executed again, every one of them, did nothing but wait, and so did they wherever else they were executed.
    fn round(&mut self) {
        let round = mem::take(&mut self.round);
        let kind = round.hasher.finish();
        let rounds = self.rounds.entry(kind).or_default();
        rounds.cost = rounds.cost + (self.now - round.begun);
        rounds.are_waiting |= kind == round.before;
        self.round.begun = self.now;
        self.round.before = kind;
    }

    /// What waiting has cost.
    fn waiting(&self) -> Counts {
        let waiting = self.rounds.values().filter(|rounds| rounds.are_waiting);
        waiting.fold(Counts::default(), |all, rounds| all + rounds.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: u32 = 0x8001_0000;
    const KERNEL: u32 = LOOK + 4;
    const KEY: u32 = LOOK + 8;
    const YIELD: u32 = LOOK + 12;
    const PROGRAM: u32 = 0x40_0000;

    /// What counts of a run.
    fn counts_of(trace: &[u32]) -> Counts {
        let mut watch = Watch::new(Places {
            ways: [LOOK, YIELD, YIELD + 4],
            key: KEY,
        });
        trace.iter().for_each(|&pc| watch.step(pc));
        watch.settled.unwrap()
    }

    /// What counts of a system that looks at its disk so many times before it has the first sector, and the second.
    fn counts(looks: [usize; 2]) -> (u64, u64) {
        let [first, second] = looks.map(|looks| [LOOK, KERNEL, PROGRAM].repeat(looks));
        let sector = [PROGRAM + 4, LOOK, KERNEL, KERNEL, PROGRAM + 8];
        let trace = [&[KERNEL], &*first, &sector, &second, &sector, &[KEY]];
        let counts = counts_of(&trace.concat());
        (counts.user, counts.kernel)
    }

    #[test]
    fn waiting_is_left_out_however_long_it_is() {
        let most = counts([3, 1]);
        assert_eq!(most, (6, 11));
        for looks in [[5, 1], [3, 9], [4, 2], [1, 3], [2, 3]] {
            assert_eq!(counts(looks), most);
        }
        // Nobody can tell that these are waiting: they come once in a row.
        assert_eq!(counts([1, 1]), most);
        assert_eq!(counts([2, 1]), (7, 13));
    }

    #[test]
    fn so_is_giving_way_meanwhile() {
        let counts = |yields| {
            let pause = [YIELD, KERNEL, PROGRAM].repeat(yields);
            counts_of(&[&[LOOK, PROGRAM], &*pause, &[LOOK, PROGRAM + 4, KEY]].concat())
        };
        assert_eq!(counts(3), counts(100));
    }

    #[test]
    fn work_that_is_done_again_and_again_counts() {
        assert_eq!(counts([0, 0]).0, 4);
    }
}
