//! Texts that stay with the host.

use core::fmt;

/// What stands for a text in a check's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label(u32);

impl Label {
    /// No step has begun.
    pub const NONE: Self = Self(0);

    /// The label of `text`: its FNV-1a hash. To be asked for by [`step!`](crate::step) and [`saw!`](crate::saw),
    /// which see to it that only the host has the text.
    pub const fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut hash: u32 = 0x811c_9dc5;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        Self(hash)
    }

    /// The label that a line shows as `digits`.
    pub fn parse(digits: &str) -> Option<Self> {
        let label = u32::from_str_radix(digits, 16).ok().map(Self)?;
        (digits.len() == 8).then_some(label)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// Begins a step of a check: what is seen from now on belongs to it.
#[macro_export]
macro_rules! step {
    ($check:expr, $text:literal) => {
        $check.step(const { $crate::Label::of($text) })
    };
}

/// Reports what was seen: `saw!(check, "what", value)`, in the kernel with what leads to a console behind it.
#[macro_export]
macro_rules! saw {
    ($check:expr, $what:expr, $value:expr $(, $desk:expr)? $(,)?) => {
        $check.saw(const { $crate::Label::of($what) }, $value $(, $desk)?)
    };
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_label_reads_back_as_it_is_shown() {
        let label = Label::of("a page");
        assert_ne!(label, Label::of("a pagf"));
        assert_eq!(Label::parse(&label.to_string()), Some(label));
        assert_eq!(Label::parse(&Label::NONE.to_string()), Some(Label::NONE));
        for wrong in ["", "0", "0123456g", "012345678", "é234567"] {
            assert_eq!(Label::parse(wrong), None);
        }
    }
}
