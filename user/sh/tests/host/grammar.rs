//! Whatever the text: no panic, and a tree that is printed parses to the same tree.

use mos_sh::parse;
use mos_sh::tree::{
    Action, Assignment, Chain, Command, Item, Link, List, Piece, Pipeline, Redirect, Way, Word,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z_][a-zA-Z0-9_]{0,3}"
}

fn piece() -> impl Strategy<Value = Piece> {
    let variable = prop_oneof![name(), "[?#@$!0-9]"];
    prop_oneof![
        "[a-z0-9=*?!\\[\\]{},./~^%+:@-]{1,4}".prop_map(Piece::Bare),
        "[ -~\n\té漢]{0,4}".prop_map(Piece::Quoted),
        (variable, any::<bool>()).prop_map(|(name, quoted)| Piece::Variable { name, quoted }),
    ]
}

/// Puts neighbours of one kind together, as they are when they are read.
fn joined(pieces: Vec<Piece>) -> Word {
    let mut word = Word::default();
    for piece in pieces {
        match (word.0.last_mut(), piece) {
            (Some(Piece::Bare(text)), Piece::Bare(more)) => text.push_str(&more),
            (Some(Piece::Quoted(text)), Piece::Quoted(more)) => text.push_str(&more),
            (_, piece) => word.0.push(piece),
        }
    }
    word
}

fn word() -> impl Strategy<Value = Word> {
    vec(piece(), 1..4).prop_map(joined)
}

/// A word that is nothing else where a command begins.
fn first_word() -> impl Strategy<Value = Word> {
    word().prop_filter("an assignment or a negation", |word| {
        let Some(Piece::Bare(text)) = word.0.first() else {
            return true;
        };
        text != "!" && !text.contains('=')
    })
}

fn assignment() -> impl Strategy<Value = Assignment> {
    let value = vec(piece(), 0..3).prop_map(joined);
    (name(), value).prop_map(|(name, value)| Assignment { name, value })
}

fn redirect() -> impl Strategy<Value = Redirect> {
    let way = prop_oneof![
        Just(Way::Read),
        Just(Way::Write),
        Just(Way::Append),
        Just(Way::Text),
        Just(Way::Same)
    ];
    (0..3_u8, way, word()).prop_map(|(fd, way, target)| Redirect { fd, way, target })
}

fn simple() -> impl Strategy<Value = Command> {
    let words = option::of((first_word(), vec(word(), 0..3)));
    let parts = (vec(assignment(), 0..2), words, vec(redirect(), 0..3));
    parts.prop_filter_map("nothing", |(assignments, words, redirects)| {
        let words: Vec<Word> = words
            .into_iter()
            .flat_map(|(first, rest)| std::iter::once(first).chain(rest))
            .collect();
        let is_empty = assignments.is_empty() && words.is_empty() && redirects.is_empty();
        let action = Action::Simple(assignments, words);
        (!is_empty).then_some(Command { action, redirects })
    })
}

fn list_of(command: impl Strategy<Value = Command> + 'static) -> BoxedStrategy<List> {
    let pipeline = (any::<bool>(), vec(command, 1..3))
        .prop_map(|(negated, commands)| Pipeline { negated, commands })
        .boxed();
    let link = prop_oneof![Just(Link::And), Just(Link::Or)];
    let chain = (pipeline.clone(), vec((link, pipeline), 0..2));
    let item = (chain, any::<bool>()).prop_map(|((first, rest), background)| Item {
        chain: Chain { first, rest },
        background,
    });
    vec(item, 1..3).prop_map(List).boxed()
}

fn list() -> impl Strategy<Value = List> {
    let command = simple().boxed().prop_recursive(3, 24, 4, |inner| {
        let group = (list_of(inner), vec(redirect(), 0..2));
        let group = group.prop_map(|(list, redirects)| Command {
            action: Action::Group(list),
            redirects,
        });
        prop_oneof![simple(), group]
    });
    list_of(command)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_printed_tree_parses_to_itself(list in list()) {
        let text = list.to_string();
        prop_assert_eq!(parse(&text), Ok(list), "{}", text);
    }

    #[test]
    fn whatever_parses_is_printed_as_what_parses_to_the_same(
        text in "([a-z2=]{0,2}|[ \t\n]|[|&;<>()!#$\\\\'\"{}*?]|&&|\\|\\||>>|<<<|2>|>&1|é){0,24}"
    ) {
        if let Ok(list) = parse(&text) {
            let printed = list.to_string();
            prop_assert_eq!(parse(&printed), Ok(list), "{}", printed);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in any::<String>()) {
        let _ = parse(&text);
    }
}
