//! Files, as programs and the file server talk about them: the protocol and the page of an open file that all years of the
//! course have, and what we have beyond.
//!
//! A request of the course is a word and a page, for which the answer is a word, and perhaps a page. One of ours is a message
//! of four words, perhaps with a page, and so is its answer; the first word is what to do, or what has become of it: 0 or more, or
//! a negated [`Error`](crate::Error).

/// What to do, as the years up to 2023 count; 24 and later begin with 0. What a request says stands in its page, from its
/// start: words, or a path.
pub mod old {
    /// Path, and at 1024 the mode. The answer has a page: [`super::filefd`].
    pub const OPEN: u32 = 1;
    /// File, offset in bytes. The answer has the page of the file that is there.
    pub const MAP: u32 = 2;
    /// File, size.
    pub const SET_SIZE: u32 = 3;
    /// File.
    pub const CLOSE: u32 = 4;
    /// File, offset in bytes.
    pub const DIRTY: u32 = 5;
    /// Path.
    pub const REMOVE: u32 = 6;
    /// Anything.
    pub const SYNC: u32 = 7;
    /// Byte of the request's page with the mode.
    pub const MODE: usize = 1024;
}

/// What else to do. Paths are at the start of the request's page; of two, the second is at [`op::SECOND`].
pub mod op {
    /// Mode; the page has the path. Answer: file, size, type, and the page [`super::filefd`].
    pub const OPEN: u32 = 0x100;
    /// File, index of a page, how many pages. Answer: how many pages, the file's size, whether they are zeros
    /// that no block has, of which none is mapped; and the pages.
    pub const MAP: u32 = 0x101;
    /// File, size.
    pub const SET_SIZE: u32 = 0x102;
    /// File.
    pub const CLOSE: u32 = 0x103;
    /// File. Answer: 0, size, type.
    pub const STAT: u32 = 0x104;
    /// The page has the path. Answer: 0, size, type.
    pub const STAT_PATH: u32 = 0x105;
    /// The page has the path.
    pub const REMOVE: u32 = 0x106;
    /// The page has the path.
    pub const MAKE_DIR: u32 = 0x107;
    /// The page has both paths.
    pub const RENAME: u32 = 0x108;
    /// Brings everything to the disk.
    pub const SYNC: u32 = 0x109;
    /// Answer: 0, blocks of the disk, those that are free.
    pub const SPACE: u32 = 0x10a;
    /// File, offset, [`END`] or [`HERE`], how many bytes will be stored there. The file has room for as many as the answer says,
    /// and is as large, if it was not. Answer: how many bytes, their offset, the file's size.
    pub const RESERVE: u32 = 0x10b;
    /// File, how many bytes. Moves on where its users go on, by as many as there are. Answer: how many, their offset.
    pub const ADVANCE: u32 = 0x10c;
    /// The offset that is the end of a file.
    pub const END: u32 = u32::MAX;
    /// The one where its users go on, who go on behind what is reserved.
    pub const HERE: u32 = u32::MAX - 1;
    /// Byte of the request's page with the second path.
    pub const SECOND: usize = 2048;
}

/// How a file is opened.
pub mod mode {
    /// To read.
    pub const READ: u32 = 0;
    /// To write.
    pub const WRITE: u32 = 1;
    /// To do both.
    pub const READ_WRITE: u32 = 2;
    /// The bits of these three. Others that are not here are the client's own business.
    pub const ACCESS: u32 = 3;
    /// It is made, if it does not exist.
    pub const CREATE: u32 = 0x100;
    /// It is made empty.
    pub const TRUNCATE: u32 = 0x200;
    /// It must not exist.
    pub const EXCLUSIVE: u32 = 0x400;
    /// What is made is a directory.
    pub const MAKE_DIR: u32 = 0x800;
}

/// The page of an open file, which its users and the server share; the server reads but the first two words. Words, by their index.
pub mod filefd {
    /// What kind of descriptor it is; 0: its users have closed it, and keep the page to open it again.
    pub const DEVICE: usize = 0;
    /// Where reading or writing goes on.
    pub const OFFSET: usize = 1;
    /// The mode.
    pub const MODE: usize = 2;
    /// The server's number of the file.
    pub const FILE: usize = 3;
    /// The first word of the file's entry, as it is on the disk.
    pub const ENTRY: usize = 4;
    /// Its size.
    pub const SIZE: usize = ENTRY + 32;
    /// Its type.
    pub const TYPE: usize = ENTRY + 33;
    /// Changes whenever pages that somebody has mapped are not the file's any more. The server keeps this and the size as
    /// they are.
    pub const EPOCH: usize = ENTRY + 64;
    /// Not 0: the path by which it was opened leads to it still. As long as that is so, who has closed it may open it again
    /// without a word: he says so in [`DEVICE`], and looks at this word then. The server clears it, and then looks whether the
    /// file is closed, before it takes it away.
    pub const NAMED: usize = EPOCH + 1;
    /// How many words there are.
    pub const WORDS: usize = NAMED + 1;
    /// Words behind them that the users of the page have for themselves.
    pub const USERS: usize = WORDS;
    /// How many of them are zero at first. Behind those is what the same user has left there before, or zeros too.
    pub const USERS_WORDS: usize = 3;
    /// The device of a file.
    pub const FILE_DEVICE: u32 = b'f' as u32;
}

/// Files that can be open at a time.
pub const OPEN_MAX: usize = 1024;
/// Bytes of a file at most.
pub const FILE_MAX: u32 = 4 << 20;
/// Bytes of a path, with the zero behind it.
pub const PATH_MAX: usize = 1024;
/// The type of a directory; that of a file is 0.
pub const DIRECTORY: u32 = 1;
/// The slot that the file server has.
pub const SERVER_SLOT: usize = 1;
