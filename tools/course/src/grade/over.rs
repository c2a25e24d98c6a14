//! Whether a system has said that it will report nothing more.

use mos_exam::OVER;

/// Listens for that line on a console that grows. Of what it has heard it hears nothing again.
#[derive(Debug, Default)]
pub struct Over {
    /// Where the last line begins, and how far it is known to have no end.
    line: usize,
    heard: usize,
}

impl Over {
    /// Whether `console`, longer than the last time, has the line.
    pub fn is_said(&mut self, console: &[u8]) -> bool {
        while let Some(more) = console.get(self.heard..) {
            let end = more.iter().position(|&byte| byte == b'\n');
            self.heard += end.unwrap_or(more.len());
            let line = console.get(self.line..self.heard);
            let rest = line.and_then(|line| line.strip_prefix(OVER.as_bytes()));
            if rest.is_some_and(|rest| rest.trim_ascii_end().is_empty()) {
                return true;
            }
            if end.is_none() {
                break;
            }
            self.heard += 1;
            self.line = self.heard;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// In whichever pieces `console` comes.
    fn is_said(console: &[u8], pieces: &[usize]) -> bool {
        let mut over = Over::default();
        let mut ends: Vec<usize> = pieces.iter().map(|end| end % (console.len() + 1)).collect();
        ends.sort_unstable();
        ends.push(console.len());
        ends.iter().any(|&end| over.is_said(&console[..end]))
    }

    proptest! {
        #[test]
        fn a_line_of_its_own_is_heard_in_whatever_pieces(
            before in "[a-z\n\r ]{0,40}",
            after in "[a-z\n\r ]{0,40}",
            pieces in prop::collection::vec(0usize..200, 0..8),
        ) {
            let said = format!("{before}\n{OVER} \r\n{after}");
            prop_assert!(is_said(said.as_bytes(), &pieces));
            let others = format!("{before}\n{before}x{OVER}\n{OVER}x{after}");
            prop_assert!(!is_said(others.as_bytes(), &[]));
        }
    }

    #[test]
    fn a_flood_is_heard_once() {
        // Heard from its start each time, this would take hours.
        let flood = vec![b'x'; 1 << 20];
        let mut over = Over::default();
        let said = (0..flood.len()).any(|end| over.is_said(&flood[..end]));
        assert!(!said);
    }
}
