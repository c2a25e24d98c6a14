//! Names of files that a pattern stands for.

use crate::system::Look;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// A character of a word, and whether it was written without quotes, so that it may be more than itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The character.
    pub c: char,
    /// Whether it may be more.
    pub is_bare: bool,
}

impl Letter {
    fn is(self, c: char) -> bool {
        self.is_bare && self.c == c
    }
}

/// The text of `letters`.
pub fn text(letters: &[Letter]) -> String {
    letters.iter().map(|letter| letter.c).collect()
}

fn is_pattern(letters: &[Letter]) -> bool {
    let mut letters = letters.iter();
    letters.any(|letter| letter.is_bare && matches!(letter.c, '*' | '?' | '['))
}

/// The paths that `pattern` stands for, in order; none, if there are none, or it is no pattern.
pub fn paths(pattern: &[Letter], look: &mut impl Look) -> Vec<String> {
    if !is_pattern(pattern) {
        return Vec::new();
    }
    let mut paths = vec![String::new()];
    for (number, part) in pattern.split(|letter| letter.c == '/').enumerate() {
        let mut longer = Vec::new();
        for mut path in paths {
            if number > 0 {
                path.push('/');
            }
            if !is_pattern(part) {
                path.push_str(&text(part));
                longer.push(path);
                continue;
            }
            let dir = if path.is_empty() { "." } else { &path };
            let shows_hidden = part.first().is_some_and(|letter| letter.c == '.');
            let mut names = look.names(dir);
            names.retain(|name| (shows_hidden || !name.starts_with('.')) && matches(part, name));
            names.sort_unstable();
            longer.extend(
                names
                    .into_iter()
                    .map(|name| [path.as_str(), &name].concat()),
            );
        }
        paths = longer;
    }
    paths.retain(|path| look.kind(path).is_some());
    paths
}

/// Whether `name` is one that `pattern` stands for.
pub fn matches(pattern: &[Letter], name: &str) -> bool {
    // exercise 6.13 begin
    let (mut pattern, mut name) = (pattern, name.chars());
    // What comes after the last star, and what was not yet its when we came there.
    let mut retry = None;
    loop {
        let before = name.clone();
        match (pattern.split_first(), name.next()) {
            (Some((first, rest)), _) if first.is('*') => {
                retry = Some((rest, before.clone()));
                (pattern, name) = (rest, before);
                continue;
            }
            (None, None) => return true,
            (Some(_), Some(c)) => {
                if let Some(rest) = one(pattern, c) {
                    pattern = rest;
                    continue;
                }
            }
            (_, None) => return false,
            (None, Some(_)) => {}
        }
        // The star takes one more.
        let Some((after, from)) = &mut retry else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        (pattern, name) = (after, from.clone());
    }
    // exercise 6.13 end
}

/// What is left of `pattern` when `c` is what its beginning stands for.
fn one(pattern: &[Letter], c: char) -> Option<&[Letter]> {
    // exercise 6.13 begin
    let (first, rest) = pattern.split_first()?;
    if first.is('?') {
        return Some(rest);
    }
    if first.is('[')
        && let Some((set, rest)) = set(rest)
    {
        return set.has(c).then_some(rest);
    }
    (first.c == c).then_some(rest)
    // exercise 6.13 end
}

/// Characters in brackets.
struct Set<'a> {
    negated: bool,
    letters: &'a [Letter],
}

/// The set that begins behind a bracket, and what comes behind that; none, if it has no end.
fn set(letters: &[Letter]) -> Option<(Set<'_>, &[Letter])> {
    let negated = letters
        .first()
        .is_some_and(|first| first.is('!') || first.is('^'));
    let letters = letters.get(usize::from(negated)..)?;
    // A bracket that comes first is one of the set.
    let end = 1 + letters.iter().skip(1).position(|letter| letter.is(']'))?;
    let (letters, rest) = letters.split_at_checked(end)?;
    Some((Set { negated, letters }, rest.get(1..)?))
}

impl Set<'_> {
    fn has(&self, c: char) -> bool {
        // exercise 6.13 begin
        let mut letters = self.letters;
        let mut found = false;
        while let Some((first, rest)) = letters.split_first() {
            letters = rest;
            let mut last = first;
            if let [dash, to, rest @ ..] = letters
                && dash.is('-')
            {
                (last, letters) = (to, rest);
            }
            found |= (first.c..=last.c).contains(&c);
        }
        found != self.negated
        // exercise 6.13 end
    }
}
