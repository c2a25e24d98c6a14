//! Boots a round, and says how it ended.

use crate::chance::Chance;
use crate::round::Round;
use anyhow::{Context, Result};
use mos_run::emulator::{ICOUNT, Settings};
use mos_run::session::{Event, Session};
use mos_run::strip;
use mos_run::tree::Tree;
use mos_run::verdict::Verdict;
use std::path::Path;
use std::time::{Duration, Instant};

/// A net for a kernel that hangs: rounds end after seconds.
const PATIENCE: Duration = Duration::from_secs(90);
/// How long somebody who types pauses.
const PAUSE: Duration = Duration::from_millis(20);
/// How much of the console is kept: its end.
const KEPT: usize = 16 << 10;

/// How a round ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// The kernel audited itself to the end; what it says of it.
    Good(String),
    /// The emulator stopped at an instruction of a program that it does not know, which no kernel can help.
    Emulator(String),
    /// The kernel failed: how, and the end of the console.
    Bad(String, String),
}

/// Boots `round`, with its files in `folder`.
///
/// # Errors
/// The image cannot be made, or the emulator cannot be started.
pub fn play(tree: &Tree, round: &Round, folder: &Path) -> Result<End> {
    let boot = round.boot(folder)?;
    let kernel = tree.audited_kernel(round.machine);
    let image = strip::strip(&boot.image(tree, &kernel)?)?;
    let settings = Settings {
        // teacher begin
        // otherwise: icount: Some(ICOUNT),
        // Several CPUs run at the same time, as far as the host lets them.
        icount: (round.cpus() == 1).then_some(ICOUNT),
        cpus: round.cpus(),
        // teacher end
        ..Settings::default()
    };
    let mut session = Session::start(tree, round.machine, &image, settings, &[])?;
    let deadline = Instant::now() + PATIENCE;
    let mut console = Vec::new();
    let mut keys = round.keys.clone();
    let mut next_key = Instant::now();
    let verdict = loop {
        if let Some(keys) = keys.as_mut().filter(|_| next_key <= Instant::now()) {
            // Who has ended does not listen; its end will tell.
            let _ = session.feed(&typed(keys));
            next_key = Instant::now() + PAUSE;
        }
        let wake = keys.as_ref().map_or(deadline, |_| deadline.min(next_key));
        match session.next(Some(wake)) {
            Event::Output(bytes) => console.extend(bytes),
            Event::End => break Some(session.finish().context("cannot tell how it ended")?),
            Event::Timeout if wake == deadline => break None,
            Event::Timeout => {}
        }
        if console.len() > 2 * KEPT {
            console.drain(..KEPT);
        }
    };
    let console = String::from_utf8_lossy(&console).into_owned();
    Ok(judge(round, verdict, console))
}

/// A few keys: one, a line, more than the kernel takes at once, or a paste that fills its buffer.
fn typed(keys: &mut Chance) -> Vec<u8> {
    let most = keys.pick(&[1, 1, 20, 100, 6000]);
    (0..keys.from(1, most)).map(|_| keys.word() as u8).collect()
}

fn judge(round: &Round, verdict: Option<Verdict>, console: String) -> End {
    // Wherever a program has left the line.
    let mark = format!("[mos] audited {}: ", round.number);
    let audited = console
        .rsplit_once(&mark)
        .and_then(|(_, rest)| rest.lines().next());
    let audited = audited.map(|what| what.trim_end().to_owned());
    match (verdict, audited) {
        (Some(Verdict::Clean), Some(what)) => End::Good(what),
        (None, _) => End::Bad("it hangs".to_owned(), console),
        (Some(Verdict::Stopped(why) | Verdict::Broken(why) | Verdict::Killed(why)), _) => {
            match stopped_at(&why) {
                Some(instruction) => End::Emulator(instruction),
                None => End::Bad(why, console),
            }
        }
        (Some(Verdict::Clean), None) => End::Bad("it ended before its time".to_owned(), console),
        (Some(Verdict::Failed(_)), _) => End::Bad(last_words(&console), console),
    }
}

/// What a kernel said that failed.
fn last_words(console: &str) -> String {
    let (_, words) = console.rsplit_once("kernel panic: ").unwrap_or_default();
    let what: Vec<&str> = words.lines().map(str::trim_end).take(2).collect();
    format!("kernel panic: {}", what.join(" "))
}

/// What GXemul says when it comes to an instruction that it does not know, before the address.
const UNKNOWN: &str = "UNIMPLEMENTED instruction at 0x";
/// What it says when it cannot fetch an instruction where there always is memory: a program has jumped to the vectors.
const UNREAD: &str = "to_be_translated(): read failed";

/// The lines in which GXemul says which instruction of a program it does not know, if it does.
fn stopped_at(words: &str) -> Option<String> {
    if words.contains(UNREAD) {
        return Some(UNREAD.to_owned());
    }
    let (_, what) = words.rsplit_once(UNKNOWN)?;
    let mut lines = what.lines();
    let address = u32::from_str_radix(lines.next()?, 16).ok()?;
    let instruction = lines.next()?.trim().to_owned();
    (address < mos_abi::layout::ULIM).then_some(instruction)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::machine::Machine;

    #[test]
    fn a_kernel_that_comes_to_such_an_instruction_has_failed() {
        let words = |address| {
            format!("GXemul has given up\n  cpu: {UNKNOWN}{address}\n  {address}: cc000000  pref")
        };
        assert!(stopped_at(&words("400b9c")).is_some());
        assert_eq!(stopped_at(&words("80010000")), None);
        assert_eq!(stopped_at("GXemul has given up"), None);
    }

    #[test]
    fn only_a_kernel_that_repeats_the_number_was_audited() {
        let round = Round::new(Machine::Malta, 1);
        let console = format!(
            "x[mos] audited {}: 3 environments\n[mos] power off\n",
            round.number
        );
        let end = |verdict, console: &str| judge(&round, verdict, console.to_owned());
        let clean = || Some(Verdict::Clean);
        assert!(matches!(end(clean(), &console), End::Good(what) if what == "3 environments"));
        assert!(matches!(
            end(clean(), "[mos] audited 1: all\n"),
            End::Bad(..)
        ));
        assert!(matches!(
            end(Some(Verdict::Failed(1)), &console),
            End::Bad(..)
        ));
        assert!(matches!(end(None, &console), End::Bad(..)));
    }
}
