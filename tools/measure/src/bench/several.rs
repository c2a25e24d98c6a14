//! `make bench CPUS=4`: what several environments do at the same time, on 1, 2, 4, 8 CPUs, up to as many as are asked for.
//!
//! The program `bench_cpus` has a mark where each piece of work begins, and one where it ends. GXemul can carry out an instruction of
//! each CPU, then of each the next, and an R3000 never waits: it loops while it has nothing to do. So all the
//! instructions between two marks, divided by the number of CPUs, are the time on each of them. QEMU has no such clock: under
//! `-icount`, time goes on with every instruction, whichever CPU's it is, as if they stood in line; without it, time is the host's.

use super::manual;
use super::table::grouped;
use crate::trace::Subject;
use crate::trace::code::{Kind, is_user};
use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;
use mos_abi::bench::Mark;
use mos_run::boot::{Boot, Start};
use mos_run::elf::Elf;
use mos_run::features::Features;
use mos_run::machine::Machine;
use mos_run::package::Symbol;
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use mos_run::{build, files, out, progress, symbols};
use std::array;
use std::ops::Range;
use std::path::Path;

/// The program.
const PROGRAM: &str = "bench_cpus";
/// What it does, in its order, and how many times as fast four CPUs were meant to be.
const WORK: [(&str, Option<f64>); 6] = [
    ("8 look for primes", Some(3.9)),
    ("8 pairs call each other", Some(3.0)),
    ("8 fork and destroy", Some(2.5)),
    ("8 touch new pages", None),
    ("8 give way to each other", None),
    ("the same with 1,000 more alive", None),
];
/// Of these, one is the other with more environments alive. A switch costs as much: in hundredths, how much longer it may take.
const ALIKE: [usize; 2] = [4, 5];
const MORE_MAX: u64 = 3;
/// A clock that stands still: else it would be that of the host, and no two runs the same.
const COMMAND_LINE: &str = "tick=4000000000";
/// The only machine that has time to be measured.
const MACHINE: Machine = Machine::Gxemul;

/// What the CPUs do meanwhile.
const SHARES: [&str; 4] = ["user mode", "kernel", "coming in", "nothing"];
/// The functions in which a CPU comes into the kernel: nearly all of that is waiting for the lock. And those in which there is
/// nothing to do.
const COMING: [&str; 6] = [
    "smp::enter",
    "lock::acquire",
    "exchange_word",
    "pass_turn",
    "begin_aside",
    "step_back",
];
const IDLE: [&str; 3] = ["idle", "idle_among_others", "rest"];

/// How many instructions of each of [`SHARES`] all CPUs carry out.
type Shares = [u64; SHARES.len()];

/// What each piece of work takes on so many CPUs.
struct Times {
    cpus: u8,
    each: [Shares; WORK.len()],
}

impl Times {
    /// How long it takes.
    fn of(&self, place: usize) -> u64 {
        self.each[place].iter().sum::<u64>() / u64::from(self.cpus)
    }
}

/// Measures, prints the table, and writes it to the folder `out`; with `bless`, into the manual too.
///
/// # Errors
/// Something does not build or run, or a file cannot be written.
pub fn bench(tree: &Tree, most: u8, out: &Path, bless: bool) -> Result<()> {
    let file = out.join("cpus.md");
    files::check(&file)?;
    let spinner = progress::spinner();
    build::kernel(tree, MACHINE, &spinner)?;
    build::programs(tree, &spinner)?;
    let counts = [1, 2, 4, 8].into_iter().filter(|&cpus| cpus <= most);
    let times: Result<Vec<_>> = counts.map(|cpus| measure(tree, cpus, &spinner)).collect();
    spinner.finish_and_clear();
    let report = table(&times?);
    if bless {
        manual::update(tree, "cpus", &report)?;
    }
    files::write(&file, report.as_bytes())?;
    out::print(report)
}

fn measure(tree: &Tree, cpus: u8, spinner: &ProgressBar) -> Result<Times> {
    spinner.set_message(format!("Running {PROGRAM} on {cpus} CPUs"));
    let boot = Boot {
        programs: vec![Start::new(PROGRAM)],
        command_line: COMMAND_LINE.to_owned(),
    };
    let kernel = tree.kernel(MACHINE);
    let bytes = files::read(&kernel)?;
    let functions = symbols::functions(&Elf::parse(&bytes)?)?;
    let coming = ranges(&functions, &COMING)?;
    let idle = ranges(&functions, &IDLE)?;
    let is_in = |ranges: &[Range<u32>], pc| ranges.iter().any(|range| range.contains(&pc));
    let kind = |pc| match pc {
        _ if is_user(pc) => 0,
        _ if is_in(&coming, pc) => 2,
        _ if is_in(&idle, pc) => 3,
        _ => 1,
    };
    let subject = Subject::new(tree, MACHINE, &kernel, &boot)?;
    let subject = subject.on(Features::cpus(cpus)).in_step();
    let mut watch = Watch::default();
    let run = subject.follow(tree, |pc| match subject.code.at(pc) {
        Some(Kind::Mark(mark)) if is_user(pc) => watch.pass(mark),
        _ => watch.now[kind(pc)] += 1,
    })?;
    ensure!(
        run.verdict == Verdict::Clean,
        "{PROGRAM} failed; the console said:\n{}",
        run.console
    );
    let [a, b, c, d, e, f] = watch.each;
    let each = (|| Some([a?, b?, c?, d?, e?, f?]))();
    let each = each.with_context(|| format!("{PROGRAM} has not done all of its work"))?;
    let times = Times { cpus, each };
    let [few, many] = ALIKE.map(|place| times.of(place));
    ensure!(
        many * 100 <= few * (100 + MORE_MAX),
        "switches of {cpus} CPUs take {few} instructions, and {many} with many environments alive"
    );
    Ok(times)
}

