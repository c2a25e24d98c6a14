//! The line that is being typed. Bytes of a terminal go in, bytes for it come out; nothing is asked of it, so that a pipe
//! or a file can type as well.
//!
//! | module | concept |
//! | --- | --- |
//! | [`key`] | keys by the bytes that they send |
//! | [`line`] | the line and where in it the next character goes |
//! | [`history`] | lines from before |
//! | [`search`] | looking for one of them |
//! | [`complete`] | what a word may go on with |
//! | [`screen`] | what the terminal must be told so that it shows the line |

pub mod complete;
pub mod history;
pub mod key;
pub mod line;
pub mod screen;
pub mod search;

use alloc::string::String;
use alloc::vec::Vec;
use complete::Completion;
use history::History;
use key::{Key, Keys};
use line::Line;
use screen::Screen;
use search::Search;

/// What has become of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It goes on.
    More,
    /// It is done.
    Line(String),
    /// The user does not want it.
    Cancelled,
    /// The user types no more lines.
    End,
}

/// A line that is being typed, and those from before.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    /// Lines from before.
    pub history: History,
    keys: Keys,
    line: Line,
    screen: Screen,
    search: Option<Search>,
    /// What was cut out last.
    cut: String,
    /// Whether the last key asked how the word goes on, and nothing could be said.
    asked: bool,
}

impl Editor {
    /// Begins a line behind `prompt`, on a terminal with so many columns.
    pub fn begin(&mut self, prompt: &str, columns: usize, out: &mut Vec<u8>) {
        self.line = Line::default();
        self.search = None;
        self.history.begin();
        self.screen.begin(prompt, columns, out);
    }

    /// Takes a byte of the terminal. `complete` says how what is before the cursor may go on.
    pub fn byte(
        &mut self,
        byte: u8,
        out: &mut Vec<u8>,
        complete: impl FnOnce(&str) -> Completion,
    ) -> Step {
        let Some(key) = self.keys.byte(byte) else {
            return Step::More;
        };
        if let Some(search) = self.search.take() {
            match self.searched(search, key, out) {
                Some(step) => return step,
                None => self.show(out),
            }
        }
        let asked = core::mem::take(&mut self.asked);
        match key {
            Key::Enter => {
                out.push(b'\n');
                let line = self.line.text();
                self.history.add(&line);
                return Step::Line(line);
            }
            Key::Cancel => {
                out.extend(b"^C\n");
                return Step::Cancelled;
            }
            Key::EndOrDelete if self.line.is_empty() => {
                out.push(b'\n');
                return Step::End;
            }
            Key::Char(c) => {
                let at_end = self.line.is_at_end();
                self.line.insert(c);
                if !(at_end && self.screen.append(c, out)) {
                    self.show(out);
                }
            }
            Key::Complete => {
                let completion = complete(&self.line.before());
                self.complete(&completion, asked, out);
            }
            Key::Search => {
                let search = Search::default();
                search.show(&self.history, &mut self.screen, out);
                self.search = Some(search);
            }
            Key::Clear => {
                out.extend(b"\x1b[H\x1b[2J");
                self.show(out);
            }
            key => {
                self.edit(key);
                self.show(out);
            }
        }
        Step::More
    }

    fn edit(&mut self, key: Key) {
        let line = &mut self.line;
        match key {
            Key::Left => line.left(),
            Key::Right => line.right(),
            Key::Home => line.home(),
            Key::End => line.end(),
            Key::WordLeft => line.word_left(),
            Key::WordRight => line.word_right(),
            Key::Erase => line.erase(),
            Key::Delete | Key::EndOrDelete => line.delete(),
            Key::CutToEnd => self.cut = line.cut_to_end(),
            Key::CutToStart => self.cut = line.cut_to_start(),
            Key::CutWord => self.cut = line.cut_word(),
            Key::Paste => self.cut.chars().for_each(|c| line.insert(c)),
            Key::Up => {
                if let Some(older) = self.history.older(&line.text()) {
                    *line = Line::new(older);
                }
            }
            Key::Down => {
                if let Some(newer) = self.history.newer() {
                    *line = Line::new(newer);
                }
            }
            _ => {}
        }
    }

    fn complete(&mut self, completion: &Completion, asked: bool, out: &mut Vec<u8>) {
        let more = completion.common();
        more.chars().for_each(|c| self.line.insert(c));
        if more.is_empty() && completion.words.len() > 1 {
            if asked {
                out.push(b'\n');
                screen::columns(&completion.words, self.screen.width(), out);
                self.screen.fresh(out);
            } else {
                self.asked = true;
                out.push(7);
            }
        }
        self.show(out);
    }

    /// Goes on with a search; `None`: the key is one for the line that was found.
    fn searched(&mut self, mut search: Search, key: Key, out: &mut Vec<u8>) -> Option<Step> {
        match key {
            Key::Char(c) => search.add(c, &self.history),
            Key::Erase => search.erase(&self.history),
            Key::Search => search.older(&self.history),
            Key::Cancel | Key::Escape => {
                self.show(out);
                return Some(Step::More);
            }
            _ => {
                if let Some(found) = search.found(&self.history) {
                    self.line = Line::new(found);
                }
                return None;
            }
        }
        search.show(&self.history, &mut self.screen, out);
        self.search = Some(search);
        Some(Step::More)
    }

    fn show(&mut self, out: &mut Vec<u8>) {
        self.screen.show(&self.line, out);
    }
}
