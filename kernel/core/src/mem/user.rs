//! Reading and writing the memory of a program.
//!
//! An address from user space is an allegation. It becomes a [`UserRange`], whose only use is to have
//! [`Memory`] look its pages up in the program's own table and copy. The kernel never dereferences a user
//! address, so it can take no fault for one.

use mos_abi::layout::{PAGE_SIZE, UTOP, page_down};
use mos_abi::{Error, PteFlags, pte};

use crate::machine::{Frame, Machine};
use crate::mem::Memory;
use crate::mem::pgtable::word;

/// Bytes `start` to `start + len` of a program, all below UTOP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserRange {
    start: u32,
    len: u32,
}

impl UserRange {
    /// `len` bytes at `start`. `-E_INVAL`: they do not all lie below UTOP.
    pub fn new(start: u32, len: u32) -> Result<Self, Error> {
        // exercise 4.2 begin
        // otherwise: Ok(Self { start, len })
        match start.checked_add(len) {
            Some(end) if end <= UTOP => Ok(Self { start, len }),
            _ => Err(Error::Inval),
        }
        // exercise 4.2 end
    }

    /// `count` words at `start`. `-E_INVAL`: also when `start` is not a multiple of 4.
    pub fn words(start: u32, count: usize) -> Result<Self, Error> {
        // exercise 4.2 begin
        // otherwise:
        if !start.is_multiple_of(4) {
            return Err(Error::Inval);
        }
        // exercise 4.2 end
        let len = u32::try_from(count).ok().and_then(|n| n.checked_mul(4));
        Self::new(start, len.ok_or(Error::Inval)?)
    }

    /// Address of the first byte.
    pub(crate) const fn start(self) -> u32 {
        self.start
    }

    /// Address of the first byte after it.
    pub(crate) const fn end(self) -> u32 {
        self.start.wrapping_add(self.len)
    }

    /// How many bytes there are.
    pub const fn len(self) -> u32 {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The pages it is in, each with the offset of its first byte there.
    fn pages(self) -> impl Iterator<Item = (u32, u32)> {
        let end = self.end();
        let mut va = self.start;
        core::iter::from_fn(move || {
            let page = page_down(va);
            let here = (va < end).then_some((page, va.wrapping_sub(page)));
            va = page.wrapping_add(PAGE_SIZE);
            here
        })
    }

    /// Address of byte `offset`, which must not be above `len`.
    fn at(self, offset: u32) -> u32 {
        self.start.wrapping_add(offset)
    }
}

/// What the kernel is about to do with user memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Load: the page must be valid.
    Read,
    /// Store: the page must also be writable, and not copy-on-write.
    Write,
}

impl<M: Machine> Memory<M> {
    /// `-E_INVAL`: a page of `range` is not mapped, or not in a way that allows `access`.
    #[optimize(size)]
    pub fn user_check(
        &mut self,
        pgdir: Frame,
        range: UserRange,
        access: Access,
    ) -> Result<(), Error> {
        for (page, _) in range.pages() {
            self.user_frame(pgdir, page, access)?;
        }
        Ok(())
    }

    /// Copies words from the program. `-E_INVAL`: a page cannot be read.
    #[inline(always)]
    pub fn user_read<const N: usize>(
        &mut self,
        pgdir: Frame,
        start: u32,
    ) -> Result<[u32; N], Error> {
        // Nearly always they are on one page.
        let first = (start % PAGE_SIZE / 4) as usize;
        if start < UTOP && start.is_multiple_of(4) {
            let entry = self.pte(pgdir, start);
            if pte::flags(entry).contains(PteFlags::V)
                && let Some(words) = self.words(Frame::of_pte(entry)).get(first..)
                && let Some(words) = words.first_chunk()
            {
                return Ok(*words);
            }
        }
        let mut words = [0; N];
        self.user_read_pages(pgdir, start, &mut words)?;
        Ok(words)
    }

    /// The same for those who are in no hurry, into `words`.
    #[inline(always)]
    pub(crate) fn user_read_pages(
        &mut self,
        pgdir: Frame,
        start: u32,
        words: &mut [u32],
    ) -> Result<(), Error> {
        self.user_copy(pgdir, start, words, Access::Read)
    }

    /// Copies words to the program. `-E_INVAL`, with nothing written: a page cannot be written.
    #[inline(always)]
    pub fn user_write<const N: usize>(
        &mut self,
        pgdir: Frame,
        start: u32,
        mut words: [u32; N],
    ) -> Result<(), Error> {
        self.user_copy(pgdir, start, &mut words, Access::Write)
    }

