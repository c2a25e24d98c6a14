//! What a student's sources must not say, since the compiler would do it on the host: read other files, or the
//! environment.

use anyhow::{Result, ensure};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::str::FromStr;

/// Macros that read files. Nothing else has such a name.
const READERS: [&str; 3] = ["include", "include_str", "include_bytes"];
/// Macros that read the environment, or hand text to the assembler, which reads files too. Other things have
/// these names as well: they count where they are called or renamed.
const CALLS: [&str; 5] = ["env", "option_env", "asm", "global_asm", "naked_asm"];
/// What carries out the checks, of which a solution has nothing to say.
const SIGNERS: [&str; 2] = ["mos_checks", "mos_exam"];
/// Attributes that name files, and symbols that nobody else's code may have.
const ATTRIBUTES: [&str; 3] = ["path", "link", "link_name"];
/// Directives of the assembler that read files.
const DIRECTIVES: [&str; 2] = [".incbin", ".include"];

/// Whether the file `name` may be compiled, which says `text` now and `given` in the tree that students get.
///
/// # Errors
/// It says something that the given file does not, and that reaches out of the tree; or it is no text.
pub fn check(name: &str, text: &[u8], given: &[u8]) -> Result<()> {
    let text = std::str::from_utf8(text);
    ensure!(text.is_ok(), "{name}: is no text");
    let text = text.unwrap_or_default();
    let given = String::from_utf8_lossy(given);
    for word in DIRECTIVES {
        let new = text.to_lowercase().contains(word) && !given.contains(word);
        ensure!(!new, "{name}: {word} is not for you to use");
    }
    // A directive could be put together by the assembler.
    let composed = |text: &str| statements(text).any(|word| word.contains('\\'));
    ensure!(
        name.ends_with(".rs") || !composed(text) || composed(&given),
        "{name}: an instruction that a macro puts together is not for you to use"
    );
    if !name.ends_with(".rs") {
        return Ok(());
    }
    let tokens = |text: &str| TokenStream::from_str(text).ok();
    let (Some(words), Some(given)) = (tokens(text), tokens(&given)) else {
        // The compiler says what is wrong with it, and does nothing else.
        return Ok(());
    };
    let (said, allowed) = (collect(words), collect(given));
    if let Some(word) = said.difference(&allowed).next() {
        anyhow::bail!("{name}: {word} is not for you to use");
    }
    Ok(())
}

/// The word of each statement of assembly that says what it does.
fn statements(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', ';']).filter_map(|statement| {
        let mut words = statement.split_whitespace();
        words.find(|word| !word.ends_with(':'))
    })
}

/// Everything in `tokens` that reaches out. What waits to be looked at is no call's to remember: brackets may stand in
/// brackets as often as somebody likes.
fn collect(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    // Of an attribute or not.
    let mut waiting = vec![(tokens, false)];
    while let Some((tokens, is_attribute)) = waiting.pop() {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(ident) => {
                    let word = ident.to_string();
                    let name = word.trim_start_matches("r#");
                    found.extend(reaching(name, &tokens[at + 1..]));
                    // On its own or behind a condition.
                    if is_attribute && ATTRIBUTES.contains(&name) {
                        found.insert(format!("the attribute `{name}`"));
                    }
                }
                TokenTree::Group(group) => {
                    let before = tokens[..at].last();
                    let begins = before.is_some_and(|t| is_punct(t, '#') || is_punct(t, '!'))
                        && group.delimiter() == Delimiter::Bracket;
                    waiting.push((group.stream(), is_attribute || begins));
                }
                _ => {}
            }
        }
    }
    found
}

