//! Words against another way to expand them: all at once to a text with marks in it, which is then taken apart.

use crate::system::Simulated;
use mos_sh::expand::{self, Values};
use mos_sh::tree::{Piece, Word};
use proptest::collection::vec;
use proptest::prelude::*;

struct Table(Vec<(String, String)>, Vec<String>);

impl Values for Table {
    fn value(&self, name: &str) -> Option<String> {
        let mut all = self.0.iter();
        all.find(|(own, _)| own == name)
            .map(|(_, value)| value.clone())
    }

    fn arguments(&self) -> &[String] {
        &self.1
    }
}

/// Here a field ends, if anything is in it.
const BLANK: char = '\u{e000}';
/// Here one ends, and the next one begins.
const NEXT: char = '\u{e001}';
/// Here is something, even if it is nothing.
const HERE: char = '\u{e002}';

/// What `word` becomes, if no names of files are meant.
fn reference(word: &Word, table: &Table) -> Vec<String> {
    let blanks = |text: &str| text.replace([' ', '\t', '\n'], &BLANK.to_string());
    let whole = |text: &str| format!("{HERE}{text}");
    let mut marked = String::new();
    for piece in &word.0 {
        let text = match piece {
            Piece::Bare(text) | Piece::Quoted(text) => whole(text),
            Piece::Variable { name, quoted } if name == "@" => {
                let each = table
                    .1
                    .iter()
                    .map(|one| if *quoted { whole(one) } else { blanks(one) });
                each.collect::<Vec<_>>().join(&NEXT.to_string())
            }
            Piece::Variable { name, quoted: true } => whole(&table.value(name).unwrap_or_default()),
            Piece::Variable { name, .. } => blanks(&table.value(name).unwrap_or_default()),
        };
        marked.push_str(&text);
    }
    let fields = marked
        .split([BLANK, NEXT])
        .filter(|field| !field.is_empty());
    fields.map(|field| field.replace(HERE, "")).collect()
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        "[a-c/]{1,3}".prop_map(Piece::Bare),
        "[a-c \n]{0,3}".prop_map(Piece::Quoted),
        ("[XYZ@]", any::<bool>()).prop_map(|(name, quoted)| Piece::Variable { name, quoted }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn words_become_what_the_reference_says(
        pieces in vec(piece(), 0..6),
        values in [" ?[ab]{0,2} ?", "[ab \n\t]{0,4}"],
        arguments in vec("[ab ]{0,3}", 0..3),
    ) {
        let names = ["X", "Y"].map(str::to_owned);
        let table = Table(names.into_iter().zip(values).collect(), arguments);
        let word = Word(pieces);
        let expected = reference(&word, &table);
        let all = expand::all(std::slice::from_ref(&word), &table, &mut Simulated::new());
        prop_assert_eq!(all, expected);
        // Where one text is wanted, nothing is split.
        let one = expand::one(&word, &table);
        let parts = word.0.iter().map(|piece| match piece {
            Piece::Bare(text) | Piece::Quoted(text) => text.clone(),
            Piece::Variable { name, .. } if name == "@" => table.1.join(" "),
            Piece::Variable { name, .. } => table.value(name).unwrap_or_default(),
        });
        prop_assert_eq!(one, parts.collect::<String>());
    }
}
