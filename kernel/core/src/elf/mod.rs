//! Loading programs: ELF executables for 32-bit little-endian MIPS (TIS ELF 1.2, MIPS psABI).
//!
//! A file may be anything at all. What is wrong with it is found before the first frame is taken, and
//! every failure gives back what was taken.

use core::slice;

use mos_abi::elf::{
    ELFCLASS32, EM_MIPS, ET_EXEC, FileHeader, PF_W, PROGRAM_HEADER, PT_LOAD, ProgramHeader,
};
use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, USTACKTOP, page_down};
use mos_abi::{Error, PteFlags};

use crate::machine::{FrameWords, Machine};
use crate::mem::Memory;
use crate::mem::pgtable::AddressSpace;

/// Most program headers that are read. It excludes PN_XNUM, which says that the real number is elsewhere.
const MAX_HEADERS: u16 = 64;
/// End of what a program can bring along: the page above is its first page of stack.
const SEGMENTS_END: u32 = USTACKTOP - PAGE_SIZE;

/// A file that can be loaded, if there is memory for it.
pub struct Executable<'a> {
    image: &'a [u8],
    headers: &'a [[u8; PROGRAM_HEADER]],
    /// Where it starts.
    pub entry: u32,
}

/// A segment to load, all of it between [`DEMAND_FLOOR`] and the first page of stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Address of its first byte.
    pub start: u32,
    /// Its bytes in the file.
    pub bytes: &'a [u8],
    /// Its end in memory; what the file does not give is zero.
    pub end: u32,
    /// How its pages are mapped.
    pub flags: PteFlags,
}

impl<'a> Executable<'a> {
    /// Looks at a file. `-E_NOT_EXEC`: not an executable for this system, a segment is not possible, or two
    /// overlap.
    pub fn parse(image: &'a [u8]) -> Result<Self, Error> {
        Self::read(image).ok_or(Error::NotExec)
    }

    #[optimize(size)]
    #[inline(never)]
    fn read(image: &'a [u8]) -> Option<Self> {
        let header = FileHeader::read(image)?;
        let program = Self {
            image,
            headers: header.program_headers(image)?,
            entry: check_header(&header)?,
        };
        for (index, segment) in program.all_segments().enumerate() {
            let segment = segment?;
            let mut before = program.segments().take(index);
            if before.any(|other| segment.start < other.end && other.start < segment.end) {
                return None;
            }
        }
        Some(program)
    }

    /// Its segments, in the order of its table.
    pub fn segments(&self) -> impl Iterator<Item = Segment<'a>> {
        // Not `flatten`, which takes more code: in a program there is none that is not possible.
        self.all_segments().map_while(|segment| segment)
    }

    fn all_segments(&self) -> Segments<'a> {
        Segments {
            image: self.image,
            headers: self.headers.iter(),
        }
    }
}

/// The segments of a file that take memory, and `None` for each that is not possible.
struct Segments<'a> {
    image: &'a [u8],
    headers: slice::Iter<'a, [u8; PROGRAM_HEADER]>,
}

impl<'a> Iterator for Segments<'a> {
    type Item = Option<Segment<'a>>;

    #[optimize(size)]
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let mut headers = self.headers.by_ref().map(ProgramHeader::read);
        let header = headers.find(|header| header.p_type == PT_LOAD && header.p_memsz > 0)?;
        Some(segment(self.image, &header))
    }
}

impl Segment<'_> {
    /// Addresses of its pages.
    fn pages(&self) -> impl Iterator<Item = u32> + use<> {
        let (mut next, end) = (page_down(self.start), self.end);
        core::iter::from_fn(move || {
            let page = next;
            next = page.wrapping_add(PAGE_SIZE);
            (page < end).then_some(page)
        })
    }
}

/// Whether the file is an executable for this system, and its entry point.
#[optimize(size)]
fn check_header(header: &FileHeader) -> Option<u32> {
    // exercise 1.8 begin
    let right = header.class == ELFCLASS32
        && header.e_machine == EM_MIPS
        && header.e_type == ET_EXEC
        && header.e_phnum <= MAX_HEADERS
        && header.e_entry.is_multiple_of(4);
    (right && header.e_entry < USTACKTOP).then_some(header.e_entry)
    // exercise 1.8 end
}