/// Where the functions are whose paths end so.
fn ranges(functions: &[Symbol], names: &[&str]) -> Result<Vec<Range<u32>>> {
    let find = |&end: &&str| {
        let named = |name: &str| name == end || name.ends_with(&format!("::{end}"));
        let mut pairs = functions.windows(2);
        let pair = pairs.find(|pair| named(&pair[0].name));
        let pair = pair.with_context(|| format!("the kernel has no function {end}"))?;
        Ok(pair[0].address..pair[1].address)
    };
    names.iter().map(find).collect()
}

/// Counts the instructions of all CPUs between marks.
#[derive(Default)]
struct Watch {
    now: Shares,
    /// What is done, and since when.
    begun: Option<(usize, Shares)>,
    each: [Option<Shares>; WORK.len()],
}

impl Watch {
    fn pass(&mut self, mark: Mark) {
        let Mark::Case(number) = mark else { return };
        if let Some((place, begun)) = self.begun.take()
            && let Some(each) = self.each.get_mut(place)
        {
            *each = Some(array::from_fn(|share| self.now[share] - begun[share]));
        }
        self.begun = usize::from(number)
            .checked_sub(1)
            .map(|place| (place, self.now));
    }
}

/// How many times as fast it is as on the first of them, in hundredths.
fn gain(first: u64, now: u64) -> String {
    let hundredths = (first * 100 + now / 2) / now.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn table(times: &[Times]) -> String {
    let mut table = "| work |".to_owned();
    for Times { cpus, .. } in times {
        table += &match cpus {
            1 => " 1 CPU |".to_owned(),
            _ => format!(" {cpus} CPUs | times as fast |"),
        };
    }
    table += " goal with 4 |\n| --- |";
    for Times { cpus, .. } in times {
        table += if *cpus == 1 {
            " ---: |"
        } else {
            " ---: | ---: |"
        };
    }
    table += " ---: |\n";
    for (place, (name, goal)) in WORK.iter().enumerate() {
        table += &format!("| {name} |");
        let first = times.first().map_or(0, |times| times.of(place));
        for times in times {
            table += &format!(" {} |", grouped(times.of(place)));
            if times.cpus > 1 {
                table += &format!(" {} |", gain(first, times.of(place)));
            }
        }
        table += &goal.map_or_else(|| " - |\n".to_owned(), |goal| format!(" {goal} |\n"));
    }
    table + &times.last().map(shares).unwrap_or_default()
}

/// What the CPUs do in each piece of work, in hundredths of their time.
fn shares(times: &Times) -> String {
    let names = SHARES.map(|name| format!(" {name} |")).concat();
    let mut table = format!("\n| of {} CPUs |{names}\n| --- |", times.cpus);
    table += &" ---: |".repeat(SHARES.len());
    for ((name, _), each) in WORK.iter().zip(&times.each) {
        let all = each.iter().sum::<u64>().max(1);
        let shares = each.map(|share| format!(" {} % |", (share * 100 + all / 2) / all));
        table += &format!("\n| {name} |{}", shares.concat());
    }
    table + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_marks_of_a_piece_of_work_counts() {
        let mut watch = Watch::default();
        for (at, number) in [(5, 2), (17, 0), (20, 1), (21, 0), (30, 9), (31, 0)] {
            watch.now = [at, 0, 0, 0];
            watch.pass(Mark::Case(number));
        }
        assert_eq!(
            watch.each,
            [
                Some([1, 0, 0, 0]),
                Some([12, 0, 0, 0]),
                None,
                None,
                None,
                None
            ]
        );
    }

    #[test]
    fn the_table_says_how_many_times_as_fast_it_is() {
        let times = [(1, [400, 0, 0, 0]), (4, [309, 101, 2, 0])];
        let times = times.map(|(cpus, first)| Times {
            cpus,
            each: [first, [4; 4], [4; 4], [4; 4], [4; 4], [4; 4]],
        });
        let table = table(&times);
        let row = "| 8 look for primes | 400 | 103 | 3.88 | 3.9 |\n";
        assert!(table.contains(row), "{table}");
        let row = "| 8 look for primes | 75 % | 25 % | 0 % | 0 % |\n";
        assert!(table.contains(row), "{table}");
    }
}
