//! What a run reports.

use super::labels::Labels;
use mos_exam::{Label, MARK};
use regex::{Captures, Regex};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A number that a system may choose: see [`mos_exam::Name`].
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("#[0-9a-f]+").ok());

/// What was seen, step by step, each a sentence: what it is, a colon, and its value.
pub type Testimony = BTreeMap<String, Vec<String>>;

/// A console's line in which something is reported: the label of its step, and what was seen.
pub fn read(labels: &Labels, line: &str) -> Option<(Label, String)> {
    let (before, report) = line.split_once(MARK)?;
    let mut words = report.splitn(3, ' ');
    let step = Label::parse(words.next()?)?;
    let what = labels.text(Label::parse(words.next()?)?);
    let value = words.next().unwrap_or_default();
    // What the line had before, such as the level of a record of the log, was seen too.
    Some((step, format!("{before}{what}: {value}")))
}

/// What `console` reports of these steps. A number that a system may choose is replaced by the place in which the
/// step first shows it.
pub fn of(labels: &Labels, steps: &[String], console: &str) -> Testimony {
    let known: BTreeMap<Label, &String> =
        steps.iter().map(|step| (Label::of(step), step)).collect();
    let mut seen = Testimony::new();
    for (step, sentence) in console
        .lines()
        .filter_map(|line| read(labels, line.trim_end()))
    {
        if let Some(step) = known.get(&step) {
            seen.entry((*step).clone()).or_default().push(sentence);
        }
    }
    seen.values_mut()
        .for_each(|sentences| *sentences = renamed(sentences));
    seen
}

fn renamed(sentences: &[String]) -> Vec<String> {
    let mut names = BTreeMap::new();
    let mut place = |found: &Captures<'_>| {
        let next = names.len() + 1;
        format!("#{}", names.entry(found[0].to_owned()).or_insert(next))
    };
    let sentences = sentences.iter();
    let renamed = sentences.map(|sentence| match &*NAME {
        Some(name) => name.replace_all(sentence, &mut place).into_owned(),
        None => sentence.clone(),
    });
    renamed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[(&str, &str, &str)]) -> Testimony {
        let labels = Labels::from_sources(r#"saw!(check, "a thing", 1); saw!(check, "the id", 2)"#);
        let lines = lines.iter().map(|(before, what, value)| {
            let (step, what) = (Label::of("one"), Label::of(what));
            format!("{before}{MARK}{step} {what} {value}\r\n")
        });
        let console: String = lines.collect();
        of(
            &labels,
            &["one".to_owned()],
            &("noise\n".to_owned() + &console + "@ 1\n@zz"),
        )
    }

    #[test]
    fn what_is_reported_is_told_in_words() {
        let told = told(&[
            ("", "a thing", "Ok(1)"),
            ("[mos] ", "a thing", "Ok(1)"),
            ("", "unknown", "2"),
        ]);
        let label = Label::of("unknown");
        assert_eq!(
            told["one"],
            [
                "a thing: Ok(1)",
                "[mos] a thing: Ok(1)",
                &format!("{label}: 2")
            ]
        );
    }

    #[test]
    fn of_chosen_numbers_only_which_are_the_same_counts() {
        let first = told(&[("", "the id", "#405"), ("", "the id", "(#406, #405)")]);
        let second = told(&[("", "the id", "#a"), ("", "the id", "(#3, #a)")]);
        assert_eq!(first, second);
        let other = told(&[("", "the id", "#a"), ("", "the id", "(#3, #3)")]);
        assert_ne!(first, other);
    }
}
