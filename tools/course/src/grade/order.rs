//! Where an order goes.

use anyhow::{Context, Result, ensure};
use mos_exam::{Order, Template};
use mos_run::elf::Elf;
use object::LittleEndian as LE;
use object::elf::PT_LOAD;
use object::read::elf::{ProgramHeader, Sym};

/// How the compiler calls the `static` for it, whatever crate it is in.
const SYMBOL: &str = "5check5ORDER";

/// Puts `order` into the ELF file of a program or a kernel, at each of the [`places`] for one.
///
/// # Errors
/// It has no such place, or the check's name is too long.
pub fn put(order: &Order<'_>, places: &[usize], file: &mut [u8]) -> Result<()> {
    let bytes = order.bytes();
    let bytes = bytes.with_context(|| format!("the name of check {} is too long", order.name))?;
    ensure!(!places.is_empty(), "has no place for the order of a check");
    for &at in places {
        let place = file
            .get_mut(at..)
            .and_then(|rest| rest.get_mut(..bytes.len()));
        place
            .context("the place for the order of a check is cut off")?
            .copy_from_slice(&bytes);
    }
    Ok(())
}

/// Where in the file there is a place for an order, as its symbols tell.
///
/// # Errors
/// It is no ELF file.
pub fn places(file: &[u8]) -> Result<Vec<usize>> {
    let elf = Elf::parse(file)?;
    let symbols = elf.symbols()?;
    let mut places = Vec::new();
    for symbol in symbols.iter() {
        let name = str::from_utf8(symbol.name(LE, symbols.strings())?).unwrap_or_default();
        if name.contains(SYMBOL) && symbol.st_size(LE) as usize == size_of::<Template>() {
            places.extend(offset(&elf, symbol.st_value(LE)));
        }
    }
    Ok(places)
}

/// Where in the file the byte is that is loaded at `address`.
fn offset(elf: &Elf<'_>, address: u32) -> Option<usize> {
    let mut segments = elf.segments.iter();
    segments.find_map(|segment| {
        let into = address.checked_sub(segment.p_vaddr(LE))?;
        let is_there = segment.p_type(LE) == PT_LOAD && into < segment.p_filesz(LE);
        is_there.then(|| segment.p_offset(LE).checked_add(into).map(|at| at as usize))?
    })
}
