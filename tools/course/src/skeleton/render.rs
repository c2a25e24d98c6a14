//! A source file as the students of one lab get it.

use super::marker::{Comments, Owner};
use super::source::{self, Piece, Region};
use crate::labs::Course;
use crate::language::Language;
use anyhow::{Context, Result};
use mos_run::holes;
use mos_run::lab::Lab;
use mos_run::number::Number;
use std::mem;

/// For whom a tree is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The lab.
    pub lab: Lab,
    /// How many of its exercises are solved: all up to this one.
    pub solved: u8,
    /// What its holes are told in.
    pub language: Language,
    /// Whether it has what only the teacher's own checks need.
    pub private: bool,
}

impl Level {
    /// What students get: nothing of the lab is solved.
    pub const fn skeleton(lab: Lab) -> Self {
        Self {
            lab,
            solved: 0,
            language: Language::En,
            private: false,
        }
    }

    /// The true solution of the lab.
    pub const fn solved(lab: Lab) -> Self {
        Self {
            solved: u8::MAX,
            ..Self::skeleton(lab)
        }
    }

    /// The first exercises of the lab are solved, in order, `number` being the last.
    pub const fn up_to(number: Number) -> Self {
        Self {
            solved: number.index,
            ..Self::skeleton(number.lab)
        }
    }

    /// The same in `language`.
    pub const fn told_in(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// The same, to be graded by the teacher.
    pub const fn graded(self) -> Self {
        Self {
            private: true,
            ..self
        }
    }

    fn has_hole(self, number: Number) -> bool {
        number.lab == self.lab && number.index > self.solved
    }
}

/// What a region is at some level.
enum Role {
    /// As in the true source.
    Solved,
    /// To be filled in.
    Hole(Number),
    /// Not yet to be thought of.
    Absent,
}

/// The text of the file called `name` at `level`. Files of a kind that has no markers are `text` itself.
///
/// # Errors
/// A marker is wrong.
pub fn render(course: &Course, name: &str, text: &str, level: Level) -> Result<String> {
    let Some(comments) = Comments::of(name) else {
        return Ok(text.to_owned());
    };
    let pieces = source::parse(course, name, comments, text)?;
    let mut output = Output {
        comments,
        whole: course.is_whole(level.lab, name),
        told: Vec::new(),
        text: String::with_capacity(text.len()),
        is_gap: false,
    };
    let mut rest = pieces.as_slice();
    while let [piece, behind @ ..] = rest {
        rest = behind;
        match piece {
            Piece::Plain(lines) => output.lines("", lines),
            Piece::Region(region) => {
                if let Role::Hole(number) = role(region.owner, level, output.whole) {
                    rest = behind_hole(behind, number, level, output.whole);
                }
                output
                    .region(course, region, level, following(rest))
                    .with_context(|| name.to_owned())?;
            }
        }
    }
    Ok(output.text)
}

/// What is behind a hole. Another one of the same exercise is part of it if what stands between the two is not there at this level.
fn behind_hole<'a, 'b>(
    pieces: &'b [Piece<'a>],
    hole: Number,
    level: Level,
    whole: bool,
) -> &'b [Piece<'a>] {
    let (mut rest, mut next) = (pieces, pieces);
    let mut is_cut = false;
    while let [Piece::Region(region), behind @ ..] = next {
        next = behind;
        match role(region.owner, level, whole) {
            _ if region.otherwise.is_some() || region.before.is_some() => break,
            Role::Absent => is_cut = true,
            Role::Hole(number) if is_cut && number == hole => rest = behind,
            Role::Hole(_) | Role::Solved => break,
        }
    }
    rest
}

/// The first line with code behind a region.
fn following<'a>(pieces: &[Piece<'a>]) -> &'a str {
    let lines = pieces.iter().flat_map(|piece| match piece {
        Piece::Plain(lines) => lines,
        Piece::Region(region) => &region.lines,
    });
    let mut lines = lines.map(|line| line.trim());
    lines.find(|line| !line.is_empty()).unwrap_or_default()
}

fn role(owner: Owner, level: Level, whole: bool) -> Role {
    match owner {
        _ if !level.lab.is_handed_out() => Role::Solved,
        Owner::Teacher if whole => Role::Solved,
        Owner::Private if level.private => Role::Solved,
        Owner::Exercise(number) if level.has_hole(number) => Role::Hole(number),
        Owner::Exercise(Number { lab, .. }) | Owner::Lab(lab) if lab <= level.lab => Role::Solved,
        _ => Role::Absent,
    }
}

/// A file being written.
struct Output {
    comments: Comments,
    /// Whether what is the teacher's is in it too.
    whole: bool,
    /// Exercises whose task has been told in this file.
    told: Vec<Number>,
    text: String,
    /// Something was left out behind an empty line: another one would make a gap.
    is_gap: bool,
}

impl Output {
    /// Writes lines, each behind `indent` unless it is empty.
    fn lines(&mut self, indent: &str, lines: &[&str]) {
        for line in lines {
            if mem::take(&mut self.is_gap) && line.is_empty() {
                continue;
            }
            if !line.is_empty() {
                self.text += indent;
                self.text += line;
            }
            self.text.push('\n');
        }
    }

