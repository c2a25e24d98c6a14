//! A source file as plain text and marked regions.

use super::marker::{Comments, Marker, Owner};
use crate::labs::Course;
use anyhow::{Result, bail};
use mos_run::number::Number;

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Lines that every skeleton has.
    Plain(Vec<&'a str>),
    /// Lines that only some have.
    Region(Region<'a>),
}

/// What stands between two markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// Whose it is.
    pub owner: Owner,
    /// How far its first marker is indented.
    pub indent: &'a str,
    /// What stands there instead, a line each; `None` where nothing is said.
    pub otherwise: Option<Vec<&'a str>>,
    /// What stands there instead in earlier labs; `None` where that is the same.
    pub before: Option<Vec<&'a str>>,
    /// The lines between the markers.
    pub lines: Vec<&'a str>,
}

/// Takes the file called `name` apart.
///
/// # Errors
/// A marker is wrong; the error says where.
pub fn parse<'a>(
    course: &Course,
    name: &str,
    comments: Comments,
    text: &'a str,
) -> Result<Vec<Piece<'a>>> {
    let mut parser = Parser::default();
    for (line, number) in text.lines().zip(1..) {
        let take = || parser.take(course, number, line, comments.marker(line)?);
        if let Err(error) = { take }() {
            bail!("{name}:{number}: {error}");
        }
    }
    if let Some((region, line)) = parser.open {
        bail!("{name}:{line}: {:?} has no end", region.owner);
    }
    Ok(parser.pieces)
}

/// What has been read so far.
#[derive(Default)]
struct Parser<'a> {
    pieces: Vec<Piece<'a>>,
    /// The region that has not ended, and the line where it began.
    open: Option<(Region<'a>, usize)>,
}

impl<'a> Parser<'a> {
    fn take(
        &mut self,
        course: &Course,
        number: usize,
        line: &'a str,
        marker: Option<Marker<'a>>,
    ) -> Result<()> {
        match (marker, &mut self.open) {
            (None, Some((region, _))) => region.lines.push(line),
            (None, None) => self.plain(line),
            (Some(Marker::Begin(owner)), None) => {
                known(course, owner)?;
                let indent = &line[..line.len() - line.trim_start().len()];
                let region = Region {
                    owner,
                    indent,
                    otherwise: None,
                    before: None,
                    lines: Vec::new(),
                };
                self.open = Some((region, number));
            }
            (Some(Marker::Begin(_)), Some((_, began))) => {
                bail!("a region begins inside the one of line {began}")
            }
            (Some(Marker::Otherwise(code)), Some((region, _))) if region.lines.is_empty() => {
                region.otherwise.get_or_insert_default().push(code);
            }
            (Some(Marker::Before(code)), Some((region, _))) if region.lines.is_empty() => {
                region.before.get_or_insert_default().push(code);
            }
            (Some(Marker::Otherwise(_) | Marker::Before(_)), _) => {
                bail!("`otherwise:` and `before:` must follow a `begin`")
            }
            (Some(Marker::End(owner)), open) => match open.take() {
                Some((region, _)) if region.owner == owner => {
                    self.pieces.push(Piece::Region(region));
                }
                Some((region, began)) => {
                    bail!(
                        "this ends {owner:?}, but line {began} began {:?}",
                        region.owner
                    )
                }
                None => bail!("this ends what has not begun"),
            },
        }
        Ok(())
    }

    fn plain(&mut self, line: &'a str) {
        match self.pieces.last_mut() {
            Some(Piece::Plain(lines)) => lines.push(line),
            _ => self.pieces.push(Piece::Plain(vec![line])),
        }
    }
}

/// Whether there is such an exercise or lab.
fn known(course: &Course, owner: Owner) -> Result<()> {
    match owner {
        Owner::Exercise(number) if course.exercise(number).is_none() => {
            bail!("no table in tests/labs has exercise {number}")
        }
        Owner::Lab(number) => course.lab(number).map(drop),
        _ => Ok(()),
    }
}

