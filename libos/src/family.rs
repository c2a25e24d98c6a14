//! The relatives of [`fork`](crate::fork()): [`dumbfork`] copies every page at once, [`sfork`] shares every page but the stack.
//!
//! Where memory is shared, what must not be is on the stack: see `local`, which has the id and the handler of each. Each has
//! an exception stack of its own as after any fork. A [`Global`](crate::Global) is for one environment and refuses to be
//! used by several; a [`Word`](crate::Word) is for all.

use mos_abi::layout::{PAGE_SIZE, UXSTACKTOP};
use mos_abi::{EnvId, Error, PteFlags, pte};

use crate::fork::{self, Fork, copy_page, duppage, fork_as, map, stack_page};
use crate::local::Local;
use crate::syscall;
use crate::view::{self, tables};
use crate::window::Window;

/// The exception stack. Whether we share memory with others stands in its entry of our page table, by the mark that means
/// for other pages that they are shared: there each has it for itself, a child of any other fork begins without, and who
/// forks has looked at that entry anyway.
const MARKED: u32 = UXSTACKTOP - PAGE_SIZE;

/// Above this address there is nothing but the stack: libos puts nothing there, and the windows end below.
const STACK: u32 = Window::new(Window::COUNT - 1).address() + PAGE_SIZE;

/// Makes a child that goes on from here like its parent, on a copy of all its pages that is made at once. Pages marked
/// [`PteFlags::LIBRARY`] both share.
///
/// [`Error::NoFreeEnv`], [`Error::NoMem`]: there is no child, and nothing has changed.
pub fn dumbfork() -> Result<Fork, Error> {
    fork_as(copy_all)
}

/// Makes a child that goes on from here like its parent, with the same memory: what one writes, the other sees. Only the
/// stack it has for itself, copied on the first write. What either maps later is its own.
///
/// Who calls [`fork`](crate::fork()) afterwards gets a child with memory of its own, by [`dumbfork`]: were pages of a
/// family to become copy-on-write, the first to write would leave it.
///
/// [`Error::NoFreeEnv`], [`Error::NoMem`]: there is no child.
pub fn sfork() -> Result<Fork, Error> {
    let before = shares();
    fork::ensure_upcall()?;
    mark(EnvId::SELF, PteFlags::LIBRARY)?;
    WAY.set(Some(copy_all));
    let forked = fork_as(share_all);
    if forked.is_err() && !before {
        // As before: we share with nobody.
        mark(EnvId::SELF, PteFlags::empty())?;
    }
    forked
}

/// Whether this environment shares its memory with others.
#[inline(always)]
pub(crate) fn shares() -> bool {
    pte::flags(view::vpt(MARKED)).contains(PteFlags::LIBRARY)
}

/// What fills a child's address space.
pub(crate) type Give = fn(EnvId) -> Result<(), Error>;

/// What does so where memory is shared. Only a program that calls [`sfork`] has it.
const WAY: Local<Option<Give>> = Local::new(|kept| &kept.way);

/// What fills a child's address space: `alone`, unless we share our own.
#[inline(always)]
pub(crate) fn way(alone: Give) -> Give {
    if shares() {
        WAY.get().unwrap_or(alone)
    } else {
        alone
    }
}

/// Keeps us in the family while the exception stack is replaced.
pub(crate) struct Keeper(bool);

impl Keeper {
    /// Until it is dropped.
    pub fn new() -> Self {
        Self(shares())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if self.0 {
            // It is a page of ours; where there is none, there are no faults to be handled either.
            let _ = mark(EnvId::SELF, PteFlags::LIBRARY);
        }
    }
}

/// Marks the exception stack of `id`, ourselves or a child.
fn mark(id: EnvId, mark: PteFlags) -> Result<(), Error> {
    let flags = PteFlags::V | PteFlags::R | mark;
    // SAFETY: the page stays where it is, and writable.
    unsafe { syscall::mem_map(id.0, MARKED, id.0, MARKED, flags.bits()) }.map(drop)
}

fn copy_all(child: EnvId) -> Result<(), Error> {
    each_page(|va, flags| {
        if flags.contains(PteFlags::LIBRARY) {
            map(va, child, flags)
        } else {
            copy_page(va, child, flags & !PteFlags::COW)
        }
    })
}

fn share_all(child: EnvId) -> Result<(), Error> {
    mark(child, PteFlags::LIBRARY)?;
    let stack = stack_page();
    each_page(|va, flags| {
        if va == stack {
            // Both store here next: see `fork`.
            copy_page(va, child, flags & !PteFlags::COW)
        } else if va >= STACK {
            duppage(child, va, flags)
        } else {
            share(va, child, flags)
        }
    })
}

/// Maps our page at `va` into `child`, both to see what either writes.
fn share(va: u32, child: EnvId, flags: PteFlags) -> Result<(), Error> {
    let mut flags = flags;
    if flags.contains(PteFlags::COW | PteFlags::R) {
        // Whom we share it with from an earlier fork is not of the family.
        flags &= !PteFlags::COW;
        copy_page(va, EnvId::SELF, flags)?;
    }
    map(va, child, flags)
}

/// Does something with every page below USTACKTOP and those of its flags that a program may choose. The exception stack is
/// above: a child has an empty one.
fn each_page(mut act: impl FnMut(u32, PteFlags) -> Result<(), Error>) -> Result<(), Error> {
    for (base, end) in tables() {
        for va in (base..end).step_by(PAGE_SIZE as usize) {
            let flags = pte::flags(view::vpt(va));
            if flags.contains(PteFlags::V) {
                act(va, flags & PteFlags::USER)?;
            }
        }
    }
    Ok(())
}
