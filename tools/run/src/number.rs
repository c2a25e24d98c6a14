//! The numbers of the exercises.

use crate::lab::Lab;
use std::fmt;
use std::str::FromStr;

/// The number of an exercise: `4.3` is the third of lab 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// The lab.
    pub lab: Lab,
    /// Its place in the lab, from 1 on.
    pub index: u8,
}

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('.');
        let number = parts.and_then(|(lab, index)| {
            let (lab, index) = (lab.parse().ok()?, index.parse().ok()?);
            Some(Self { lab, index })
        });
        number
            .filter(|number| number.to_string() == text)
            .ok_or_else(|| format!("`{text}` is no number of an exercise, such as 4.3"))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.lab, self.index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for text in ["1.1", "4.10", "12.3"] {
            let number: Number = text.parse().expect("a number");
            assert_eq!(number.to_string(), text);
        }
        for text in ["", "4", "4.", ".3", "4.03", "4.3.1", "+4.3", "a.b"] {
            assert!(text.parse::<Number>().is_err(), "{text}");
        }
    }
}
