//! A line, as it is typed: editing and history, for any terminal that knows backspace, and for a pipe.
//!
//! The keys are those of every shell: arrows, Home, End, Delete, Backspace, Ctrl-A B D E F H K L N P U W; Ctrl-C gives up
//! the line.

use core::fmt::Write;

use heapless::{Deque, String, Vec};
use mos_core::Kernel;
use mos_core::env::console::Lines;

use crate::Target;

/// Bytes in a line at most: it must not wrap.
const WIDTH: usize = 72;
/// Lines that are remembered.
const DEPTH: usize = 16;
/// What asks for a line.
const PROMPT: &str = "K> ";

/// What was typed.
pub type Line = String<WIDTH>;

/// What a byte or a sequence of bytes asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Char(u8),
    Enter,
    Left,
    Right,
    Home,
    End,
    Up,
    Down,
    Backspace,
    Delete,
    KillLine,
    KillRest,
    KillWord,
    Redraw,
    GiveUp,
    Unknown,
}

/// Where what is typed comes from.
pub struct Keys<'k, M: Target> {
    /// The kernel, which may have what was typed before.
    pub kernel: &'k mut Kernel<M>,
    /// Whether what no program has read comes first.
    pub unread: bool,
}

impl<M: Target> Keys<'_, M> {
    fn machine(&mut self) -> &mut M {
        &mut self.kernel.mem.machine
    }

    fn next(&mut self) -> Option<u8> {
        let unread = if self.unread {
            self.kernel.take_byte()
        } else {
            None
        };
        unread.or_else(|| self.machine().key())
    }
}

/// The line, the place in it, and the lines before.
pub struct Editor {
    bytes: Vec<u8, WIDTH>,
    cursor: usize,
    history: Deque<Line, DEPTH>,
    /// How many lines back what is shown is from.
    back: usize,
}

impl Editor {
    /// No line, and none before.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            cursor: 0,
            history: Deque::new(),
            back: 0,
        }
    }

    /// Has a person type a line. `None`: none will ever come.
    pub fn read<M: Target>(&mut self, keys: &mut Keys<'_, M>) -> Option<Line> {
        self.set("");
        self.back = 0;
        self.draw(keys.machine());
        loop {
            let key = key(keys)?;
            if key == Key::Enter {
                break;
            }
            if key == Key::GiveUp {
                self.set("");
                break;
            }
            let end = self.bytes.len();
            self.press(key);
            match key {
                // At the end of the line there is nothing to draw again.
                Key::Char(byte) if self.cursor == end + 1 && self.bytes.len() == end + 1 => {
                    keys.machine().put(byte);
                }
                _ => self.draw(keys.machine()),
            }
        }
        _ = Lines(keys.machine()).write_str("\n");
        let line: Line = self.text().chars().collect();
        if !line.trim().is_empty() && self.history.back() != Some(&line) {
            if self.history.is_full() {
                _ = self.history.pop_front();
            }
            _ = self.history.push_back(line.clone());
        }
        Some(line)
    }

    fn press(&mut self, key: Key) {
        let at = self.cursor;
        match key {
            Key::Char(byte) if self.bytes.insert(at, byte).is_ok() => self.cursor += 1,
            Key::Left => self.cursor = at.saturating_sub(1),
            Key::Right => self.cursor = self.bytes.len().min(at + 1),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.bytes.len(),
            Key::Up => self.recall(self.back + 1),
            Key::Down => self.recall(self.back.saturating_sub(1)),
            Key::Backspace => self.kill(at.saturating_sub(1), at),
            Key::Delete => self.kill(at, at + 1),
            Key::KillLine => self.kill(0, at),
            Key::KillRest => self.kill(at, self.bytes.len()),
            Key::KillWord => self.kill(self.word(), at),
            _ => {}
        }
    }

    /// Where the word before the cursor begins.
    fn word(&self) -> usize {
        let before = self.text().get(..self.cursor).unwrap_or_default();
        before.trim_end().rfind(' ').map_or(0, |space| space + 1)
    }

    /// Takes away the bytes `from..to`.
    fn kill(&mut self, from: usize, to: usize) {
        for _ in from..to.min(self.bytes.len()) {
            self.bytes.remove(from);
        }
        self.cursor = from.min(self.bytes.len());
    }

    /// Shows the line from so many lines back, if there is one; from 0 lines back is an empty one.
    fn recall(&mut self, back: usize) {
        let old = self.history.iter().rev().nth(back.wrapping_sub(1));
        if let Some(line) = old.cloned().or((back == 0).then(Line::new)) {
            self.back = back;
            self.set(&line);
        }
    }

    fn set(&mut self, text: &str) {
        self.bytes = text.bytes().take(WIDTH).collect();
        self.cursor = self.bytes.len();
    }

    /// Only what can be printed is ever in it.
    fn text(&self) -> &str {
        core::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// Writes the line over itself, and puts the cursor to its place.
    fn draw<M: Target>(&self, machine: &mut M) {
        let mut out = Lines(machine);
        // A console does not fail.
        _ = write!(out, "\r{PROMPT}{}\x1b[K", self.text());
        let left = self.bytes.len() - self.cursor;
        if left > 0 {
            _ = write!(out, "\x1b[{left}D");
        }
    }
}

/// The next key. `None`: none will ever come.
fn key<M: Target>(keys: &mut Keys<'_, M>) -> Option<Key> {
    Some(match keys.next()? {
        b'\r' | b'\n' => Key::Enter,
        0x01 => Key::Home,
        0x02 => Key::Left,
        0x03 => Key::GiveUp,
        0x04 => Key::Delete,
        0x05 => Key::End,
        0x06 => Key::Right,
        0x08 | 0x7f => Key::Backspace,
        0x0b => Key::KillRest,
        0x0c => Key::Redraw,
        0x0e => Key::Down,
        0x10 => Key::Up,
        0x15 => Key::KillLine,
        0x17 => Key::KillWord,
        0x1b => escape(keys)?,
        byte @ b' '..=b'~' => Key::Char(byte),
        _ => Key::Unknown,
    })
}

/// What an escape sequence stands for: ECMA-48, 5.4, and what VT100 and xterm send.
fn escape<M: Target>(keys: &mut Keys<'_, M>) -> Option<Key> {
    if !matches!(keys.next()?, b'[' | b'O') {
        return Some(Key::Unknown);
    }
    let (mut number, mut first) = (0_u8, true);
    loop {
        match keys.next()? {
            digit @ b'0'..=b'9' if first => {
                number = number.saturating_mul(10).saturating_add(digit - b'0');
            }
            b' '..=b'?' => first = false,
            byte => {
                return Some(match (byte, number) {
                    (b'A', _) => Key::Up,
                    (b'B', _) => Key::Down,
                    (b'C', _) => Key::Right,
                    (b'D', _) => Key::Left,
                    (b'H', _) | (b'~', 1 | 7) => Key::Home,
                    (b'F', _) | (b'~', 4 | 8) => Key::End,
                    (b'~', 3) => Key::Delete,
                    _ => Key::Unknown,
                });
            }
        }
    }
}
