//! From words to arguments: variables get their values, what is not in quotes is split at blanks, and patterns become
//! names of files.

use crate::glob::{self, Letter};
use crate::system::Look;
use crate::tree::{Piece, Word};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What variables are.
pub trait Values {
    /// The value of `name`.
    fn value(&self, name: &str) -> Option<String>;

    /// What `$@` stands for.
    fn arguments(&self) -> &[String];
}

/// The arguments that `words` become.
pub fn all(words: &[Word], values: &impl Values, look: &mut impl Look) -> Vec<String> {
    let fields = words.iter().flat_map(|word| fields(word, values));
    let mut arguments = Vec::new();
    for field in fields {
        let paths = glob::paths(&field, look);
        if paths.is_empty() {
            arguments.push(glob::text(&field));
        } else {
            arguments.extend(paths);
        }
    }
    arguments
}

/// The text that `word` is where it must be one: nothing is split, nothing stands for files.
pub fn one(word: &Word, values: &impl Values) -> String {
    let mut text = String::new();
    for piece in &word.0 {
        match piece {
            Piece::Bare(more) | Piece::Quoted(more) => text.push_str(more),
            Piece::Variable { name, .. } if name == "@" => {
                text.push_str(&values.arguments().join(" "));
            }
            Piece::Variable { name, .. } => {
                text.push_str(&values.value(name).unwrap_or_default());
            }
        }
    }
    text
}

/// Fields in the making.
#[derive(Default)]
struct Fields {
    done: Vec<Vec<Letter>>,
    /// The one that is not done, if one has begun.
    open: Option<Vec<Letter>>,
}

impl Fields {
    fn add(&mut self, text: &str, is_bare: bool) {
        let letters = text.chars().map(|c| Letter { c, is_bare });
        self.open.get_or_insert_default().extend(letters);
    }

    fn end(&mut self) {
        self.done.extend(self.open.take());
    }

    fn split(&mut self, text: &str) {
        // exercise 6.12 begin
        for c in text.chars() {
            match c {
                ' ' | '\t' | '\n' => self.end(),
                c => {
                    let letter = Letter { c, is_bare: true };
                    self.open.get_or_insert_default().push(letter);
                }
            }
        }
        // exercise 6.12 end
    }

    fn arguments(&mut self, arguments: &[String], is_quoted: bool) {
        for (number, argument) in arguments.iter().enumerate() {
            if number > 0 {
                self.end();
            }
            if is_quoted {
                self.add(argument, false);
            } else {
                self.split(argument);
            }
        }
    }
}

/// What `word` is split into.
fn fields(word: &Word, values: &impl Values) -> Vec<Vec<Letter>> {
    // exercise 6.12 begin
    let mut fields = Fields::default();
    for piece in &word.0 {
        match piece {
            Piece::Bare(text) => fields.add(text, true),
            Piece::Quoted(text) => fields.add(text, false),
            Piece::Variable { name, quoted } if name == "@" => {
                fields.arguments(values.arguments(), *quoted);
            }
            Piece::Variable { name, quoted } => {
                let value = values.value(name).unwrap_or_default();
                if *quoted {
                    fields.add(&value, false);
                } else {
                    fields.split(&value);
                }
            }
        }
    }
    fields.end();
    fields.done
    // exercise 6.12 end
}

/// A number as a value.
pub fn number(number: impl ToString) -> Option<String> {
    Some(number.to_string())
}
