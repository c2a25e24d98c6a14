//! Patterns against another way to read them.

use mos_sh::glob::{Letter, matches};
use proptest::prelude::*;

fn bare(pattern: &str) -> Vec<Letter> {
    pattern
        .chars()
        .map(|c| Letter { c, is_bare: true })
        .collect()
}

/// Tries all that a star may stand for.
fn reference(pattern: &[char], name: &[char]) -> bool {
    let Some((&first, rest)) = pattern.split_first() else {
        return name.is_empty();
    };
    if first == '*' {
        return (0..=name.len()).any(|len| reference(rest, &name[len..]));
    }
    let Some((&c, others)) = name.split_first() else {
        return false;
    };
    let end = rest
        .iter()
        .skip(1 + usize::from(matches!(rest.first(), Some('!' | '^'))))
        .position(|&c| c == ']');
    if let ('[', Some(end)) = (first, end) {
        let negated = matches!(rest[0], '!' | '^');
        let start = usize::from(negated);
        let end = start + 1 + end;
        let set = &rest[start..end];
        let mut has = false;
        let mut at = 0;
        while at < set.len() {
            if at + 2 < set.len() && set[at + 1] == '-' {
                has |= set[at] <= c && c <= set[at + 2];
                at += 3;
            } else {
                has |= set[at] == c;
                at += 1;
            }
        }
        return has != negated && reference(&rest[end + 1..], others);
    }
    (first == '?' || first == c) && reference(rest, others)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn patterns_match_what_the_reference_says(pattern in "[ab*?\\[\\]!-]{0,8}", name in "[ab\\]-]{0,5}") {
        let chars: Vec<char> = pattern.chars().collect();
        let expected = reference(&chars, &name.chars().collect::<Vec<_>>());
        prop_assert_eq!(matches(&bare(&pattern), &name), expected, "{} {}", pattern, name);
    }

    #[test]
    fn what_is_in_quotes_is_only_itself(pattern in "[ab*?\\[\\]-]{0,6}", name in "[ab*?\\[\\]-]{0,6}") {
        let quoted: Vec<Letter> = pattern.chars().map(|c| Letter { c, is_bare: false }).collect();
        prop_assert!(matches(&quoted, &pattern));
        prop_assert_eq!(matches(&quoted, &name), pattern == name);
    }
}

/// Trying all that the stars may stand for would take longer than anybody lives.
#[test]
fn many_stars_take_no_time() {
    let pattern = bare(&"a*".repeat(1000));
    assert!(!matches(&pattern, &format!("{}b", "a".repeat(900))));
    assert!(matches(&pattern, &"a".repeat(2000)));
}
