//! Text from people and programs that are not trusted, made fit for a terminal, a table or a report.

use std::fmt::Write;

/// Characters of a line that anybody reads, and lines of a text.
const LINE_MAX: usize = 300;
/// How often a character that nobody reads stands there in a row before the rest is counted only.
const ROW_MAX: usize = 3;
const LINES_MAX: usize = 500;
/// What makes a cell one that tables compute, in the wide forms of the east too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// Where programs that read tables may begin another cell, whatever is between ours.
const SEPARATORS: [char; 4] = [';', ',', '|', '"'];

/// The line without anything that a terminal would obey or that looks like something else, and no longer than somebody
/// reads. What is garbled is counted where it repeats itself.
pub fn line(text: &str) -> String {
    let mut plain = String::new();
    let mut characters = text.chars().take(LINE_MAX).peekable();
    while let Some(character) = characters.next() {
        if !is_garbled(character) {
            plain.push(character);
            continue;
        }
        let mut row = 1;
        while characters.next_if_eq(&character).is_some() {
            row += 1;
        }
        let shown: String = match is_treacherous(character) {
            true => character.escape_default().collect(),
            false => character.to_string(),
        };
        plain.push_str(&shown.repeat(row.min(ROW_MAX)));
        if row > ROW_MAX {
            let _ = write!(plain, "({row} times)");
        }
    }
    if text.chars().nth(LINE_MAX).is_some() {
        plain.push('…');
    }
    plain
}

/// The same of several lines, and without colors.
pub fn text(text: &str) -> String {
    let mut plain = String::new();
    for (count, words) in text.lines().enumerate() {
        if count == LINES_MAX {
            plain.push_str("…\n");
            break;
        }
        plain.push_str(&line(&without_colors(words)));
        plain.push('\n');
    }
    plain
}

/// The line as a cell of a table, which computes nothing, even where it is taken for several.
pub fn cell(text: &str) -> String {
    let plain = line(text);
    let mut harmless = String::new();
    for piece in plain.split_inclusive(SEPARATORS) {
        if piece.trim_start().starts_with(FORMULA) {
            harmless.push('\'');
        }
        harmless.push_str(piece);
    }
    harmless
}

/// Whether a character says nothing: one that is obeyed, or what stands where bytes were no text.
fn is_garbled(character: char) -> bool {
    is_treacherous(character) || character == char::REPLACEMENT_CHARACTER
}

/// Whether a character is obeyed rather than shown: control characters, those that turn the direction of writing, that
/// have no width, or that end a line; and what must not be in XML.
fn is_treacherous(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' |
            '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' |
            '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}'..='\u{ffff}' |
            '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The line without what gives it colors: `ESC [ numbers m`.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut pieces = text.split("\u{1b}[");
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => {
                plain.push_str("\u{1b}[");
                plain.push_str(piece);
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(line("a 1 é 中"), "a 1 é 中");
        assert_eq!(line("\u{1b}[2J\r\0\u{9b}"), "\\u{1b}[2J\\r\\u{0}\\u{9b}");
        assert_eq!(
            line("a\u{202e}b\u{2066}\u{200b}"),
            "a\\u{202e}b\\u{2066}\\u{200b}"
        );
        assert_eq!(line(&line("\u{9b}\n")), line("\u{9b}\n"));
        assert_eq!(line("\u{ffff}\u{fffd}"), "\\u{ffff}\u{fffd}");
    }

    #[test]
    fn a_text_keeps_its_lines_and_loses_its_colors() {
        let colors = "\u{1b}[1m\u{1b}[38;5;9merror\u{1b}[0m: bad\r\n \u{1b}[2J|\n";
        assert_eq!(text(colors), "error: bad\n \\u{1b}[2J|\n");
        assert_eq!(
            text(&"x\n".repeat(9 * LINES_MAX)).lines().count(),
            LINES_MAX + 1
        );
    }

    #[test]
    fn a_cell_computes_nothing() {
        for formula in ["=1+1", "+1", "-1", "@A1", " =1", "＝1"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        assert_eq!(cell("\t=1"), "\\t=1");
        assert_eq!(cell("a=1 -2"), "a=1 -2");
        assert_eq!(cell("a;=1; -2|+3,4"), "a;'=1;' -2|'+3,4");
        assert_eq!(cell("a\"=1"), "a\"'=1");
    }

    #[test]
    fn what_is_garbled_is_counted() {
        assert_eq!(line("\0\0\0"), "\\u{0}\\u{0}\\u{0}");
        let garbled = format!("a{}b{}", "\0".repeat(40), "\u{fffd}".repeat(9));
        let counted = "a\\u{0}\\u{0}\\u{0}(40 times)b\u{fffd}\u{fffd}\u{fffd}(9 times)";
        assert_eq!(line(&garbled), counted);
        assert_eq!(line("======"), "======");
    }

    #[test]
    fn a_line_without_end_is_cut() {
        assert_eq!(line(&"x".repeat(LINE_MAX)).chars().count(), LINE_MAX);
        assert_eq!(
            line(&"x".repeat(9 * LINE_MAX)).chars().count(),
            LINE_MAX + 1
        );
    }
}
