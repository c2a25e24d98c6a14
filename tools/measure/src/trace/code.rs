//! The code that a trace passes through: what is at each address.

use crate::delays::insn::Insn;
use anyhow::{Context, Result, ensure};
use mos_abi::bench::Mark;
use mos_run::elf::{Elf, Segment};
use mos_run::machine::Machine;
use object::LittleEndian as LE;
use object::elf::{PF_X, PT_LOAD};
use object::read::elf::ProgramHeader;

/// Where user mode ends.
const KSEG0: u32 = mos_abi::layout::ULIM;
/// `lui $k1, 1`: Status.IsC, and nothing else in this kernel.
const LUI_ISC: u32 = 0x3c1b_0001;
/// `mtc0 $k1, Status`.
const SET_STATUS: u32 = 0x409b_6000;

/// What is special about an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Plain,
    /// A branch or jump.
    Transfer,
    /// A branch or jump that leaves its way back in `ra`.
    Call,
    /// A mark of a benchmark.
    Mark(Mark),
    /// Keeps GXemul from letting user mode use the kernel's translations; no R3000 needs it.
    Guard,
}

impl Kind {
    /// Whether the next instruction is in its delay slot.
    pub fn has_delay_slot(self) -> bool {
        matches!(self, Self::Transfer | Self::Call)
    }
}

/// The code of a kernel and of one program.
#[derive(Clone, Debug)]
pub struct Code {
    /// The kernel's first instruction.
    pub entry: u32,
    kernel: Region,
    program: Region,
}

/// Instructions in a row.
#[derive(Clone, Debug)]
struct Region {
    start: u32,
    words: Vec<u32>,
    kinds: Vec<Kind>,
}

impl Code {
    /// The code in the ELF files `kernel`, for `machine`, and `program`.
    ///
    /// # Errors
    /// One is no MIPS ELF file or has no code.
    pub fn new(machine: Machine, kernel: &[u8], program: &[u8]) -> Result<Self> {
        let elf = Elf::parse(kernel).context("the kernel")?;
        let mut code = Self {
            entry: elf.header.e_entry.get(LE),
            kernel: Region::of(&elf).context("the kernel")?,
            program: Elf::parse(program)
                .and_then(|elf| Region::of(&elf))
                .context("the program")?,
        };
        if machine == Machine::Gxemul {
            code.kernel.find_guards();
        }
        Ok(code)
    }

    /// The instruction at `pc`; `None` where there is none of either.
    pub fn at(&self, pc: u32) -> Option<Kind> {
        let region = self.region(pc);
        region.kinds.get(region.index(pc)?).copied()
    }

    /// Its word.
    pub fn word(&self, pc: u32) -> Option<u32> {
        let region = self.region(pc);
        region.words.get(region.index(pc)?).copied()
    }

    fn region(&self, pc: u32) -> &Region {
        if is_user(pc) {
            &self.program
        } else {
            &self.kernel
        }
    }
}

/// Whether `pc` is in user mode.
pub fn is_user(pc: u32) -> bool {
    pc < KSEG0
}

impl Region {
    fn of(elf: &Elf) -> Result<Self> {
        let (start, words) = words(elf)?;
        let kinds = words.iter().copied().map(kind).collect();
        Ok(Self {
            start,
            words,
            kinds,
        })
    }

    fn index(&self, pc: u32) -> Option<usize> {
        Some(pc.checked_sub(self.start)? as usize / 4)
    }

    /// A guard sets and clears IsC with one register: from the `lui` to the second `mtc0`.
    fn find_guards(&mut self) {
        for first in 0..self.words.len() {
            if self.words[first] != LUI_ISC {
                continue;
            }
            let mut rest = self.words[first..].iter().take(8);
            if let Some(last) = rest.rposition(|word| *word == SET_STATUS) {
                self.kinds[first..=first + last].fill(Kind::Guard);
            }
        }
    }
}

/// The words of the executable segments from the lowest address on; gaps are filled with zeros.
fn words(elf: &Elf) -> Result<(u32, Vec<u32>)> {
    let executable = |s: &&Segment| s.p_type(LE) == PT_LOAD && s.p_flags(LE).contains(PF_X);
    let segments: Vec<_> = elf.segments.iter().filter(executable).collect();
    let start = segments.iter().map(|s| s.p_vaddr(LE)).min();
    let start = start.context("there is no code in it")?;
    let mut bytes = Vec::new();
    for segment in segments {
        let data = segment.data(LE, elf.bytes).ok();
        let data = data.context("a segment lies outside the file")?;
        let at = (segment.p_vaddr(LE) - start) as usize;
        ensure!(at < 1 << 24, "its code is scattered over memory");
        if bytes.len() < at + data.len() {
            bytes.resize(at + data.len(), 0);
        }
        bytes[at..at + data.len()].copy_from_slice(data);
    }
    let (words, _) = bytes.as_chunks();
    Ok((
        start,
        words.iter().map(|&word| u32::from_le_bytes(word)).collect(),
    ))
}

fn kind(word: u32) -> Kind {
    if let Some(mark) = Mark::of_instruction(word) {
        return Kind::Mark(mark);
    }
    let transfer = Insn::decode(word).filter(|insn| insn.flow(0).is_some());
    match transfer.map(|insn| insn.name) {
        Some("jal" | "jalr" | "bltzal" | "bgezal") => Kind::Call,
        Some(_) => Kind::Transfer,
        None => Kind::Plain,
    }
}
