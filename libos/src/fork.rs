//! `fork`: a child that starts as a copy of its parent.
//!
//! Nothing is copied at first. Parent and child map the same frames, both marked copy-on-write; the
//! one that stores first is told by an upcall and makes its own copy ([`pgfault`]). For
//! [`fork`] the kernel knows none of this: it has frames, mappings and one software bit in an entry.
//! [`quick_fork`] has it share all pages at once.

use mos_abi::layout::{PAGE_SIZE, USTACKTOP, UXSTACKTOP, page_down};
use mos_abi::{EnvId, EnvStatus, Error, PteFlags, pte};

// teacher begin
use mos_abi::Sysno;

use crate::batch::Batch;
use crate::family::Give;
use crate::{exception, family, fd};
// teacher end
use crate::view::tables;
use crate::{env, syscall, upcall, view};

/// Who we are after [`fork`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fork {
    /// The parent, and its child's id.
    Parent(EnvId),
    /// The child.
    Child,
}

/// Makes a child that goes on from here like its parent, with memory of its own, except the pages
/// marked [`PteFlags::LIBRARY`], which both share.
///
/// [`Error::NoFreeEnv`], [`Error::NoMem`]: there is no child, and nothing has changed.
pub fn fork() -> Result<Fork, Error> {
    let way = duplicate;
    // teacher begin
    let way = family::way(way);
    let fork_by = fork_as;
    // teacher end
    fork_by(way)
}

/// [`fork`], with the pages shared by a call or two of the kernel instead of two for each page.
///
/// Errors as for [`fork`].
pub fn quick_fork() -> Result<Fork, Error> {
    let way = share;
    // teacher begin
    let way = family::way(way);
    let fork_by = fork_as;
    // teacher end
    fork_by(way)
}

// teacher begin
/// [`fork`], with the same calls of the kernel, many of them in one trap.
///
/// Errors as for [`fork`].
pub fn batch_fork() -> Result<Fork, Error> {
    fork_as(family::way(duplicate_in_batches))
}

/// How many calls are made in one trap: two for each page.
const CALLS: usize = 32;

/// Does what [`duplicate`] does.
fn duplicate_in_batches(child: EnvId) -> Result<(), Error> {
    let stack = stack_page();
    let mut calls = Batch::<CALLS>::new();
    for (base, end) in tables() {
        for va in (base..end).step_by(PAGE_SIZE as usize) {
            let flags = pte::flags(view::vpt(va));
            if !flags.contains(PteFlags::V) {
                continue;
            }
            let flags = flags & PteFlags::USER;
            if calls.room() < 2 {
                calls.make().map_err(|stopped| stopped.error)?;
            }
            let shared = |id: EnvId, flags: PteFlags| [EnvId::SELF.0, va, id.0, va, flags.bits()];
            if va == stack {
                let flags = flags & !PteFlags::COW;
                calls.push(Sysno::MemCopy, [va, child.0, va, flags.bits(), 0]);
                continue;
            }
            match Kind::of(flags) {
                Kind::ReadOnly | Kind::Shared => {
                    calls.push(Sysno::MemMap, shared(child, flags));
                }
                // The child first, as in `duppage`. If the kernel comes back in between, what we store until it goes on is
                // on the stack, below all that the child goes on with.
                Kind::Writable | Kind::CopyOnWrite => {
                    let flags = flags | PteFlags::COW;
                    calls.push(Sysno::MemMap, shared(child, flags));
                    calls.push(Sysno::MemMap, shared(EnvId::SELF, flags));
                }
            }
        }
    }
    calls.make().map_err(|stopped| stopped.error)
}

/// [`fork_by`], with a child that has the descriptors that its parent has, and handles the exceptions that it does.
#[inline(always)]
pub(crate) fn fork_as(give_memory: Give) -> Result<Fork, Error> {
    fork_by(fd::way(give_memory)).and_then(inherit)
}

/// A child handles the exceptions that its parent does.
fn inherit(who: Fork) -> Result<Fork, Error> {
    if who == Fork::Child {
        exception::inherit()?;
    }
    Ok(who)
}
// teacher end

/// What both have in common; `give_memory` fills the child's address space.
// The child wakes up in this frame, on a copy of the stack that was made while the parent was still
// using it. So the frame must hold nothing that the parent's half changes:
// neither function may be inlined.
#[inline(never)]
pub(crate) fn fork_by(give_memory: fn(EnvId) -> Result<(), Error>) -> Result<Fork, Error> {
    // exercise 4.19 begin
    // Before the child is there: once pages are copy-on-write, every push is a fault to be handled.
    ensure_upcall()?;
    // SAFETY: the child does not run before `populate` gave it our memory.
    match unsafe { syscall::env_alloc() }? {
        0 => {
            env::remember_id();
            Ok(Fork::Child)
        }
        id => populate(EnvId(id), give_memory),
    }
    // exercise 4.19 end
}

/// The parent's half: gives the child memory and sets it going, or ends it.
#[inline(never)]
fn populate(child: EnvId, give_memory: fn(EnvId) -> Result<(), Error>) -> Result<Fork, Error> {
    // exercise 4.19 begin
    let start = || {
        upcall::install(child)?;
        give_memory(child)?;
        env::set_status(child, EnvStatus::Runnable)
    };
    match start() {
        Ok(()) => Ok(Fork::Parent(child)),
        Err(error) => {
            // What is copy-on-write by now is copied on the next store; that is all that remains.
            let _ = env::destroy(child);
            Err(error)
        }
    }
    // exercise 4.19 end
}

