//! One run of the system for one check.

use super::check::{Check, End};
// lab 5 begin
use super::disk::Scratch;
// lab 5 end
use super::order::put;
use super::over::Over;
use super::parts::Parts;
use super::pulse::{Beat, INTERVAL, Pulse};
use super::tally::{Stage, Tally};
use crate::processes::SECOND;
use anyhow::{Context, Result};
// lab 5 begin
// otherwise: use mos_exam::{Lots, Order};
use fsformat::Image;
use mos_exam::Lots;
// lab 5 end
use mos_run::emulator::{ICOUNT, MEMORY, Settings};
use mos_run::machine::Machine;
use mos_run::package::Program;
use mos_run::plugin::Plugin;
use mos_run::session::{Event, Session};
use mos_run::tree::Tree;
use mos_run::typist::{Answer, Typist};
use mos_run::verdict::Verdict;
use mos_run::{image, package, strip};
use std::path::Path;
use std::time::{Duration, Instant};

/// More than any check prints: what comes after is not read.
const CONSOLE_MAX: usize = 1 << 20;
/// Seconds of the host's CPU time that any run may take, and million instructions of its limit that may take a second
/// more: a net for guests that make their emulator slow, and on GXemul for those without an end, as nothing else ends them: what is
/// right takes a tenth of it there.
const PATIENCE: u64 = 20;
const PACE: u64 = 16;
/// GXemul has no counter to stop it: there the kernel's own limit counts ticks, so many a second of the host's time.
const TICKS: u64 = 60;
/// What the system says there.
pub const AT_LIMIT: &str = "[mos] time limit reached";

/// What a system that is content says last.
const POWER_OFF: &str = "[mos] power off";
/// What memory is full of where a check wants it.
const RUBBISH: u8 = 0xa5;

/// What was seen of a run.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was on the console.
    pub console: String,
    /// The instructions that were executed, where the emulator counts them.
    pub instructions: Option<u64>,
    /// How it ended.
    pub end: Ending,
    /// Hundredths of a second of the host's CPU time that one saw it take, if it went on long enough to be looked at.
    pub busy: u64,
    /// Where the kernel, and where a program, was last seen, if the emulator tells.
    pub places: Option<[u32; 2]>,
    /// The same in words, where it does not end well.
    pub last: Option<String>,
}

