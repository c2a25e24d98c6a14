//! From text to tokens: words with their quotes, and operators.

use crate::parser::Error;
use crate::tree::{Piece, Word};
use alloc::string::String;
use core::iter::Peekable;
use core::str::Chars;

/// What a line is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word, or an assignment.
    Word(Word),
    /// A digit right before `<` or `>`.
    Digit(u8),
    /// One of [`OPERATORS`].
    Operator(&'static str),
    /// The end of a line.
    Newline,
}

/// All operators, none before one that it begins with.
const OPERATORS: [&str; 13] = [
    "<<<", "<&", "<", ">>", ">&", ">", "&&", "&", "||", "|", ";", "(", ")",
];

/// Gives the tokens of a text one by one.
#[derive(Clone, Debug)]
pub struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
}

/// Whether a word ends before this.
fn ends_word(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')'
    )
}

/// Whether a variable may have such a letter in its name.
pub fn is_of_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}

/// Whether variables may be called that.
pub fn is_name(text: &str) -> bool {
    text.chars().all(is_of_name) && text.starts_with(|c: char| !c.is_ascii_digit())
}

/// Whether it is what one character after a `$` names: an argument, or what the shell knows.
pub fn is_special(c: char) -> bool {
    matches!(c, '?' | '#' | '@' | '$' | '!' | '0'..='9')
}

impl<'a> Lexer<'a> {
    /// The tokens of `text`.
    pub fn new(text: &'a str) -> Self {
        Self {
            rest: text.chars().peekable(),
        }
    }

    /// The next one; `None` at the end.
    ///
    /// # Errors
    /// The text ends within quotes or behind an end of a line that is taken back, or a variable has no name.
    pub fn token(&mut self) -> Result<Option<Token>, Error> {
        self.skip()?;
        let Some(&first) = self.rest.peek() else {
            return Ok(None);
        };
        if self.accept('\n') {
            return Ok(Some(Token::Newline));
        }
        if ends_word(first) {
            return Ok(self.operator());
        }
        if let Some(digit) = first.to_digit(10) {
            let mut ahead = self.rest.clone();
            ahead.next();
            if let (Ok(digit), Some('<' | '>')) = (u8::try_from(digit), ahead.peek()) {
                self.rest = ahead;
                return Ok(Some(Token::Digit(digit)));
            }
        }
        self.word().map(|word| Some(Token::Word(word)))
    }

    fn accept(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    /// Skips blanks, comments, and ends of lines that a backslash takes back.
    fn skip(&mut self) -> Result<(), Error> {
        loop {
            match self.rest.peek().copied() {
                Some(' ' | '\t' | '\r') => {
                    self.rest.next();
                }
                Some('#') => while self.rest.next_if(|c| *c != '\n').is_some() {},
                Some('\\') if self.is_continued() => {
                    self.rest.next();
                    self.rest.next();
                    self.must_go_on()?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// Behind an end of a line that was taken back: the text goes on there, or will in the next line.
    fn must_go_on(&mut self) -> Result<(), Error> {
        let next = self.rest.peek();
        next.map(drop).ok_or(Error::Incomplete)
    }

    fn is_continued(&self) -> bool {
        let mut ahead = self.rest.clone();
        ahead.next();
        ahead.next() == Some('\n')
    }

    fn operator(&mut self) -> Option<Token> {
        OPERATORS.into_iter().find_map(|operator| {
            let mut rest = self.rest.clone();
            let is_here = operator.chars().all(|c| rest.next() == Some(c));
            is_here.then(|| {
                self.rest = rest;
                Token::Operator(operator)
            })
        })
    }

    // Out of line: in `token` the compiler has it load what is used sooner than an R3000 allows.
    #[inline(never)]
    fn word(&mut self) -> Result<Word, Error> {
        // exercise 6.10 begin
        let mut word = Word::default();
        while let Some(c) = self.rest.next_if(|c| !ends_word(*c)) {
            match c {
                '\'' => self.single(&mut word)?,
                '"' => self.double(&mut word)?,
                '$' => self.variable(&mut word, false)?,
                '\\' => match self.rest.next() {
                    Some('\n') => self.must_go_on()?,
                    Some(c) => add(&mut word, true, [c]),
                    None => return Err(Error::Incomplete),
                },
                c => add(&mut word, false, [c]),
            }
        }
        Ok(word)
        // exercise 6.10 end
    }

    fn single(&mut self, word: &mut Word) -> Result<(), Error> {
        // exercise 6.10 begin
        // Nothing in quotes is something, too.
        add(word, true, []);
        loop {
            match self.rest.next() {
                Some('\'') => return Ok(()),
                Some(c) => add(word, true, [c]),
                None => return Err(Error::Incomplete),
            }
        }
        // exercise 6.10 end
    }

    fn double(&mut self, word: &mut Word) -> Result<(), Error> {
        // exercise 6.10 begin
        if self.accept('"') {
            add(word, true, []);
            return Ok(());
        }
        loop {
            match self.rest.next() {
                Some('"') => return Ok(()),
                Some('$') => self.variable(word, true)?,
                Some('\\') => match self.rest.next() {
                    Some('\n') => {}
                    Some(c @ ('"' | '\\' | '$')) => add(word, true, [c]),
                    Some(c) => add(word, true, ['\\', c]),
                    None => return Err(Error::Incomplete),
                },
                Some(c) => add(word, true, [c]),
                None => return Err(Error::Incomplete),
            }
        }
        // exercise 6.10 end
    }

    /// What comes after a `$`, which is an ordinary character where no name does.
    fn variable(&mut self, word: &mut Word, is_quoted: bool) -> Result<(), Error> {
        let braced = self.accept('{');
        let mut name = String::new();
        if let Some(special) = self.rest.next_if(|c| is_special(*c)) {
            name.push(special);
        } else {
            while let Some(c) = self.rest.next_if(|c| is_of_name(*c)) {
                name.push(c);
            }
        }
        if braced && (name.is_empty() || !self.accept('}')) {
            return Err(match self.rest.peek() {
                Some(_) => Error::Variable,
                None => Error::Incomplete,
            });
        }
        if name.is_empty() {
            add(word, true, ['$']);
        } else {
            word.0.push(Piece::Variable {
                name,
                quoted: is_quoted,
            });
        }
        Ok(())
    }
}

/// Adds to the text that `word` ends in, which is in quotes or not.
fn add(word: &mut Word, is_quoted: bool, more: impl IntoIterator<Item = char>) {
    match (word.0.last_mut(), is_quoted) {
        (Some(Piece::Bare(text)), false) | (Some(Piece::Quoted(text)), true) => text.extend(more),
        (_, false) => word.0.push(Piece::Bare(more.into_iter().collect())),
        (_, true) => word.0.push(Piece::Quoted(more.into_iter().collect())),
    }
}