    fn comment(&mut self, indent: &str, text: &str) {
        let line = self.comments.line(text);
        self.lines(indent, &[&line]);
    }

    /// Writes a region; the first line with code behind it is `next`.
    fn region(
        &mut self,
        course: &Course,
        region: &Region<'_>,
        level: Level,
        next: &str,
    ) -> Result<()> {
        let otherwise = region.before.as_deref().or(region.otherwise.as_deref());
        match role(region.owner, level, self.whole) {
            Role::Solved => self.lines("", &region.lines),
            Role::Hole(number) => self.hole(course, region, number, level.language, next)?,
            Role::Absent => match (region.owner, otherwise) {
                (_, Some(lines)) => self.lines(region.indent, lines),
                (Owner::Exercise(_), None) if self.comments.rust => {
                    self.lines(region.indent, &[&format!("todo!(){}", end(next))]);
                }
                (_, None) => self.is_gap |= self.text.ends_with("\n\n"),
            },
        }
        Ok(())
    }

    fn hole(
        &mut self,
        course: &Course,
        region: &Region<'_>,
        number: Number,
        language: Language,
        next: &str,
    ) -> Result<()> {
        let exercise = course.exercise(number).context("an unknown exercise")?;
        let todo = holes::todo(number, &exercise.title);
        let indent = region.indent;
        let stands = match region.otherwise.as_deref() {
            Some([""]) => Vec::new(),
            Some(lines) => lines.iter().map(|l| l.replace("todo!()", &todo)).collect(),
            None if self.comments.rust => vec![format!("{todo}{}", end(next))],
            None => Vec::new(),
        };
        let [heading, task, too] = match language {
            Language::En => [
                format!("Exercise {number}: {}", exercise.title),
                exercise.task.clone(),
                format!("Exercise {number}, too."),
            ],
            Language::Zh => {
                let told = course.chinese().of(number);
                let told = told.with_context(|| format!("{number} has not been translated"))?;
                [
                    format!("练习 {number}：{}", told.title),
                    told.task.clone(),
                    format!("练习 {number}，这里也是。"),
                ]
            }
        };
        if self.told.contains(&number) {
            self.comment(indent, &too);
        } else {
            self.told.push(number);
            self.comment(indent, &heading);
            self.comment(indent, "");
            for line in task.trim().lines() {
                self.comment(indent, line);
            }
        }
        if !stands.iter().any(|line| line.contains(&todo)) {
            self.comment(indent, &holes::notice(number));
        }
        let stands: Vec<&str> = stands.iter().map(String::as_str).collect();
        self.lines(indent, &stands);
        Ok(())
    }
}

