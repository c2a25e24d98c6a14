//! Types on a guest's console what was arranged beforehand.

use crate::session::Session;
use std::borrow::Cow;

/// Something to type.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// It is typed when the guest has printed this, after what was typed before.
    pub after: &'a str,
    /// The bytes.
    pub bytes: Cow<'a, [u8]>,
}

/// Somebody who reads along and types the answers, each in its turn.
#[derive(Debug)]
pub struct Typist<I> {
    answers: I,
    /// Bytes of the console up to the end of what was answered last.
    read: usize,
}

impl<'a, I: Iterator<Item = Answer<'a>> + Clone> Typist<I> {
    /// With these answers to give.
    pub fn new(answers: I) -> Self {
        Self { answers, read: 0 }
    }

    /// Gives the answers to what stands on the console by now.
    pub fn read(&mut self, console: &[u8], session: &mut Session) {
        while let Some(answer) = self.next(console) {
            // A guest that has ended does not listen; its console and its end will tell.
            let _ = session.feed(&answer.bytes);
        }
    }

    /// What must be printed before the next answer is given; `None`: all are.
    pub fn awaits(&self) -> Option<&'a str> {
        self.answers.clone().next().map(|answer| answer.after)
    }

    fn next(&mut self, console: &[u8]) -> Option<Answer<'a>> {
        self.read += end_of(&console[self.read..], self.awaits()?.as_bytes())?;
        self.answers.next()
    }
}

/// Where in `bytes` the first `wanted` ends.
fn end_of(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    if wanted.is_empty() {
        return Some(0);
    }
    let start = bytes.windows(wanted.len()).position(|w| w == wanted)?;
    Some(start + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_answer_waits_for_its_text_behind_the_one_before() {
        let answers = [("a", "1"), ("a", "2"), ("", "3"), ("b", "4")];
        let answers = answers.map(|(after, text)| Answer {
            after,
            bytes: text.as_bytes().into(),
        });
        let mut typist = Typist::new(answers.iter().cloned());
        let mut typed = |console: &str| {
            let given = std::iter::from_fn(|| typist.next(console.as_bytes()));
            let given: Vec<u8> = given.flat_map(|answer| answer.bytes.into_owned()).collect();
            (given, typist.awaits())
        };
        assert_eq!(typed("ba"), (b"1".to_vec(), Some("a")));
        assert_eq!(typed("ba a"), (b"23".to_vec(), Some("b")));
        assert_eq!(typed("ba ab"), (b"4".to_vec(), None));
    }
}