    /// Copies words from the program, or to it, as it is accessed. `-E_INVAL`, with nothing copied: a page does not allow it.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn user_copy(
        &mut self,
        pgdir: Frame,
        start: u32,
        words: &mut [u32],
        access: Access,
    ) -> Result<(), Error> {
        let range = UserRange::words(start, words.len())?;
        self.user_check(pgdir, range, access)?;
        let mut rest = words;
        for (page, offset) in range.pages() {
            let there = self.user_words(pgdir, page, offset, access)?;
            let count = there.len().min(rest.len());
            for (here, there) in rest.iter_mut().zip(there) {
                match access {
                    Access::Read => *here = *there,
                    Access::Write => *there = *here,
                }
            }
            rest = rest.get_mut(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// The words of the page at `page` from byte `offset` on.
    fn user_words(
        &mut self,
        pgdir: Frame,
        page: u32,
        offset: u32,
        access: Access,
    ) -> Result<&mut [u32], Error> {
        let frame = self.user_frame(pgdir, page, access)?;
        self.words(frame)
            .get_mut((offset / 4) as usize..)
            .ok_or(Error::Inval)
    }

    /// Writes the bytes of `range` to the console. `-E_INVAL`, with nothing written: a page cannot be read.
    #[optimize(size)]
    pub(crate) fn user_put(&mut self, pgdir: Frame, range: UserRange) -> Result<(), Error> {
        self.user_check(pgdir, range, Access::Read)?;
        let end = range.end();
        for (page, offset) in range.pages() {
            let frame = self.user_frame(pgdir, page, Access::Read)?;
            for at in offset..end.wrapping_sub(page).min(PAGE_SIZE) {
                let word = word(self.words(frame), at / 4);
                self.machine.put((word >> (at % 4).wrapping_mul(8)) as u8);
            }
        }
        Ok(())
    }

    /// Byte `offset` of `range`. `-E_INVAL`: it is outside, or its page cannot be read.
    #[optimize(size)]
    #[inline(never)]
    pub fn user_read_byte(
        &mut self,
        pgdir: Frame,
        range: UserRange,
        offset: u32,
    ) -> Result<u8, Error> {
        let va = range.byte(offset)?;
        let word = *self.user_word(pgdir, va, Access::Read)?;
        let [a, b, c, d] = word.to_le_bytes();
        Ok(match va % 4 {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        })
    }

    /// Sets byte `offset` of `range`. `-E_INVAL`: it is outside, or its page cannot be written.
    #[optimize(size)]
    #[inline(never)]
    pub fn user_write_byte(
        &mut self,
        pgdir: Frame,
        range: UserRange,
        offset: u32,
        byte: u8,
    ) -> Result<(), Error> {
        let va = range.byte(offset)?;
        let word = self.user_word(pgdir, va, Access::Write)?;
        let shift = (va % 4).wrapping_mul(8);
        *word = *word & !(0xff << shift) | u32::from(byte) << shift;
        Ok(())
    }

    /// The word that contains `va`.
    pub(crate) fn user_word(
        &mut self,
        pgdir: Frame,
        va: u32,
        access: Access,
    ) -> Result<&mut u32, Error> {
        let frame = self.user_frame(pgdir, va, access)?;
        self.words(frame)
            .get_mut((va % PAGE_SIZE / 4) as usize)
            .ok_or(Error::Inval)
    }

    /// The frame behind `va`.
    #[inline(never)]
    pub(crate) fn user_frame(
        &mut self,
        pgdir: Frame,
        va: u32,
        access: Access,
    ) -> Result<Frame, Error> {
        // exercise 4.2 begin
        // otherwise: let page = self.page_lookup(pgdir, va);
        // otherwise: page.map(|(frame, _)| frame).ok_or(Error::Inval)
        match self.page_lookup(pgdir, va) {
            Some((frame, flags)) if access == Access::Read || flags.writable() => Ok(frame),
            _ => Err(Error::Inval),
        }
        // exercise 4.2 end
    }
}

impl UserRange {
    /// Address of byte `offset`. `-E_INVAL`: it is outside.
    fn byte(self, offset: u32) -> Result<u32, Error> {
        if offset < self.len {
            Ok(self.at(offset))
        } else {
            Err(Error::Inval)
        }
    }
}

/// The flags a program asks for. `-E_INVAL`: V is missing, or a bit is set that it may not ask for.
pub fn user_flags(perm: u32) -> Result<PteFlags, Error> {
    // exercise 4.2 begin
    // otherwise: Ok(PteFlags::from_bits_retain(perm))
    match PteFlags::from_bits(perm) {
        Some(flags) if PteFlags::USER.contains(flags) && flags.contains(PteFlags::V) => Ok(flags),
        _ => Err(Error::Inval),
    }
    // exercise 4.2 end
}
