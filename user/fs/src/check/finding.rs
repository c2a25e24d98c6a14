//! What can be wrong.

use crate::Name;
use core::fmt;

/// Something that was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub problem: Problem,
    /// The name of the file with which it was, if it was one.
    pub name: Option<Name>,
}

impl Finding {
    pub(crate) fn of(problem: Problem) -> Self {
        Self {
            problem,
            name: None,
        }
    }
}

/// What was wrong, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The disk was not closed: that alone is no damage.
    InUse,
    /// So many blocks were taken that no file has: they are free.
    Leaked(u32),
    /// So many blocks of files were free: they are taken.
    NotTaken(u32),
    /// So many bits say that blocks are free that no file can have: they do not.
    NoBlocks(u32),
    /// The disk has only this many blocks: the super block says so.
    Short(u32),
    /// The type is none: it is a file, or the root.
    Type(u32),
    /// A size that no file can have: it is one that can be.
    Size(u32),
    /// The number of a block that no file can have: zeros are in its place.
    Outside(u32),
    /// A block that another file has: zeros are in its place.
    Shared(u32),
    /// A name that no path can lead to: it is another.
    Name,
    /// A name that another file in the directory has: it is gone.
    Twice,
    /// A directory that no path is long enough for: it is gone.
    Deep,
}

impl Problem {
    /// Whether this is what a power cut leaves behind.
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::InUse | Self::Leaked(_))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse => write!(f, "the disk was not closed"),
            Self::Leaked(count) => write!(f, "blocks that no file has: {count}; free"),
            Self::NotTaken(count) => write!(f, "blocks of files that were free: {count}; taken"),
            Self::NoBlocks(count) => write!(f, "free blocks where none can be: {count}; cleared"),
            Self::Short(blocks) => write!(f, "the disk has only {blocks} blocks"),
            Self::Type(kind) => write!(f, "no type is {kind}; set right"),
            Self::Size(size) => write!(f, "no size is {size}; set right"),
            Self::Outside(block) => write!(f, "no file can have block {block}; zeros"),
            Self::Shared(block) => write!(f, "another file has block {block}; zeros"),
            Self::Name => write!(f, "no path leads to that name; changed"),
            Self::Twice => write!(f, "another file has that name; removed"),
            Self::Deep => write!(f, "no path leads that far down; removed"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => write!(f, "{name}: {}", self.problem),
            None => write!(f, "{}", self.problem),
        }
    }
}
