//! MIPS I instructions: decoding, what they read and write, and how they read on a page.
//!
//! Names and fields are those of the MIPS manuals. Floating-point instructions count as unknown but where a file is for
//! them: see `cop1`.

use mos_abi::trapframe::reg;
use std::fmt;

/// A MIPS I instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Insn {
    /// Its 32 bits.
    pub word: u32,
    /// Its mnemonic.
    pub name: &'static str,
    /// Its operands.
    pub format: Format,
}

/// What an instruction's operands are, in the order of the assembler, and what it does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// No operands that matter.
    Bare,
    /// `rd, rs, rt`
    Arithmetic,
    /// `rd, rt, sa`
    Shift,
    /// `rd, rt, rs`
    ShiftBy,
    /// `rt, rs, immediate`
    Immediate,
    /// `rt, immediate`
    Upper,
    /// `rs, rt`, result in hi and lo
    Multiply,
    /// `rd`, from hi or lo
    FromHiLo,
    /// `rs`, to hi or lo
    ToHiLo,
    /// `rt, offset(rs)`
    Load,
    /// `rt, offset(rs)`, merged into what `rt` holds
    LoadPart,
    /// `rt, offset(rs)`
    Store,
    /// `rt, rd` of coprocessor 0
    FromCop0,
    /// `rt, rd` of coprocessor 0
    ToCop0,
    /// `rs, rt, target`
    Compare,
    /// `rs, target`
    Test,
    /// `target`
    Jump,
    /// `rs`
    JumpTo,
    /// `rd, rs`
    CallTo,
    /// `ft, offset(rs)`, to the floating-point unit or from it
    Float,
    /// `target`, where the unit says so
    Flag,
}

/// Where a control transfer goes after its delay slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To this address.
    Always(u32),
    /// To this address or past the delay slot.
    Maybe(u32),
    /// Where a register says.
    Unknown,
}

impl Insn {
    /// Decodes `word`, unless it is no MIPS I instruction. Fields that must be zero have to be: with
    /// other values there many words are instructions of later MIPS versions.
    pub fn decode(word: u32) -> Option<Self> {
        let (name, format) = match word >> 26 {
            0 => special(word)?,
            1 => match field(word, 16) {
                0 => ("bltz", Format::Test),
                1 => ("bgez", Format::Test),
                16 => ("bltzal", Format::Test),
                17 => ("bgezal", Format::Test),
                _ => return None,
            },
            2 => ("j", Format::Jump),
            3 => ("jal", Format::Jump),
            4 => ("beq", Format::Compare),
            5 => ("bne", Format::Compare),
            6 if field(word, 16) == 0 => ("blez", Format::Test),
            7 if field(word, 16) == 0 => ("bgtz", Format::Test),
            8 => ("addi", Format::Immediate),
            9 => ("addiu", Format::Immediate),
            10 => ("slti", Format::Immediate),
            11 => ("sltiu", Format::Immediate),
            12 => ("andi", Format::Immediate),
            13 => ("ori", Format::Immediate),
            14 => ("xori", Format::Immediate),
            15 if field(word, 21) == 0 => ("lui", Format::Upper),
            16 => cop0(word)?,
            32 => ("lb", Format::Load),
            33 => ("lh", Format::Load),
            34 => ("lwl", Format::LoadPart),
            35 => ("lw", Format::Load),
            36 => ("lbu", Format::Load),
            37 => ("lhu", Format::Load),
            38 => ("lwr", Format::LoadPart),
            40 => ("sb", Format::Store),
            41 => ("sh", Format::Store),
            42 => ("swl", Format::Store),
            43 => ("sw", Format::Store),
            46 => ("swr", Format::Store),
            _ => return None,
        };
        Some(Self { word, name, format })
    }

    /// Field rs: bits 25..21.
    pub fn rs(&self) -> u32 {
        field(self.word, 21)
    }

    /// Field rt: bits 20..16.
    pub fn rt(&self) -> u32 {
        field(self.word, 16)
    }

    fn rd(&self) -> u32 {
        field(self.word, 11)
    }

    /// The register whose new value the next instruction does not see yet, if there is one.
    pub fn loads(&self) -> Option<u32> {
        use Format::*;
        let delayed = matches!(self.format, Load | LoadPart | FromCop0);
        (delayed && self.rt() != 0).then(|| self.rt())
    }

    /// Whether it reads register `r`. That `lwl` and `lwr` merge into `rt` does not count after a load
    /// of `rt` from memory, which they see at once.
    pub fn reads(&self, r: u32, after_memory_load: bool) -> bool {
        use Format::*;
        let (rs, rt) = (self.rs() == r, self.rt() == r);
        match self.format {
            Bare | Upper | FromHiLo | FromCop0 | Jump | Flag => false,
            Arithmetic | ShiftBy | Multiply | Store | Compare => rs || rt,
            Shift | ToCop0 => rt,
            Immediate | Load | Test | ToHiLo | JumpTo | CallTo | Float => rs,
            LoadPart => rs || (rt && !after_memory_load),
        }
    }

    /// Whether it writes hi or lo.
    pub fn writes_hi_lo(&self) -> bool {
        matches!(self.format, Format::Multiply | Format::ToHiLo)
    }

