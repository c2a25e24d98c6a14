//! The functions of an ELF file and their names.

use crate::elf::Elf;
use crate::package::Symbol;
use anyhow::{Context, Result};
use object::LittleEndian as LE;
use object::elf::{SHF_EXECINSTR, STT_FUNC, STT_NOTYPE};
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
