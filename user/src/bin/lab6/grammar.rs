//! From text to tokens, and to a tree.

use alloc::format;
use alloc::string::{String, ToString};
use libos::io::Error;
use mos_exam::{Lots, saw, step};
use mos_sh::lexer::Lexer;
use mos_sh::parse;
use mos_user::check::Check;

/// A word without anything special in it.
pub fn plain(lots: &mut Lots) -> String {
    let mut letter = |_: u32| char::from(b'a' + lots.from(0, 25) as u8);
    let len = 1 + letter(0) as u32 % 5;
    (0..len).map(letter).collect()
}

/// `pattern` with words drawn by lot in the places of `@`.
pub fn drawn(lots: &mut Lots, pattern: &str) -> String {
    let mut parts = pattern.split('@');
    let mut text = parts.next().unwrap_or_default().to_string();
    for part in parts {
        text += &plain(lots);
        text += part;
    }
    text
}

fn tokens(check: &mut Check, patterns: &[&str]) {
    for pattern in patterns {
        let text = drawn(&mut check.lots, pattern);
        let mut lexer = Lexer::new(&text);
        loop {
            match lexer.token() {
                Ok(Some(token)) => saw!(check, "a token", token),
                Ok(None) => break,
                Err(why) => {
                    saw!(check, "why there is none", why);
                    break;
                }
            }
        }
        saw!(check, "the end of a text", ());
    }
}

/// Words and quotes.
pub fn words(mut check: Check) -> Result<(), Error> {
    step!(check, "words end at blanks and operators");
    tokens(
        &mut check,
        &["@ @  @", "  @", "@|@", "@;@&@", "@>@<@", "a=@", "@ # @"],
    );
    step!(check, "in single quotes everything is itself");
    tokens(&mut check, &["'@ @'", "@'|;$\\'@", "''", "@''@", "'@"]);
    step!(
        check,
        "in double quotes all is itself but $, \\ and the quote"
    );
    tokens(
        &mut check,
        &[
            "\"@ @\"",
            "\"\"",
            "\"@'@|\"",
            "\"\\$@ \\\\ \\\" \\@\"",
            "\"@ $@ @\"",
            "\"@",
        ],
    );
    step!(
        check,
        "a backslash takes from the next character what it means"
    );
    tokens(&mut check, &["@\\ @", "\\'@", "\\\\@", "@\\\n@", "@\\"]);
    step!(check, "pieces of one word stay together");
    tokens(
        &mut check,
        &["@'@'\"@\"@", "$@'@'", "@${@}@", "\"$@\"@", "@$?"],
    );
    Ok(())
}

fn shown(check: &mut Check, patterns: &[&str]) {
    for pattern in patterns {
        let text = drawn(&mut check.lots, pattern);
        let tree = parse(&text).map(|list| list.to_string());
        saw!(check, "a text, and its tree as text", (&text, tree));
        if let Ok(list) = parse(&text) {
            let items = list.0.len();
            let rest = list.0.first().map(|item| item.chain.rest.len());
            let commands = list.0.first().map(|item| item.chain.first.commands.len());
            saw!(
                check,
                "its chains, and the first one's pipelines and commands",
                (items, rest, commands)
            );
        }
    }
}

/// What parses.
pub fn trees(mut check: Check) -> Result<(), Error> {
    step!(check, "commands come one after the other");
    shown(
        &mut check,
        &["@", "@; @", "@ ; @ ;", "@\n\n@\n", "", "  \n"],
    );
    step!(
        check,
        "pipelines are within chains, and chains within lists"
    );
    shown(
        &mut check,
        &[
            "@ | @ | @",
            "@ && @ || @",
            "@ | @ && @ | @; @",
            "@ &&\n@",
            "@ |\n@",
        ],
    );
    step!(check, "nobody waits for what ends in &");
    shown(&mut check, &["@ &", "@ & @", "@ | @ & @ && @ &", "@ & ;"]);
    step!(check, "parentheses hold a list");
    shown(
        &mut check,
        &[
            "(@)",
            "(@; @) | @",
            "(@ | (@ && @)) > @",
            "@ && (@ &)",
            "(@\n@)",
        ],
    );
    step!(check, "! turns a pipeline's end round");
    shown(&mut check, &["! @", "! ! @ | @", "@ && ! @", "@ !"]);
    let deep = |n: usize| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    step!(check, "there is an end to parentheses");
    for n in [32, 33, 400] {
        saw!(check, "whether it is a tree", parse(&deep(n)).map(drop));
    }
    Ok(())
}

/// What does not.
pub fn no_trees(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "what may go on in the next line is said to be incomplete"
    );
    shown(
        &mut check,
        &["@ |", "@ &&", "@ ||\n", "(@", "(@; @", "@ '@", "!"],
    );
    step!(check, "what can be nothing is an error");
    shown(
        &mut check,
        &[
            "| @",
            "@ | | @",
            "@ ; ; @",
            "& @",
            "@ && && @",
            "(@",
            "@ )",
            "()",
            "@ ( @",
            "! | @",
        ],
    );
    Ok(())
}
