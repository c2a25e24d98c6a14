//! The calls that change an address space.

use mos_abi::layout::{UTOP, page_down};
use mos_abi::{Error, PteFlags};

use crate::env::Permission;
use crate::kernel::Kernel;
use crate::list::Slot;
use crate::machine::Machine;
use crate::syscall::Reply;
use crate::user::user_flags;

/// The page of `va`, below UTOP.
fn user_page(va: u32) -> Result<u32, Error> {
    if va < UTOP {
        Ok(page_down(va))
    } else {
        Err(Error::Inval)
    }
}

impl<M: Machine> Kernel<M> {
    /// `mem_alloc(id, va, perm)`.
    pub(crate) fn sys_mem_alloc(
        &mut self,
        caller: Slot,
        id: u32,
        va: u32,
        perm: u32,
    ) -> Result<Reply, Error> {
        let flags = user_flags(perm)?;
        let va = user_page(va)?;
        if flags.contains(PteFlags::COW) {
            return Err(Error::Inval);
        }
        let slot = self.envid2env(caller, id, Permission::Family)?;
        self.map_new(slot, va, flags)?;
        Ok(Reply::Value(0))
    }

    /// Maps a zeroed frame at `va`, in place of what is there. `-E_NO_MEM`, with nothing changed.
    pub(crate) fn map_new(&mut self, slot: Slot, va: u32, flags: PteFlags) -> Result<(), Error> {
        let space = self.space(slot);
        let frame = self.mem.page_alloc()?;
        self.mem
            .page_insert(space, frame, va, flags)
            .inspect_err(|_| self.mem.page_free(frame))
    }

    /// `mem_map(srcid, srcva, dstid, dstva, perm)`; `from` and `to` are pairs of id and address.
    pub(crate) fn sys_mem_map(
        &mut self,
        caller: Slot,
        from: (u32, u32),
        to: (u32, u32),
        perm: u32,
    ) -> Result<Reply, Error> {
        let (srcva, dstva) = (user_page(from.1)?, user_page(to.1)?);
        let source = self.envid2env(caller, from.0, Permission::Family)?;
        let target = self.envid2env(caller, to.0, Permission::Family)?;
        let (frame, flags) = self.shareable(source, srcva, perm)?;
        let space = self.space(target);
        self.mem.page_insert(space, frame, dstva, flags)?;
        Ok(Reply::Value(0))
    }

    /// `mem_unmap(id, va)`.
    pub(crate) fn sys_mem_unmap(&mut self, caller: Slot, id: u32, va: u32) -> Result<Reply, Error> {
        let va = user_page(va)?;
        let slot = self.envid2env(caller, id, Permission::Family)?;
        let space = self.space(slot);
        self.mem.page_remove(space, va);
        Ok(Reply::Value(0))
    }
}
