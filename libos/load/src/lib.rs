//! What of a program's file goes where: ELF executables for 32-bit little-endian MIPS, read piece by piece.
//!
//! A file may be anything at all, and may even change while it is read. What is wrong with its headers is found before anything
//! is done; what comes later are bytes, which do harm to nobody but the program.
//!
//! These are the rules by which the kernel loads what it starts at boot; it has the whole file in memory.

#![no_std]
#![forbid(unsafe_code)]
#![warn(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used
)]

use mos_abi::elf::{
    ELFCLASS32, EM_MIPS, ET_EXEC, FileHeader, PF_W, PROGRAM_HEADER, PT_LOAD, ProgramHeader,
};
use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, USTACKTOP, page_down};

/// Most program headers that are read, as for the kernel.
const MAX_HEADERS: u16 = 64;
/// Most segments that take memory. The linker makes two.
const MAX_SEGMENTS: usize = 16;
/// Bytes at the start of a file in which its header is.
const HEADER: usize = 52;

/// Where the bytes of a file come from.
pub trait Source {
    /// Why they do not.
    type Error;

    /// How many there are.
    fn size(&mut self) -> Result<u32, Self::Error>;

    /// Fills `bytes` with those from `at` on.
    ///
    /// # Errors
    /// There are not so many, or they cannot be read.
    fn read(&mut self, at: u32, bytes: &mut [u8]) -> Result<(), Self::Error>;
}

/// Why there is no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused<E> {
    /// The file is no executable for this system, or not a possible one.
    NotExec,
    /// It cannot be read.
    Source(E),
}

impl<E> From<E> for Refused<E> {
    fn from(error: E) -> Self {
        Self::Source(error)
    }
}

/// A stretch of memory, and of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Segment {
    start: u32,
    end: u32,
    offset: u32,
    /// How many bytes the file has of it. The rest is zero.
    bytes: u32,
    writable: bool,
}

/// What of a file goes where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    entry: u32,
    /// In order of their addresses.
    segments: [Segment; MAX_SEGMENTS],
}

/// A page that a program begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its address.
    pub va: u32,
    /// Whether it may be written.
    pub writable: bool,
}

impl Plan {
    /// Looks at a file, of which nothing is to be at or above `limit`.
    ///
    /// # Errors
    /// As [`Refused`] says.
    pub fn new<S: Source>(source: &mut S, limit: u32) -> Result<Self, Refused<S::Error>> {
        let len = source.size()?;
        let mut first = [0; HEADER];
        if len < HEADER as u32 {
            return Err(Refused::NotExec);
        }
        source.read(0, &mut first)?;
        let header = FileHeader::read(&first).ok_or(Refused::NotExec)?;
        let mut plan = Self {
            entry: check(&header, len).ok_or(Refused::NotExec)?,
            segments: [Segment::default(); MAX_SEGMENTS],
        };
        let mut count = 0_usize;
        let size = PROGRAM_HEADER as u32;
        // `check` has seen that the last of them ends in the file.
        let places = (0..u32::from(header.e_phnum)).map(|n| n.wrapping_mul(size));
        for place in places {
            let mut bytes = [0; PROGRAM_HEADER];
            source.read(header.e_phoff.wrapping_add(place), &mut bytes)?;
            let program = ProgramHeader::read(&bytes);
            if program.p_type != PT_LOAD || program.p_memsz == 0 {
                continue;
            }
            let room = plan.segments.get_mut(count).ok_or(Refused::NotExec)?;
            *room = segment(&program, len, limit).ok_or(Refused::NotExec)?;
            count = count.saturating_add(1);
        }
        let used = plan.segments.get_mut(..count).unwrap_or_default();
        used.sort_unstable_by_key(|segment| segment.start);
        let overlap = used.is_sorted_by(|one, next| one.end <= next.start);
        overlap.then_some(plan).ok_or(Refused::NotExec)
    }

    /// Where the program starts.
    pub fn entry(&self) -> u32 {
        self.entry
    }

