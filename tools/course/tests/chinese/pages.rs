//! Pages: each section of a translation is that of the original, and names what that names.

use super::{text, tree};
use std::collections::BTreeSet;

/// Pages that are translated as a whole.
const PAGES: [(&str, &str); 16] = [
    ("docs/labs/README.md", "docs/zh/README.md"),
    ("docs/labs/lab1.md", "docs/zh/lab1.md"),
    ("docs/labs/lab2.md", "docs/zh/lab2.md"),
    ("docs/labs/lab3.md", "docs/zh/lab3.md"),
    ("docs/labs/lab4.md", "docs/zh/lab4.md"),
    ("docs/labs/lab5.md", "docs/zh/lab5.md"),
    ("docs/labs/lab6.md", "docs/zh/lab6.md"),
    ("docs/labs/smp.md", "docs/zh/smp.md"),
    ("docs/grading.md", "docs/zh/grading.md"),
    ("docs/syscalls.md", "docs/zh/syscalls.md"),
    ("docs/porting.md", "docs/zh/porting.md"),
    ("docs/challenges/README.md", "docs/zh/challenges/README.md"),
    ("docs/challenges/fork.md", "docs/zh/challenges/fork.md"),
    (
        "docs/challenges/floating-point.md",
        "docs/zh/challenges/floating-point.md",
    ),
    (
        "docs/challenges/processes.md",
        "docs/zh/challenges/processes.md",
    ),
    (
        "docs/challenges/schedulers.md",
        "docs/zh/challenges/schedulers.md",
    ),
];

/// A heading, how deep it is, and what stands below it.
struct Section {
    heading: String,
    depth: usize,
    body: String,
}

fn sections(name: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut is_code = false;
    for line in text(name).lines() {
        is_code ^= line.starts_with("```");
        if line.starts_with('#') && !is_code {
            sections.push(Section {
                heading: line.to_owned(),
                depth: line.bytes().take_while(|&byte| byte == b'#').count(),
                body: String::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.body += line;
            section.body.push('\n');
        }
    }
    sections
}

/// What is named in a text: whatever stands between back quotes and is a word of the machine's.
fn names(text: &str) -> BTreeSet<&str> {
    let quoted = text.split('`').skip(1).step_by(2);
    let is_word = |name: &&str| !name.is_empty() && !name.contains(char::is_whitespace);
    quoted
        .filter(|name| is_word(name) && !name.contains("docs/") && !name.ends_with(".md"))
        .collect()
}

/// Numbers of more than one digit, which are facts.
fn numbers(text: &str) -> BTreeSet<String> {
    let text = text.replace(',', "");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let number = |word: &&str| word.len() > 1 && word.starts_with(|c: char| c.is_ascii_digit());
    words.filter(number).map(str::to_owned).collect()
}

#[test]
fn each_section_has_its_translation_and_names_the_same() {
    for (english, chinese) in PAGES {
        let (ours, theirs) = (sections(english), sections(chinese));
        for (one, other) in ours.iter().zip(&theirs) {
            let place = format!("{chinese}: {} ({})", other.heading, one.heading);
            assert_eq!(one.depth, other.depth, "{place}");
            assert_eq!(names(&one.body), names(&other.body), "{place}");
            let items = |text: &str| text.lines().filter(|line| is_item(line)).count();
            assert_eq!(items(&one.body), items(&other.body), "{place}");
        }
        assert_eq!(
            ours.len(),
            theirs.len(),
            "{chinese} has not as many headings"
        );
    }
}

/// Whether a line begins an item of a list or is a row of a table.
fn is_item(line: &str) -> bool {
    let number = line.split_once(". ").map_or("", |(number, _)| number);
    line.starts_with("- ") || line.starts_with("| ") || number.parse::<u8>().is_ok()
}

#[test]
fn the_manual_says_the_same_of_each_call_and_error() {
    let [english, chinese] = ["docs/syscalls.md", "docs/zh/syscalls.md"].map(text);
    let rows = |text: &str| -> Vec<[String; 3]> {
        let rows = text.lines().filter(|line| {
            let number = line.strip_prefix("| ").and_then(|row| row.split_once(' '));
            number.is_some_and(|(number, _)| number.parse::<i32>().is_ok())
        });
        let cells = rows.map(|row| {
            let mut cells = row.trim_matches('|').splitn(3, '|').map(str::trim);
            [(); 3].map(|()| cells.next().unwrap_or_default().to_owned())
        });
        cells.collect()
    };
    let (ours, theirs) = (rows(&english), rows(&chinese));
    assert!(ours.len() > 30, "{}", ours.len());
    assert_eq!(ours.len(), theirs.len());
    for ([number, name, says], [theirs, their_name, they_say]) in ours.iter().zip(&theirs) {
        assert_eq!((number, name), (theirs, their_name));
        assert_eq!(names(says), names(they_say), "{name}");
        assert_eq!(numbers(says), numbers(they_say), "{name}");
    }
    let code = |text: &str| {
        let block = text.split("```").nth(1).unwrap_or_default().to_owned();
        let lines = block.lines().map(|line| line.split(" # ").next());
        lines
            .map(|line| line.unwrap_or_default().trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(code(&english), code(&chinese));
}

#[test]
fn what_a_page_of_the_course_refers_to_is_there() {
    for (_, chinese) in PAGES {
        let page = text(chinese);
        for name in page
            .lines()
            .flat_map(|line| line.split('`').skip(1).step_by(2))
        {
            if name.starts_with("docs/") && !name.contains('*') {
                assert!(tree().root().join(name).exists(), "{chinese}: {name}");
            }
        }
    }
}
