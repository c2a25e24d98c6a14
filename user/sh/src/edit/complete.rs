//! What a word may go on with: programs where one is expected, paths elsewhere.

use crate::builtin;
use crate::find::short;
use crate::system::{Kind, Look};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What a word may become.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What is there of it.
    pub begun: String,
    /// Whole words, for a person to read.
    pub words: Vec<String>,
    /// What comes behind it when there is but one.
    pub end: char,
}

impl Completion {
    /// What all of them go on with, as it is typed; with the end, if there is but one.
    pub fn common(&self) -> String {
        let mut rests = self
            .words
            .iter()
            .map(|word| word.strip_prefix(&self.begun).unwrap_or_default());
        let Some(first) = rests.next() else {
            return String::new();
        };
        let common = rests.fold(first, |common, rest| {
            let same = common.chars().zip(rest.chars()).take_while(|(a, b)| a == b);
            let len = same.map(|(c, _)| c.len_utf8()).sum();
            common.get(..len).unwrap_or_default()
        });
        let mut typed = escaped(common);
        if self.words.len() == 1 {
            typed.push(self.end);
        }
        typed
    }
}

fn is_special(c: char) -> bool {
    " \t'\"\\$*?[#|&;<>()".contains(c)
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if is_special(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The last word of `line`, and whether it is the name of a program.
fn last_word(line: &str) -> (String, bool) {
    let (mut word, mut is_program) = (String::new(), true);
    let mut chars = line.chars();
    let mut quote = None;
    while let Some(c) = chars.next() {
        match c {
            '\\' if quote != Some('\'') => word.extend(chars.next()),
            c if quote == Some(c) => quote = None,
            '\'' | '"' if quote.is_none() => quote = Some(c),
            ' ' | '\t' if quote.is_none() => {
                is_program &= word.is_empty();
                word.clear();
            }
            '|' | '&' | ';' | '(' if quote.is_none() => {
                is_program = true;
                word.clear();
            }
            '<' | '>' if quote.is_none() => {
                is_program = false;
                word.clear();
            }
            c => word.push(c),
        }
    }
    (word, is_program)
}

/// What the last word of `line` may become, if programs are in the folders of `path`.
pub fn complete(line: &str, path: &str, look: &mut impl Look) -> Completion {
    let (word, is_program) = last_word(line);
    let mut completion = match word.rsplit_once('/') {
        None if is_program => programs(&word, path, look),
        split => paths(&word, split, look),
    };
    completion.words.sort_unstable();
    completion.words.dedup();
    completion
}

fn programs(word: &str, path: &str, look: &mut impl Look) -> Completion {
    let own = builtin::ALL.iter().map(|(name, ..)| (*name).to_owned());
    let mut words: Vec<String> = own.collect();
    for folder in path.split(':').filter(|folder| !folder.is_empty()) {
        let names = look
            .names(folder)
            .into_iter()
            .filter(|name| name.starts_with(word));
        let names: Vec<String> = names.collect();
        let is_file = |name: &String| {
            let path = format!("{}/{name}", folder.trim_end_matches('/'));
            look.kind(&path) == Some(Kind::File)
        };
        words.extend(
            names
                .into_iter()
                .filter(is_file)
                .map(|name| short(&name).to_owned()),
        );
    }
    words.retain(|name| name.starts_with(word));
    Completion {
        begun: word.to_owned(),
        words,
        end: ' ',
    }
}

fn paths(word: &str, split: Option<(&str, &str)>, look: &mut impl Look) -> Completion {
    let (folder, begun) = match split {
        None => (".", word),
        Some(("", begun)) => ("/", begun),
        Some(split) => split,
    };
    let mut words = look.names(folder);
    words.retain(|name| {
        name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.'))
    });
    let end = match words.as_slice() {
        [only] if look.kind(&format!("{folder}/{only}")) == Some(Kind::Directory) => '/',
        _ => ' ',
    };
    Completion {
        begun: begun.to_owned(),
        words,
        end,
    }
}
