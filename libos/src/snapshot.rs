//! Snapshots: an environment goes back to what it was, and has forgotten everything since.
//!
//! A snapshot is an environment itself, which never runs: it has the registers, the handlers and the memory that the other one
//! had. So the kernel keeps all there is to keep, and to end the snapshot is to end that environment.

use mos_abi::layout::{PAGE_SIZE, PFTEMP};
use mos_abi::trapframe::TF_WORDS;
use mos_abi::{EnvId, EnvStatus, Error, PteFlags, pte};

use crate::{env, syscall, view};

/// What a child was at some moment: registers, mappings with what is in their pages, handlers.
///
/// A page that others have too, be it marked to be shared or not, is theirs as well: it is the same page again in the child
/// that goes back, with what is in it then. Of what the kernel knows besides nothing comes back: messages, children, waits.
#[derive(Debug)]
pub struct Snapshot(EnvId);

impl Snapshot {
    /// Stops `child`, which so leaves whatever it waits for (its call fails with [`Error::Unspecified`]), and takes a snapshot.
    /// It stays stopped: [`env::set_status`] lets it go on.
    ///
    /// [`Error::BadEnv`]: no child of ours. [`Error::NoMem`], [`Error::NoFreeEnv`]: there is no snapshot. [`Error::Inval`]: its
    /// pc or stack pointer is one that no program can be given. The child is as it was, but stopped.
    pub fn take(child: EnvId) -> Result<Self, Error> {
        stop(child)?;
        // SAFETY: it never runs.
        let store = Self(EnvId(unsafe { syscall::env_alloc() }?));
        // On failure the store ends here, with all it has got by then.
        transfer(child, store.0)?;
        Ok(store)
    }

    /// Stops `child` and makes it what it was; it stays stopped. This can be done any number of times, and with another child
    /// than the one that the snapshot is of: that becomes its double.
    ///
    /// [`Error::BadEnv`]: no child of ours. [`Error::NoMem`]: the child, which was half the one and half the other, has
    /// ended; the snapshot is still good.
    pub fn restore(&self, child: EnvId) -> Result<(), Error> {
        stop(child)?;
        clear(child)
            .and_then(|()| transfer(self.0, child))
            .inspect_err(|_| _ = env::destroy(child))
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // It cannot fail: it is our child.
        let _ = env::destroy(self.0);
    }
}

/// Stops `child`. [`Error::BadEnv`]: it is none of ours.
fn stop(child: EnvId) -> Result<(), Error> {
    if child == EnvId::SELF || child == env::id() {
        return Err(Error::BadEnv);
    }
    env::set_status(child, EnvStatus::NotRunnable)
}

/// Takes all pages away from `id`, a child that does not run.
fn clear(id: EnvId) -> Result<(), Error> {
    for (va, _) in mappings(id) {
        // SAFETY: the memory of a child that does not run.
        unsafe { syscall::mem_unmap(id.0, va) }?;
    }
    Ok(())
}

/// Makes of `to`, which has no page, what `from` is. Both are children that do not run.
fn transfer(from: EnvId, to: EnvId) -> Result<(), Error> {
    let [stores, kinds, exceptions, top] = handlers(from)?;
    // SAFETY: they are handlers that a program like it has asked for.
    unsafe {
        syscall::set_pgfault_handler(to.0, stores, top)?;
        syscall::set_exception_handler(to.0, kinds, exceptions, top)?;
    }
    let mut registers = [0_u32; TF_WORDS];
    let at = registers.as_mut_ptr() as u32;
    // SAFETY: the kernel writes as many words, and reads them again.
    unsafe {
        syscall::get_trapframe(from.0, at)?;
        syscall::set_trapframe(to.0, at)?;
    }
    copy_pages(from, to)?;
    share_pages(from, to)
}

/// What is set by `set_pgfault_handler` and `set_exception_handler`.
fn handlers(id: EnvId) -> Result<[u32; 4], Error> {
    let (result, words) = syscall::get_handlers_words(id.0);
    result.map(|_| words)
}

/// What `id` has mapped: addresses and page-table entries, lowest first. For others than self and children: nothing.
pub fn mappings(id: EnvId) -> impl Iterator<Item = (u32, u32)> {
    let mut from = 0;
    core::iter::from_fn(move || {
        loop {
            let (result, [va, entry, ..]) = syscall::next_mapping_words(id.0, from);
            result.ok()?;
            from = va;
            // Else there is nothing yet, but an interrupt.
            if entry != 0 {
                from += PAGE_SIZE;
                return Some((va, entry));
            }
        }
    })
}

/// What a program may choose of an entry's flags.
fn chosen(entry: u32) -> PteFlags {
    pte::flags(entry) & PteFlags::USER
}

/// Copies the pages that only `from` has and can write, and maps each copy wherever `from` has the page.
fn copy_pages(from: EnvId, to: EnvId) -> Result<(), Error> {
    for (va, entry) in mappings(from) {
        let flags = chosen(entry);
        if !flags.writable() {
            continue;
        }
        let ppn = pte::ppn(entry);
        let all = view::pp_ref(ppn);
        if all == 1 {
            copy_page(from, to, va, flags)?;
            continue;
        }
        // It is in several places, some of which may be others'.
        let places = || mappings(from).filter(|&(_, other)| pte::ppn(other) == ppn);
        let own = places().count();
        let first = places().find(|&(_, other)| chosen(other).writable());
        if usize::from(all) != own || first.is_none_or(|(first, _)| first != va) {
            continue;
        }
        copy_page(from, to, va, flags)?;
        for (place, other) in places().filter(|&(place, _)| place != va) {
            map(to, va, to, place, chosen(other))?;
        }
    }
    Ok(())
}

/// Maps all pages of `from` that `to` has no copy of: nobody can write them, or others have them, too.
fn share_pages(from: EnvId, to: EnvId) -> Result<(), Error> {
    for (va, entry) in mappings(from) {
        let (result, [next, ..]) = syscall::next_mapping_words(to.0, va);
        if result.is_err() || next != va {
            map(from, va, to, va, chosen(entry))?;
        }
    }
    Ok(())
}

/// Maps a copy of the page at `va` of `from` at the same address of `to`.
fn copy_page(from: EnvId, to: EnvId, va: u32, flags: PteFlags) -> Result<(), Error> {
    map(from, va, EnvId::SELF, PFTEMP, PteFlags::V)?;
    // SAFETY: the memory of a child that does not run; at PFTEMP there is nothing but what we have just put there.
    unsafe {
        let copied = syscall::mem_copy(PFTEMP, to.0, va, flags.bits());
        syscall::mem_unmap(EnvId::SELF.0, PFTEMP)?;
        copied.map(drop)
    }
}

/// Maps the page at `srcva` of `src` at `dstva` of `dst`: of children that do not run, or at PFTEMP of our own.
fn map(src: EnvId, srcva: u32, dst: EnvId, dstva: u32, flags: PteFlags) -> Result<(), Error> {
    // SAFETY: no Rust object of ours is in the memory of others, nor at PFTEMP.
    unsafe { syscall::mem_map(src.0, srcva, dst.0, dstva, flags.bits()) }.map(drop)
}
