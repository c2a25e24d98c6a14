//! `make run`: boots an image with the user's terminal or pipe as its console.

use crate::emulator::Settings;
use crate::machine::Machine;
use crate::out;
use crate::printer::Printer;
use crate::prompt::{HALT, Prompt};
use crate::session::{Event, Session};
use crate::terminal::Guard;
use crate::tree::Tree;
use crate::verdict::Verdict;
use anyhow::Result;
// teacher begin
// otherwise: use std::io::{self, Write};
use std::io::{self, Read, Write};
// teacher end
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

// teacher begin
/// What tells who reads lines that there are no more: the end of the last one, if it has none, and the key for that, also for
/// programs that read on when others have stopped.
const END: &[u8] = b"\n\x04\x04\x04\x04\x04\x04\x04\x04";

/// The key that has the next one be a character, and the one that would ask how a word goes on.
const VERBATIM: u8 = 0x16;
const TAB: u8 = b'\t';

/// Standard input, and whether a line of it has begun.
#[derive(Default)]
struct Typed {
    in_line: bool,
    /// A script has its tabs for what they are; only a person asks by them.
    is_script: bool,
}

impl Typed {
    fn end(&self) -> &'static [u8] {
        if self.in_line { END } else { &END[1..] }
    }

    /// Reads a script from `input`: its tabs as characters.
    fn script(input: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
        let mut read = vec![0; bytes.len() / 2];
        let count = input.read(&mut read)?;
        let keys = read[..count].iter().flat_map(|&byte| match byte {
            TAB => [Some(VERBATIM), Some(TAB)],
            byte => [Some(byte), None],
        });
        let typed = bytes.iter_mut().zip(keys.flatten());
        Ok(typed.map(|(to, key)| *to = key).count())
    }
}

impl Read for Typed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = if self.is_script {
            Self::script(&mut io::stdin(), bytes)?
        } else {
            io::stdin().read(bytes)?
        };
        if let Some(last) = bytes[..count].last() {
            self.in_line = !matches!(last, b'\n' | b'\r');
        }
        Ok(count)
    }
}

// teacher end
/// Boots `image` on `machine`, with `more` arguments for the emulator, and stays until that ends.
///
/// # Errors
/// The emulator cannot be started or the console's bytes cannot be passed on.
pub fn run(
    tree: &Tree,
    machine: Machine,
    image: &[u8],
    mut settings: Settings,
    more: &[String],
) -> Result<Verdict> {
    let interrupts = true;
    // teacher begin
    // Who reads lines has something to interrupt.
    let interrupts = interrupts && !settings.lines;
    // teacher end
    let guard = Guard::new(machine, interrupts)?;
    let is_terminal = guard.is_terminal();
    settings.terminal = is_terminal && machine == Machine::Malta;
    let mut session = Session::start(tree, machine, image, settings, more)?;
    let asks = Arc::new(Prompt::default());
    if let Some(mut line) = session.take_line() {
        let asks = asks.clone();
        thread::spawn(move || {
            // What the emulator does not read any more is nobody's loss.
            // teacher begin
            // otherwise: let mut fed = io::copy(&mut io::stdin(), &mut line).map(drop);
            let mut typed = Typed {
                is_script: settings.lines && !is_terminal,
                ..Typed::default()
            };
            let mut fed = io::copy(&mut typed, &mut line).map(drop);
            if settings.lines {
                fed = fed.and_then(|()| line.write_all(typed.end()));
            }
            // teacher end
            // Nobody will answer the monitor any more.
            while settings.monitor && fed.is_ok() {
                asks.wait();
                fed = line.write_all(HALT);
            }
        });
    }
    let mut printer = Printer::stdout();
    while let Event::Output(bytes) = session.next(None) {
        asks.hear(&bytes);
        if printer.print(bytes).is_err() {
            break;
        }
    }
    printer.finish()?;
    session.finish()
}

/// The same, and what it means for who started it.
///
/// # Errors
/// As [`run`].
pub fn to_the_end(
    tree: &Tree,
    machine: Machine,
    image: &[u8],
    settings: Settings,
    more: &[String],
) -> Result<ExitCode> {
    Ok(match run(tree, machine, image, settings, more)? {
        Verdict::Clean => ExitCode::SUCCESS,
        Verdict::Failed(code) => ExitCode::from(code),
        Verdict::Stopped(why) | Verdict::Broken(why) | Verdict::Killed(why) => {
            out::tell(&why);
            ExitCode::FAILURE
        }
    })
}
// teacher begin

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_of_a_script_are_characters() {
        let mut input: &[u8] = b"a\t\tb\n\t";
        let mut typed = Vec::new();
        let mut room = [0; 4];
        while let count @ 1.. = Typed::script(&mut input, &mut room).unwrap() {
            typed.extend_from_slice(&room[..count]);
        }
        assert_eq!(typed, b"a\x16\t\x16\tb\n\x16\t");
    }
}
// teacher end
