//! Floating-point instructions, in files that are for a CPU with a unit: those of MIPS I, and the two of MIPS II that load
//! and store pairs, which MIPS32 has.

use super::check::Isa;
use super::insn::{Format, Insn};

/// Decodes `word`, unless it is none that a CPU knows which knows `isa`.
pub fn decode(word: u32, isa: Isa) -> Option<Insn> {
    let [rs, rt] = [21, 16].map(|shift| (word >> shift) & 31);
    let (name, format) = match word >> 26 {
        17 => match (rs, rt) {
            (0, _) => ("mfc1", Format::FromCop0),
            (2, _) => ("cfc1", Format::FromCop0),
            (4, _) => ("mtc1", Format::ToCop0),
            (6, _) => ("ctc1", Format::ToCop0),
            (8, 0) => ("bc1f", Format::Flag),
            (8, 1) => ("bc1t", Format::Flag),
            // Single, double, word. What they read and write is in the unit.
            (16 | 17 | 20, _) => ("cop1", Format::Bare),
            _ => return None,
        },
        49 => ("lwc1", Format::Float),
        57 => ("swc1", Format::Float),
        53 if isa == Isa::Mips32 => ("ldc1", Format::Float),
        61 if isa == Isa::Mips32 => ("sdc1", Format::Float),
        _ => return None,
    };
    Some(Insn { word, name, format })
}
