//! Sources as sequences of tokens, in which spaces, comments, and the names that students choose make no difference.

use std::collections::BTreeSet;

/// The tokens of a source in Rust or assembly, each as it is written.
pub fn of(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            // Of assembly; in Rust a sharp sign that is followed by a space means nothing.
            '#' if rest.starts_with("# ") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        let comment = length > 1 && !token.starts_with(is_word);
        if !comment && !first.is_whitespace() {
            tokens.push(token);
        }
        rest = after;
    }
    tokens
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// Whether a token is a name that the student has chosen: nobody gave it.
pub fn is_chosen(token: &str, given: &BTreeSet<String>) -> bool {
    let named = token.starts_with(|c: char| c.is_alphabetic() || c == '_');
    named && !given.contains(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_spaces_are_none() {
        let text =
            "fn f(a: u32) { // no\n  a+1 /* not\n this */ }\n    lw $t0, 4($sp) # nor this\n#[x]";
        let expected = [
            "fn", "f", "(", "a", ":", "u32", ")", "{", "a", "+", "1", "}", "lw", "$t0", ",", "4",
            "(", "$sp", ")", "#", "[", "x", "]",
        ];
        assert_eq!(of(text), expected);
        assert!(of("/* open").is_empty() && of("//").is_empty() && of("").is_empty());
        assert_eq!(of("é中 ε"), ["é中", "ε"]);
    }

    #[test]
    fn names_that_are_given_are_not_chosen() {
        let given = BTreeSet::from(["frame".to_owned()]);
        assert!(is_chosen("mine", &given) && is_chosen("_x", &given));
        assert!(!is_chosen("frame", &given) && !is_chosen("12", &given) && !is_chosen("(", &given));
    }
}
