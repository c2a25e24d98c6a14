//! The thinking questions of a lab, and what a student has written to them: a file of the skeleton that is handed in.

// teacher begin
use crate::plain;
use anyhow::{Context, Result};
use mos_run::lab::Lab;
use regex::Regex;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::language::Language;
// teacher end

/// Where the answers are.
pub const FILE: &str = "answers.md";

// teacher begin
/// Bytes of it that anybody reads.
const MOST: usize = 64 << 10;

/// A question of a lab's page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its number there.
    pub number: u32,
    /// What is asked, on one line.
    pub text: String,
}

/// How the list of questions is headed on a page.
const HEADINGS: [(Language, &str, &str); 2] = [
    (Language::En, "docs/labs", "Thinking questions"),
    (Language::Zh, "docs/zh", "思考题"),
];

/// The language that a file of answers is in.
pub fn language(file: &[u8]) -> Language {
    let text = String::from_utf8_lossy(file);
    let title = text.lines().next().unwrap_or_default();
    let found = HEADINGS
        .iter()
        .find(|(_, _, heading)| title.ends_with(heading));
    found.map_or(Language::En, |&(language, _, _)| language)
}

/// The questions of `lab`, from its page in `language`.
///
/// # Errors
/// There is no such page.
pub fn questions(root: &Path, lab: Lab, language: Language) -> Result<Vec<Question>> {
    let page = HEADINGS.iter().find(|(other, _, _)| *other == language);
    let (_, folder, heading) = page.context("every language has pages")?;
    let path = root.join(folder).join(format!("{}.md", lab.stem()));
    let page =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let list = page
        .split_once(&format!("\n## {heading}\n"))
        .map_or("", |(_, rest)| rest)
        .split("\n## ")
        .next()
        .unwrap_or_default();
    let number = Regex::new(r"^(\d+)\. +(.*)$")?;
    let mut questions: Vec<Question> = Vec::new();
    for line in list.lines() {
        match (number.captures(line), questions.last_mut()) {
            (Some(found), _) => questions.push(Question {
                number: found[1].parse()?,
                text: found[2].to_owned(),
            }),
            (None, Some(question)) if line.starts_with(' ') => {
                question.text.push(' ');
                question.text.push_str(line.trim());
            }
            (None, _) => {}
        }
    }
    Ok(questions)
}

/// The file that a skeleton has for the answers.
///
/// # Errors
/// As [`questions`].
pub fn template(root: &Path, lab: Lab, language: Language) -> Result<String> {
    let mut text = match language {
        Language::En => format!(
            "# Lab {lab}: Thinking questions\n\nWrite your answers below the questions. `make submit` hands them in.\n"
        ),
        Language::Zh => {
            format!("# Lab {lab}：思考题\n\n请在各题下面写出答案，`make submit` 会一并提交。\n")
        }
    };
    for Question {
        number,
        text: asked,
    } in questions(root, lab, language)?
    {
        text += &format!("\n## {number}. {asked}\n\n");
    }
    Ok(text)
}

/// What stands in a file of answers below each of the `questions`, if there is anything. The file is of somebody who is not
/// trusted; its headings count, by their numbers.
pub fn answers(questions: &[Question], file: &[u8]) -> BTreeMap<u32, String> {
    let text = String::from_utf8_lossy(&file[..file.len().min(MOST)]);
    let known = |number: &u32| questions.iter().any(|question| question.number == *number);
    let heading = |line: &str| -> Option<u32> {
        let (number, _) = line.strip_prefix("## ")?.split_once('.')?;
        number.parse().ok().filter(known)
    };
    let mut answers: BTreeMap<u32, String> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        match (heading(line), current) {
            (Some(number), _) => current = Some(number),
            (None, Some(number)) => {
                let answer = answers.entry(number).or_default();
                answer.push_str(line);
                answer.push('\n');
            }
            (None, None) => {}
        }
    }
    answers.retain(|_, answer| !answer.trim().is_empty());
    answers
        .into_iter()
        .map(|(number, answer)| (number, plain::text(answer.trim())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::tree::Tree;

    #[test]
    fn every_lab_asks_the_same_in_both_languages_and_nothing_is_answered_yet() {
        let tree = Tree::here().unwrap();
        for lab in (1..=4).map(Lab::Number) {
            let numbers = [Language::En, Language::Zh].map(|language| {
                let asked = questions(tree.root(), lab, language).unwrap();
                let template = template(tree.root(), lab, language).unwrap();
                assert!(answers(&asked, template.as_bytes()).is_empty(), "{lab}");
                let numbers = asked.iter().map(|question| question.number);
                numbers.collect::<Vec<_>>()
            });
            let count = u32::try_from(numbers[0].len()).unwrap();
            assert!(count > 5);
            for language in [Language::En, Language::Zh] {
                let template = template(tree.root(), lab, language).unwrap();
                assert_eq!(super::language(template.as_bytes()), language);
            }
            assert_eq!(numbers[0], (1..=count).collect::<Vec<_>>());
            assert_eq!(numbers[0], numbers[1]);
        }
    }

    #[test]
    fn an_answer_is_what_stands_below_its_question() {
        let question = |number| Question {
            number,
            text: String::new(),
        };
        let asked = [question(1), question(2), question(3)];
        let file = "Hello\n## 1. Why?\n\nBecause.\n\n- of this\n\n## 2. How?\n  \n## 9. x\n## 3. changed\n\u{1b}[2J";
        let said = answers(&asked, file.as_bytes());
        let expected = [
            (1, "Because.\n\n- of this\n".to_owned()),
            (2, "## 9. x\n".to_owned()),
            (3, "\\u{1b}[2J\n".to_owned()),
        ];
        assert_eq!(said, expected.into());
    }
}
// teacher end
