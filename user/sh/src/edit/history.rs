//! Lines from before.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

/// Lines that are kept.
const MOST: usize = 500;

/// Lines from before, the newest last.
#[derive(Clone, Debug, Default)]
pub struct History {
    lines: Vec<String>,
    /// Which of them is shown, if one is.
    shown: Option<usize>,
    /// What was typed before one was shown.
    typed: String,
}

impl History {
    /// Adds the lines of `text`, the newest last.
    pub fn load(&mut self, text: &str) {
        text.lines().for_each(|line| self.add(line));
    }

    /// Adds `line`, unless it is blank, or the same as the last. What begins with a blank is not kept either.
    pub fn add(&mut self, line: &str) {
        if self.wants(line) {
            self.lines.push(line.to_owned());
        }
        if self.lines.len() > MOST {
            self.lines.remove(0);
        }
    }

    fn wants(&self, line: &str) -> bool {
        !line.trim().is_empty()
            && !line.starts_with(' ')
            && self.lines.last().is_none_or(|last| last != line)
    }

    /// All lines, the newest last.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// A new line is typed.
    pub fn begin(&mut self) {
        self.shown = None;
    }

    /// The line before the one that is shown; `typed` is what stands there now.
    pub fn older(&mut self, typed: &str) -> Option<&str> {
        let shown = self.shown.unwrap_or(self.lines.len()).checked_sub(1)?;
        if self.shown.is_none() {
            self.typed = typed.to_owned();
        }
        self.shown = Some(shown);
        self.lines.get(shown).map(String::as_str)
    }

    /// The line after the one that is shown; at the end, what was typed.
    pub fn newer(&mut self) -> Option<&str> {
        let next = self.shown? + 1;
        match self.lines.get(next) {
            Some(line) => {
                self.shown = Some(next);
                Some(line)
            }
            None => {
                self.shown = None;
                Some(&self.typed)
            }
        }
    }
}
