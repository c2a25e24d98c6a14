//! Reduces a program's ELF file to what a loader reads: the header, the `PT_LOAD` program headers and
//! the bytes they name. Debug information makes up most of a file and need not travel to the machine.

use crate::elf::Elf;
use anyhow::{Context, Result};
use object::LittleEndian as LE;
use object::elf::{PT_LOAD, SHN_UNDEF};
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::ProgramHeader;
use object::{U16, U32};

/// The stripped form of the file `bytes`. Offsets stay congruent to addresses, as ELF wants them, but
/// only up to a page.
///
/// # Errors
/// Not a MIPS ELF file, or a segment lies outside it.
pub fn strip(bytes: &[u8]) -> Result<Vec<u8>> {
    let elf = Elf::parse(bytes)?;
    let is_load = |s: &&_| ProgramHeader::p_type(*s, LE) == PT_LOAD;
    let mut segments: Vec<_> = elf.segments.iter().filter(is_load).copied().collect();

    let mut header = *elf.header;
    let header_len = size_of_val(&header);
    header.e_phoff = U32::new(LE, word(header_len)?);
    header.e_phnum = U16::new(LE, u16::try_from(segments.len())?);
    header.e_shoff = U32::new(LE, 0);
    header.e_shnum = U16::new(LE, 0);
    header.e_shstrndx = U16::new(LE, SHN_UNDEF);

    let mut contents = vec![0; header_len + size_of_val(segments.as_slice())];
    for segment in &mut segments {
        let data = segment.data(LE, bytes).ok();
        let data = data.context("a segment lies outside the file")?;
        let page = mos_abi::layout::PAGE_SIZE as usize;
        let in_page = segment.p_vaddr(LE) as usize % page;
        let gap = (in_page + page - contents.len() % page) % page;
        contents.resize(contents.len() + gap, 0);
        segment.p_offset = U32::new(LE, word(contents.len())?);
        contents.extend_from_slice(data);
    }
    contents[..header_len].copy_from_slice(bytes_of(&header));
    let table = bytes_of_slice(&segments);
    contents[header_len..header_len + table.len()].copy_from_slice(table);
    Ok(contents)
}

fn word(value: usize) -> Result<u32> {
    u32::try_from(value).context("the file is larger than 4 GiB")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::executable;
    use proptest::prelude::*;

    /// Entry point, and address, bytes and size in memory of each segment: all that a loader sees.
    fn loaded(file: &[u8]) -> (u32, Vec<(u32, Vec<u8>, u32)>) {
        let elf = Elf::parse(file).unwrap();
        let segments = elf.segments.iter().map(|s| {
            assert_eq!(s.p_offset(LE) % 4096, s.p_vaddr(LE) % 4096);
            let bytes = s.data(LE, file).unwrap().to_vec();
            (s.p_vaddr(LE), bytes, s.p_memsz(LE))
        });
        (elf.header.e_entry.get(LE), segments.collect())
    }

    proptest! {
        #[test]
        fn a_loader_sees_no_difference(
            first in 0x40_0000u32..0x40_2000,
            text in prop::collection::vec(any::<u8>(), 0..5000),
            data in prop::collection::vec(any::<u8>(), 0..5000),
            bss in 0u32..9000,
        ) {
            let second = (0x41_0345, &data[..], data.len() as u32 + bss);
            let segments = [(first, &text[..], text.len() as u32), second];
            let file = executable(&segments, &[("main", first)]);
            let stripped = strip(&file).unwrap();
            prop_assert_eq!(loaded(&stripped), loaded(&file));
            prop_assert_eq!(Elf::parse(&stripped).unwrap().symbols().unwrap().len(), 0);
            prop_assert!(stripped.len() <= 116 + text.len() + data.len() + 2 * 4096);
        }
    }

    #[test]
    fn what_is_no_elf_file_is_an_error() {
        assert!(strip(b"").is_err());
        assert!(strip(b"#!/bin/sh").is_err());
        let file = executable(&[(0x40_0000, b"text", 4)], &[]);
        assert!(strip(&file[..4098]).is_err());
    }
}
