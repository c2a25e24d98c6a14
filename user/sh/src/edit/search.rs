//! Looking for a line from before.

use crate::edit::history::History;
use crate::edit::line::Line;
use crate::edit::screen::Screen;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A part of a line, and the newest line that has it in it, or an older one.
#[derive(Clone, Debug, Default)]
pub struct Search {
    wanted: String,
    at: Option<usize>,
}

impl Search {
    /// The line that was found.
    pub fn found<'a>(&self, history: &'a History) -> Option<&'a str> {
        history.lines().get(self.at?).map(String::as_str)
    }

    /// Looks for one with more in it.
    pub fn add(&mut self, c: char, history: &History) {
        self.wanted.push(c);
        let end = self.at.map_or(history.lines().len(), |at| at + 1);
        self.look(history, end);
    }

    /// Looks for one with less in it.
    pub fn erase(&mut self, history: &History) {
        self.wanted.pop();
        self.look(history, history.lines().len());
    }

    /// Looks for an older one.
    pub fn older(&mut self, history: &History) {
        if let Some(at) = self.at {
            self.look(history, at);
        }
    }

    /// Looks before line number `end`; what was found stays if there is no other.
    fn look(&mut self, history: &History, end: usize) {
        let lines = history.lines().get(..end).unwrap_or_default();
        let found = lines.iter().rposition(|line| line.contains(&self.wanted));
        self.at = match self.wanted.is_empty() {
            true => None,
            false => found.or(self.at),
        };
    }

    /// Shows what is looked for, and what was found.
    pub fn show(&self, history: &History, screen: &mut Screen, out: &mut Vec<u8>) {
        let found = Line::new(self.found(history).unwrap_or_default());
        let is_it = self
            .found(history)
            .is_some_and(|line| line.contains(&self.wanted));
        let what = if is_it || self.wanted.is_empty() {
            "search"
        } else {
            "no such line"
        };
        screen.show_behind(&format!("({what}) {}: ", self.wanted), &found, out);
    }
}
