//! Text from people and programs that are not trusted, made fit for a terminal, a table or a report.

/// Characters of a line that anybody reads.
const LINE_MAX: usize = 300;

/// The line without anything that a terminal would obey, and no longer than somebody reads.
pub fn line(text: &str) -> String {
    let mut plain = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LINE_MAX {
            plain.push('…');
            break;
        }
        if character.is_control() {
            plain.extend(character.escape_default());
        } else {
            plain.push(character);
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
