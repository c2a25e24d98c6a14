//! How a run ended. That is known from the emulator's exit status and from what it says on a line of its own, which
//! the guest cannot reach: nothing that is on the console counts.

use crate::machine::Machine;
use std::process::ExitStatus;

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The system powered the machine off, content.
    Clean,
    /// The system says that something is wrong: a panic, a deadlock, a limit. The emulator's status.
    Failed(u8),
    /// The emulator ended, or had to be ended, without the system having asked for it.
    Stopped(String),
    /// The emulator did not work, which says nothing about the system: it never began, or was ended from outside.
    Broken(String),
    /// The same by its status alone, as of one that a signal has ended: the system may have chosen that.
    Killed(String),
}

/// Bytes of an emulator's words that are kept: the last ones.
const WORDS_MAX: usize = 4096;
/// Lines of them that anybody reads.
const LINES_MAX: usize = 5;

/// What is asked of QEMU beforehand: to tell programs what happens.
pub const TELL: &str = "{\"execute\": \"qmp_capabilities\"}\n";
/// To begin.
pub const BEGIN: &str = "{\"execute\": \"cont\"}\n";
/// How QEMU's messages for programs begin: a machine that begins, and the reset by which the guest powers off.
const MESSAGE: u8 = b'{';
const BEGUN: &str = "\"event\": \"RESUME\"";
const RESET: &str =
    "\"event\": \"SHUTDOWN\", \"data\": {\"guest\": true, \"reason\": \"guest-reset\"}";

/// That by a signal that somebody sent to it, after which its status is as if all were well.
const SIGNAL: &str =
    "\"event\": \"SHUTDOWN\", \"data\": {\"guest\": false, \"reason\": \"host-signal\"}";

/// GXemul asks for a command, which it does instead of ending where the guest has not powered off.
const PROMPT: &str = "GXemul> ";
/// What it says when the guest ends it as a failure.
const FAILURE: &str = "Attempt to access ENTRYLO1 with MMU3K?";

/// Listens to what an emulator says besides the guest.
#[derive(Debug)]
pub struct Witness {
    machine: Machine,
    words: Vec<u8>,
    /// Where in the words the last line begins.
    line: usize,
    begun: bool,
    reset: bool,
    signalled: bool,
}

impl Witness {
    /// Of an emulator of `machine`.
    pub fn new(machine: Machine) -> Self {
        Self {
            machine,
            words: Vec::new(),
            line: 0,
            begun: false,
            reset: false,
            signalled: false,
        }
    }