/// How a `todo!()` ends before `next`: it is the value of a block at its end, and a statement before another.
fn end(next: &str) -> &'static str {
    if next.starts_with('}') { "" } else { ";" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::tree::Tree;

    const HOLE: Level = Level::skeleton(Lab::Number(3));

    fn rendered(name: &str, text: &str, level: Level) -> String {
        let course = Course::load(Tree::here().unwrap().root()).expect("the tables of this tree");
        render(&course, name, text, level).expect("a file")
    }

    /// Without the comments that tell what to do.
    fn code(name: &str, text: &str, level: Level) -> Vec<String> {
        let open = Comments::of(name).expect("a kind of file").open;
        let text = rendered(name, text, level);
        let lines = text.lines().filter(|line| !line.trim().starts_with(open));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn two_holes_around_nothing_are_one() {
        let text = "// exercise 3.1 begin\na();\n// exercise 3.1 end\n// lab 4 begin\nb();\n// lab 4 end\n\
                    // exercise 3.1 begin\nc();\n// exercise 3.1 end\nd();\n";
        let at = |lab| code("a.rs", text, Level::skeleton(Lab::Number(lab)));
        assert_eq!(at(3).len(), 2, "{:?}", at(3));
        assert_eq!(at(4), ["a();", "b();", "c();", "d();"]);
    }

    #[test]
    fn a_solution_is_a_hole_then_stands_and_was_a_stub_before() {
        let text = "fn f() {\n    // exercise 3.1 begin\n    solve()\n    // exercise 3.1 end\n}\n";
        let at = |level| code("a.rs", text, level);
        assert_eq!(
            at(Level::skeleton(Lab::Number(2))),
            ["fn f() {", "    todo!()", "}"]
        );
        assert_eq!(
            at(Level::solved(Lab::Number(2))),
            at(Level::skeleton(Lab::Number(2)))
        );
        let todo = "    todo!(\"Exercise 3.1: The run queue\")";
        assert_eq!(at(HOLE), ["fn f() {", todo, "}"]);
        assert_eq!(
            at(Level::solved(Lab::Number(3))),
            ["fn f() {", "    solve()", "}"]
        );
        assert_eq!(
            at(Level::skeleton(Lab::Number(4))),
            at(Level::solved(Lab::Number(3)))
        );
    }

    #[test]
    fn the_first_exercises_can_be_solved_alone() {
        let region = |n| format!("// exercise 3.{n} begin\nx{n}\n// exercise 3.{n} end\n");
        let text: String = (1..=3).map(region).collect();
        let number = Number {
            lab: Lab::Number(3),
            index: 2,
        };
        let code = code("a.rs", &text, Level::up_to(number));
        assert_eq!(code[..2], ["x1", "x2"]);
        assert!(code[2].starts_with("todo!(\"Exercise 3.3"));
    }

    #[test]
    fn what_is_left_out_leaves_no_gap() {
        let text = "a\n\n// lab 4 begin\nb\n// lab 4 end\n// teacher begin\nb\n// teacher end\n\nc\n\n\nd\n";
        assert_eq!(rendered("a.rs", text, HOLE), "a\n\nc\n\n\nd\n");
        let region = "// lab 4 begin\n\nb\n// lab 4 end\n";
        let text = ["a\n", region, "\n", region, "c\n"].concat();
        assert_eq!(rendered("a.rs", &text, HOLE), "a\n\nc\n");
    }

    #[test]
    fn a_hole_says_what_to_do_once_and_a_stub_nothing() {
        let region = "// exercise 3.1 begin\nx\n// exercise 3.1 end\n";
        let text = [region, region].concat();
        let hole = rendered("a.rs", &text, HOLE);
        assert_eq!(
            hole.matches("// A ring through the environments").count(),
            1
        );
        assert_eq!(hole.matches("// Exercise 3.1, too.").count(), 1);
        let stub = rendered("a.rs", &text, Level::skeleton(Lab::Number(2)));
        assert_eq!(stub, "todo!();\ntodo!();\n");
    }

    #[test]
    fn a_hole_is_told_in_the_language_that_is_asked_for() {
        let region = "// exercise 3.1 begin\nx\n// exercise 3.1 end\n";
        let text = [region, region].concat();
        let hole = rendered("a.rs", &text, HOLE.told_in(Language::Zh));
        assert!(
            hole.starts_with("// 练习 3.1：就绪队列\n//\n// 一个穿过"),
            "{hole}"
        );
        assert_eq!(hole.matches("// 练习 3.1，这里也是。\n").count(), 1);
        // By these the tools know what is to be done.
        assert_eq!(
            hole.matches("todo!(\"Exercise 3.1: The run queue\")")
                .count(),
            2
        );
    }

    #[test]
    fn what_stands_instead_says_that_something_is_to_be_done() {
        let text = "# exercise 3.12 begin\n# otherwise: jr $ra\n# otherwise:     nop\nlw\n# exercise 3.12 end\n";
        assert_eq!(code("a.S", text, HOLE), ["jr $ra", "    nop"]);
        let hole = rendered("a.S", text, HOLE);
        assert!(hole.contains("# Exercise 3.12 is not done yet"), "{hole}");
        let text = "// exercise 3.1 begin\n// otherwise: _ => todo!(),\nx\n// exercise 3.1 end\n";
        let hole = rendered("a.rs", text, HOLE);
        assert!(hole.contains("_ => todo!(\"Exercise 3.1: The run queue\"),\n"));
        assert!(!hole.contains("not done yet"), "{hole}");
    }

    #[test]
    fn earlier_labs_can_have_something_else_than_the_hole() {
        let text =
            "# exercise 3.12 begin\n# otherwise: break\n# before: nop\nlw\n# exercise 3.12 end\n";
        assert_eq!(code("a.S", text, Level::skeleton(Lab::Number(2))), ["nop"]);
        assert_eq!(code("a.S", text, HOLE), ["break"]);
        assert_eq!(code("a.S", text, Level::solved(Lab::Number(3))), ["lw"]);
    }

    #[test]
    fn a_hole_before_code_is_a_statement() {
        let text = "// exercise 3.1 begin\nx\n// exercise 3.1 end\n\nlet y;\n";
        let hole = code("a.rs", text, HOLE);
        assert_eq!(hole[0], "todo!(\"Exercise 3.1: The run queue\");");
    }

    #[test]
    fn a_later_lab_and_the_teacher_leave_no_trace() {
        let text =
            "a\n# lab 4 begin\nb\n# lab 4 end\n# teacher begin\n# otherwise: d\nc\n# teacher end\n";
        assert_eq!(rendered("a.toml", text, HOLE), "a\nd\n");
        assert_eq!(
            rendered("a.toml", text, Level::skeleton(Lab::Number(4))),
            "a\nb\nd\n"
        );
    }

    #[test]
    fn in_assembly_nothing_may_stand_instead() {
        let text = "a\n# exercise 3.12 begin\nlw\n# exercise 3.12 end\nb\n";
        assert_eq!(code("a.S", text, HOLE), ["a", "b"]);
        assert!(rendered("a.S", text, HOLE).contains("# Exercise 3.12 is not done yet"));
        assert_eq!(
            rendered("a.S", text, Level::skeleton(Lab::Number(2))),
            "a\nb\n"
        );
    }
}
