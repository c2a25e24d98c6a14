//! The kernel monitor's question to a person, and what is typed when there is none.

use std::sync::{Condvar, Mutex, PoisonError};

/// What the monitor prints when it asks for a line.
const PROMPT: &[u8] = b"K> \x1b[K";
/// What leaves it.
pub const HALT: &[u8] = b"halt\r";

/// The end of what the guest has printed, as far as it may be the prompt.
#[derive(Debug, Default)]
pub struct Prompt {
    tail: Mutex<Vec<u8>>,
    more: Condvar,
}

impl Prompt {
    /// The guest has printed `bytes`.
    pub fn hear(&self, bytes: &[u8]) {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend_from_slice(bytes);
        let surplus = tail.len().saturating_sub(PROMPT.len());
        tail.drain(..surplus);
        self.more.notify_all();
    }

    /// Waits until the monitor asks, each time it does so.
    pub fn wait(&self) {
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        while *tail != PROMPT {
            tail = self.more.wait(tail).unwrap_or_else(PoisonError::into_inner);
        }
        tail.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompt_is_found_in_pieces_and_once() {
        let prompt = Prompt::default();
        for piece in [b"[mos] monitor\nK> \x1b".as_slice(), b"[K"] {
            prompt.hear(piece);
        }
        prompt.wait();
        let tail = || prompt.tail.lock().expect("nobody panics").clone();
        assert!(tail().is_empty());
        prompt.hear(b"K> h\x1b[K");
        assert_ne!(tail(), PROMPT);
    }
}
