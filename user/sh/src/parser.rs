//! From tokens to a tree.

use crate::lexer::{Lexer, Token, is_name};
use crate::tree::{
    Action, Assignment, Chain, Command, Item, Link, List, Piece, Pipeline, Redirect, Way, Word,
};
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter};

/// Parentheses within parentheses, at most: each takes a part of the stack.
const DEEPEST: u32 = 32;

/// Why a text is no list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is the beginning of one: more lines may make it one.
    Incomplete,
    /// There is something that does not belong there.
    Unexpected(String),
    /// `${` without a name and a `}`.
    Variable,
    /// A descriptor that cannot be led elsewhere.
    Descriptor(u8),
    /// Too many parentheses.
    Deep,
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete => f.write_str("the end is missing"),
            Self::Unexpected(what) => write!(f, "{what} does not belong there"),
            Self::Variable => f.write_str("a variable is written ${NAME}"),
            Self::Descriptor(fd) => write!(f, "there is no descriptor {fd}: use 0, 1 or 2"),
            Self::Deep => f.write_str("too many parentheses"),
        }
    }
}

/// The tree of `text`.
///
/// # Errors
/// It has none.
pub fn parse(text: &str) -> Result<List, Error> {
    let mut lexer = Lexer::new(text);
    let token = lexer.token()?;
    let mut parser = Parser {
        lexer,
        token,
        depth: 0,
    };
    let list = parser.list()?;
    match parser.token {
        None => Ok(list),
        Some(_) => Err(parser.unexpected()),
    }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The next one.
    token: Option<Token>,
    /// How many parentheses are open.
    depth: u32,
}

impl Parser<'_> {
    fn take(&mut self) -> Result<Option<Token>, Error> {
        let next = self.lexer.token()?;
        Ok(core::mem::replace(&mut self.token, next))
    }

    fn is_operator(&self, wanted: &str) -> bool {
        matches!(self.token, Some(Token::Operator(found)) if found == wanted)
    }

    fn accept(&mut self, wanted: &str) -> Result<bool, Error> {
        let is_here = self.is_operator(wanted);
        if is_here {
            self.take()?;
        }
        Ok(is_here)
    }

    fn skip_newlines(&mut self) -> Result<(), Error> {
        while self.token == Some(Token::Newline) {
            self.take()?;
        }
        Ok(())
    }

    fn unexpected(&self) -> Error {
        let what = match &self.token {
            None => return Error::Incomplete,
            Some(Token::Word(word)) => word.to_string(),
            Some(Token::Digit(digit)) => digit.to_string(),
            Some(Token::Operator(operator)) => (*operator).to_owned(),
            Some(Token::Newline) => "the end of the line".to_owned(),
        };
        Error::Unexpected(what)
    }

    fn list(&mut self) -> Result<List, Error> {
        // exercise 6.11 begin
        let mut items = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.token.is_none() || self.is_operator(")") {
                return Ok(List(items));
            }
            let chain = self.chain()?;
            let background = self.accept("&")?;
            items.push(Item { chain, background });
            let ends = background || self.token == Some(Token::Newline) || self.accept(";")?;
            if !ends {
                return Ok(List(items));
            }
        }
        // exercise 6.11 end
    }

    fn chain(&mut self) -> Result<Chain, Error> {
        // exercise 6.11 begin
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let link = if self.accept("&&")? {
                Link::And
            } else if self.accept("||")? {
                Link::Or
            } else {
                return Ok(Chain { first, rest });
            };
            self.skip_newlines()?;
            rest.push((link, self.pipeline()?));
        }
        // exercise 6.11 end
    }

    fn is_negation(&self) -> bool {
        matches!(&self.token, Some(Token::Word(word)) if is_negation(word))
    }

    fn pipeline(&mut self) -> Result<Pipeline, Error> {
        // exercise 6.11 begin
        let mut negated = false;
        while self.is_negation() {
            negated = !negated;
            self.take()?;
        }
        let mut commands = vec![self.command()?];
        while self.accept("|")? {
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        Ok(Pipeline { negated, commands })
        // exercise 6.11 end
    }

    fn command(&mut self) -> Result<Command, Error> {
        if self.is_operator("(") {
            return self.group();
        }
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            if words.is_empty() && self.is_negation() {
                return Err(self.unexpected());
            }
            let Some(Token::Word(word)) = &mut self.token else {
                break;
            };
            let word = core::mem::take(word);
            match words.is_empty().then(|| assignment(&word)).flatten() {
                Some(assignment) => assignments.push(assignment),
                None => words.push(word),
            }
            self.take()?;
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            return Err(self.unexpected());
        }
        Ok(Command {
            action: Action::Simple(assignments, words),
            redirects,
        })
    }

    fn group(&mut self) -> Result<Command, Error> {
        // exercise 6.11 begin
        self.take()?;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::Deep);
        }
        let list = self.list()?;
        self.depth -= 1;
        if list.0.is_empty() || !self.is_operator(")") {
            return Err(self.unexpected());
        }
        self.take()?;
        let mut redirects = Vec::new();
        while let Some(redirect) = self.redirect()? {
            redirects.push(redirect);
        }
        Ok(Command {
            action: Action::Group(list),
            redirects,
        })
        // exercise 6.11 end
    }

    fn redirect(&mut self) -> Result<Option<Redirect>, Error> {
        let digit = match self.token {
            Some(Token::Digit(digit)) => Some(digit),
            _ => None,
        };
        if digit.is_some() {
            self.take()?;
        }
        let (usual, way) = match self.token {
            Some(Token::Operator("<")) => (0, Way::Read),
            Some(Token::Operator(">")) => (1, Way::Write),
            Some(Token::Operator(">>")) => (1, Way::Append),
            Some(Token::Operator("<<<")) => (0, Way::Text),
            Some(Token::Operator("<&")) => (0, Way::Same),
            Some(Token::Operator(">&")) => (1, Way::Same),
            _ => return Ok(None),
        };
        let fd = digit.unwrap_or(usual);
        if fd > 2 {
            return Err(Error::Descriptor(fd));
        }
        self.take()?;
        let Some(Token::Word(target)) = &mut self.token else {
            return Err(self.unexpected());
        };
        let target = core::mem::take(target);
        self.take()?;
        Ok(Some(Redirect { fd, way, target }))
    }
}

fn is_negation(word: &Word) -> bool {
    matches!(word.0.as_slice(), [Piece::Bare(text)] if text == "!")
}

/// The assignment that `word` is, if it is one.
fn assignment(word: &Word) -> Option<Assignment> {
    let (Piece::Bare(first), rest) = word.0.split_first()? else {
        return None;
    };
    let (name, value) = first.split_once('=')?;
    if !is_name(name) {
        return None;
    }
    let value = (!value.is_empty()).then(|| Piece::Bare(value.to_owned()));
    Some(Assignment {
        name: name.to_owned(),
        value: Word(value.into_iter().chain(rest.iter().cloned()).collect()),
    })
}
