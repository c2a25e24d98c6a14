//! The lines in which a check reports.

use crate::Label;
use core::fmt::{self, Debug};

/// What such a line begins with.
pub const MARK: char = '@';

/// The line that says that nothing more will be reported, for a system that cannot end its machine yet.
pub const OVER: &str = "@.";

/// Something that was seen. Shown, it is [`MARK`], step, label and value, with spaces between.
#[derive(Clone, Copy)]
pub struct Observation<'a> {
    /// The step of the check that it belongs to.
    pub step: Label,
    /// What it is that was seen.
    pub what: Label,
    /// What it was.
    pub value: &'a dyn Debug,
}

impl Debug for Observation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Observation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, what, value } = self;
        write!(f, "{MARK}{step} {what} {value:x?}")
    }
}

/// A number that a right system may choose: an environment's id, a frame's. The host judges only which are the same
/// within a step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Name(pub u32);

impl Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:x}", self.0)
    }
}

/// By how many one count is more than another; with a minus where it is less.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Difference(isize);

impl Difference {
    /// `count` less `other`.
    pub const fn of(count: usize, other: usize) -> Self {
        Self(count.wrapping_sub(other).cast_signed())
    }
}

impl Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = if self.0 < 0 { "-" } else { "" };
        write!(f, "{minus}{:x}", self.0.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_line_has_step_label_and_value() {
        let value: Result<(u32, Name), ()> = Ok((255, Name(0x405)));
        let line = Observation {
            step: Label::NONE,
            what: Label::of("x"),
            value: &value,
        };
        let right = std::format!("@00000000 {} Ok((ff, #405))", Label::of("x"));
        assert_eq!(line.to_string(), right);
    }

    #[test]
    fn one_too_few_is_minus_one() {
        let seen = [(7, 7), (7, 8), (40, 30)].map(|(count, other)| Difference::of(count, other));
        assert_eq!(std::format!("{seen:x?}"), "[0, -1, a]");
    }
}
