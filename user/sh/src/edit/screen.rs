//! What the terminal must be told so that it shows the line: in one row, a part of it if it is longer than that.

use crate::edit::line::Line;
use alloc::string::String;
use alloc::vec::Vec;

/// Columns of a terminal of which nobody says how many it has.
pub const COLUMNS: usize = 80;
/// Columns of a terminal, at least.
const FEWEST: usize = 20;

/// The row with the line.
#[derive(Clone, Debug, Default)]
pub struct Screen {
    prompt: String,
    columns: usize,
    /// Columns up to the end of what stands there.
    used: usize,
    /// The first character of the line that is shown.
    start: usize,
}

/// How many columns a character takes.
pub fn width(c: char) -> usize {
    let is_wide = matches!(
        u32::from(c),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
            | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd
    );
    1 + usize::from(is_wide)
}

/// What is shown of a character: a tab takes one column.
fn shown(c: char) -> char {
    if c == '\t' { ' ' } else { c }
}

fn width_of(text: &str) -> usize {
    text.chars().map(width).sum()
}

impl Screen {
    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.columns
    }

    /// Begins a row with `prompt`.
    pub fn begin(&mut self, prompt: &str, columns: usize, out: &mut Vec<u8>) {
        self.prompt = String::from(prompt);
        self.columns = columns.max(FEWEST);
        self.fresh(out);
    }

    /// The same in a new row.
    pub fn fresh(&mut self, out: &mut Vec<u8>) {
        out.extend(self.prompt.as_bytes());
        self.used = width_of(&self.prompt);
        self.start = 0;
    }

    /// Shows `c` behind all that stands there, if it has room.
    pub fn append(&mut self, c: char, out: &mut Vec<u8>) -> bool {
        let used = self.used + width(c);
        let fits = used < self.columns;
        if fits {
            self.used = used;
            let c = shown(c);
            out.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
        }
        fits
    }

    /// Shows `line` behind the prompt.
    pub fn show(&mut self, line: &Line, out: &mut Vec<u8>) {
        let prompt = core::mem::take(&mut self.prompt);
        self.show_behind(&prompt, line, out);
        self.prompt = prompt;
    }

    /// Shows `line` behind `prompt`, for now.
    pub fn show_behind(&mut self, prompt: &str, line: &Line, out: &mut Vec<u8>) {
        let prompt_width = width_of(prompt);
        // The last column stays empty, since not all terminals do the same there.
        let room = (self.columns - 1)
            .saturating_sub(prompt_width)
            .max(FEWEST / 2);
        let (mut text, mut before) = (String::new(), 0);
        let mut filled = 0;
        self.start = first_shown(line, room, self.start);
        let start = self.start;
        for (at, c) in line.chars().enumerate().skip(start) {
            if filled + width(c) > room {
                break;
            }
            filled += width(c);
            text.push(shown(c));
            if at < line.cursor() {
                before = filled;
            }
        }
        out.push(b'\r');
        out.extend(prompt.as_bytes());
        out.extend(text.as_bytes());
        out.extend(b"\x1b[K");
        (before..filled).for_each(|_| out.push(8));
        self.used = prompt_width + filled;
    }
}

/// The first character that is shown, so that the cursor is among `room` columns: as `before`, unless it would not be. Then it
/// is in their middle, so that the next keys need not move all again.
fn first_shown(line: &Line, room: usize, before: usize) -> usize {
    let cursor = line.cursor();
    let typed = line.before();
    let columns_from = |start| typed.chars().skip(start).map(width).sum::<usize>();
    if columns_from(0) <= room {
        return 0;
    }
    if before <= cursor && columns_from(before) <= room {
        return before;
    }
    let mut columns = 0;
    let fits = typed.chars().rev().take_while(|&c| {
        columns += width(c);
        columns <= room / 2
    });
    cursor - fits.count()
}

/// Shows `words` in columns.
pub fn columns(words: &[String], width: usize, out: &mut Vec<u8>) {
    let widest = words.iter().map(|word| width_of(word)).max().unwrap_or(0) + 2;
    let in_row = (width / widest).max(1);
    for row in words.chunks(in_row) {
        let mut words = row.iter().peekable();
        while let Some(word) = words.next() {
            out.extend(word.as_bytes());
            if words.peek().is_some() {
                (width_of(word)..widest).for_each(|_| out.push(b' '));
            }
        }
        out.push(b'\n');
    }
}
