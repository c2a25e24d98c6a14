//! What a random program may do next.

use std::fmt;

use mos_abi::Sysno;

/// A number that is easier read in hexadecimal.
#[derive(Clone, Copy)]
pub struct Word(pub u32);

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// An environment, as the running one sees it. Numbers count modulo how many there are; where there is
/// none, it is nobody.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// 0.
    Zero,
    /// The caller, by its id.
    Me,
    Child(u8),
    Parent,
    /// Anyone at all.
    Anyone(u8),
    /// One that waits for a message.
    Receiver(u8),
    /// One that is no more.
    Dead(u8),
    /// A number.
    Number(Word),
}

/// An argument of a call.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    /// An environment's id.
    Id(Who),
    /// An address in one of the caller's own pages, counted modulo how many there are.
    In(u8, Word),
    /// The same, of those with R: what it may store to, perhaps after a copy.
    InWritable(u8, Word),
    /// This number.
    Is(Word),
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Op {
    /// A system call; with a stack pointer where that is out of the ordinary.
    Call(Sysno, Vec<Arg>, Option<Word>),
    /// A call for a message of four words.
    Message {
        call: Sysno,
        to: Arg,
        /// Whom it waits for, the words, and what is to be 0.
        others: (Arg, [u8; 4], u32),
        /// Ticks for sending and receiving.
        times: [u32; 2],
        /// First page, how many, and their permissions.
        page: Arg,
        pages: (u8, Word),
        /// Where pages go, and how many.
        window: (Arg, u32),
    },
    /// Several calls in one, from an array at this place; with a count that is not that of the calls, and an address that is
    /// not that of the array, where these are out of the ordinary.
    Batch {
        calls: Vec<(Sysno, Vec<Arg>)>,
        place: Arg,
        count: Option<u32>,
        at: Option<Arg>,
    },
    /// A system call that does not exist.
    NoCall(Word),
    Load(Arg),
    Store(Arg, Word),
    /// An instruction that raises this.
    Exception(u32),
    /// fork, as libos has it.
    Fork,
    /// The environment makes ready for page faults, as libos does before a fork.
    Prepare,
    /// Time slices end.
    Ticks(u8),
    /// A time slice ends while the kernel is busy, when it looks the next time but so many; and there is no memory then
    /// but what others' end will give.
    TickAmid(u8, bool),
    /// Somebody types.
    Type(u8),
    /// Memory gets scarce: only so many frames are left.
    Scarce(u8),
    /// Memory is plentiful again.
    Plenty,
    /// Boot starts one more program.
    Start,
}
