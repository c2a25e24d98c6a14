//! The table: a page for each descriptor, and room for what its device maps.

use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, PDX_SHIFT};
use mos_abi::{EnvId, Error, PteFlags};

use super::mode;
use crate::Window;
use crate::window::SHARED;

/// How many descriptors there are.
pub const MAX: u32 = 32;
/// Where their pages are.
pub(super) const TABLE: u32 = 0x5fc0_0000;
/// Where their data is, 4 MiB each.
const DATA: u32 = 0x6000_0000;
/// Where that ends.
pub(super) const DATA_END: u32 = DATA + (MAX << PDX_SHIFT);

/// The device of what was closed.
const NO_DEVICE: u32 = 0;

/// Words of a descriptor's page.
mod word {
    pub const DEVICE: usize = 0;
    pub const OFFSET: usize = 1;
    pub const MODE: usize = 2;
}

/// A descriptor. It is a name, not an owner: see [`close`](super::close).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fd(u8);

impl Fd {
    /// Where input comes from.
    pub const STDIN: Self = Self(0);
    /// Where output goes.
    pub const STDOUT: Self = Self(1);
    /// Where goes what is wrong.
    pub const STDERR: Self = Self(2);

    /// Descriptor number `n`, if there can be one.
    pub const fn new(n: u32) -> Option<Self> {
        if n < MAX { Some(Self(n as u8)) } else { None }
    }

    /// Its number.
    pub const fn number(self) -> u32 {
        self.0 as u32
    }

    /// All there can be.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..MAX).filter_map(Self::new)
    }

    /// The first that is not open.
    ///
    /// # Errors
    /// `MaxOpen`: all are.
    pub fn free() -> Result<Self, Error> {
        Self::all().find(|fd| !fd.is_open()).ok_or(Error::MaxOpen)
    }

    /// Whether it is open.
    pub fn is_open(self) -> bool {
        self.has_page() && self.device() != NO_DEVICE
    }

    /// Whether it has a page, which may be kept of what was closed.
    pub(super) fn has_page(self) -> bool {
        self.page().flags().is_some()
    }

    /// Closes it, but keeps its page.
    pub(super) fn keep(self) {
        self.page().write(word::DEVICE, NO_DEVICE);
    }

    /// Has what was kept be open again, from its start.
    pub(super) fn reopen(self, device: u8) {
        self.page().write(word::DEVICE, device.into());
        self.set_offset(0);
    }

    /// Its page of the table.
    pub(crate) const fn page(self) -> Window {
        Window::at(TABLE + (self.number() << PAGE_SHIFT))
    }

    /// Page `index` of its data.
    pub(crate) const fn data(self, index: u32) -> Window {
        Window::at(DATA + (self.number() << PDX_SHIFT) + (index << PAGE_SHIFT))
    }

    /// Puts a fresh page into the table, for a device.
    ///
    /// # Errors
    /// `NoMem`.
    pub(crate) fn open(self, device: u8, mode: u32) -> Result<(), Error> {
        super::uses();
        self.page().alloc(SHARED)?;
        self.page().write(word::DEVICE, device.into());
        self.page().write(word::MODE, mode);
        Ok(())
    }

    /// Its device.
    pub(super) fn device(self) -> u32 {
        self.page().read(word::DEVICE)
    }

    /// How far it has come.
    pub fn offset(self) -> u32 {
        self.page().read(word::OFFSET)
    }

    /// Has it go on there.
    pub(crate) fn set_offset(self, offset: u32) {
        self.page().write(word::OFFSET, offset);
    }

    /// Word `index` of its page.
    ///
    /// # Panics
    /// There is none with this index.
    pub fn word(self, index: usize) -> u32 {
        self.page().read(index)
    }

    /// How it was opened.
    pub fn mode(self) -> u32 {
        self.page().read(word::MODE)
    }

    /// Whether for reading or writing.
    pub(super) fn access(self) -> u32 {
        self.mode() & mode::ACCESS
    }

    /// How many mappings of its page there are, in whatever table.
    pub(crate) fn count(self) -> u16 {
        self.page().mappings()
    }

    /// Takes its page and the first `pages` of its data out: in this order, as [`share`](Self::share) is in the other, so that
    /// nobody ever sees more descriptors of a pipe than mappings of what is in it.
    pub(crate) fn unmap(self, pages: u32) {
        self.page().unmap();
        self.unmap_data(pages);
    }

    /// Takes the first `pages` of its data out.
    pub(super) fn unmap_data(self, pages: u32) {
        for index in self.used(pages) {
            self.data(index).unmap();
        }
    }

    /// Has descriptor `to` of `id`, ourselves or a child, be this one, with as many pages of data.
    ///
    /// # Errors
    /// `NoMem`: it is not open there. `BadEnv`: there is no such child.
    pub(crate) fn share(self, id: EnvId, to: Self, pages: u32) -> Result<(), Error> {
        self.share_data(id, to, pages)?;
        give(self.page(), id, to.page()).inspect_err(|_| self.take_back(id, to, pages))
    }

    /// The same with its data alone, the last page first.
    ///
    /// # Errors
    /// As for [`share`](Self::share).
    pub(crate) fn share_data(self, id: EnvId, to: Self, pages: u32) -> Result<(), Error> {
        let given = self
            .used(pages)
            .rev()
            .try_for_each(|index| give(self.data(index), id, to.data(index)));
        given.inspect_err(|_| self.take_back(id, to, pages))
    }

    fn take_back(self, id: EnvId, to: Self, pages: u32) {
        for index in self.used(pages) {
            // A child that has ended has none.
            let _ = to.data(index).unmap_of(id);
        }
    }

    /// Which of the first `pages` of its data there are.
    fn used(self, pages: u32) -> impl DoubleEndedIterator<Item = u32> {
        (0..pages).filter(move |&index| self.data(index).flags().is_some())
    }
}

/// Maps a page of ours in `id`, with the flags it has here.
fn give(from: Window, id: EnvId, to: Window) -> Result<(), Error> {
    let flags = from.flags().ok_or(Error::Inval)?;
    from.map_at(id, to, flags & PteFlags::USER)
}

const _: () = assert!(TABLE + MAX * PAGE_SIZE <= DATA);
