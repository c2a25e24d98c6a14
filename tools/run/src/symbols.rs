//! The functions of an ELF file and their names.

use crate::elf::Elf;
use crate::package::Symbol;
use anyhow::{Context, Result};
use object::LittleEndian as LE;
use object::elf::{SHF_EXECINSTR, STT_FUNC, STT_NOTYPE, SectionHeader32};
use object::read::elf::{SectionHeader, Sym};
use std::collections::BTreeMap;

/// All functions of `elf`, demangled and sorted by address, one for an address. Labels of assembly
/// count as functions unless they are local ones; where both stand at one address, the function wins.
///
/// # Errors
/// The file's section or symbol table is damaged.
pub fn functions(elf: &Elf) -> Result<Vec<Symbol>> {
    let sections = elf.sections()?;
    let symbols = elf.symbols()?;
    let mut functions = BTreeMap::new();
    for (index, symbol) in symbols.enumerate() {
        let section = symbols
            .symbol_section(LE, symbol, index)?
            .and_then(|index| sections.section(index).ok());
        let is_code = section.is_some_and(|s| s.sh_flags(LE).contains(SHF_EXECINSTR));
        let kind = symbol.st_type();
        if !is_code || !(kind == STT_FUNC || kind == STT_NOTYPE) {
            continue;
        }
        let name = symbol.name(LE, symbols.strings())?;
        let name = str::from_utf8(name).context("a symbol's name is not UTF-8")?;
        if name.is_empty() || name.starts_with(['.', '$']) {
            continue;
        }
        let rank = (kind == STT_FUNC, symbol.st_bind());
        let entry = functions.entry(symbol.st_value(LE)).or_insert((rank, name));
        if rank > entry.0 {
            *entry = (rank, name);
        }
    }
    let demangled = functions.into_iter().map(|(address, (_, name))| Symbol {
        address,
        name: format!("{:#}", rustc_demangle::demangle(name)),
    });
    Ok(demangled.collect())
}

/// Which of `functions`, sorted by address, `address` is in: the last one that does not begin behind it.
pub fn containing(functions: &[Symbol], address: u32) -> Option<&Symbol> {
    let behind = functions.partition_point(|function| function.address <= address);
    functions[..behind].last()
}

/// The function of `elf` that `address` is in, if it is one of its code.
///
/// # Errors
/// The file's section or symbol table is damaged.
pub fn function_at(elf: &Elf, address: u32) -> Result<Option<Symbol>> {
    let is_there = |section: &SectionHeader32<LE>| {
        let behind = address.checked_sub(section.sh_addr(LE));
        section.sh_flags(LE).contains(SHF_EXECINSTR)
            && behind.is_some_and(|behind| behind < section.sh_size(LE))
    };
    if !elf.sections()?.iter().any(is_there) {
        return Ok(None);
    }
    Ok(containing(&functions(elf)?, address).cloned())
}

/// The address of the symbol called `name`, if there is one.
///
/// # Errors
/// The file's section or symbol table is damaged.
pub fn address(elf: &Elf, name: &str) -> Result<Option<u32>> {
    let symbols = elf.symbols()?;
    for symbol in symbols.iter() {
        if symbol.name(LE, symbols.strings())? == name.as_bytes() {
            return Ok(Some(symbol.st_value(LE)));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::executable;

    #[test]
    fn functions_are_sorted_demangled_and_one_for_an_address() {
        let mangled = "_ZN3mos4trap5entry17h0123456789abcdefE";
        let symbols = [
            ("last", 0x8000_0010),
            (mangled, 0x8000_0004),
            ("$local", 0x8000_0008),
            (".Llocal", 0x8000_0008),
            ("first", 0x8000_0000),
            ("first_too", 0x8000_0000),
        ];
        let file = executable(&[(0x8000_0000, &[0; 32], 32)], &symbols);
        let found = functions(&Elf::parse(&file).unwrap()).unwrap();
        let found: Vec<_> = found.iter().map(|f| (f.address, &*f.name)).collect();
        let expected = [
            (0x8000_0000, "first"),
            (0x8000_0004, "mos::trap::entry"),
            (0x8000_0010, "last"),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn no_function_is_where_no_code_is() {
        let file = executable(&[(0x8000_0000, &[0; 32], 32)], &[("f", 0x8000_0004)]);
        let elf = Elf::parse(&file).unwrap();
        let name = |address| function_at(&elf, address).unwrap().map(|f| f.name);
        assert_eq!(name(0x8000_0004).as_deref(), Some("f"));
        assert_eq!(name(0x8000_001c).as_deref(), Some("f"));
        for outside in [0x8000_0000, 0x8000_0020, 0x5000_0000, 0] {
            assert_eq!(name(outside), None, "{outside:x}");
        }
    }

    #[test]
    fn damaged_files_are_errors_and_nothing_worse() {
        let file = executable(&[(0x8000_0000, &[0; 32], 32)], &[("f", 0x8000_0000)]);
        for at in 0..file.len() {
            for value in [0, 0x7f, 0xff] {
                let mut damaged = file.clone();
                damaged[at] = value;
                let _ = Elf::parse(&damaged).and_then(|elf| functions(&elf));
            }
            let _ = Elf::parse(&file[..at]).and_then(|elf| functions(&elf));
        }
    }
}
