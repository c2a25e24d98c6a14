//! The calls that change an address space.

use mos_abi::layout::{PAGE_SIZE, UTOP, page_down};
use mos_abi::{Error, PteFlags};

use crate::env::{Permission, Platform};
use crate::kernel::{Kernel, Reply};
use crate::machine::Frame;
use crate::mem::asid::Tag;
use crate::mem::user::user_flags;
use crate::slot::Slot;

/// `va`, which stands for its page. `-E_INVAL`: it is not below UTOP.
fn user_page(va: u32) -> Result<u32, Error> {
    if va < UTOP { Ok(va) } else { Err(Error::Inval) }
}

/// The flags for a frame that is mapped once: copy-on-write would make no sense.
fn private_flags(perm: u32) -> Result<PteFlags, Error> {
    match user_flags(perm)? {
        flags if flags.contains(PteFlags::COW) => Err(Error::Inval),
        flags => Ok(flags),
    }
}

impl<M: Platform> Kernel<M> {
    /// `mem_alloc(id, va, perm)`.
    pub(crate) fn sys_mem_alloc(
        &mut self,
        caller: Slot,
        id: u32,
        va: u32,
        perm: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.3 begin
        let flags = private_flags(perm)?;
        let va = user_page(va)?;
        let slot = self.envid2env(caller, id, Permission::Family)?;
        self.map_new(slot, va, flags)?;
        Ok(Reply::Value(0))
        // exercise 4.3 end
    }

    /// Maps a zeroed frame at `va`, in place of what is there. `-E_NO_MEM`, with nothing changed.
    #[inline(never)]
    pub(crate) fn map_new(&mut self, slot: Slot, va: u32, flags: PteFlags) -> Result<(), Error> {
        // exercise 3.6 begin
        let frame = self.mem.page_alloc()?;
        self.map_frame(slot, frame, va, flags)
        // exercise 3.6 end
    }

    /// Maps a frame that nothing names yet. `-E_NO_MEM`: it is free again, and nothing has changed.
    #[inline(always)]
    fn map_frame(
        &mut self,
        slot: Slot,
        frame: Frame,
        va: u32,
        flags: PteFlags,
    ) -> Result<(), Error> {
        // exercise 3.6 begin
        let space = self.space(slot);
        self.mem
            .page_insert(space, frame, va, flags)
            .inspect_err(|_| self.mem.page_free(frame))
        // exercise 3.6 end
    }

    /// `mem_map(srcid, srcva, dstid, dstva, perm)`; `from` and `to` are pairs of id and address.
    pub(crate) fn sys_mem_map(
        &mut self,
        caller: Slot,
        from: (u32, u32),
        to: (u32, u32),
        perm: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.4 begin
        let (srcva, dstva) = (user_page(from.1)?, user_page(to.1)?);
        let source = self.envid2env(caller, from.0, Permission::Family)?;
        let target = self.envid2env(caller, to.0, Permission::Family)?;
        let (frame, flags) = self.shareable(source, srcva, perm)?;
        let space = self.space(target);
        self.mem.page_insert(space, frame, dstva, flags)?;
        Ok(Reply::Value(0))
        // exercise 4.4 end
    }

    /// `mem_copy(srcva, id, dstva, perm)`; `to` is the pair of id and address.
    pub(crate) fn sys_mem_copy(
        &mut self,
        caller: Slot,
        srcva: u32,
        to: (u32, u32),
        perm: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.6 begin
        let flags = private_flags(perm)?;
        let (srcva, dstva) = (user_page(srcva)?, user_page(to.1)?);
        let target = self.envid2env(caller, to.0, Permission::Family)?;
        let directory = self.envs.at(caller).directory;
        let (source, _) = self.mem.page_lookup(directory, srcva).ok_or(Error::Inval)?;
        let frame = self.mem.page_alloc_dirty()?;
        self.mem.machine.copy_frame(source, frame);
        self.map_frame(target, frame, dstva, flags)?;
        Ok(Reply::Value(0))
        // exercise 4.6 end
    }

    /// `mem_share(id, start, end)`.
    pub(crate) fn sys_mem_share(
        &mut self,
        caller: Slot,
        id: u32,
        start: u32,
        end: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.20 begin
        if end > UTOP {
            return Err(Error::Inval);
        }
        let target = self.envid2env(caller, id, Permission::Family)?;
        let (from, to) = (self.space(caller).directory, self.space(target));
        // Rounded up, which does not overflow below UTOP.
        let last = page_down(end.wrapping_add(PAGE_SIZE.wrapping_sub(1)));
        let done = self.mem.share(from, to, page_down(start), last)?;
        self.envs.at_mut(target).asid = Tag::NONE;
        self.renew_asid(caller);
        Ok(Reply::Value(done.min(end)))
        // exercise 4.20 end
    }

    /// `mem_unmap(id, va)`.
    pub(crate) fn sys_mem_unmap(&mut self, caller: Slot, id: u32, va: u32) -> Result<Reply, Error> {
        // exercise 4.3 begin
        let va = user_page(va)?;
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let space = self.space(slot);
        self.mem.page_remove(space, va);
        Ok(Reply::Value(0))
        // exercise 4.3 end
    }
}
