//! What the benchmark programs measure, and the marks in their code that say where.
//!
//! A mark is an instruction that does nothing: `lui $zero, N`. The host's tool watches every instruction
//! that is executed, and counts those between the beginning of an operation and its end, wherever both
//! happen to be: in one environment, in two, or in a handler. Marks themselves are not counted.

/// An operation that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Op {
    /// From the kernel's first instruction to the first one in user mode. No mark: the host knows both.
    Boot,
    /// The system call that does next to nothing.
    Getenvid,
    /// A yield, until another environment is back from its own.
    Switch,
    /// A message to an environment that waits, until it goes on.
    IpcSend,
    /// The same with a page.
    IpcSendPage,
    /// A request, and the answer to it.
    IpcCall,
    /// The same with four words each.
    MsgCall,
    /// A store that may not be, until the first instruction of the program's handler.
    FaultIn,
    /// The same, until the instruction after the store, by way of a handler that does nothing else.
    FaultRound,
    /// A load from a page that is mapped but not in the TLB.
    TlbRefill,
    /// The first load from a page, which the kernel maps on demand.
    FirstTouch,
    /// A page for oneself.
    MemAlloc,
    /// One's own page, mapped at a second address.
    MemMap,
    /// That mapping taken back.
    MemUnmap,
    /// An empty environment, made and destroyed.
    EnvLife,
    /// A fork by the calls of every MOS, the parent's side of it until it goes on.
    Fork,
    /// A fork that shares whole ranges of pages, likewise.
    QuickFork,
    /// The first store to a page after a fork, copy included.
    CowFault,
    /// A page of bytes through a pipe.
    Pipe,
    /// A program, started and waited for.
    Spawn,
    /// A file that the server has in memory, opened and closed.
    FileOpen,
    /// 64 KiB of such a file, read.
    FileRead,
    /// The same, written over.
    FileWrite,
    /// The same, mapped.
    FileMap,
    /// All entries of a directory that is in memory there.
    FileList,
    /// From the kernel's first instruction to where the shell asks for a key. No mark.
    Prompt,
    /// The longest time in which the kernel neither went on to user mode nor looked at interrupts, boot apart. No mark.
    LongestPath,
}

impl Op {
    /// All of them, by number.
    pub const ALL: [Self; 27] = [
        Self::Boot,
        Self::Getenvid,
        Self::Switch,
        Self::IpcSend,
        Self::IpcSendPage,
        Self::IpcCall,
        Self::MsgCall,
        Self::FaultIn,
        Self::FaultRound,
        Self::TlbRefill,
        Self::FirstTouch,
        Self::MemAlloc,
        Self::MemMap,
        Self::MemUnmap,
        Self::EnvLife,
        Self::Fork,
        Self::QuickFork,
        Self::CowFault,
        Self::Pipe,
        Self::Spawn,
        Self::FileOpen,
        Self::FileRead,
        Self::FileWrite,
        Self::FileMap,
        Self::FileList,
        Self::Prompt,
        Self::LongestPath,
    ];
}

/// A mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Here the operation begins.
    Begin(Op),
    /// Here it ends.
    End(Op),
    /// From here on, operations are measured under this condition: a number that the program chooses, below
    /// [`Mark::CASES`]. It is 0 until the first such mark.
    Case(u16),
}

impl Mark {
    /// Cases are numbered below this.
    pub const CASES: u16 = 0x4000;

    const BEGIN: u16 = 0x4000;
    const END: u16 = 0x8000;
    const KIND: u16 = 0xc000;
    /// `lui $zero, 0`.
    const LUI_ZERO: u32 = 0x3c00_0000;

    /// The N of its `lui $zero, N`.
    ///
    /// # Panics
    ///
    /// For a case whose number is too large.
    pub const fn number(self) -> u16 {
        match self {
            Self::Begin(op) => Self::BEGIN | op as u16,
            Self::End(op) => Self::END | op as u16,
            Self::Case(case) => {
                assert!(case < Self::CASES, "the case's number is too large");
                case
            }
        }
    }

    /// The mark that the instruction `word` is, if it is one.
    pub fn of_instruction(word: u32) -> Option<Self> {
        let number = u16::try_from(word ^ Self::LUI_ZERO).ok()?;
        let value = number & !Self::KIND;
        let op = || Op::ALL.get(usize::from(value)).copied();
        match number & Self::KIND {
            Self::BEGIN => op().map(Self::Begin),
            Self::END => op().map(Self::End),
            0 => Some(Self::Case(value)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_comes_back_from_its_instruction() {
        let marks = |op| [Mark::Begin(op), Mark::End(op)];
        let cases = [0, 1, 1000, Mark::CASES - 1].map(Mark::Case);
        for mark in Op::ALL.into_iter().flat_map(marks).chain(cases) {
            let instruction = 0x3c00_0000 | u32::from(mark.number());
            assert_eq!(Mark::of_instruction(instruction), Some(mark));
        }
    }

    #[test]
    fn other_instructions_are_no_marks() {
        // nop; lui $at, 0x4001; lui $zero with an operation that does not exist; the unused kind.
        for word in [0, 0x3c01_4001, 0x3c00_7fff, 0x3c00_c000] {
            assert_eq!(Mark::of_instruction(word), None);
        }
    }
}