/// What reaches out of the word `name` that has `rest` behind it.
fn reaching(name: &str, rest: &[TokenTree]) -> Option<String> {
    if READERS.contains(&name)
        || SIGNERS.contains(&name)
        || CALLS.contains(&name) && is_called(rest)
    {
        return Some(name.to_owned());
    }
    match (name, rest) {
        // It reads another file.
        ("mod", [module, end, ..]) if is_punct(end, ';') => Some(format!("mod {module};")),
        _ => None,
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether what stands before `rest` is called as a macro, or given another name.
fn is_called(rest: &[TokenTree]) -> bool {
    match rest {
        [bang, TokenTree::Group(_), ..] if is_punct(bang, '!') => true,
        [TokenTree::Ident(word), ..] => word == "as",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, text: &str) -> String {
        check(name, text.as_bytes(), b"fn f() {}")
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn what_reads_files_is_refused_however_it_is_written() {
        for (text, word) in [
            (
                "static A: &[u8] = include_bytes!(\"/etc/passwd\");",
                "include_bytes",
            ),
            (
                "fn f() { let _ = r#include_str ! { \"x\" }; }",
                "include_str",
            ),
            ("use core::include as x;", "include"),
            ("macro_rules! m { () => { include!(\"x\") } }", "include"),
            ("const A: &str = env!(\"HOME\");", "env"),
            (
                "fn f() { unsafe { core::arch::asm!(concat!(\".inc\", \"bin\")) } }",
                "asm",
            ),
            (
                "#[path = \"/etc/passwd\"] mod a { }",
                "the attribute `path`",
            ),
            ("#![cfg_attr(all(), path = \"x\")]", "the attribute `path`"),
            ("mod other;", "mod other;"),
            ("use mos_checks::Check;", "mos_checks"),
            ("fn f() { r#mos_exam::Lots::new(1); }", "mos_exam"),
            (
                "#[link(name = \"x\")] unsafe extern \"C\" {}",
                "the attribute `link`",
            ),
            (
                "unsafe extern \"C\" { #[link_name = \"order\"] static O: u32; }",
                "the attribute `link_name`",
            ),
            ("// .incbin \"/etc/passwd\"", ".incbin"),
        ] {
            assert_eq!(
                refused("a.rs", text),
                format!("a.rs: {word} is not for you to use")
            );
        }
        let directive = "    .INCLUDE \"/etc/passwd\"";
        assert_eq!(
            refused("a.S", directive),
            "a.S: .include is not for you to use"
        );
        let composed = "an instruction that a macro puts together";
        for text in [
            ".macro m a b\n \\a\\b \"x\"\n.endm",
            "1: .\\a\\()bin \"x\"",
            "a: nop; \\a\\b \"x:y\"; nop",
        ] {
            assert_eq!(
                refused("a.S", text),
                format!("a.S: {composed} is not for you to use")
            );
        }
        assert!(check("a.rs", &[0xff, 0xfe], b"").is_err());
    }

    #[test]
    fn brackets_in_brackets_without_end_are_looked_into() {
        let spy = "include!(\"x\")";
        // A comment that closes brackets, for who counts them.
        for open in ["(", "(/*)*/", "#[a(/*)]*/"] {
            let close = if open.contains('[') { ")]" } else { ")" };
            let nested = open.repeat(100_000) + spy + &close.repeat(100_000);
            let text = format!("const D: u32 = {nested};");
            let why = "a.rs: include is not for you to use";
            assert_eq!(refused("a.rs", &text), why, "{open}");
        }
    }

    #[test]
    fn what_was_given_and_what_is_harmless_is_not() {
        for text in ["1: lw $t0, \\at($a0)", "handle_\\name:", "# a\\b"] {
            assert!(check("a.S", text.as_bytes(), b"").is_ok(), "{text}");
        }
        let given = b"global_asm!(include_str!(\"asm/upcall.S\")); mod tests;";
        assert!(check("a.rs", given, given).is_ok());
        for text in [
            "fn include_it(path: &str) { let path = path; }",
            "fn link(link: &str) -> [u8; 1] { [link] }",
            "/// include! env!\nfn f() { let s = \"include_str!\"; }",
            "mod inner { pub fn f() {} }",
            "use crate::env::Env; fn f(env: u32) -> bool { env != 1 && !(env == 2) }",
            "this does not even lex: '",
        ] {
            assert!(check("a.rs", text.as_bytes(), b"").is_ok(), "{text}");
        }
    }
}
