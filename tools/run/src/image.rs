//! Makes a bootable image: the kernel's ELF file with one more segment, which holds a boot package.

use crate::elf::{Elf, Segment};
use crate::symbols;
use anyhow::{Context, Result, ensure};
use object::LittleEndian as LE;
use object::elf::{PF_R, PT_LOAD};
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::ProgramHeader;
use object::{U16, U32};

/// Where memory begins to those who boot from it.
const KSEG0: u32 = 0x8000_0000;

/// The ELF file `kernel` with `package` as its last segment, at the first page boundary at or after the
/// kernel's symbol `_end`. Sections and symbols stay, so that gdb can use the image.
///
/// # Errors
/// `kernel` is no MIPS ELF file, has no `_end` or reaches beyond it, or the package does not fit into so many
/// MiB of `memory`.
pub fn append(kernel: &[u8], package: &[u8], memory: u32) -> Result<Vec<u8>> {
    let elf = Elf::parse(kernel)?;
    let end = symbols::address(&elf, "_end")?.context("it has no symbol `_end`")?;
    let page = mos_abi::layout::PAGE_SIZE;
    // The symbol is whoever's who wrote the kernel.
    let address = end.checked_next_multiple_of(page);
    let address = address.context("its symbol `_end` is at the end of all addresses")?;
    let beyond = |s: &Segment| {
        s.p_type(LE) == PT_LOAD && s.p_vaddr(LE).saturating_add(s.p_memsz(LE)) > address
    };
    ensure!(!elf.segments.iter().any(beyond), "it reaches beyond `_end`");

    let len = u32::try_from(package.len())?;
    let fits = address
        .checked_add(len)
        .and_then(|end| end.checked_sub(KSEG0))
        .is_some_and(|end| u64::from(end) <= u64::from(memory) << 20);
    ensure!(fits, "{len} bytes of programs do not fit into memory");

    // The package first, then the longer program header table, which finds no room at its old place.
    let mut image = kernel.to_vec();
    image.resize(image.len().next_multiple_of(page as usize), 0);
    let segment = Segment {
        p_type: U32::new(LE, PT_LOAD),
        p_offset: U32::new(LE, u32::try_from(image.len())?),
        p_vaddr: U32::new(LE, address),
        p_paddr: U32::new(LE, address),
        p_filesz: U32::new(LE, len),
        p_memsz: U32::new(LE, len),
        p_flags: U32::new(LE, PF_R),
        p_align: U32::new(LE, page),
    };
    image.extend_from_slice(package);
    image.resize(image.len().next_multiple_of(4), 0);

    let mut header = *elf.header;
    header.e_phoff = U32::new(LE, u32::try_from(image.len())?);
    header.e_phnum = U16::new(LE, u16::try_from(elf.segments.len() + 1)?);
    image.extend_from_slice(bytes_of_slice(elf.segments));
    image.extend_from_slice(bytes_of(&segment));
    let header = bytes_of(&header);
    image[..header.len()].copy_from_slice(header);
    Ok(image)
}

