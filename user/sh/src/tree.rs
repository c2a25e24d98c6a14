//! What a command line consists of. A tree is printed as text that parses to the same tree.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Display, Formatter, Write};

/// Chains of pipelines, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List(pub Vec<Item>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What is carried out.
    pub chain: Chain,
    /// Whether nobody waits for it.
    pub background: bool,
}

/// Pipelines, of which each but the first depends on how the one before has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The first.
    pub first: Pipeline,
    /// The others.
    pub rest: Vec<(Link, Pipeline)>,
}

/// When a pipeline is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// `&&`: when all went well.
    And,
    /// `||`: when it did not.
    Or,
}

/// Commands that run together, the output of each being the input of the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// `!`: it went well if it did not.
    pub negated: bool,
    /// At least one.
    pub commands: Vec<Command>,
}

/// A command, and where it reads and writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What is carried out.
    pub action: Action,
    /// In their order.
    pub redirects: Vec<Redirect>,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Variables, and a program with its arguments; either may be missing.
    Simple(Vec<Assignment>, Vec<Word>),
    /// A list in parentheses: a shell of its own.
    Group(List),
}

/// `name=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// What it is to be.
    pub value: Word,
}

/// Where a descriptor leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Which one: 0, 1 or 2.
    pub fd: u8,
    /// How.
    pub way: Way,
    /// The file, the text, or the number of a descriptor.
    pub target: Word,
}

/// How a descriptor is led elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `<`: it reads a file.
    Read,
    /// `>`: it writes a file, which is empty first.
    Write,
    /// `>>`: it writes at the end of a file.
    Append,
    /// `<<<`: it reads this text.
    Text,
    /// `>&` or `<&`: it is what another one is.
    Same,
}

/// What becomes one argument, or several, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word(pub Vec<Piece>);

/// A part of a word. Neighbours of the same kind are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text without quotes, in which `*`, `?` and `[` stand for names of files.
    Bare(String),
    /// Text that is what it is.
    Quoted(String),
    /// The value of a variable. In double quotes it stays in one argument.
    Variable {
        /// Its name; `?` and the like are variables too.
        name: String,
        /// Whether it is in double quotes.
        quoted: bool,
    },
}

impl Display for List {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut items = self.0.iter().peekable();
        while let Some(item) = items.next() {
            write!(f, "{}", item.chain)?;
            f.write_str(match (item.background, items.peek()) {
                (true, Some(_)) => " & ",
                (true, None) => " &",
                (false, Some(_)) => "; ",
                (false, None) => "",
            })?;
        }
        Ok(())
    }
}

impl Display for Chain {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        self.rest.iter().try_for_each(|(link, pipeline)| {
            let link = match link {
                Link::And => "&&",
                Link::Or => "||",
            };
            write!(f, " {link} {pipeline}")
        })
    }
}

impl Display for Pipeline {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negated { "! " } else { "" })?;
        separated(f, &self.commands, " | ")
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let is_empty = match &self.action {
            Action::Group(list) => {
                write!(f, "({list})")?;
                false
            }
            Action::Simple(assignments, words) => {
                separated(f, assignments, " ")?;
                let between = !assignments.is_empty() && !words.is_empty();
                f.write_str(if between { " " } else { "" })?;
                separated(f, words, " ")?;
                assignments.is_empty() && words.is_empty()
            }
        };
        let between = !is_empty && !self.redirects.is_empty();
        f.write_str(if between { " " } else { "" })?;
        separated(f, &self.redirects, " ")
    }
}

impl Display for Assignment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl Display for Redirect {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (usual, sign) = match self.way {
            Way::Read => (0, "<"),
            Way::Write => (1, ">"),
            Way::Append => (1, ">>"),
            Way::Text => (0, "<<<"),
            Way::Same => (1, ">&"),
        };
        if self.fd != usual {
            write!(f, "{}", self.fd)?;
        }
        write!(f, "{sign} {}", self.target)
    }
}

impl Display for Word {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| write!(f, "{piece}"))
    }
}

impl Display for Piece {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bare(text) => f.write_str(text),
            Self::Quoted(text) => {
                f.write_char('\'')?;
                text.chars().try_for_each(|c| match c {
                    '\'' => f.write_str("'\\''"),
                    c => f.write_char(c),
                })?;
                f.write_char('\'')
            }
            Self::Variable { name, quoted: true } => write!(f, "\"${{{name}}}\""),
            Self::Variable { name, .. } => write!(f, "${{{name}}}"),
        }
    }
}

fn separated<T: Display>(f: &mut Formatter<'_>, parts: &[T], between: &str) -> fmt::Result {
    let mut parts = parts.iter();
    if let Some(first) = parts.next() {
        write!(f, "{first}")?;
    }
    parts.try_for_each(|part| write!(f, "{between}{part}"))
}
