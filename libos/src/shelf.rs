//! Pages at numbers, which a server keeps for others and lends them.
//!
//! They lie in an area of their own, one after the other by their numbers, so that pages whose numbers are side by side can
//! be sent as a run. A page that others can store to is never borrowed, but read and written word by word, as with a
//! [`Window`].

use core::ops::Range;

use mos_abi::layout::PAGE_SIZE;
use mos_abi::{EnvId, Error, PteFlags, pte};

use crate::area::{self, User};
use crate::msg::Parcel;
use crate::{Global, Window, syscall, view, window};

/// Where page 0 is: what the course's servers call DISKMAP.
const BASE: u32 = 0x1000_0000;
/// Bytes of a page.
const BYTES: usize = PAGE_SIZE as usize;
const WORDS: usize = BYTES / 4;

/// A page that is mapped so often does not last: a frame can be mapped 65,535 times. No honest use comes near.
pub const WORN: u16 = 1 << 15;

/// The bytes of a page.
pub type Page = [u8; BYTES];

static TAKEN: Global<bool> = Global::new(false);
/// What is known of each page, two bits each.
static STATES: Global<States> = Global::new([0; Shelf::PAGES / 16]);
type States = [u32; Shelf::PAGES / 16];
/// There is none, or one, to which others can store, or cannot.
const NONE: u32 = 0;
const OWN: u32 = 1;
const LENT: u32 = 2;

/// All of them. There is one of it.
#[derive(Debug)]
pub struct Shelf(());

impl Shelf {
    /// How many numbers there are: 1 GiB.
    pub const PAGES: usize = 1 << 18;

    /// The shelf, unless somebody has it, or the program has a heap, which would be in the same place.
    pub fn take() -> Option<Self> {
        if !area::claim(User::Shelf) {
            return None;
        }
        TAKEN
            .with(|taken| !core::mem::replace(taken, true))
            .then_some(Self(()))
    }

    fn address(number: usize) -> u32 {
        assert!(number < Self::PAGES, "no page {number}");
        BASE + number as u32 * PAGE_SIZE
    }

    /// Puts a page of zeros at `number` that nobody else has, instead of what is there.
    ///
    /// # Errors
    /// [`Error::NoMem`].
    pub fn put(&mut self, number: usize) -> Result<(), Error> {
        let (at, flags) = (Self::address(number), window::PRIVATE);
        // SAFETY: nobody has borrowed a page of the shelf, which is borrowed itself, and nothing else lies in its area.
        unsafe { syscall::mem_alloc(EnvId::SELF.0, at, flags.bits()) }?;
        set_state(number, OWN);
        Ok(())
    }

    /// Takes away the page at `number`. Others who have it keep it.
    pub fn remove(&mut self, number: usize) {
        // SAFETY: as for `put`. It cannot fail.
        let _ = unsafe { syscall::mem_unmap(EnvId::SELF.0, Self::address(number)) };
        set_state(number, NONE);
    }

    /// The page at `number`, if there is one that nobody else can store to.
    pub fn page(&mut self, number: usize) -> Option<&mut Page> {
        let at = Self::address(number);
        if state(number) != OWN {
            return None;
        }
        // SAFETY: it is mapped, as long as the shelf is borrowed, and writable: all that `put` has put are. Others have it
        // to read at most, or it would be lent.
        Some(unsafe { &mut *(at as *mut Page) })
    }

    /// Copies what is in the page at `number` at this moment.
    pub fn copy(&mut self, number: usize, to: &mut Page) {
        let from = Self::address(number) as *const u32;
        let (words, _) = to.as_chunks_mut::<4>();
        for (index, to) in words.iter_mut().enumerate() {
            // SAFETY: within the page, if there is one, or in one of zeros that comes then; volatile, as others may change it.
            *to = unsafe { from.wrapping_add(index).read_volatile() }.to_le_bytes();
        }
    }

    /// Stores `bytes` in the page at `number`, from byte `offset` on.
    ///
    /// # Panics
    /// They do not fit.
    pub fn store(&mut self, number: usize, offset: usize, bytes: &[u8]) {
        assert!(
            bytes.len() <= BYTES && offset <= BYTES - bytes.len(),
            "no bytes of a page"
        );
        let to = Self::address(number) as *mut u8;
        for (index, &byte) in (offset..).zip(bytes) {
            // SAFETY: as for `copy`; nobody has borrowed it.
            unsafe { to.wrapping_add(index).write_volatile(byte) };
        }
    }

