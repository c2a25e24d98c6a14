//! Names of files that a pattern stands for.

use crate::grammar::plain;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use libos::io::Error;
use mos_exam::{saw, step};
use mos_sh::glob::{Letter, matches};
use mos_user::check::Check;

fn letters(text: &str, is_bare: bool) -> Vec<Letter> {
    text.chars().map(|c| Letter { c, is_bare }).collect()
}

/// Patterns drawn by lot, with names that differ from them by little.
pub fn patterns(mut check: Check) -> Result<(), Error> {
    let all = |check: &Check, pattern: &str, names: &[String]| {
        let pattern = letters(pattern, true);
        let found: Vec<bool> = names.iter().map(|name| matches(&pattern, name)).collect();
        saw!(check, "which names it stands for", found);
    };
    let [a, b] = [(); 2].map(|()| plain(&mut check.lots));
    let names = [
        format!("{a}{b}"),
        format!("{a}x{b}"),
        format!("{a}xx{b}"),
        format!("{a}{b}x"),
        format!("x{a}{b}"),
        a.clone(),
        String::new(),
        format!("{a}{b}{a}{b}"),
    ];
    step!(check, "what is not special is itself");
    all(&check, &format!("{a}{b}"), &names);
    all(&check, "", &names);
    step!(check, "* stands for any letters, or none");
    for pattern in [
        format!("{a}*{b}"),
        "*".into(),
        format!("*{b}"),
        format!("{a}*"),
        format!("{a}**{b}"),
        format!("*{a}*{b}*"),
    ] {
        all(&check, &pattern, &names);
    }
    step!(check, "? stands for one");
    for pattern in [
        format!("{a}?{b}"),
        "?".into(),
        format!("{a}{b}?"),
        format!("?{a}{b}"),
        format!("*?{b}"),
    ] {
        all(&check, &pattern, &names);
    }
    step!(check, "brackets stand for one of what is in them");
    let digits: Vec<String> = (0..12)
        .map(|n| format!("{a}{n}"))
        .chain([format!("{a}-"), format!("{a}]"), format!("{a}b")])
        .collect();
    let (low, high) = (check.lots.from(0, 4), check.lots.from(5, 9));
    for set in [
        format!("[{low}{high}]"),
        format!("[{low}-{high}]"),
        format!("[!{low}-{high}]"),
        format!("[]{low}]"),
        format!("[{low}-]"),
        "[".into(),
        format!("[{low}-{high}b]"),
    ] {
        all(&check, &format!("{a}{set}"), &digits);
    }
    step!(check, "in quotes they are themselves");
    for text in ["*", "?", "[a]"] {
        let quoted = letters(text, false);
        let names = [text, "a", ""].map(|name| matches(&quoted, name));
        saw!(check, "whether it is that, a letter, and nothing", names);
    }
    step!(check, "many stars are no reason to take for ever");
    let many = letters(&"a*".repeat(12), true);
    let name = "a".repeat(check.lots.from(60, 80) as usize) + "b";
    saw!(check, "whether it is one", matches(&many, &name));
    let ends = letters(&("a*".repeat(12) + "c"), true);
    saw!(
        check,
        "whether it is one that ends in another letter",
        matches(&ends, &name)
    );
    Ok(())
}
