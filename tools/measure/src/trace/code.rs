//! The code that a trace passes through: what is at each address.

use anyhow::{Context, Result, ensure};
use mos_abi::bench::Mark;
use mos_delays::insn::Insn;
use mos_run::elf::{Elf, Segment};
use mos_run::machine::Machine;
use mos_run::symbols;
use object::LittleEndian as LE;
use object::elf::{PF_X, PT_LOAD};
use object::read::elf::ProgramHeader;
use std::collections::BTreeMap;

/// Where user mode ends.
const KSEG0: u32 = mos_abi::layout::ULIM;
/// `mfc0 $k1, Cause`.
const GET_CAUSE: u32 = 0x401b_6800;
/// `mtc0 $k1, Status`.
const SET_STATUS: u32 = 0x409b_6000;
/// A guard looks whether an interrupt is pending; if not, it sets Status twice, with IsC and without. A word, and which of its bits
/// count.
const GUARD: [(u32, u32); 9] = [
    (GET_CAUSE, !0),
    (0, !0),
    (0x337b_0000, 0xffff_0000), // andi $k1, $k1, the interrupts
    (0x1760_0000, 0xffff_0000), // bne $k1, $zero, where they are taken
    (0x8c1b_0000, 0xffff_0000), // lw $k1, Status of user mode
    (0, !0),
    (SET_STATUS, !0),
    (0x337b_ffff, !0), // andi $k1, $k1, 0xffff
    (SET_STATUS, !0),
];

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
    /// Keeps GXemul from letting user mode use the kernel's translations, and from forgetting interrupts; no R3000
    /// needs it.
    Guard {
        /// It is a branch.
        branch: bool,
    },
}

impl Kind {
    /// Whether the next instruction is in its delay slot.
    pub fn has_delay_slot(self) -> bool {
        matches!(
            self,
            Self::Transfer | Self::Call | Self::Guard { branch: true }
        )
    }
}

/// What an instruction of the kernel's has to do with interrupts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupts {
    /// Here the CPU goes when it takes one.
    Taken,
    /// From here on it takes them.
    On,
    /// Here the kernel looks whether any have come in, and takes them itself.
    LookedAt,
}

/// The code of a kernel and of one program.
#[derive(Clone, Debug)]
pub struct Code {
    /// The kernel's first instruction.
    pub entry: u32,
    kernel: Region,
    program: Region,
    interrupts: BTreeMap<u32, Interrupts>,
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
        let places = [
            ("except_vec3", Interrupts::Taken),
            ("idle", Interrupts::On),
            ("read_cause", Interrupts::LookedAt),
        ];
        let mut interrupts = BTreeMap::new();
        for (name, what) in places {
            interrupts.extend(symbols::address(&elf, name)?.map(|at| (at, what)));
        }
        let mut code = Self {
            interrupts,
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

    /// What the kernel's instruction at `pc` has to do with interrupts.
    pub fn interrupts(&self, pc: u32) -> Option<Interrupts> {
        self.interrupts.get(&pc).copied()
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

    fn find_guards(&mut self) {
        for first in 0..self.words.len().saturating_sub(GUARD.len() - 1) {
            let here = first..first + GUARD.len();
            let mut words = self.words[here.clone()].iter().zip(GUARD);
            if words.all(|(word, (value, mask))| word & mask == value) {
                for kind in &mut self.kinds[here] {
                    let branch = kind.has_delay_slot();
                    *kind = Kind::Guard { branch };
                }
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
