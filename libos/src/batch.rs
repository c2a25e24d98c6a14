//! Several calls of the kernel in one trap.
//!
//! ```ignore
//! let mut batch = Batch::<2>::new();
//! batch.alloc(here, window::PRIVATE);
//! batch.map(here, child, window::SHARED);
//! batch.make().map_err(|stopped| stopped.error)?;
//! ```

pub use mos_abi::batch::CALL_SIZE;
use mos_abi::batch::CALL_WORDS;
use mos_abi::{EnvId, Error, PteFlags, Sysno};

use crate::{Window, syscall};

/// Where in a call its result is.
const RESULT: usize = 6;

/// Up to `N` calls that wait to be made together, each by the index that adding it has returned.
///
/// To add one more is a panic.
#[derive(Clone, Debug)]
pub struct Batch<const N: usize> {
    calls: [[u32; CALL_WORDS]; N],
    len: usize,
}

/// Where several calls stopped: those before it were made, it and all behind it were not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// The index of the call that failed.
    pub at: usize,
    /// Why it did.
    pub error: Error,
}

impl<const N: usize> Batch<N> {
    /// None yet.
    pub const fn new() -> Self {
        Self {
            calls: [[0; CALL_WORDS]; N],
            len: 0,
        }
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many more there is room for.
    pub const fn room(&self) -> usize {
        N - self.len
    }

    /// Asks for the caller's id.
    pub fn getenvid(&mut self) -> usize {
        self.push(Sysno::Getenvid, [0; 5])
    }

    /// See [`Window::alloc`].
    pub fn alloc(&mut self, window: Window, flags: PteFlags) -> usize {
        self.alloc_in(EnvId::SELF, window, flags)
    }

    /// The same in the window of `id`: self or child.
    pub fn alloc_in(&mut self, id: EnvId, window: Window, flags: PteFlags) -> usize {
        let at = window.address();
        self.push(Sysno::MemAlloc, [id.0, at, flags.bits(), 0, 0])
    }

    /// See [`Window::map`].
    pub fn map(&mut self, window: Window, id: EnvId, flags: PteFlags) -> usize {
        let at = window.address();
        self.push(Sysno::MemMap, [EnvId::SELF.0, at, id.0, at, flags.bits()])
    }

    /// Maps a copy of the page in `window` in the same window of `id`: self or child.
    pub fn copy(&mut self, window: Window, id: EnvId, flags: PteFlags) -> usize {
        let at = window.address();
        self.push(Sysno::MemCopy, [at, id.0, at, flags.bits(), 0])
    }

    /// See [`Window::unmap_of`].
    pub fn unmap(&mut self, window: Window, id: EnvId) -> usize {
        self.push(Sysno::MemUnmap, [id.0, window.address(), 0, 0, 0])
    }

    /// Adds a call, which must be one that a program may make at any time without harm to its own memory.
    pub(crate) fn push(&mut self, call: Sysno, [a, b, c, d, e]: [u32; 5]) -> usize {
        self.calls[self.len] = [call as u32, a, b, c, d, e, 0, 0];
        self.len += 1;
        self.len - 1
    }

    /// Makes all of them, and forgets them; their results are there until the next is added.
    #[inline(always)]
    pub fn make(&mut self) -> Result<(), Stopped> {
        let count = core::mem::take(&mut self.len);
        make(&mut self.calls[..count])
    }

    /// The result of the call with this index, after it was made.
    pub fn result(&self, index: usize) -> u32 {
        self.calls[index][RESULT]
    }
}

impl<const N: usize> Default for Batch<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// Makes these calls, however often the kernel comes back for an interrupt.
#[inline(never)]
fn make(calls: &mut [[u32; CALL_WORDS]]) -> Result<(), Stopped> {
    let mut made = 0;
    while made < calls.len() {
        let rest = &mut calls[made..];
        // The kernel puts results only where a store would go without a fault: their pages are ours alone from here on.
        for call in &mut *rest {
            call[RESULT] = 0;
        }
        let (at, count) = (rest.as_mut_ptr() as u32, rest.len() as u32);
        // SAFETY: what `push` was given may be made at any time; results go into the calls.
        let (made_now, failed) = unsafe { syscall::batch_result(at, count) };
        made += made_now.unwrap_or(0) as usize;
        if let Some(error) = made_now.err().or(failed) {
            return Err(Stopped { at: made, error });
        }
    }
    Ok(())
}