    /// Its pages, in order of their addresses. One in which two segments are may be written if one of them may.
    pub fn pages(&self) -> impl Iterator<Item = Page> {
        let mut next = 0;
        self.used().flat_map(move |segment| {
            // The first may be the last one of the segment before.
            let first = page_down(segment.start).max(next);
            next = segment.end.next_multiple_of(PAGE_SIZE);
            (first..next).step_by(PAGE_SIZE as usize).map(|va| Page {
                va,
                writable: self.parts(va).any(|part| part.writable),
            })
        })
    }

    /// How many pages these are.
    pub fn count(&self) -> u32 {
        self.used().fold(0, |sum, segment| {
            let bytes = segment.end.wrapping_sub(page_down(segment.start));
            bytes.div_ceil(PAGE_SIZE).saturating_add(sum)
        })
    }

    /// Where the file has the whole page at `va`, if it does, and nothing else is in it.
    pub fn whole(&self, va: u32) -> Option<u32> {
        let mut parts = self.parts(va);
        let part = parts.next().filter(|_| parts.next().is_none())?;
        let before = va.checked_sub(part.start)?;
        let left = part.bytes.checked_sub(before)?;
        (left >= PAGE_SIZE).then(|| part.offset.wrapping_add(before))
    }

    /// Puts what the file has of the page at `va` into `page`, in which the rest is zero.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn fill<S: Source>(
        &self,
        va: u32,
        page: &mut [u8; PAGE_SIZE as usize],
        source: &mut S,
    ) -> Result<(), S::Error> {
        for part in self.parts(va) {
            let start = part.start.max(va);
            let end = part
                .start
                .wrapping_add(part.bytes)
                .min(va.wrapping_add(PAGE_SIZE));
            let skipped = start.wrapping_sub(part.start);
            let [from, to] = [start, end].map(|at| at.wrapping_sub(va) as usize);
            if let Some(bytes) = page.get_mut(from..to).filter(|bytes| !bytes.is_empty()) {
                source.read(part.offset.wrapping_add(skipped), bytes)?;
            }
        }
        Ok(())
    }

    /// Those segments that there are.
    fn used(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| segment.end > 0)
    }

    /// Those that have something in the page at `va`.
    fn parts(&self, va: u32) -> impl Iterator<Item = &Segment> {
        let end = va.wrapping_add(PAGE_SIZE);
        self.used()
            .filter(move |segment| segment.start < end && va < segment.end)
    }
}

/// Whether a file of `len` bytes is an executable for this system with all its program headers, and its entry point.
fn check(header: &FileHeader, len: u32) -> Option<u32> {
    let headers = u32::from(header.e_phnum).wrapping_mul(PROGRAM_HEADER as u32);
    let right = header.class == ELFCLASS32
        && header.e_machine == EM_MIPS
        && header.e_type == ET_EXEC
        && header.e_phnum <= MAX_HEADERS
        && usize::from(header.e_phentsize) == PROGRAM_HEADER
        && header.e_phoff.checked_add(headers)? <= len
        && header.e_entry.is_multiple_of(4);
    (right && header.e_entry < USTACKTOP).then_some(header.e_entry)
}

/// The segment that a program header describes; `None` where that is not possible.
fn segment(header: &ProgramHeader, len: u32, limit: u32) -> Option<Segment> {
    let start = header.p_vaddr;
    let end = start.checked_add(header.p_memsz)?;
    let aligned = match header.p_align {
        0 | 1 => true,
        align => {
            align.is_power_of_two()
                && (header.p_vaddr ^ header.p_offset) & align.wrapping_sub(1) == 0
        }
    };
    let possible = header.p_offset.checked_add(header.p_filesz)? <= len
        && header.p_filesz <= header.p_memsz
        && aligned
        && start >= DEMAND_FLOOR
        && end <= limit;
    possible.then_some(Segment {
        start,
        end,
        offset: header.p_offset,
        bytes: header.p_filesz,
        writable: header.p_flags & PF_W != 0,
    })
}
