//! The labs: most have a number, some a name.

#[cfg(feature = "grading")]
mod written;

use std::fmt;
use std::str::FromStr;

/// The labs that have a name instead of a number, in their order, and whether students get a tree to start each from: what has
/// none is done in the whole tree.
const NAMED: &[(&str, bool)] = &[
    // lab smp begin
    ("smp", true),
    // lab smp end
    // teacher begin
    ("challenges", false),
    // teacher end
];

/// A lab. They are in the order of the course: those with a name come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lab {
    /// Lab number so much, from 1 on.
    Number(u8),
    /// One with a name: its place among those.
    Name(u8),
}

impl Lab {
    /// No lab: the number that none has.
    pub const NONE: Self = Self::Number(0);

    /// The labs with a name, in their order.
    pub fn named() -> impl Iterator<Item = Self> {
        (0..NAMED.len()).filter_map(|place| place.try_into().ok().map(Self::Name))
    }

    /// What its files and folders are called: `lab4`, and the name of one that has a name.
    pub fn stem(self) -> String {
        match self {
            Self::Number(number) => format!("lab{number}"),
            Self::Name(_) => self.to_string(),
        }
    }

    /// The one whose files are called so.
    pub fn of_stem(stem: &str) -> Option<Self> {
        let number = stem.strip_prefix("lab").unwrap_or(stem);
        let lab: Self = number.parse().ok()?;
        (lab.stem() == stem).then_some(lab)
    }

    /// Whether students get a tree to start it from.
    pub fn is_handed_out(self) -> bool {
        self.entry().is_none_or(|(_, handed_out)| handed_out)
    }

    fn entry(self) -> Option<(&'static str, bool)> {
        match self {
            Self::Number(_) => None,
            Self::Name(place) => NAMED.get(usize::from(place)).copied(),
        }
    }
}

impl Default for Lab {
    fn default() -> Self {
        Self::NONE
    }
}

impl FromStr for Lab {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = |lab: &Self| lab.entry().is_some_and(|(name, _)| name == text);
        match text.parse() {
            Ok(number) => Some(Self::Number(number)),
            Err(_) => Self::named().find(named),
        }
        .ok_or_else(|| "there is no such lab".to_owned())
    }
}

impl fmt::Display for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.entry()) {
            (Self::Number(number), _) => number.fmt(f),
            (Self::Name(_), Some((name, _))) => f.pad(name),
            (Self::Name(place), None) => write!(f, "?{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labs_are_read_as_they_are_written() {
        for lab in [Lab::Number(1), Lab::Number(12)]
            .into_iter()
            .chain(Lab::named())
        {
            assert_eq!(lab.to_string().parse(), Ok(lab));
            assert_eq!(Lab::of_stem(&lab.stem()), Some(lab));
        }
        for text in ["", "-1", "256", "four", "lab4", "?0"] {
            assert!(text.parse::<Lab>().is_err(), "{text}");
        }
        for stem in ["4", "lab", "lab04", "lab-4", "labchallenges", "teacher"] {
            assert_eq!(Lab::of_stem(stem), None, "{stem}");
        }
    }

    #[test]
    fn those_with_a_name_come_last_in_their_order() {
        let labs = [Lab::Number(4), Lab::Number(200)];
        assert!(labs.into_iter().chain(Lab::named()).is_sorted());
        assert!(Lab::named().all(|lab| lab > Lab::Number(u8::MAX)));
        assert!(Lab::Number(4).is_handed_out());
    }
}