impl Seen {
    /// What it did, and where it was then, as far as that is known.
    pub fn with_place(&self, what: &str) -> String {
        match &self.last {
            Some(last) => format!("{what}; {last}"),
            None => what.to_owned(),
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself: the system powered off, and said that all is well.
    Clean,
    /// By itself, in another way.
    Failed,
    /// At the limit of the check.
    Limit,
    /// On GXemul, which counts no instructions: it had taken so many seconds of the emulator's CPU time.
    Spent(u64),
    /// It went on where there is no memory.
    Astray,
    /// It was ended when it said that it had nothing more to report.
    Over,
    /// It printed more than anybody reads.
    TooMuch,
    /// It did nothing any more, and did not end.
    Stuck,
    /// It was never given what it was to be typed: the text it was to print first.
    Untyped(String),
    /// Not of its own doing, so that it says nothing about the system: why.
    Broken(String),
}

/// Makes the image of `check` with the kernel at `kernel`, its programs taken from `tree`, with an order that has this `seed`.
/// What is found out about them is kept in `parts`.
///
/// # Errors
/// A program is missing, or has no place for an order.
pub fn image(
    parts: &Parts,
    tree: &Tree,
    machine: Machine,
    kernel: &Path,
    check: &Check,
    seed: u64,
) -> Result<Vec<u8>> {
    // lab 5 begin
    // otherwise: let mut params = [0; 4];
    // otherwise: for (param, value) in params.iter_mut().zip(&check.params) {
    // otherwise:     *param = *value;
    // otherwise: }
    // otherwise: let order = Order {
    // otherwise:     seed,
    // otherwise:     name: check.order(),
    // otherwise:     params,
    // otherwise: };
    let order = check.order_of(seed);
    // lab 5 end
    let mut programs = Vec::new();
    for (n, name) in check.programs().into_iter().enumerate() {
        let packed = || -> Result<Vec<u8>> {
            let part = parts.program(&tree.program(&name)?)?;
            let mut elf = part.elf.clone();
            // lab 5 begin
            if part.places.is_empty() && check.devices.contains(&name) {
                return strip::strip(&elf);
            }
            // lab 5 end
            put(&order, &part.places, &mut elf).with_context(|| format!("the program {name}"))?;
            strip::strip(&elf)
        };
        programs.push(Program {
            elf: packed()?,
            priority: check.priority(n),
            // lab 5 begin
            // otherwise: device: false,
            device: check.devices.contains(&name),
            // lab 5 end
            name,
        });
    }
    let limit = match machine {
        Machine::Malta => String::new(),
        Machine::Gxemul => format!("limit={} ", TICKS * patience(check) / 2),
    };
    let command_line = limit + &drawn(&check.command_line, seed);
    let part = parts.kernel(kernel)?;
    let mut elf = part.elf.clone();
    if programs.is_empty() {
        put(&order, &part.places, &mut elf).context("the kernel")?;
    }
    let package = package::build(command_line.trim_end(), &programs, &part.functions);
    let image = package.and_then(|package| image::append(&elf, &package, memory(check)));
    let image = image.with_context(|| format!("cannot make an image of {}", kernel.display()))?;
    match check.rubbish {
        true => image::fill_bss(&image, RUBBISH),
        false => Ok(image),
    }
}

/// Seconds of the host's CPU time that it may take.
fn patience(check: &Check) -> u64 {
    PATIENCE + u64::from(check.limit) / PACE
}

/// Whether an emulator that has gone on for so long has reached its limit of the host's time because the host had other things to do:
/// it was `busy` for so many hundredths of a second.
fn was_kept_waiting(console: &str, check: &Check, taken: Duration, busy: u64) -> bool {
    let seconds = patience(check) / 2;
    // A system that takes one tick for several is there sooner.
    let came_by_time = taken >= Duration::from_secs(seconds) * 3 / 4;
    came_by_time && busy < seconds * SECOND / 2 && console.contains(AT_LIMIT)
}

/// MiB that its machine has.
fn memory(check: &Check) -> u32 {
    check.memory.unwrap_or(MEMORY)
}

/// `text` with a number of the run's in place of `$DRAWN`, in hexadecimal; in place of `$DRAWN3`, its last three digits.
pub fn drawn(text: &str, seed: u64) -> String {
    let number = format!("{:08x}", Lots::new(seed).any());
    let mut parts = text.split("$DRAWN");
    let mut drawn = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.chars().next().and_then(|first| first.to_digit(10));
        let cut = digits.and_then(|digits| number.len().checked_sub(digits as usize));
        let (cut, rest) = cut.map_or((0, part), |cut| (cut, &part[1..]));
        drawn += &number[cut..];
        drawn += rest;
    }
    drawn
}

/// Boots `image` and watches it to its end. `tree` is where what is needed for that comes from.
///
/// # Errors
/// The emulator cannot be started or does not tell what it counted.
// lab 5 begin
// otherwise: pub fn run(tree: &Tree, machine: Machine, image: &[u8], check: &Check, seed: u64) -> Result<Seen> {
pub fn run(
    tree: &Tree,
    machine: Machine,
    image: &[u8],
    disk: Option<Image>,
    check: &Check,
    seed: u64,
) -> Result<Seen> {
    let disk = disk.map(Scratch::new).transpose()?;
    // lab 5 end
    let tally = Tally::new()?;
    let limit = u64::from(check.limit) * 1_000_000;
    let more = match machine {
        Machine::Malta => {
            let (out, memory) = (tally.path(), memory(check));
            let arguments = format!("out={},limit={limit},memory={memory}", out.display());
            Plugin::Count.arguments(tree, &arguments)?
        }
        Machine::Gxemul => Vec::new(),
    };
    // lab 5 begin
    let of_disk = disk.iter().flat_map(|disk| disk.arguments(machine));
    let more: Vec<String> = more.into_iter().chain(of_disk).collect();
    // lab 5 end
    let settings = Settings {
        icount: Some(ICOUNT),
        memory: Some(memory(check)),
        sealed: true,
        ..Settings::of(check.kernel)
    };
    let session = Session::start(tree, machine, &strip::strip(image)?, settings, &more)?;
    let counts = (machine == Machine::Malta).then(|| tally.clone());
    let seconds = patience(check);
    let begun = Instant::now();
    let mut pulse = Pulse::of(session.process(), counts, seconds);
    // Where nothing counts instructions, only this ends a system that is over and cannot end its machine.
    let by_word = machine == Machine::Gxemul && check.end == End::Any;
    let (console, end) = watch(session, &mut pulse, &tally, check, seed, by_word)?;
    let end = end.unwrap_or_else(|| match machine {
        Machine::Malta => {
            Ending::Broken(format!("it took {seconds} seconds of the host's CPU time"))
        }
        Machine::Gxemul => Ending::Spent(seconds),
    });
    let end = match machine {
        Machine::Gxemul if was_kept_waiting(&console, check, begun.elapsed(), pulse.busy()) => {
            Ending::Broken("the host had other things to do than to run the emulator".to_owned())
        }
        _ => end,
    };
    let mut seen = Seen {
        console,
        instructions: None,
        end,
        busy: pulse.busy(),
        places: tally.places().ok(),
        last: None,
    };
    // lab 5 begin
    if let Some(disk) = disk {
        // In front of what the guest has said, whose end is looked at where it goes wrong.
        seen.console = disk.report(check)? + &seen.console;
    }
    // lab 5 end
    // What is typed comes when the host gets round to it, so the time until then says nothing.
    if machine == Machine::Malta && matches!(seen.end, Ending::Clean | Ending::Failed) {
        count(&mut seen, check, &tally)?;
    }
    Ok(seen)
}

/// Whether the emulator ended on its own after it had executed something.
fn ended_by_itself(tally: &Tally) -> bool {
    matches!(tally.read(), Ok((1.., Stage::Ended)))
}

/// Takes in what the plugin counted.
fn count(seen: &mut Seen, check: &Check, tally: &Tally) -> Result<()> {
    let (count, stage) = tally.read()?;
    // lab 5 begin
    // otherwise: if check.typed.is_empty() {
    // So does a disk.
    if check.typed.is_empty() && check.disk.is_none() {
        // lab 5 end
        seen.instructions = Some(count);
    }
    match stage {
        Stage::Limit => (seen.end, seen.instructions) = (Ending::Limit, None),
        Stage::Astray => seen.end = Ending::Astray,
        Stage::Runs | Stage::Ended => {}
    }
    Ok(())
}

/// Reads the console to its end, or `by_word` to where it says that there is nothing more to report, and types. There is
/// no telling how it ended once it has used up its CPU time.
fn watch(
    mut session: Session,
    pulse: &mut Pulse,
    tally: &Tally,
    check: &Check,
    seed: u64,
    by_word: bool,
) -> Result<(String, Option<Ending>)> {
    let mut look = Instant::now() + INTERVAL;
    let mut console = Vec::new();
    let mut over = Over::default();
    let mut typist = Typist::new(check.typed.iter().map(|typed| Answer {
        after: &typed.after,
        bytes: drawn(&typed.text, seed).into_bytes().into(),
    }));
    let end = loop {
        match session.next(Some(look)) {
            Event::Output(bytes) => console.extend(bytes),
            Event::End => break None,
            Event::Timeout => {}
        }
        if Instant::now() >= look {
            match pulse.look() {
                Beat::Alive => look = Instant::now() + INTERVAL,
                Beat::Stuck => break Some(Ending::Stuck),
                Beat::Spent => return Ok((String::from_utf8_lossy(&console).into_owned(), None)),
            }
        }
        if console.len() > CONSOLE_MAX {
            console.truncate(CONSOLE_MAX);
            break Some(Ending::TooMuch);
        }
        typist.read(&console, &mut session);
        if by_word && over.is_said(&console) {
            break Some(Ending::Over);
        }
    };
    let text = String::from_utf8_lossy(&console).into_owned();
    let end = match (end, typist.awaits()) {
        (Some(end), None) => end,
        (_, Some(untyped)) => Ending::Untyped(untyped.to_owned()),
        (None, None) => {
            // Whatever was on its line before: programs do not end all of theirs.
            let content = text.trim_end().ends_with(POWER_OFF);
            match session.finish()? {
                Verdict::Clean if content => Ending::Clean,
                // An exit status like that of who was ended by a signal the guest may have chosen itself.
                Verdict::Killed(_) if ended_by_itself(tally) => Ending::Failed,
                Verdict::Broken(why) | Verdict::Killed(why) => Ending::Broken(why),
                _ => Ending::Failed,
            }
        }
    };
    Ok((text, Some(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_had_no_cpu_is_excused_and_who_used_it_is_not() {
        let check = Check::bare("any");
        let seconds = patience(&check) / 2;
        let (late, soon) = (Duration::from_secs(seconds), Duration::from_secs(1));
        let at_limit = format!("1\n{AT_LIMIT}\n");
        let kept = |console: &str, taken, busy| was_kept_waiting(console, &check, taken, busy);
        assert!(kept(&at_limit, late, seconds * SECOND / 5));
        assert!(
            !kept(&at_limit, late, seconds * SECOND * 4 / 5),
            "it was busy"
        );
        assert!(!kept(&at_limit, soon, 0), "it has counted too many ticks");
        assert!(!kept("1\n", late, 0), "it ended otherwise");
    }
}
