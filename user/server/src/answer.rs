//! What a request comes to.

use mos_abi::Error;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its words: the first is 0 or more, or a negated error.
    pub words: [u32; 4],
    /// Its pages.
    pub pages: Pages,
}

/// Pages that come with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    /// None.
    None,
    /// That of the open file with this index.
    Filefd(usize),
    /// Blocks that are side by side.
    Blocks {
        /// The first one.
        first: u32,
        /// How many.
        count: u32,
        /// Whether the client may store to them.
        writable: bool,
    },
    /// A page of zeros, to be read.
    Zeros,
}

impl Answer {
    /// Words alone.
    pub const fn words(words: [u32; 4]) -> Self {
        Self {
            words,
            pages: Pages::None,
        }
    }

    /// All is well.
    pub const DONE: Self = Self::words([0; 4]);

    /// It is not.
    pub const fn error(error: Error) -> Self {
        Self::words([error.code() as u32, 0, 0, 0])
    }

    /// The same with pages.
    pub const fn with(self, pages: Pages) -> Self {
        Self { pages, ..self }
    }
}

impl From<Result<Answer, Error>> for Answer {
    fn from(result: Result<Self, Error>) -> Self {
        result.unwrap_or_else(Self::error)
    }
}

/// What a client is told of what went wrong with a file.
pub const fn told(error: mos_fs::Error) -> Error {
    use mos_fs::Error as E;
    match error {
        E::NotFound | E::NotDirectory => Error::NotFound,
        E::Exists | E::NotEmpty => Error::FileExists,
        E::BadPath => Error::BadPath,
        E::NoSpace | E::TooBig => Error::NoDisk,
        E::TooManyOpen => Error::MaxOpen,
        E::IsDirectory | E::Invalid | E::ReadOnly => Error::Inval,
        E::NoMemory => Error::NoMem,
        E::NotFileSystem | E::Corrupt | E::Io => Error::Unspecified,
    }
}