/// The exercises that have a region in `pieces`, each as often as it has one.
pub fn exercises(pieces: &[Piece<'_>]) -> Vec<Number> {
    let owners = pieces.iter().filter_map(|piece| match piece {
        Piece::Region(region) => Some(region.owner),
        Piece::Plain(_) => None,
    });
    owners
        .filter_map(|owner| match owner {
            Owner::Exercise(number) => Some(number),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mos_run::lab::Lab;
    use mos_run::tree::Tree;
    use proptest::prelude::*;

    fn course() -> Course {
        Course::load(Tree::here().unwrap().root()).expect("the tables of this tree")
    }

    fn rust() -> Comments {
        Comments::of("a.rs").expect("a kind of file")
    }

    fn error(text: &str) -> String {
        let error = parse(&course(), "a.rs", rust(), text).expect_err("an error");
        error.to_string()
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, place, words) in [
            ("\n// exercise 4.3 begin\n", "a.rs:2:", "has no end"),
            ("// lab 3 end\n", "a.rs:1:", "has not begun"),
            ("// lab 3 begin\n\n// lab 2 end", "a.rs:3:", "line 1 began"),
            (
                "// lab 3 begin\n// teacher begin",
                "a.rs:2:",
                "inside the one of line 1",
            ),
            ("// exercise 4.99 begin", "a.rs:1:", "no table"),
            ("// lab 99 begin", "a.rs:1:", "no lab 99"),
            ("// otherwise: x", "a.rs:1:", "must follow"),
            ("// before: x", "a.rs:1:", "must follow"),
            (
                "// lab 3 begin\nx\n// otherwise: y",
                "a.rs:3:",
                "must follow",
            ),
            ("// exercise begin", "a.rs:1:", "write `exercise 4.3 begin`"),
        ] {
            let error = error(text);
            assert!(error.starts_with(place) && error.contains(words), "{error}");
        }
    }

    fn lines() -> impl Strategy<Value = Vec<String>> {
        prop::collection::vec("(( {4})?[a-z(){};]{1,8})?", 1..4)
    }

    /// A region or, without an owner, plain lines.
    type Part = (Option<Owner>, Option<Vec<String>>, Vec<String>);

    fn part() -> impl Strategy<Value = Part> {
        let number = (1_u8..=4, 1_u8..=8).prop_map(|(lab, index)| Number {
            lab: Lab::Number(lab),
            index,
        });
        let owner = prop_oneof![
            number.prop_map(Owner::Exercise),
            (1_u8..=4).prop_map(|lab| Owner::Lab(Lab::Number(lab))),
            Just(Owner::Teacher),
            Just(Owner::Private),
        ];
        (prop::option::of(owner), prop::option::of(lines()), lines())
    }

    fn sign(owner: Owner, edge: &str) -> String {
        match owner {
            Owner::Exercise(number) => format!("  // exercise {number} {edge}\n"),
            Owner::Lab(number) => format!("  // lab {number} {edge}\n"),
            Owner::Teacher => format!("  // teacher {edge}\n"),
            Owner::Private => format!("  // private {edge}\n"),
        }
    }

    fn print((owner, otherwise, lines): &Part) -> String {
        let mut text = String::new();
        text += &owner.map_or(String::new(), |owner| sign(owner, "begin"));
        if owner.is_some() {
            for line in otherwise.iter().flatten() {
                text += &format!("  // otherwise: {line}\n");
            }
        }
        lines.iter().for_each(|line| text += &format!("{line}\n"));
        text + &owner.map_or(String::new(), |owner| sign(owner, "end"))
    }

    proptest! {
        #[test]
        fn regions_are_read_as_they_were_written(parts in prop::collection::vec(part(), 0..6)) {
            let text: String = parts.iter().map(print).collect();
            let pieces = parse(&course(), "a.rs", rust(), &text).expect("a file");
            let regions = pieces.iter().filter_map(|piece| match piece {
                Piece::Region(region) => Some(region.clone()),
                Piece::Plain(_) => None,
            });
            let expected = parts.iter().filter_map(|(owner, otherwise, lines)| Some(Region {
                owner: (*owner)?,
                indent: "  ",
                otherwise: otherwise.as_ref().map(|l| l.iter().map(String::as_str).collect()),
                before: None,
                lines: lines.iter().map(String::as_str).collect(),
            }));
            prop_assert_eq!(regions.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            let plain = pieces.iter().flat_map(|piece| match piece {
                Piece::Plain(lines) => lines.clone(),
                Piece::Region(_) => Vec::new(),
            });
            let expected = parts.iter().filter(|part| part.0.is_none()).flat_map(|part| &part.2);
            prop_assert!(plain.eq(expected.map(String::as_str)));
        }
    }
}
