//! The page that a student gets back: the score and where it comes from, once for browsers and once as text. Of the checks
//! that are the teacher's alone it says how many points they took, and no more.

use super::record::{Record, Tested};
use super::rules::{Time, Worth, written};
use crate::plain;
use crate::thinking::Question;
use anyhow::Result;
use maud::{DOCTYPE, Markup, html};
use mos_run::files;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// Its folder in the archive's.
const FOLDER: &str = "student";
/// What is said of a check that is the teacher's alone.
const PRIVATE: &str =
    "a check that your teacher keeps did not pass: think of cases that the others do not try";
const STYLE: &str =
    "body { font: 1em/1.4 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
    td, th { text-align: left; vertical-align: top; padding: .2em .8em .2em 0 }
    pre { background: #f4f4f4; padding: .6em; white-space: pre-wrap }";

/// All that a page says.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What became of the archive.
    pub record: &'a Record,
    /// What it is worth.
    pub worth: &'a Worth,
    /// When it was handed in.
    pub handed_in: Time,
    /// The thinking questions of the lab, and what was answered.
    pub questions: &'a [Question],
    /// See `questions`.
    pub answers: &'a BTreeMap<u32, String>,
}

/// What a student is told of an exercise.
struct Exercise<'a> {
    number: &'a str,
    earned: u32,
    of: u32,
    /// Why points are missing: which check on which machine, and how it failed.
    missing: Vec<(String, String)>,
}

impl Page<'_> {
    /// Writes both forms into the archive's `folder`.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = |ending: &str| folder.join(FOLDER).join(format!("page.{ending}"));
        files::write(&path("html"), self.html().into_string().as_bytes())?;
        files::write(&path("txt"), self.text().as_bytes())
    }

    fn title(&self) -> String {
        let line = &self.record.line;
        let lab = line.lab.map_or("-".to_owned(), |lab| lab.to_string());
        plain::line(&format!("Lab {lab}, {}", line.id))
    }

    /// The score, and what became of it.
    fn score(&self) -> Vec<String> {
        let line = &self.record.line;
        let Some(score) = line.score else {
            return vec!["Score: none, since it could not be graded".to_owned()];
        };
        let Worth { days, points, off } = self.worth;
        let mut said = vec![format!("Score: {score}/{}", line.of)];
        if (points - f64::from(score)).abs() > 0.05 {
            said.push(format!("As this class weighs it: {}", written(*points)));
        }
        said.push(format!("Handed in: {}", self.handed_in.format("%F %T %:z")));
        if *days > 0 {
            said.push(format!(
                "Late: {days} days, which takes {} points",
                written(*off)
            ));
        }
        if *off > 0.0 {
            said.push(format!("In the end: {}", written(self.worth.total())));
        }
        said
    }

    /// Why there is nothing of exercises to be told.
    fn refused(&self) -> Option<&str> {
        let note = self.record.line.note.as_str();
        self.record
            .tested
            .is_empty()
            .then_some(note)
            .filter(|note| note.starts_with("refused"))
    }

    fn exercises(&self) -> Vec<Exercise<'_>> {
        let mut exercises: Vec<Exercise<'_>> = Vec::new();
        for tested in &self.record.tested {
            let number = tested.exercise.as_str();
            let at = exercises
                .iter()
                .position(|exercise| exercise.number == number);
            let at = at.unwrap_or_else(|| {
                exercises.push(Exercise {
                    number,
                    earned: 0,
                    of: 0,
                    missing: Vec::new(),
                });
                exercises.len() - 1
            });
            let exercise = &mut exercises[at];
            exercise.earned += tested.earned;
            exercise.of += tested.of;
            exercise.missing.extend(missing(tested));
            exercise.missing.dedup();
        }
        exercises.sort_by_key(|exercise| {
            let mut parts = exercise.number.split('.').map(str::parse::<u32>);
            [(); 2].map(|()| parts.next().and_then(Result::ok))
        });
        exercises
    }

    /// The page for browsers.
    pub fn html(&self) -> Markup {
        let title = self.title();
        html! {
            (DOCTYPE)
            html {
                head {
                    meta charset="utf-8";
                    title { (title) }
                    style { (STYLE) }
                }
                body {
                    h1 { (title) }
                    @for words in self.score() { p { (words) } }
                    @if let Some(why) = self.refused() { p { (plain::line(why)) } }
                    @if let Some(words) = &self.record.broken {
                        p { "It does not build, so nothing could be checked." }
                        pre { (plain::text(words)) }
                    }
                    table {
                        @for exercise in self.exercises() {
                            tr {
                                td { (exercise.number) }
                                td { (exercise.earned) "/" (exercise.of) }
                                td {
                                    @for (check, why) in &exercise.missing {
                                        (check)
                                        pre { (why) }
                                    }
                                }
                            }
                        }
                    }
                    @if !self.questions.is_empty() { h2 { "Thinking questions" } }
                    @for question in self.questions {
                        h3 { (question.number) ". " (question.text) }
                        @match self.answers.get(&question.number) {
                            Some(answer) => pre { (answer) },
                            None => p { "No answer." },
                        }
                    }
                }
            }
        }
    }

    /// The page as text.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n\n", self.title());
        for words in self.score() {
            let _ = writeln!(text, "{words}");
        }
        if let Some(why) = self.refused() {
            let _ = writeln!(text, "{}", plain::line(why));
        }
        if let Some(words) = &self.record.broken {
            let words = plain::text(words);
            let _ = writeln!(
                text,
                "\n{words}\nIt does not build, so nothing could be checked."
            );
        }
        text.push('\n');
        for exercise in self.exercises() {
            let Exercise {
                number,
                earned,
                of,
                missing,
            } = exercise;
            let _ = writeln!(text, "{number:5} {earned:>3}/{of}");
            for (check, why) in missing {
                let _ = writeln!(text, "      {check}");
                for line in why.lines() {
                    let _ = writeln!(text, "        {}", line.trim_end());
                }
            }
        }
        for question in self.questions {
            let _ = writeln!(text, "\n{}. {}", question.number, question.text);
            let answer = self.answers.get(&question.number);
            let answer = answer.map_or("No answer.", |answer| answer.trim_end());
            for line in answer.lines() {
                let _ = writeln!(text, "    {line}");
            }
        }
        text
    }
}

