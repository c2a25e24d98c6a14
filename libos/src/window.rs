//! Pages that a program may share and send.
//!
//! They are seen through windows: an area of the address space without code, stack or Rust objects,
//! so that a page may appear, change or go away there at any time (another environment may write it
//! too) without harm. Contents are therefore read and written word by word, never borrowed.

use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, UTOP};
use mos_abi::{EnvId, Error, PteFlags, pte};

use crate::{syscall, view};

/// Address of window 0.
const BASE: u32 = 0x6000_0000;
// teacher begin
/// Address of the first window beside them: behind the data of all descriptors.
const BESIDE: u32 = BASE + (32 << mos_abi::layout::PDX_SHIFT);
const _: () = assert!(BESIDE + Window::COUNT as u32 * PAGE_SIZE < UTOP);
// teacher end
const _: () = assert!(BASE + Window::COUNT as u32 * PAGE_SIZE < UTOP);

/// Flags: writable; a child of `fork` gets its own copy.
pub const PRIVATE: PteFlags = PteFlags::V.union(PteFlags::R);
/// Flags: writable; shared with children of `fork`.
pub const SHARED: PteFlags = PRIVATE.union(PteFlags::LIBRARY);
/// Flags: writable at the price of a copy.
pub const COPY_ON_WRITE: PteFlags = PRIVATE.union(PteFlags::COW);
/// Flags: not writable.
pub const READ_ONLY: PteFlags = PteFlags::V;

/// A place for one page, and the page in it if there is one.
///
/// It is a name, not an owner: whoever uses the same number uses the same page. Loading or storing
/// through a window without a page makes the kernel put a page of zeros there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(u32);

impl Window {
    /// How many windows there are: as many as frames in 64 MiB.
    pub const COUNT: usize = 16384;
    /// Words in a page.
    pub const WORDS: usize = PAGE_SIZE as usize / 4;

    /// Window number `n`.
    ///
    /// # Panics
    ///
    /// When `n` is [`Window::COUNT`] or more.
    pub const fn new(n: usize) -> Self {
        assert!(n < Self::COUNT, "no such window");
        Self(BASE + ((n as u32) << PAGE_SHIFT))
    }

    // teacher begin
    /// Number `n` of as many others, for programs with descriptors: the other ones are where the data of descriptors
    /// lies (see [`crate::fd`]).
    ///
    /// # Panics
    ///
    /// When `n` is [`Window::COUNT`] or more.
    pub const fn beside(n: usize) -> Self {
        assert!(n < Self::COUNT, "no such window");
        Self(BESIDE + ((n as u32) << PAGE_SHIFT))
    }

    /// The page at `va` of an area of this library's own, in which there is no Rust object either.
    pub(crate) const fn at(va: u32) -> Self {
        Self(va)
    }

    // teacher end
    /// The window that the address `va` is in.
    pub fn containing(va: u32) -> Option<Self> {
        // teacher begin
        if let Some(bytes) = va.checked_sub(BESIDE) {
            let n = (bytes >> PAGE_SHIFT) as usize;
            return (n < Self::COUNT).then(|| Self::beside(n));
        }
        // teacher end
        let n = va.checked_sub(BASE)? >> PAGE_SHIFT;
        ((n as usize) < Self::COUNT).then(|| Self::new(n as usize))
    }

    /// Its address.
    pub const fn address(self) -> u32 {
        self.0
    }

    /// Puts a fresh page of zeros in, instead of what is there.
    ///
    /// [`Error::Inval`]: flags not for a program to choose, or copy-on-write. [`Error::NoMem`].
    #[inline(always)]
    pub fn alloc(self, flags: PteFlags) -> Result<(), Error> {
        // SAFETY: there is no Rust object in a window.
        unsafe { syscall::mem_alloc(EnvId::SELF.0, self.0, flags.bits()) }.map(drop)
    }

    /// Maps the page with `flags` in the same window of `id`: a child, or this environment, which so
    /// changes its own flags.
    ///
    /// [`Error::Inval`]: there is no page, or it is read-only and would become writable.
    /// [`Error::BadEnv`]: neither self nor child. [`Error::NoMem`].
    pub fn map(self, id: EnvId, flags: PteFlags) -> Result<(), Error> {
        // SAFETY: there is no Rust object in a window, here or in the other environment.
        unsafe { syscall::mem_map(EnvId::SELF.0, self.0, id.0, self.0, flags.bits()) }.map(drop)
    }

