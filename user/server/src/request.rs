//! What a message asks for.

use mos_abi::Error;
use mos_abi::files::{PATH_MAX, old, op};

/// The page of a request, which its sender can change at any time.
pub trait Source {
    /// Loads word `index` of it, at this moment.
    fn word(&self, index: usize) -> u32;
}

/// How the requests of the course are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// From 1 on: up to 2023.
    FromOne,
    /// From 0 on, with errors from 5 on one higher: since 2024.
    FromZero,
}

/// A path as it was when it was copied.
#[derive(Clone, Debug)]
pub struct Path {
    bytes: [u8; PATH_MAX],
    len: usize,
}

impl Path {
    /// None.
    pub const EMPTY: Self = Self {
        bytes: [0; PATH_MAX],
        len: 0,
    };

    /// Copies the one at byte `from` of a page, each word once.
    ///
    /// [`Error::BadPath`]: it has no end.
    fn copy(&mut self, page: Option<&impl Source>, from: usize) -> Result<(), Error> {
        let page = page.ok_or(Error::Inval)?;
        self.len = 0;
        let (words, _) = self.bytes.as_chunks_mut::<4>();
        for (to, index) in words.iter_mut().zip(from / 4..) {
            *to = page.word(index).to_le_bytes();
            if let Some(end) = to.iter().position(|&byte| byte == 0) {
                self.len = self.len.wrapping_add(end);
                return Ok(());
            }
            self.len = self.len.wrapping_add(4);
        }
        Err(Error::BadPath)
    }

    /// What it consists of.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// The paths of a request: most have one, or none.
pub type Paths = [Path; 2];

/// Where in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At an offset.
    At(u32),
    /// At its end.
    End,
    /// Where its users go on.
    Here,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// To open a file.
    Open(u32),
    /// To map one page of a file, that with this byte.
    MapOne(u32, u32),
    /// To map pages of a file: the index of the first one, and how many.
    Map(u32, u32, u32),
    /// To give a file another size.
    SetSize(u32, u32),
    /// To have room in a file for bytes at a place.
    Reserve(u32, Place, u32),
    /// To have users of a file go on behind bytes that one of them will read.
    Advance(u32, u32),
    /// To write a file to the disk, with which its opener is done.
    Close(u32),
    /// To take note that the page with this byte was stored to.
    Dirty(u32, u32),
    /// To tell of an open file.
    Stat(u32),
    /// To tell of a file.
    StatPath,
    /// To remove a file.
    Remove,
    /// To make a directory.
    MakeDir,
    /// To give a file another path.
    Rename,
    /// To write everything to the disk.
    Sync,
    /// To tell how much room there is.
    Space,
}

impl Request {
    /// Whether a message is one of the course's, and not ours: those who send them need not wait for the answer at once.
    pub fn is_old(words: &[u32; 4]) -> bool {
        let [what, ..] = *words;
        what < op::OPEN
    }

    /// What these words and this page ask for. Its paths go to `paths`.
    ///
    /// # Errors
    /// Nothing that is known, or it lacks the page, or its path is none.
    pub fn decode(
        numbering: Numbering,
        words: &[u32; 4],
        page: Option<&impl Source>,
        paths: &mut Paths,
    ) -> Result<Self, Error> {
        if Self::is_old(words) {
            let page = page.ok_or(Error::Inval)?;
            return Self::decode_old(numbering, words, page, paths);
        }
        let [what, first, second, third] = *words;
        let [path, other] = paths;
        match what {
            op::OPEN | op::STAT_PATH | op::REMOVE | op::MAKE_DIR => path.copy(page, 0)?,
            op::RENAME => {
                path.copy(page, 0)?;
                other.copy(page, op::SECOND)?;
            }
            _ => {}
        }
        Ok(match what {
            op::OPEN => Self::Open(first),
            op::MAP => Self::Map(first, second, third),
            op::SET_SIZE => Self::SetSize(first, second),
            op::RESERVE => {
                let place = match second {
                    op::END => Place::End,
                    op::HERE => Place::Here,
                    offset => Place::At(offset),
                };
                Self::Reserve(first, place, third)
            }
            op::ADVANCE => Self::Advance(first, second),
            op::CLOSE => Self::Close(first),
            op::STAT => Self::Stat(first),
            op::STAT_PATH => Self::StatPath,
            op::REMOVE => Self::Remove,
            op::MAKE_DIR => Self::MakeDir,
            op::RENAME => Self::Rename,
            op::SYNC => Self::Sync,
            op::SPACE => Self::Space,
            _ => return Err(Error::Inval),
        })
    }

    fn decode_old(
        numbering: Numbering,
        &[what, ..]: &[u32; 4],
        page: &impl Source,
        [path, _]: &mut Paths,
    ) -> Result<Self, Error> {
        let what = match numbering {
            Numbering::FromOne => what,
            Numbering::FromZero => what.saturating_add(1),
        };
        if matches!(what, old::OPEN | old::REMOVE) {
            path.copy(Some(page), 0)?;
        }
        let words = || (page.word(0), page.word(1));
        Ok(match what {
            old::OPEN => Self::Open(page.word(old::MODE / 4)),
            old::MAP => {
                let (file, offset) = words();
                Self::MapOne(file, offset)
            }
            old::SET_SIZE => {
                let (file, size) = words();
                Self::SetSize(file, size)
            }
            old::CLOSE => Self::Close(page.word(0)),
            old::DIRTY => {
                let (file, offset) = words();
                Self::Dirty(file, offset)
            }
            old::REMOVE => Self::Remove,
            old::SYNC => Self::Sync,
            _ => return Err(Error::Inval),
        })
    }
}

impl Numbering {
    /// The first word of an answer as who sent `words` reads it: the course has 0 where all is well.
    pub fn answer(self, words: &[u32; 4], answer: u32) -> u32 {
        let code = answer.cast_signed();
        if !Request::is_old(words) {
            return answer;
        }
        let is_higher = self == Self::FromZero && code <= Error::NoFreeEnv.code();
        code.min(0).saturating_sub(is_higher.into()).cast_unsigned()
    }
}