    /// It says `bytes`.
    pub fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.words.push(byte);
            if byte == b'\n' {
                self.end_of_line();
            }
        }
        let surplus = self.words.len().saturating_sub(WORDS_MAX);
        self.words.drain(..surplus);
        self.line = self.line.saturating_sub(surplus);
    }

    /// Whether it waits for somebody to tell it what to do: the guest will get no further.
    pub fn has_given_up(&self) -> bool {
        self.machine == Machine::Gxemul && self.words.ends_with(PROMPT.as_bytes())
    }

    /// What it means that it has exited with `status`.
    pub fn verdict(&self, status: ExitStatus) -> Verdict {
        let early = "the emulator ended before the system powered the machine off";
        let stopped = |why: &str| Verdict::Stopped(why.to_owned() + &self.said());
        match status.code() {
            _ if self.signalled => Verdict::Broken(self.ended_by("signal of somebody's")),
            _ if self.has_given_up() => stopped("GXemul has given up"),
            Some(0) if self.has_powered_off() => Verdict::Clean,
            // A shell, or a sandbox, says so of a signal.
            Some(code @ 129..=159) => {
                Verdict::Killed(self.ended_by(&format!("signal: {}", code - 128)))
            }
            Some(code) if code != 0 && self.has_failed() => {
                Verdict::Failed(u8::try_from(code).unwrap_or(1))
            }
            Some(code) if code != 0 => Verdict::Broken(early.to_owned() + &self.said()),
            Some(_) => stopped(early),
            None => Verdict::Broken(self.ended_by(&status.to_string())),
        }
    }

    fn ended_by(&self, signal: &str) -> String {
        format!("the emulator was ended by a {signal}{}", self.said())
    }

    /// Whether the guest had the machine powered off, given that the emulator ended as if all were well.
    fn has_powered_off(&self) -> bool {
        match self.machine {
            Machine::Malta => self.reset,
            // There is no other way: where it gives up, it does not end.
            Machine::Gxemul => true,
        }
    }

    /// Whether it was the guest that had it end as a failure.
    fn has_failed(&self) -> bool {
        match self.machine {
            Machine::Malta => self.begun,
            Machine::Gxemul => self.words.trim_ascii_end().ends_with(FAILURE.as_bytes()),
        }
    }

    /// Takes QEMU's messages for programs out of its words.
    fn end_of_line(&mut self) {
        let line = &self.words[self.line..];
        if self.machine == Machine::Malta && line.first() == Some(&MESSAGE) {
            let message = String::from_utf8_lossy(line);
            self.begun |= message.contains(BEGUN);
            self.reset |= message.contains(RESET);
            self.signalled |= message.contains(SIGNAL);
            self.words.truncate(self.line);
        }
        self.line = self.words.len();
    }

    /// The last lines of what it said, to stand behind something else.
    fn said(&self) -> String {
        let words = String::from_utf8_lossy(&self.words);
        let words = words.strip_suffix(PROMPT).unwrap_or(&words);
        let lines: Vec<&str> = words
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        let last = &lines[lines.len().saturating_sub(LINES_MAX)..];
        last.iter().map(|line| format!("\n  {line}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    const KILLED: i32 = 9;
    const GREETING: &str =
        "{\"QMP\": {\"version\": {}, \"capabilities\": [\"oob\"]}}\r\n{\"return\": {}}\r\n";
    const RESUME: &str =
        "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"RESUME\"}\r\n";

    fn shutdown(data: &str) -> String {
        format!(
            "{GREETING}{RESUME}{{\"timestamp\": {{}}, \"event\": \"SHUTDOWN\", \"data\": {{{data}}}}}\r\n"
        )
    }

    /// The verdict, the words having come in pieces of `size`.
    fn heard(machine: Machine, words: &str, status: i32, size: usize) -> Verdict {
        let mut witness = Witness::new(machine);
        words
            .as_bytes()
            .chunks(size)
            .for_each(|piece| witness.hear(piece));
        witness.verdict(ExitStatus::from_raw(status))
    }

    fn stopped(verdict: &Verdict, why: &str) -> bool {
        matches!(verdict, Verdict::Stopped(text) if text.contains(why))
    }

    fn broken(verdict: &Verdict, why: &str) -> bool {
        matches!(verdict, Verdict::Broken(text) if text.contains(why))
    }

    #[test]
    fn malta_is_content_with_a_reset_by_the_guest_only() {
        for size in [1, 7, 4096] {
            let heard = |data: &str| heard(Machine::Malta, &shutdown(data), 0, size);
            assert_eq!(
                heard("\"guest\": true, \"reason\": \"guest-reset\""),
                Verdict::Clean
            );
            for other in [
                "\"guest\": false, \"reason\": \"host-qmp-quit\"",
                "\"guest\": true, \"reason\": \"guest-panic\"",
            ] {
                assert!(stopped(&heard(other), "before the system"), "{other}");
            }
        }
        let silent = heard(Machine::Malta, "", 0, 1);
        assert!(stopped(&silent, "before the system"));
    }

    #[test]
    fn malta_fails_only_once_it_has_begun() {
        let failed = |words: &str| heard(Machine::Malta, words, 37 << 8, 9);
        assert_eq!(failed(&format!("{GREETING}{RESUME}")), Verdict::Failed(37));
        let words = format!("{GREETING}qemu: could not load kernel\n");
        assert!(broken(&failed(&words), "\n  qemu: could not load kernel"));
    }

    #[test]
    fn gxemul_is_content_if_it_ends_and_does_not_ask_what_to_do() {
        let unknown = "00400000: 01005001  special_01 = UNIMPLEMENTED\n";
        let given_up = format!("[ warning ]\n{unknown}{PROMPT}");
        for size in [1, 7, 4096] {
            let heard = |words: &str, status| heard(Machine::Gxemul, words, status, size);
            assert_eq!(heard("[ warning ]\n\n", 0), Verdict::Clean);
            assert!(stopped(
                &heard(&given_up, KILLED),
                "given up\n  [ warning ]\n  00400000"
            ));
            assert!(stopped(&heard(&given_up, 0), "given up"));
            assert_eq!(heard(&format!("\n{FAILURE}\n"), 1 << 8), Verdict::Failed(1));
            assert!(broken(
                &heard("fatal: no such device\n", 1 << 8),
                "\n  fatal"
            ));
        }
    }

    #[test]
    fn a_killed_emulator_proves_nothing() {
        let reset = shutdown("\"guest\": true, \"reason\": \"guest-reset\"");
        for (machine, words) in [(Machine::Malta, &*reset), (Machine::Gxemul, "")] {
            assert!(broken(&heard(machine, words, KILLED, 5), "signal: 9"));
            let told = heard(machine, words, (128 + KILLED) << 8, 5);
            assert!(matches!(told, Verdict::Killed(why) if why.contains("signal: 9")));
        }
        // QEMU ends in order, as if somebody had switched the machine off.
        let signal = shutdown("\"guest\": false, \"reason\": \"host-signal\"");
        let ended = heard(Machine::Malta, &signal, 0, 5);
        assert!(broken(&ended, "signal of somebody's"));
    }

    #[test]
    fn words_without_end_are_forgotten() {
        let mut witness = Witness::new(Machine::Gxemul);
        for _ in 0..WORDS_MAX {
            witness.hear(b"[ warning: LOW reference ]");
            witness.hear(b"\n");
        }
        assert_eq!(witness.words.len(), WORDS_MAX);
        witness.hear(PROMPT.as_bytes());
        assert!(witness.has_given_up());
    }
}
