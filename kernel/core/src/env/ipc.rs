//! Messages between environments: a value, and a page if the sender has one to share.

use mos_abi::layout::{UTOP, page_down};
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error, PteFlags};

use crate::env::{Permission, Platform, Wait};
use crate::kernel::{Kernel, Reply};
use crate::machine::Frame;
use crate::mem::user::user_flags;
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// `ipc_recv(dstva)`: the caller waits. The sender makes the call return 0.
    pub(crate) fn sys_ipc_recv(&mut self, caller: Slot, dstva: u32) -> Result<Reply, Error> {
        // exercise 4.10 begin
        if dstva >= UTOP {
            return Err(Error::Inval);
        }
        self.await_message(caller, Wait::MESSAGE, dstva);
        Ok(Reply::Later)
        // exercise 4.10 end
    }

    /// The caller waits, as `wait` says, for a message whose page goes to `dstva`.
    fn await_message(&mut self, caller: Slot, wait: Wait, dstva: u32) {
        // exercise 4.10 begin
        self.block_caller(caller, wait);
        self.expect_message(caller, dstva);
        // exercise 4.10 end
    }

    /// Notes in what programs see of the caller that it waits for a message, and where the page of one is to go.
    pub(super) fn expect_message(&mut self, caller: Slot, dstva: u32) {
        // exercise 4.10 begin
        let view = self.view(caller);
        view.env_ipc_recving = 1;
        view.env_ipc_dstva = dstva;
        // exercise 4.10 end
    }

    /// `ipc_can_send(id, value, srcva, perm)`. Everything is checked, and the page is mapped, before
    /// the receiver sees anything of it.
    #[inline(always)]
    pub(crate) fn sys_ipc_can_send(
        &mut self,
        caller: Slot,
        id: u32,
        value: u32,
        srcva: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.11 begin
        if srcva != 0 {
            self.send_page(caller, id, value, srcva)?;
            return Ok(Reply::Value(0));
        }
        let (receiver, wait) = self.receiver(caller, id)?;
        self.deliver(caller, receiver, wait, [value, 0]);
        self.make_runnable(receiver);
        Ok(Reply::Value(0))
        // exercise 4.11 end
    }

    /// Sends `value` with the page at `srcva`; the permissions are on the caller's stack.
    #[inline(always)]
    fn send_page(&mut self, caller: Slot, id: u32, value: u32, srcva: u32) -> Result<(), Error> {
        // exercise 4.11 begin
        let [perm] = self.stack_arguments(caller)?;
        if srcva >= UTOP {
            return Err(Error::Inval);
        }
        let (receiver, wait) = self.receiver(caller, id)?;
        let (frame, flags) = self.shareable(caller, srcva, perm)?;
        let dstva = self.view(receiver).env_ipc_dstva;
        let mut received = 0;
        if dstva != 0 {
            let space = self.space(receiver);
            self.mem
                .page_insert(space, frame, page_down(dstva), flags)?;
            received = flags.bits();
        }
        self.deliver(caller, receiver, wait, [value, received]);
        self.make_runnable(receiver);
        Ok(())
        // exercise 4.11 end
    }

    /// `ipc_call(id, value, dstva)`: sends, hands over the CPU, and waits.
    pub(crate) fn sys_ipc_call(
        &mut self,
        caller: Slot,
        id: u32,
        value: u32,
        dstva: u32,
    ) -> Result<Reply, Error> {
        // exercise 4.12 begin
        if dstva >= UTOP {
            return Err(Error::Inval);
        }
        let (receiver, wait) = self.receiver(caller, id)?;
        self.deliver(caller, receiver, wait, [value, 0]);
        self.view(receiver).env_status = EnvStatus::Runnable as u32;
        self.view(caller).env_status = EnvStatus::NotRunnable as u32;
        self.envs.at_mut(caller).wait = Wait::CALL;
        self.expect_message(caller, dstva);
        let [cpu] = &mut self.cpus;
        cpu.run_queue.replace_first(&mut self.envs, receiver);
        cpu.current = None;
        Ok(Reply::Later)
        // exercise 4.12 end
    }

    /// The environment `id`, which waits for a message, and how. `-E_BAD_ENV`; `-E_IPC_NOT_RECV`: it does not.
    #[inline(always)]
    fn receiver(&mut self, caller: Slot, id: u32) -> Result<(Slot, Wait), Error> {
        // exercise 4.11 begin
        if id == EnvId::SELF.0 {
            // Who calls does not wait.
            return Err(Error::IpcNotRecv);
        }
        let receiver = self.envid2env(caller, id, Permission::Anyone)?;
        match self.envs.at(receiver).wait {
            wait if wait.is_for_message() => Ok((receiver, wait)),
            _ => Err(Error::IpcNotRecv),
        }
        // exercise 4.11 end
    }

    /// Puts a message (value and permissions) where the receiver looks for it, in what programs see of it or in its
    /// registers, and ends its wait; it stands in no queue yet.
    #[inline]
    fn deliver(&mut self, sender: Slot, receiver: Slot, wait: Wait, [value, perm]: [u32; 2]) {
        // teacher begin
        if perm != 0 {
            self.has_other_pages(receiver);
        }
        // teacher end
        // exercise 4.11 begin
        let from = self.id(sender).0;
        let view = self.view(receiver);
        view.env_ipc_recving = 0;
        if wait == Wait::MESSAGE {
            view.env_ipc_value = value;
            view.env_ipc_from = from;
            view.env_ipc_perm = perm;
        }
        let env = self.envs.at_mut(receiver);
        env.wait = Wait::NONE;
        let regs = &mut env.tf.regs;
        regs[reg::V0] = 0;
        if wait == Wait::CALL {
            regs[reg::V1] = value;
            regs[reg::A0] = from;
            regs[reg::A1] = perm;
        }
        // exercise 4.11 end
    }

    /// What of `owner` may be mapped elsewhere too, or sent: the frame at `va`, and the flags that `perm` asks for there
    /// ([`user_flags`]). `-E_INVAL`: it may not, as the flags of the page are what its owner may do with it
    /// ([`PteFlags::writable`]), and nobody may do more.
    pub(crate) fn shareable(
        &mut self,
        owner: Slot,
        va: u32,
        perm: u32,
    ) -> Result<(Frame, PteFlags), Error> {
        // exercise 4.4 begin
        let flags = user_flags(perm)?;
        let directory = self.envs.at(owner).directory;
        let (frame, own) = self.mem.page_lookup(directory, va).ok_or(Error::Inval)?;
        // R for a page without R; or R without COW for a copy-on-write page.
        let gains_write = flags.writable() && !own.writable();
        let gains_r = flags.contains(PteFlags::R) && !own.contains(PteFlags::R);
        if gains_write || gains_r {
            Err(Error::Inval)
        } else {
            Ok((frame, flags))
        }
        // exercise 4.4 end
    }
}
