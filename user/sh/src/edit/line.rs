//! The line and where in it the next character goes.

use alloc::string::String;
use alloc::vec::Vec;

/// A line with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    before: Vec<char>,
    /// What is behind the cursor, backwards.
    behind: Vec<char>,
}

impl Line {
    /// `text`, with the cursor behind it.
    pub fn new(text: &str) -> Self {
        Self {
            before: text.chars().collect(),
            behind: Vec::new(),
        }
    }

    /// All of it.
    pub fn text(&self) -> String {
        self.chars().collect()
    }

    /// What is before the cursor.
    pub fn before(&self) -> String {
        self.before.iter().collect()
    }

    /// All of it.
    pub fn chars(&self) -> impl Iterator<Item = char> {
        self.before.iter().chain(self.behind.iter().rev()).copied()
    }

    /// How many characters are before the cursor.
    pub fn cursor(&self) -> usize {
        self.before.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.behind.is_empty()
    }

    /// Whether nothing is behind the cursor.
    pub fn is_at_end(&self) -> bool {
        self.behind.is_empty()
    }

    /// Puts a character before the cursor.
    pub fn insert(&mut self, c: char) {
        self.before.push(c);
    }

    /// Removes the character before the cursor.
    pub fn erase(&mut self) {
        self.before.pop();
    }

    /// Removes the character behind the cursor.
    pub fn delete(&mut self) {
        self.behind.pop();
    }

    /// Moves over one character.
    pub fn left(&mut self) {
        self.behind.extend(self.before.pop());
    }

    /// Moves over one character.
    pub fn right(&mut self) {
        self.before.extend(self.behind.pop());
    }

    /// Moves to the beginning.
    pub fn home(&mut self) {
        self.behind.extend(self.before.drain(..).rev());
    }

    /// Moves to the end.
    pub fn end(&mut self) {
        self.before.extend(self.behind.drain(..).rev());
    }

    /// Where the word begins that ends before the cursor.
    fn word(&self) -> usize {
        let is_blank = |c: &char| c.is_whitespace();
        let end = self.before.iter().rposition(|c| !is_blank(c));
        let end = end.map_or(0, |last| last + 1);
        let word = self.before.get(..end).unwrap_or_default();
        word.iter().rposition(is_blank).map_or(0, |last| last + 1)
    }

    /// Moves to the beginning of a word.
    pub fn word_left(&mut self) {
        let start = self.word();
        self.behind.extend(self.before.drain(start..).rev());
    }

    /// Moves to the end of a word.
    pub fn word_right(&mut self) {
        while self.behind.last().is_some_and(|c| c.is_whitespace()) {
            self.right();
        }
        while self.behind.last().is_some_and(|c| !c.is_whitespace()) {
            self.right();
        }
    }

    /// Takes away what is behind the cursor.
    pub fn cut_to_end(&mut self) -> String {
        self.behind.drain(..).rev().collect()
    }

    /// Takes away what is before the cursor.
    pub fn cut_to_start(&mut self) -> String {
        self.before.drain(..).collect()
    }

    /// Takes away the word before the cursor.
    pub fn cut_word(&mut self) -> String {
        let start = self.word();
        self.before.drain(start..).collect()
    }
}