/// Sets up the exception stack, unless this environment has one.
pub(crate) fn ensure_upcall() -> Result<(), Error> {
    // There is a table for it: that of our stack.
    if pte::flags(view::vpt(UXSTACKTOP - PAGE_SIZE)).contains(PteFlags::V) {
        return Ok(());
    }
    upcall::install(EnvId::SELF)
}

/// Maps every page below USTACKTOP into `child`. The exception stack is above: it is in use while a
/// copy-on-write fault is handled, so it can never be copy-on-write itself.
fn duplicate(child: EnvId) -> Result<(), Error> {
    // exercise 4.19 begin
    let stack = stack_page();
    for (base, end) in tables() {
        for va in (base..end).step_by(PAGE_SIZE as usize) {
            let flags = pte::flags(view::vpt(va));
            if !flags.contains(PteFlags::V) {
                continue;
            }
            let flags = flags & PteFlags::USER;
            if va == stack {
                // Parent and child both store here next. One copy now spares both a fault, and the parent
                // does not depend on there being a frame left when it is done.
                copy_page(va, child, flags & !PteFlags::COW)?;
            } else {
                duppage(child, va, flags)?;
            }
        }
    }
    Ok(())
    // exercise 4.19 end
}

/// The page that the stack is in now.
#[inline(always)]
pub(crate) fn stack_page() -> u32 {
    let local = 0_u32;
    page_down(&raw const local as u32)
}

/// Does what [`duplicate`] does, with the kernel looking for the pages.
fn share(child: EnvId) -> Result<(), Error> {
    let stack = stack_page();
    // Parent and child both store here next, so it is copied at once and not shared: that spares both a fault, and the
    // parent does not depend on there being a frame left when it is done. What the child has already is not shared.
    copy_page(stack, child, PteFlags::V | PteFlags::R)?;
    let mut done = 0;
    while done < USTACKTOP {
        // SAFETY: our pages keep their frames; a store to one that is copy-on-write now is made good by
        // `pgfault`. The child keeps what it has.
        done = unsafe { syscall::mem_share(child.0, done, USTACKTOP) }?;
    }
    Ok(())
}

/// Maps one page of ours into `child`.
pub(crate) fn duppage(child: EnvId, va: u32, flags: PteFlags) -> Result<(), Error> {
    // exercise 4.18 begin
    match Kind::of(flags) {
        Kind::ReadOnly | Kind::Shared => map(va, child, flags),
        // The child first. The other way round, a store of ours in between (and there is always one: to
        // the stack) would give us a writable copy, the child would map that, and see what we write.
        // For the same reason a page that is copy-on-write already is marked again: it may have
        // ceased to be since we looked.
        Kind::Writable | Kind::CopyOnWrite => {
            map(va, child, flags | PteFlags::COW)?;
            map(va, EnvId::SELF, flags | PteFlags::COW)
        }
    }
    // exercise 4.18 end
}

/// The four kinds of page that `fork` tells apart.
enum Kind {
    /// Can be shared as it is, since nobody can change it.
    ReadOnly,
    /// The program wants it shared, changes and all.
    Shared,
    /// Left over from an earlier fork and not written since.
    CopyOnWrite,
    /// To become copy-on-write.
    Writable,
}

impl Kind {
    fn of(flags: PteFlags) -> Self {
        // exercise 4.18 begin
        if flags.contains(PteFlags::LIBRARY) {
            Self::Shared
        } else if !flags.contains(PteFlags::R) {
            Self::ReadOnly
        } else if flags.contains(PteFlags::COW) {
            Self::CopyOnWrite
        } else {
            Self::Writable
        }
        // exercise 4.18 end
    }
}

/// Maps our page at `va` at the same address of `dst`.
pub(crate) fn map(va: u32, dst: EnvId, flags: PteFlags) -> Result<(), Error> {
    // SAFETY: our own page keeps its frame; with COW added, a store to it is made good by `pgfault`.
    // The child has no memory yet that it could lose.
    unsafe { syscall::mem_map(EnvId::SELF.0, va, dst.0, va, flags.bits()) }.map(drop)
}

/// Gives this environment its own, writable copy of the page at `va`, if that is copy-on-write.
/// Tells whether it was.
///
/// # Panics
///
/// When there is no frame for the copy: the store that wanted it can neither be done nor refused.
pub fn pgfault(va: u32) -> bool {
    // exercise 4.17 begin
    // otherwise: let _ = va;
    // otherwise: false
    let Some(flags) = view::page_flags(va) else {
        return false;
    };
    if !flags.contains(PteFlags::COW | PteFlags::R) {
        return false;
    }
    let va = page_down(va);
    let flags = flags & PteFlags::USER & !PteFlags::COW;
    if let Err(error) = copy_page(va, EnvId::SELF, flags) {
        panic!("no copy of the page at {va:#010x}: {error}");
    }
    true
    // exercise 4.17 end
}

/// Maps a copy of our page at `va` with `flags` at the same address of `dst`.
pub(crate) fn copy_page(va: u32, dst: EnvId, flags: PteFlags) -> Result<(), Error> {
    // SAFETY: where it is our own page that is replaced, the new one has the same contents.
    unsafe { syscall::mem_copy(va, dst.0, va, flags.bits()) }.map(drop)
}
