//! The few things about 32-bit little-endian MIPS ELF files that the tools here share.

use anyhow::{Context, Result, ensure};
use object::LittleEndian as LE;
use object::elf::{
    ELFCLASS64, ELFDATA2MSB, ELFMAG, EM_386, EM_AARCH64, EM_ARM, EM_MIPS, EM_RISCV, EM_X86_64,
    ET_EXEC, FileHeader32, Machine, PT_LOAD, ProgramHeader32, SectionHeader32,
};
use object::read::elf::{FileHeader, ProgramHeader, SectionTable, SymbolTable};

/// The header at the start of a file.
pub type Header = FileHeader32<LE>;
/// An entry of the program header table.
pub type Segment = ProgramHeader32<LE>;
/// An entry of the section header table.
pub type Section = SectionHeader32<LE>;

/// A file whose headers make sense.
#[derive(Clone, Copy, Debug)]
pub struct Elf<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// Its header.
    pub header: &'a Header,
    /// Its program headers.
    pub segments: &'a [Segment],
}

impl<'a> Elf<'a> {
    /// Reads the headers at the start of `bytes`.
    ///
    /// # Errors
    /// Not a 32-bit little-endian MIPS ELF file, or its program headers lie outside.
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
        let header = Header::parse(bytes).context("not a 32-bit ELF file")?;
        ensure!(header.is_little_endian(), "not little-endian");
        ensure!(header.e_machine.get(LE) == EM_MIPS, "not for MIPS");
        let segments = header
            .program_headers(LE, bytes)
            .context("its program headers are damaged")?;
        Ok(Self {
            bytes,
            header,
            segments,
        })
    }

    /// The section headers; empty for a stripped file.
    ///
    /// # Errors
    /// They lie outside the file.
    pub fn sections(&self) -> Result<SectionTable<'a, Header>> {
        self.header
            .sections(LE, self.bytes)
            .context("its section headers are damaged")
    }

    /// The symbols; empty for a stripped file.
    ///
    /// # Errors
    /// The table lies outside the file.
    pub fn symbols(&self) -> Result<SymbolTable<'a, Header>> {
        self.sections()?
            .symbols(LE, self.bytes, object::elf::SHT_SYMTAB)
            .context("its symbol table is damaged")
    }
}

/// What is wrong with `bytes` as a program for either machine, if it is one of the things that happen to people.
pub fn flaw(bytes: &[u8]) -> Option<String> {
    let start = bytes.first_chunk::<20>();
    let Some(start) = start.filter(|start| start.starts_with(&ELFMAG)) else {
        return Some("is no ELF file".to_owned());
    };
    let machine = [start[18], start[19]];
    let (machine, order) = if start[5] == ELFDATA2MSB.0 {
        (Machine(u16::from_be_bytes(machine)), "big")
    } else {
        (Machine(u16::from_le_bytes(machine)), "little")
    };
    let bits = if start[4] == ELFCLASS64.0 { 64 } else { 32 };
    if (machine, bits, order) != (EM_MIPS, 32, "little") {
        let name = name(machine);
        return Some(format!(
            "is for {name} with {bits} bits and {order}-endian, not for MIPS with 32 bits and little-endian"
        ));
    }
    let Ok(elf) = Elf::parse(bytes) else {
        return Some("is cut off, or its headers are damaged".to_owned());
    };
    if elf.header.e_type.get(LE) != ET_EXEC {
        return Some("is no executable: link it at a fixed address".to_owned());
    }
    let is_cut = |s: &Segment| s.p_type(LE) == PT_LOAD && s.data(LE, bytes).is_err();
    let cut = elf.segments.iter().any(is_cut);
    cut.then(|| "is cut off: a segment ends behind the file".to_owned())
}

fn name(machine: Machine) -> String {
    let name = match machine {
        EM_MIPS => "MIPS",
        EM_386 => "x86",
        EM_X86_64 => "x86-64",
        EM_ARM => "ARM",
        EM_AARCH64 => "AArch64",
        EM_RISCV => "RISC-V",
        _ => return format!("machine {}", machine.0),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::executable;

    #[test]
    fn a_program_for_something_else_is_told_from_one_that_is_cut_off() {
        let good = executable(&[(0x40_0000, b"text", 4)], &[]);
        assert_eq!(flaw(&good), None);
        let with = |places: &[(usize, u8)]| {
            let mut bytes = good.clone();
            for &(at, byte) in places {
                bytes[at] = byte;
            }
            flaw(&bytes).unwrap()
        };
        let ours = "not for MIPS with 32 bits and little-endian";
        assert_eq!(
            with(&[(4, 2), (18, 62)]),
            format!("is for x86-64 with 64 bits and little-endian, {ours}")
        );
        assert_eq!(
            with(&[(5, 2), (18, 0), (19, 8)]),
            format!("is for MIPS with 32 bits and big-endian, {ours}")
        );
        assert!(with(&[(18, 9)]).starts_with("is for machine 9 with"));
        assert!(with(&[(16, 1)]).starts_with("is no executable"));
        assert!(with(&[(0, 0)]).starts_with("is no ELF file"));
        for (len, why) in [
            (0, "is no ELF file"),
            (40, "is cut off"),
            (60, "is cut off"),
            (4098, "is cut off: a segment"),
        ] {
            assert!(flaw(&good[..len]).unwrap().starts_with(why), "{len}");
        }
    }
}