    /// Whether others have the page at `number`.
    pub fn is_shared(&self, number: usize) -> bool {
        let at = Self::address(number);
        view::page_flags(at).is_some() && view::pp_ref(pte::ppn(view::vpt(at))) > 1
    }

    /// The first of these pages, all of which are there, that others have mapped [`WORN`] times or more.
    ///
    /// # Panics
    /// There are no such numbers.
    pub fn first_worn(&self, mut numbers: Range<usize>) -> Option<usize> {
        assert!(numbers.end <= Self::PAGES, "no such pages");
        numbers.find(|&number| {
            let entry = view::vpt(BASE + number as u32 * PAGE_SIZE);
            view::pp_ref(pte::ppn(entry)) >= WORN
        })
    }

    /// Puts another page at `number`, which nobody else has, with the same in it as in that which is there. On its way it is in `copy`.
    ///
    /// # Errors
    /// [`Error::NoMem`], and all is as before.
    pub fn renew(&mut self, number: usize, copy: &mut Page) -> Result<(), Error> {
        self.copy(number, copy);
        self.put(number)?;
        if let Some(page) = self.page(number) {
            page.copy_from_slice(copy);
        }
        Ok(())
    }

    /// Others may store to the page at `number` from now on.
    pub fn lend(&mut self, number: usize) {
        if state(number) != NONE {
            set_state(number, LENT);
        }
    }

    /// The page at `number` is as before, if nobody else has it.
    pub fn take_back(&mut self, number: usize) {
        if state(number) == LENT && !self.is_shared(number) {
            set_state(number, OWN);
        }
    }

    /// Whether others can store to the page at `number`.
    pub fn is_lent(&self, number: usize) -> bool {
        state(number) == LENT
    }

    /// `words` with `count` pages, 64 at most, from `first` on, which both will share. If they are to be `writable`, all of
    /// them are lent.
    ///
    /// # Panics
    /// There are no such pages.
    pub fn parcel(&self, words: [u32; 4], first: usize, count: usize, writable: bool) -> Parcel {
        let (page, flags) = self.given(first, count, writable);
        Parcel::words(words).with_pages_at(page, count as u32, flags)
    }

    /// Maps the page at `number` in a window too, for the same use.
    ///
    /// # Errors
    /// There is no page, or no memory.
    ///
    /// # Panics
    /// It is to be `writable`, and not lent.
    pub fn show(&self, number: usize, window: Window, writable: bool) -> Result<(), Error> {
        let (at, flags) = self.given(number, 1, writable);
        let (me, to) = (EnvId::SELF.0, window.address());
        // SAFETY: there is no Rust object in a window, and what can be stored to there is never borrowed here.
        unsafe { syscall::mem_map(me, at, me, to, flags.bits()) }.map(drop)
    }

    /// Where pages are, and how others may map them.
    fn given(&self, first: usize, count: usize, writable: bool) -> (u32, PteFlags) {
        let numbers = first..first.saturating_add(count);
        assert!(
            !numbers.is_empty() && numbers.end <= Self::PAGES && count <= 64,
            "no run of pages"
        );
        if !writable {
            return (Self::address(first), window::READ_ONLY | PteFlags::LIBRARY);
        }
        assert!(
            STATES.with(|states| are_lent(states, numbers)),
            "a page is not lent"
        );
        (Self::address(first), window::SHARED)
    }
}

const _: () = assert!(BASE as usize + Shelf::PAGES * BYTES <= Window::new(0).address() as usize);
const _: () = assert!(WORDS * 4 == BYTES);

fn state(number: usize) -> u32 {
    STATES.with(|states| at(states, number))
}

fn at(states: &States, number: usize) -> u32 {
    states[number / 16] >> (number % 16 * 2) & 3
}

/// Whether all of these pages are, of which there is one at least: sixteen at once.
fn are_lent(states: &States, Range { start, end }: Range<usize>) -> bool {
    let mut words = (start / 16..).zip(&states[start / 16..=(end - 1) / 16]);
    words.all(|(word, states)| {
        let from = start.max(word * 16);
        let count = end.min(word * 16 + 16) - from;
        let those = u32::MAX >> (32 - 2 * count) << (from % 16 * 2);
        states & those == those / 3 * LENT
    })
}

fn set_state(number: usize, state: u32) {
    STATES.with(|states| {
        let (word, shift) = (&mut states[number / 16], number % 16 * 2);
        *word = *word & !(3 << shift) | state << shift;
    });
}