    /// Where it transfers control to, being at address `at`; `None` for what is no control transfer.
    pub fn flow(&self, at: u32) -> Option<Flow> {
        let next = at.wrapping_add(4);
        let branch = next.wrapping_add_signed(i32::from(self.word as i16) * 4);
        // Comparing a register with itself is how the assembler writes `b` and `bal`.
        match (self.format, self.name) {
            (Format::Compare, "beq") if self.rs() == self.rt() => Some(Flow::Always(branch)),
            (Format::Test, "bgez" | "bgezal" | "blez") if self.rs() == 0 => {
                Some(Flow::Always(branch))
            }
            (Format::Compare | Format::Test | Format::Flag, _) => Some(Flow::Maybe(branch)),
            (Format::Jump, _) => Some(Flow::Always(
                (next & 0xf000_0000) | ((self.word & 0x03ff_ffff) << 2),
            )),
            (Format::JumpTo | Format::CallTo, _) => Some(Flow::Unknown),
            _ => None,
        }
    }
}

/// The five bits of `word` from `shift` on.
fn field(word: u32, shift: u32) -> u32 {
    (word >> shift) & 31
}

fn special(word: u32) -> Option<(&'static str, Format)> {
    use Format::*;
    let [rs, rt, rd, sa] = [21, 16, 11, 6].map(|shift| field(word, shift));
    let (name, format) = match word & 63 {
        0 if word == 0 => ("nop", Bare),
        0 => ("sll", Shift),
        2 => ("srl", Shift),
        3 => ("sra", Shift),
        4 => ("sllv", ShiftBy),
        6 => ("srlv", ShiftBy),
        7 => ("srav", ShiftBy),
        8 => ("jr", JumpTo),
        9 => ("jalr", CallTo),
        12 => return Some(("syscall", Bare)),
        13 => return Some(("break", Bare)),
        16 => ("mfhi", FromHiLo),
        17 => ("mthi", ToHiLo),
        18 => ("mflo", FromHiLo),
        19 => ("mtlo", ToHiLo),
        24 => ("mult", Multiply),
        25 => ("multu", Multiply),
        26 => ("div", Multiply),
        27 => ("divu", Multiply),
        32 => ("add", Arithmetic),
        33 => ("addu", Arithmetic),
        34 => ("sub", Arithmetic),
        35 => ("subu", Arithmetic),
        36 => ("and", Arithmetic),
        37 => ("or", Arithmetic),
        38 => ("xor", Arithmetic),
        39 => ("nor", Arithmetic),
        42 => ("slt", Arithmetic),
        43 => ("sltu", Arithmetic),
        _ => return None,
    };
    let zero = match format {
        Shift => rs,
        Arithmetic | ShiftBy => sa,
        Multiply => rd | sa,
        FromHiLo => rs | rt | sa,
        ToHiLo | JumpTo => rt | rd | sa,
        CallTo => rt | sa,
        _ => 0,
    };
    (zero == 0).then_some((name, format))
}

fn cop0(word: u32) -> Option<(&'static str, Format)> {
    match (field(word, 21), word & 0x7ff) {
        (0, 0) => Some(("mfc0", Format::FromCop0)),
        (4, 0) => Some(("mtc0", Format::ToCop0)),
        _ => match word {
            0x4200_0001 => Some(("tlbr", Format::Bare)),
            0x4200_0002 => Some(("tlbwi", Format::Bare)),
            0x4200_0006 => Some(("tlbwr", Format::Bare)),
            0x4200_0008 => Some(("tlbp", Format::Bare)),
            0x4200_0010 => Some(("rfe", Format::Bare)),
            _ => None,
        },
    }
}

impl fmt::Display for Insn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Format::*;
        let name = self.name;
        let [rs, rt, rd] = [self.rs(), self.rt(), self.rd()].map(|r| reg::NAMES[r as usize]);
        let immediate = self.word as i16;
        match self.format {
            Bare => write!(f, "{name}"),
            Arithmetic => write!(f, "{name} {rd}, {rs}, {rt}"),
            Shift => write!(f, "{name} {rd}, {rt}, {}", field(self.word, 6)),
            ShiftBy => write!(f, "{name} {rd}, {rt}, {rs}"),
            Immediate => write!(f, "{name} {rt}, {rs}, {immediate}"),
            Upper => write!(f, "{name} {rt}, {:#x}", self.word as u16),
            Multiply => write!(f, "{name} {rs}, {rt}"),
            FromHiLo => write!(f, "{name} {rd}"),
            ToHiLo | JumpTo => write!(f, "{name} {rs}"),
            Load | LoadPart | Store => write!(f, "{name} {rt}, {immediate}({rs})"),
            FromCop0 | ToCop0 => write!(f, "{name} {rt}, ${}", self.rd()),
            Compare => write!(f, "{name} {rs}, {rt}, .{:+}", i32::from(immediate) * 4 + 4),
            Test => write!(f, "{name} {rs}, .{:+}", i32::from(immediate) * 4 + 4),
            Jump => write!(f, "{name} {:#x}", (self.word & 0x03ff_ffff) << 2),
            CallTo => write!(f, "{name} {rd}, {rs}"),
            Float => write!(f, "{name} $f{}, {immediate}({rs})", self.rt()),
            Flag => write!(f, "{name} .{:+}", i32::from(immediate) * 4 + 4),
        }
    }
}