    // teacher begin
    /// How many mappings there are of the page that is here, in all environments.
    #[inline(always)]
    pub fn mappings(self) -> u16 {
        view::pp_ref(pte::ppn(view::vpt(self.0)))
    }

    /// Maps the page with `flags` at another place of `id`, likewise.
    ///
    /// Errors as for [`map`](Self::map).
    pub fn map_at(self, id: EnvId, to: Self, flags: PteFlags) -> Result<(), Error> {
        // SAFETY: there is no Rust object in a window, here or in the other environment.
        unsafe { syscall::mem_map(EnvId::SELF.0, self.0, id.0, to.0, flags.bits()) }.map(drop)
    }

    // teacher end
    /// Takes the page out.
    pub fn unmap(self) {
        // It cannot fail: we are ourselves, and the window is below UTOP.
        let _ = self.unmap_of(EnvId::SELF);
    }

    /// Takes the page out of the same window of `id`: self or child. [`Error::BadEnv`]: any other.
    pub fn unmap_of(self, id: EnvId) -> Result<(), Error> {
        // SAFETY: there is no Rust object in a window, here or in the other environment.
        unsafe { syscall::mem_unmap(id.0, self.0) }.map(drop)
    }

    /// How the page is mapped; `None` when there is none.
    pub fn flags(self) -> Option<PteFlags> {
        view::page_flags(self.0)
    }

    /// Number of the frame behind it; `None` when there is none.
    pub fn frame(self) -> Option<u32> {
        self.flags().map(|_| pte::ppn(view::vpt(self.0)))
    }

    /// Word number `index` of the page.
    ///
    /// # Panics
    ///
    /// When `index` is [`Window::WORDS`] or more.
    pub fn read(self, index: usize) -> u32 {
        // SAFETY: within a window, where any word is a valid u32; volatile, as others may change it.
        unsafe { self.word(index).read_volatile() }
    }

    /// Sets word number `index` of the page. If that is read-only, this is an upcall.
    ///
    /// # Panics
    ///
    /// When `index` is [`Window::WORDS`] or more.
    pub fn write(self, index: usize, value: u32) {
        // SAFETY: within a window, where there is no Rust object; volatile, as others may read it.
        unsafe { self.word(index).write_volatile(value) }
    }

    // teacher begin
    /// Sets the first words of the page, quicker than one by one.
    ///
    /// # Panics
    ///
    /// When they do not fit.
    pub fn write_all(self, words: &[u32]) {
        assert!(words.len() <= Self::WORDS, "more words than a page has");
        // SAFETY: within a window, where there is no Rust object.
        unsafe { crate::copy::store_words(self.0, words) }
    }

    // teacher end
    /// Copies `text` to the start of the page, with a zero byte behind it.
    ///
    /// # Panics
    ///
    /// When it does not fit.
    pub fn write_str(self, text: &str) {
        assert!(
            text.len() < PAGE_SIZE as usize,
            "text does not fit in a page"
        );
        for (i, byte) in text.bytes().chain(core::iter::once(0)).enumerate() {
            // SAFETY: i is below the page size; otherwise as `write`.
            unsafe { (self.0 as *mut u8).add(i).write_volatile(byte) };
        }
    }

    /// The text before the first zero byte of the page, as far as it is UTF-8 and fits in `buffer`.
    pub fn read_str(self, buffer: &mut [u8]) -> &str {
        let capacity = buffer.len().min(PAGE_SIZE as usize);
        let mut len = 0;
        while len < capacity {
            // SAFETY: len is below the page size; otherwise as `read`.
            let byte = unsafe { (self.0 as *const u8).add(len).read_volatile() };
            if byte == 0 {
                break;
            }
            buffer[len] = byte;
            len += 1;
        }
        let valid = buffer[..len].utf8_chunks().next();
        valid.map_or("", |chunk| chunk.valid())
    }

    fn word(self, index: usize) -> *mut u32 {
        assert!(
            index < Self::WORDS,
            "word {index} of a page of {}",
            Self::WORDS
        );
        (self.0 as *mut u32).wrapping_add(index)
    }
}