/// What a student is told of a check that did not pass.
fn missing(tested: &Tested) -> Option<(String, String)> {
    if tested.passed {
        return None;
    }
    if tested.private {
        return Some((PRIVATE.to_owned(), String::new()));
    }
    let why = tested.why.as_deref().unwrap_or_default();
    let lines: String = why
        .lines()
        .map(|line| plain::line(line.trim()) + "\n")
        .collect();
    Some((format!("{} on {}", tested.check, tested.machine), lines))
}

#[cfg(test)]
mod tests {
    use super::super::scores::{Fate, Line};
    use super::*;
    use std::path::PathBuf;

    fn tested(check: &str, passed: bool, private: bool, why: &str) -> Tested {
        Tested {
            check: check.to_owned(),
            exercise: "4.10".to_owned(),
            machine: "malta".to_owned(),
            of: 5,
            earned: if passed { 5 } else { 0 },
            bonus: false,
            private,
            passed,
            tests: format!("What {check} tests."),
            why: Some(why.to_owned()).filter(|why| !why.is_empty()),
        }
    }

    fn record(tested: Vec<Tested>) -> Record {
        Record {
            made_of: String::new(),
            line: Line {
                file: "<b>x</b>".to_owned(),
                id: "20373000".to_owned(),
                lab: Some(mos_run::lab::Lab::Number(4)),
                score: Some(90),
                of: 100,
                note: "look at it: include_str".to_owned(),
                place: PathBuf::new(),
                fate: Fate::Graded,
            },
            tested,
            broken: Some("error: <script>alert(1)</script>\u{1b}[2J".to_owned()),
            answered: (0, 0),
        }
    }

    fn both(record: &Record, worth: &Worth, answer: &str) -> [String; 2] {
        let questions = [1, 2].map(|number| Question {
            number,
            text: "Why a < b?".to_owned(),
        });
        let page = Page {
            record,
            worth,
            handed_in: Time::parse_from_rfc3339("2026-11-20T10:00:00+08:00").unwrap(),
            questions: &questions,
            answers: &[(1, answer.to_owned())].into(),
        };
        [page.html().into_string(), page.text()]
    }

    #[test]
    fn what_is_the_teachers_alone_is_not_told_and_what_is_the_students_is_escaped() {
        let record = record(vec![
            tested(
                "public-one",
                false,
                false,
                "  - Ok(0)\n  + <img src=x>\u{9b}",
            ),
            tested("secret-one", false, true, "hidden words"),
            tested("fine-one", true, false, ""),
        ]);
        let answer = "</pre><script>alert(2)</script>";
        let [html, text] = both(
            &record,
            &Worth {
                days: 0,
                points: 90.0,
                off: 0.0,
            },
            answer,
        );
        for page in [&html, &text] {
            for secret in [
                "secret-one",
                "hidden words",
                "look at it",
                "What public-one tests.",
            ] {
                assert!(!page.contains(secret), "{page}");
            }
            let controls = page.chars().any(|c| c.is_control() && c != '\n');
            assert!(!controls, "{page}");
            assert!(page.contains("public-one on malta") && page.contains("your teacher keeps"));
            assert!(page.contains("Score: 90/100") && page.contains("No answer."));
        }
        assert!(!html.contains("<script>") && !html.contains("<img") && html.contains("&lt;img"));
        assert!(text.contains("4.10    5/15\n"), "{text}");
    }

    #[test]
    fn who_was_late_is_told_what_that_took() {
        let record = record(Vec::new());
        let worth = Worth {
            days: 2,
            points: 85.04,
            off: 20.0,
        };
        for page in both(&record, &worth, "") {
            for said in [
                "As this class weighs it: 85",
                "Late: 2 days, which takes 20 points",
                "In the end: 65",
            ] {
                assert!(page.contains(said), "{page}");
            }
        }
    }
}
