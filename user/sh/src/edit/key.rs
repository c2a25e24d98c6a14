//! Keys by the bytes that they send.

use alloc::vec::Vec;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A character for the line.
    Char(char),
    /// Enter.
    Enter,
    /// Backspace, Ctrl-H.
    Erase,
    /// Delete.
    Delete,
    /// Ctrl-D: the same, or the end.
    EndOrDelete,
    /// Ctrl-C.
    Cancel,
    /// Escape twice, Ctrl-G.
    Escape,
    /// Tab.
    Complete,
    /// Left, Ctrl-B.
    Left,
    /// Right, Ctrl-F.
    Right,
    /// Ctrl-Left, Alt-B.
    WordLeft,
    /// Ctrl-Right, Alt-F.
    WordRight,
    /// Home, Ctrl-A.
    Home,
    /// End, Ctrl-E.
    End,
    /// Up, Ctrl-P.
    Up,
    /// Down, Ctrl-N.
    Down,
    /// Ctrl-R.
    Search,
    /// Ctrl-K.
    CutToEnd,
    /// Ctrl-U.
    CutToStart,
    /// Ctrl-W.
    CutWord,
    /// Ctrl-Y.
    Paste,
    /// Ctrl-L.
    Clear,
}

/// Ctrl-V: the next byte is a character, whatever it is as a key.
const VERBATIM: u8 = 22;
/// Bytes of one key, at most.
const LONGEST: usize = 8;

/// Recognises keys.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    /// The beginning of one.
    begun: Vec<u8>,
    /// Whether a carriage return was last, which a line feed belongs to.
    returned: bool,
    /// Whether the next byte is no key.
    is_verbatim: bool,
}

impl Keys {
    /// The key that `byte` completes, if it does that.
    pub fn byte(&mut self, byte: u8) -> Option<Key> {
        let returned = core::mem::replace(&mut self.returned, byte == b'\r');
        if returned && byte == b'\n' {
            return None;
        }
        // The only one that can be of use in a line.
        if core::mem::take(&mut self.is_verbatim) && byte == b'\t' {
            return Some(Key::Char('\t'));
        }
        if byte == VERBATIM && self.begun.is_empty() {
            self.is_verbatim = true;
            return None;
        }
        if self.begun.is_empty() && byte < 0x80 && byte != 0x1b {
            return ascii(byte);
        }
        let is_sequence = self.begun.first() == Some(&0x1b);
        if byte != 0x1b && byte < if is_sequence { b' ' } else { 0x80 } {
            // That does not go on with it: what was begun is none.
            self.begun.clear();
            return ascii(byte);
        }
        self.begun.push(byte);
        let key = match self.begun.as_slice() {
            [0x1b, ..] => sequence(&self.begun),
            text => character(text),
        };
        if key.is_ok() || self.begun.len() >= LONGEST {
            self.begun.clear();
        }
        key.ok().flatten()
    }
}

fn ascii(byte: u8) -> Option<Key> {
    Some(match byte {
        1 => Key::Home,
        2 => Key::Left,
        3 => Key::Cancel,
        4 => Key::EndOrDelete,
        5 => Key::End,
        6 => Key::Right,
        7 => Key::Escape,
        8 | 0x7f => Key::Erase,
        b'\t' => Key::Complete,
        b'\n' | b'\r' => Key::Enter,
        11 => Key::CutToEnd,
        12 => Key::Clear,
        14 => Key::Down,
        16 => Key::Up,
        18 => Key::Search,
        21 => Key::CutToStart,
        23 => Key::CutWord,
        25 => Key::Paste,
        b' '..=b'~' => Key::Char(char::from(byte)),
        _ => return None,
    })
}

/// It goes on.
struct More;

/// The key of a sequence that begins with an escape; none, if it is not known.
fn sequence(bytes: &[u8]) -> Result<Option<Key>, More> {
    Ok(Some(match bytes {
        [_] | [_, b'[' | b'O'] => return Err(More),
        [_, 0x1b] => Key::Escape,
        [_, b'b'] => Key::WordLeft,
        [_, b'f'] => Key::WordRight,
        [_, b'[' | b'O', middle @ .., last] => match (middle, last) {
            (_, b'0'..=b'9' | b';') => return Err(More),
            ([], b'A') => Key::Up,
            ([], b'B') => Key::Down,
            ([], b'C') => Key::Right,
            ([], b'D') => Key::Left,
            (b"1;5", b'C') => Key::WordRight,
            (b"1;5", b'D') => Key::WordLeft,
            ([], b'H') | (b"1" | b"7", b'~') => Key::Home,
            ([], b'F') | (b"4" | b"8", b'~') => Key::End,
            (b"3", b'~') => Key::Delete,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// The character that `bytes` are; none, if they are none.
fn character(bytes: &[u8]) -> Result<Option<Key>, More> {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(text
            .chars()
            .next()
            .filter(|c| !c.is_control())
            .map(Key::Char)),
        Err(error) if error.error_len().is_none() => Err(More),
        Err(_) => Ok(None),
    }
}
