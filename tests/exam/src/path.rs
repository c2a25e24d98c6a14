//! Paths that a run draws by lot.

use core::fmt::{self, Write};

/// Longest path, in bytes.
const MOST: usize = 48;

/// The path of a file or folder of a check's disk, from `/` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    bytes: [u8; MOST],
    len: usize,
}

impl Path {
    /// The root.
    pub const ROOT: Self = Self {
        bytes: [0; MOST],
        len: 0,
    };

    /// What is called `letter` and `number` in the folder that this is. A name that has no room is cut.
    #[must_use]
    pub fn below(self, letter: char, number: u32) -> Self {
        let mut path = self;
        // It says that there is no more room.
        let _ = write!(path, "/{letter}{number:x}");
        path
    }

    /// It as text; the root is empty.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or_default();
        core::str::from_utf8(bytes).unwrap_or_default()
    }

    /// Its last part.
    pub fn name(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }
}

impl Write for Path {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len.wrapping_add(text.len());
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_one_another_while_there_is_room() {
        let path = Path::ROOT.below('d', 0x12).below('f', 0xab);
        assert_eq!((path.as_str(), path.name()), ("/d12/fab", "fab"));
        let deep = (0..9).fold(Path::ROOT, |path, _| path.below('d', u32::MAX));
        assert!(deep.as_str().len() <= MOST);
    }
}
