//! From words to arguments.

use crate::grammar::drawn;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use libos::io::Error;
use mos_exam::{saw, step};
use mos_sh::expand::{self, Values};
use mos_sh::parse;
use mos_sh::system::{Kind, Look};
use mos_sh::tree::Action;
use mos_user::check::Check;

/// Variables drawn by lot.
struct Drawn {
    values: Vec<(&'static str, String)>,
    arguments: Vec<String>,
}

impl Values for Drawn {
    fn value(&self, name: &str) -> Option<String> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    fn arguments(&self) -> &[String] {
        &self.arguments
    }
}

/// No files at all.
struct Nothing;

impl Look for Nothing {
    fn names(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn kind(&mut self, _: &str) -> Option<Kind> {
        None
    }
}

fn shown(check: &mut Check, values: &Drawn, patterns: &[&str]) {
    for pattern in patterns {
        // A `@` is a word to be drawn.
        let text = drawn(&mut check.lots, pattern).replace('%', "@");
        let list = parse(&text).unwrap_or_default();
        let commands = list.0.first().map(|item| &item.chain.first.commands);
        let Some(Action::Simple(_, words)) =
            commands.and_then(|all| all.first()).map(|one| &one.action)
        else {
            saw!(check, "whether it is a command", false);
            continue;
        };
        saw!(
            check,
            "the arguments",
            expand::all(words, values, &mut Nothing)
        );
    }
}

/// Variables, split and not.
pub fn fields(mut check: Check) -> Result<(), Error> {
    let mut value = |pattern: &str| drawn(&mut check.lots, pattern);
    let values = Drawn {
        values: [
            ("one", value("@")),
            ("two", value("@ @")),
            ("wide", value("  @ \t@\n")),
            ("empty", String::new()),
        ]
        .into(),
        arguments: ["@ @", "@", ""].map(value).to_vec(),
    };
    step!(check, "a variable stands for its value");
    shown(
        &mut check,
        &values,
        &[
            "@ $one", "$one$one", "@$one@", "${one}@", "$none @", "'$one'",
        ],
    );
    step!(check, "outside of quotes it is split at blanks");
    shown(
        &mut check,
        &values,
        &["$two", "@$two@", "$wide", "@$wide@", "$two$two"],
    );
    step!(check, "in double quotes it is not");
    shown(
        &mut check,
        &values,
        &["\"$two\"", "@\"$wide\"@", "\"$one $two\"", "\"$two\"$two"],
    );
    step!(check, "nothing is no argument, unless it is in quotes");
    shown(
        &mut check,
        &values,
        &[
            "@ $empty @",
            "\"$empty\"",
            "''",
            "$empty''",
            "$empty$one",
            "@ '' @",
        ],
    );
    step!(check, "$@ is as many arguments as there are");
    shown(&mut check, &values, &["$%", "\"$%\"", "@\"$%\"@", "@$%"]);
    saw!(
        check,
        "what they are as one text",
        expand::one(&word(), &values).to_string()
    );
    Ok(())
}

/// `$@`, in quotes.
fn word() -> mos_sh::tree::Word {
    let name = "@".to_string();
    mos_sh::tree::Word([mos_sh::tree::Piece::Variable { name, quoted: true }].into())
}
