//! The comments that mark exercises in the true source. Each is a line of its own:
//!
//! | marker, after the comment sign of the file | region |
//! | --- | --- |
//! | `exercise 4.3 begin` ... `exercise 4.3 end` | a solution: a hole in lab 4, a stub before |
//! | `lab 3 begin` ... `lab 3 end` | what is not there before lab 3 |
//! | `teacher begin` ... `teacher end` | what is in no skeleton |
//! | `private begin` ... `private end` | the same, but trees that the teacher grades have it |
//! | `otherwise: code` | behind `begin`: a line that stands there instead |
//! | `before: code` | the same, in labs before that of the exercise alone |

use anyhow::{Result, bail};
use mos_run::lab::Lab;
use mos_run::number::Number;

/// Whose a region is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The solution of an exercise.
    Exercise(Number),
    /// Code that first appears in this lab.
    Lab(Lab),
    /// The teacher.
    Teacher,
    /// The teacher's own checks.
    Private,
}

/// A marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker<'a> {
    /// A region begins.
    Begin(Owner),
    /// It ends.
    End(Owner),
    /// A line of what stands there instead.
    Otherwise(&'a str),
    /// A line of what stands there instead in earlier labs.
    Before(&'a str),
}

/// How a kind of file writes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comments {
    /// What a comment line begins with.
    pub open: &'static str,
    /// What it ends with.
    close: &'static str,
    /// Whether the file is Rust, where `todo!()` can stand for a solution.
    pub rust: bool,
}

impl Comments {
    /// How the file called `name` writes comments; `None` where markers are not looked for.
    pub fn of(name: &str) -> Option<Self> {
        let (open, close) = match name.rsplit(['.', '/']).next()? {
            "rs" => ("//", ""),
            "S" | "toml" | "Makefile" | "sh" | "yml" => ("#", ""),
            "md" => ("<!--", "-->"),
            _ => return None,
        };
        let rust = open == "//";
        Some(Self { open, close, rust })
    }

    /// The marker in `line`, if it is one.
    ///
    /// # Errors
    /// It was meant to be one.
    pub fn marker<'a>(&self, line: &'a str) -> Result<Option<Marker<'a>>> {
        let Some(comment) = self.comment(line) else {
            return Ok(None);
        };
        let code = |code: &'a str| code.strip_prefix(' ').unwrap_or(code);
        if let Some(line) = comment.strip_prefix("otherwise:") {
            return Ok(Some(Marker::Otherwise(code(line))));
        }
        if let Some(line) = comment.strip_prefix("before:") {
            return Ok(Some(Marker::Before(code(line))));
        }
        let words: Vec<&str> = comment.split_whitespace().collect();
        let (owner, edge) = match words[..] {
            ["teacher", edge] => (Owner::Teacher, edge),
            ["private", edge] => (Owner::Private, edge),
            ["exercise", number, edge @ ("begin" | "end")] => match number.parse() {
                Ok(number) => (Owner::Exercise(number), edge),
                Err(why) => bail!("{why}"),
            },
            ["lab", number, edge @ ("begin" | "end")] => match number.parse() {
                Ok(number) => (Owner::Lab(number), edge),
                Err(_) => bail!("`{number}` is no number of a lab"),
            },
            [
                "exercise" | "lab" | "teacher" | "private",
                ..,
                "begin" | "end",
            ] => bail!(
                "write `exercise 4.3 begin`, `lab 3 begin`, `teacher begin` or `private begin`, or the same with `end`"
            ),
            _ => return Ok(None),
        };
        Ok(match edge {
            "begin" => Some(Marker::Begin(owner)),
            "end" => Some(Marker::End(owner)),
            _ => None,
        })
    }

    /// The text of `line` if that is nothing but a comment.
    fn comment<'a>(&self, line: &'a str) -> Option<&'a str> {
        let inside = line.trim().strip_prefix(self.open)?;
        Some(inside.strip_suffix(self.close)?.trim())
    }

    /// A comment line with this text.
    pub fn line(&self, text: &str) -> String {
        let line = format!("{} {text} {}", self.open, self.close);
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(line: &str) -> Result<Option<Marker<'_>>> {
        Comments::of("a.rs").expect("a kind of file").marker(line)
    }

    #[test]
    fn markers_are_found_in_every_kind_of_file() {
        let exercise = Owner::Exercise(Number {
            lab: Lab::Number(4),
            index: 3,
        });
        for (file, line) in [
            ("a.rs", "    // exercise 4.3 begin"),
            ("b/c.S", "# exercise 4.3 begin"),
            ("Makefile", "#exercise 4.3 begin"),
            ("README.md", "<!-- exercise 4.3 begin -->"),
        ] {
            let comments = Comments::of(file).expect("a kind of file");
            let marker = comments.marker(line).expect("a marker");
            assert_eq!(marker, Some(Marker::Begin(exercise)), "{file}");
        }
        assert_eq!(Comments::of("a.bin"), None);
    }

    #[test]
    fn what_stands_instead_keeps_its_indentation() {
        let marker = rust("  // otherwise:     x += 1;").expect("a marker");
        assert_eq!(marker, Some(Marker::Otherwise("    x += 1;")));
        let before = rust("// before: x").expect("a marker");
        assert_eq!(before, Some(Marker::Before("x")));
        let empty = rust("// otherwise:").expect("a marker");
        assert_eq!(empty, Some(Marker::Otherwise("")));
    }

    #[test]
    fn prose_and_code_are_no_markers() {
        for line in [
            "// exercise the code in lab 3",
            "// teacher of the year",
            "/// exercise 4.3 begin",
            "let exercise = 1; // exercise 4.3 begin",
            "exercise 4.3 begin",
            "// where a lab begins",
        ] {
            assert_eq!(rust(line).expect("no error"), None, "{line}");
        }
    }

    #[test]
    fn what_is_almost_a_marker_is_an_error() {
        for line in [
            "// exercise begin",
            "// exercise 4 begin",
            "// exercise 4.3, the end",
            "// lab three begin",
            "// lab begin",
            "// teacher 3 end",
        ] {
            assert!(rust(line).is_err(), "{line}");
        }
    }
}
