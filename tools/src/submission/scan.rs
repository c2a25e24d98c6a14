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
    if !name.ends_with(".rs") {
        return Ok(());
    }
    let tokens = |text: &str| TokenStream::from_str(text).ok();
    let (Some(words), Some(given)) = (tokens(text), tokens(&given)) else {
        // The compiler says what is wrong with it, and does nothing else.
        return Ok(());
    };
    let (mut said, mut allowed) = (BTreeSet::new(), BTreeSet::new());
    collect(words, &mut said);
    collect(given, &mut allowed);
    if let Some(word) = said.difference(&allowed).next() {
        anyhow::bail!("{name}: {word} is not for you to use");
    }
    Ok(())
}

/// Everything in `tokens` that reaches out.
fn collect(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let rest = &tokens[at + 1..];
        match token {
            TokenTree::Ident(ident) => {
                let name = ident.to_string();
                let name = name.trim_start_matches("r#");
                if READERS.contains(&name) || CALLS.contains(&name) && is_called(rest) {
                    found.insert(name.to_owned());
                }
                // `mod name;` reads another file.
                if let ("mod", [module, end, ..]) = (name, rest)
                    && is_punct(end, ';')
                {
                    found.insert(format!("mod {module};"));
                }
            }
            TokenTree::Group(group) => {
                let before = tokens[..at].last();
                let attribute = before.is_some_and(|t| is_punct(t, '#') || is_punct(t, '!'))
                    && group.delimiter() == Delimiter::Bracket;
                if attribute && mentions_path(group.stream()) {
                    found.insert("the attribute `path`".to_owned());
                }
                collect(group.stream(), found);
            }
            _ => {}
        }
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

/// Whether an attribute has a `path` in it, on its own or behind a condition.
fn mentions_path(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident.to_string().trim_start_matches("r#") == "path",
        TokenTree::Group(group) => mentions_path(group.stream()),
        _ => false,
    })
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
        assert!(check("a.rs", &[0xff, 0xfe], b"").is_err());
    }

    #[test]
    fn what_was_given_and_what_is_harmless_is_not() {
        let given = b"global_asm!(include_str!(\"asm/upcall.S\")); mod tests;";
        assert!(check("a.rs", given, given).is_ok());
        for text in [
            "fn include_it(path: &str) { let path = path; }",
            "/// include! env!\nfn f() { let s = \"include_str!\"; }",
            "mod inner { pub fn f() {} }",
            "use crate::env::Env; fn f(env: u32) -> bool { env != 1 && !(env == 2) }",
            "this does not even lex: '",
        ] {
            assert!(check("a.rs", text.as_bytes(), b"").is_ok(), "{text}");
        }
    }
}