/// The ELF file `image` with `rubbish` where it leaves memory to be cleared by the program.
///
/// # Errors
/// It is no MIPS ELF file.
pub fn fill_bss(image: &[u8], rubbish: u8) -> Result<Vec<u8>> {
    let elf = Elf::parse(image)?;
    let mut filled = image.to_vec();
    let mut segments = elf.segments.to_vec();
    for segment in &mut segments {
        let (filesz, memsz) = (segment.p_filesz(LE), segment.p_memsz(LE));
        if segment.p_type(LE) != PT_LOAD || filesz >= memsz {
            continue;
        }
        let bytes = segment
            .data(LE, image)
            .ok()
            .context("a segment is cut off")?;
        let page = mos_abi::layout::PAGE_SIZE as usize;
        filled.resize(filled.len().next_multiple_of(page), 0);
        filled.resize(filled.len() + segment.p_vaddr(LE) as usize % page, 0);
        segment.p_offset = U32::new(LE, u32::try_from(filled.len())?);
        segment.p_filesz = U32::new(LE, memsz);
        filled.extend_from_slice(bytes);
        filled.resize(filled.len() + (memsz - filesz) as usize, rubbish);
    }
    let at = elf.header.e_phoff.get(LE) as usize;
    let table = bytes_of_slice(&segments);
    let place = filled.get_mut(at..at + table.len());
    place
        .context("the table of segments is cut off")?
        .copy_from_slice(table);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::MEMORY;
    use crate::sample::executable;

    const TEXT: (u32, &[u8], u32) = (0x8001_0000, b"text", 4);

    #[test]
    fn the_package_is_the_last_segment_on_the_page_at_the_end() {
        let kernel = executable(
            &[TEXT, (0x8001_1000, b"data", 0x1800)],
            &[("_end", 0x8001_2801)],
        );
        let image = append(&kernel, b"package", MEMORY).unwrap();
        let (before, after) = (Elf::parse(&kernel).unwrap(), Elf::parse(&image).unwrap());
        let (last, others) = after.segments.split_last().unwrap();
        assert_eq!(bytes_of_slice(others), bytes_of_slice(before.segments));
        assert_eq!(last.data(LE, &*image), Ok(&b"package"[..]));
        let address = [
            last.p_vaddr(LE),
            last.p_paddr(LE),
            last.p_offset(LE) % 0x1000,
        ];
        assert_eq!(address, [0x8001_3000, 0x8001_3000, 0]);
        assert_eq!(last.p_flags(LE), PF_R);
        // Everything that was there still is, so gdb can use the image.
        assert_eq!(
            image[size_of_val(after.header)..kernel.len()],
            kernel[size_of_val(before.header)..]
        );
        assert_eq!(symbols::address(&after, "_end").unwrap(), Some(0x8001_2801));
    }

    #[test]
    fn an_end_on_a_page_boundary_is_the_place() {
        let kernel = executable(&[TEXT], &[("_end", 0x8001_1000)]);
        let image = append(&kernel, &[0; 9000], MEMORY).unwrap();
        let last = Elf::parse(&image).unwrap().segments[1];
        assert_eq!((last.p_vaddr(LE), last.p_memsz(LE)), (0x8001_1000, 9000));
    }

    #[test]
    fn an_end_that_cannot_be_is_an_error() {
        for end in [0x8001_0000, 0x83ff_ffff, 0xffff_f001, u32::MAX] {
            let kernel = executable(&[TEXT], &[("_end", end)]);
            assert!(append(&kernel, b"package", MEMORY).is_err(), "{end:x}");
        }
    }

    #[test]
    fn what_is_left_out_can_be_filled_with_rubbish() {
        let kernel = executable(
            &[TEXT, (0x8001_1010, b"data", 0x1800)],
            &[("_end", 0x8001_3000)],
        );
        let filled = fill_bss(&kernel, 0xa5).unwrap();
        let elf = Elf::parse(&filled).unwrap();
        let data = elf.segments[1].data(LE, &*filled).unwrap();
        assert_eq!(data.len(), 0x1800);
        assert_eq!(
            (&data[..4], data[4], data[0x17ff]),
            (&b"data"[..], 0xa5, 0xa5)
        );
        assert_eq!(elf.segments[0].data(LE, &*filled), Ok(&b"text"[..]));
    }

    #[test]
    fn what_cannot_work_is_an_error() {
        assert!(append(b"no kernel", b"", MEMORY).is_err());
        assert!(append(&executable(&[TEXT], &[]), b"", MEMORY).is_err());
        let beyond = executable(&[(0x8001_0000, b"text", 0x1001)], &[("_end", 0x8001_0800)]);
        assert!(append(&beyond, b"", MEMORY).is_err());
        let full = executable(&[TEXT], &[("_end", 0x83ff_f000)]);
        assert!(append(&full, &[0; 4096], MEMORY).is_ok());
        assert!(append(&full, &[0; 4097], MEMORY).is_err());
        assert!(append(&full, &[0; 4096], MEMORY - 1).is_err());
    }
}
