//! The options that say what to boot, as the Makefile hands them over, and their checks.

use crate::boot::{Boot, Start};
use crate::machine::Machine;
use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use std::fmt;
use std::path::PathBuf;

/// Which machine, which programs, how.
#[derive(Args, Clone, Debug)]
pub struct BootOptions {
    /// The machine
    #[arg(long, value_enum, default_value = "malta")]
    pub machine: Machine,
    /// The kernel's ELF file, instead of building the one for the machine
    #[arg(long)]
    pub kernel: Option<PathBuf>,
    /// Programs to start, separated by commas: names of user/, or paths (with a slash) of ELF files
    // lab 4 begin
    // otherwise: #[arg(long, value_delimiter = ',', default_value = "hello")]
    #[arg(long, value_delimiter = ',', default_value = "init")]
    // lab 4 end
    prog: Vec<String>,
    /// Their priorities, in the same order; 1 where none is given
    #[arg(long, value_delimiter = ',', value_parser = clap::value_parser!(u32).range(1..))]
    pri: Vec<u32>,
    /// What the kernel logs
    #[arg(long, value_enum)]
    log: Option<LogLevel>,
    /// More key=value words for the kernel's command line
    #[arg(long, default_value = "", hide_default_value = true)]
    append: String,
    /// Names of programs that may use device registers
    #[arg(long, value_delimiter = ',')]
    device: Vec<String>,
}

/// The levels of the `log` crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl fmt::Display for LogLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        })
    }
}

impl BootOptions {
    /// What these options ask for.
    ///
    /// # Errors
    /// They contradict each other, or a word for the kernel is not `key=value`.
    pub fn boot(&self) -> Result<Boot> {
        self.boot_of(self.prog.iter().map(|p| Start::new(p)).collect())
    }

    /// The same for these programs.
    ///
    /// # Errors
    /// As for [`boot`](Self::boot).
    pub fn boot_of(&self, mut programs: Vec<Start>) -> Result<Boot> {
        let (priorities, count) = (self.pri.len(), programs.len());
        ensure!(
            priorities <= count,
            "PRI has {priorities} values for {count} programs: give one for each at most"
        );
        ensure!(
            programs.iter().all(|start| !start.program.is_empty()),
            "PROG has an empty name: one comma between two names"
        );
        for (program, &priority) in programs.iter_mut().zip(&self.pri) {
            program.priority = priority;
        }
        let names: Vec<String> = programs.iter().map(Start::name).collect();
        for device in &self.device {
            let found = programs.iter_mut().filter(|p| p.name() == *device);
            let rights = found.map(|program| program.device = true).count();
            let names = names.join(", ");
            ensure!(rights > 0, "DEV={device} does not start: use {names}");
        }
        Ok(Boot {
            programs,
            command_line: self.command_line()?,
        })
    }

    fn command_line(&self) -> Result<String> {
        let log = self.log.map(|level| format!("log={level}"));
        let mut words: Vec<&str> = log.as_deref().into_iter().collect();
        for word in self.append.split_whitespace() {
            let (key, _) = word.split_once('=').with_context(|| {
                format!(
                    "APPEND word `{word}`: use words of the form key=value, for example log=debug"
                )
            })?;
            ensure!(
                !key.is_empty(),
                "APPEND word `{word}` has no key before the `=`"
            );
            words.push(word);
        }
        Ok(words.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        options: BootOptions,
    }

    fn boot(args: &[&str]) -> Result<Boot> {
        let line = Line::try_parse_from([&["mos"], args].concat())?;
        line.options.boot()
    }

    #[test]
    fn priorities_and_rights_find_their_programs() {
        let boot = boot(&["--prog=a,x/b.elf,c", "--pri=3,2", "--device=b"]).unwrap();
        let starts = boot.programs.iter();
        let seen: Vec<_> = starts.map(|p| (p.name(), p.priority, p.device)).collect();
        let expected = [("a", 3, false), ("b", 2, true), ("c", 1, false)];
        assert_eq!(seen, expected.map(|(n, p, d)| (n.to_owned(), p, d)));
    }

    #[test]
    fn the_command_line_is_the_log_level_and_the_rest() {
        let line = |args| boot(args).unwrap().command_line;
        assert_eq!(line(&[]), "");
        assert_eq!(
            line(&["--log=debug", "--append= a=1  b=2 "]),
            "log=debug a=1 b=2"
        );
    }

    #[test]
    fn contradictions_are_errors() {
        for args in [
            ["--prog=a", "--pri=1,2"],
            ["--prog=a", "--device=b"],
            ["--prog=a", "--pri=0"],
            ["--prog=a", "--log=loud"],
            ["--prog=a", "--machine=pdp11"],
            ["--prog=a", "--append=quiet"],
            ["--prog=a", "--append==1"],
            ["--prog=a,,b", "--pri=1"],
            ["--prog=,", "--pri=1"],
        ] {
            assert!(boot(&args).is_err(), "{args:?}");
        }
    }
}
