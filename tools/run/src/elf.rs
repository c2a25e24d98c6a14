//! The few things about 32-bit little-endian MIPS ELF files that the tools here share.

use anyhow::{Context, Result, ensure};
use object::LittleEndian as LE;
use object::elf::{EM_MIPS, FileHeader32, ProgramHeader32, SectionHeader32};
use object::read::elf::{FileHeader, SectionTable, SymbolTable};

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
