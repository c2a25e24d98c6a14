//! What the command line asks for: `key=value` words from the boot package and from the boot loader.

use core::str::FromStr;

use log::LevelFilter;

use crate::crash::Crash;

/// The options, with what holds where nothing is said.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// `log=`: how much is logged.
    pub log: LevelFilter,
    /// `tick=`: length of a time slice in nanoseconds.
    pub tick: u32,
    /// `limit=`: the machine is switched off, as a failure, after this many time slices.
    pub limit: Option<u32>,
    /// `crash=`: panic instead of starting programs.
    pub crash: Option<Crash>,
}

impl Options {
    /// Warnings only, slices of 10 ms, no limit.
    pub const DEFAULT: Self = Self {
        log: LevelFilter::Warn,
        tick: 10_000_000,
        limit: None,
        crash: None,
    };

    /// Takes note of a word; returns whether it was understood. An empty one, of which some boot loaders
    /// pass a few, says nothing.
    #[optimize(size)]
    #[inline(never)]
    pub fn set(&mut self, word: &str) -> bool {
        // exercise 1.6 begin
        fn parse<T: FromStr>(value: &str, target: &mut T) -> bool {
            value.parse().map(|value| *target = value).is_ok()
        }
        match word.split_once(['=']) {
            Some(("log", value)) => parse(value, &mut self.log),
            Some(("tick", value)) => parse(value, &mut self.tick),
            Some(("limit", value)) => {
                let mut ticks = 0;
                let parsed = parse(value, &mut ticks);
                self.limit = parsed.then_some(ticks).or(self.limit);
                parsed
            }
            Some(("crash", value)) => {
                self.crash = value.parse().ok();
                self.crash.is_some()
            }
            _ => word.is_empty(),
        }
        // exercise 1.6 end
    }
}