/// The segment that a program header describes; `None` where that is not possible.
#[optimize(size)]
fn segment<'a>(image: &'a [u8], header: &ProgramHeader) -> Option<Segment<'a>> {
    // exercise 1.9 begin
    let bytes = image.get(header.p_offset as usize..)?;
    let bytes = bytes.get(..header.p_filesz as usize)?;
    let start = header.p_vaddr;
    let end = start.checked_add(header.p_memsz)?;
    let aligned = match header.p_align {
        0 | 1 => true,
        align => {
            align.is_power_of_two()
                && (header.p_vaddr ^ header.p_offset) & align.wrapping_sub(1) == 0
        }
    };
    let writable = if header.p_flags & PF_W != 0 {
        PteFlags::R
    } else {
        PteFlags::empty()
    };
    let possible = header.p_filesz <= header.p_memsz
        && aligned
        && start >= DEMAND_FLOOR
        && end <= SEGMENTS_END;
    possible.then_some(Segment {
        start,
        bytes,
        end,
        flags: PteFlags::V | writable,
    })
    // exercise 1.9 end
}

impl<M: Machine> Memory<M> {
    /// Loads a program into an address space that has nothing mapped below UTOP, and returns its entry
    /// point. Where it fails, what is mapped is the caller's to free.
    ///
    /// `-E_NOT_EXEC`: not a possible executable, or it needs more memory than the machine has. `-E_NO_MEM`: it
    /// needs more than is free.
    #[optimize(size)]
    #[inline(never)]
    pub fn load_icode(&mut self, space: AddressSpace, image: &[u8]) -> Result<u32, Error> {
        let program = Executable::parse(image)?;
        let mut left = self.machine.memory_map().end.ppn();
        for segment in program.segments() {
            let bytes = segment.end.wrapping_sub(page_down(segment.start));
            let rest = left.checked_sub(bytes.div_ceil(PAGE_SIZE));
            left = rest.ok_or(Error::NotExec)?;
        }
        for segment in program.segments() {
            self.load_segment(space, &segment)?;
        }
        Ok(program.entry)
    }

    /// Maps the pages of a segment and fills in its bytes. A page that another segment has mapped is
    /// shared with it, and writable if one of the two is.
    #[optimize(size)]
    #[inline(never)]
    fn load_segment(&mut self, space: AddressSpace, segment: &Segment<'_>) -> Result<(), Error> {
        // exercise 3.5 begin
        let mut bytes = segment.bytes;
        for page in segment.pages() {
            let (frame, flags) = match self.page_lookup(space.directory, page) {
                Some((frame, flags)) => (frame, flags | segment.flags),
                None => (self.page_alloc()?, segment.flags),
            };
            if let Err(error) = self.page_insert(space, frame, page, flags) {
                if self.page_ref(frame) == 0 {
                    self.page_free(frame);
                }
                return Err(error);
            }
            let first = segment.start.saturating_sub(page) as usize;
            let room = (PAGE_SIZE as usize).saturating_sub(first);
            let (here, rest) = bytes.split_at(room.min(bytes.len()));
            fill(self.words(frame), first, here);
            bytes = rest;
        }
        Ok(())
        // exercise 3.5 end
    }
}

/// Stores `bytes` from byte `first` of a frame on.
#[inline(never)]
pub fn fill(words: &mut FrameWords, first: usize, bytes: &[u8]) {
    // exercise 1.10 begin
    let lead = bytes.len().min(first.wrapping_neg() % 4);
    let (lead, body) = bytes.split_at(lead);
    let (body, tail) = body.as_chunks::<4>();
    for (at, byte) in (first..).zip(lead) {
        fill_byte(words, at, *byte);
    }
    let room = words.get_mut(first.div_ceil(4)..).unwrap_or_default();
    for (word, chunk) in room.iter_mut().zip(body) {
        *word = u32::from_le_bytes(*chunk);
    }
    let tail_at = bytes.len().saturating_sub(tail.len()).saturating_add(first);
    for (at, byte) in (tail_at..).zip(tail) {
        fill_byte(words, at, *byte);
    }
    // exercise 1.10 end
}

#[optimize(size)]
#[inline(never)]
fn fill_byte(words: &mut FrameWords, at: usize, byte: u8) {
    if let Some(word) = words.get_mut(at / 4) {
        let shift = (at as u32 % 4).wrapping_mul(8);
        *word = *word & !(0xff << shift) | u32::from(byte) << shift;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn bytes_land_where_they_belong_at_every_alignment() {
        let bytes: Vec<u8> = (1..=23).collect();
        for first in 0..9 {
            for len in 0..bytes.len() {
                let mut words = [0; mos_abi::layout::ENTRIES];
                fill(&mut words, first, &bytes[..len]);
                let seen: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
                assert_eq!(&seen[first..first + len], &bytes[..len], "{first} {len}");
                assert!(
                    seen[..first]
                        .iter()
                        .chain(&seen[first + len..])
                        .all(|&b| b == 0)
                );
            }
        }
    }
}
