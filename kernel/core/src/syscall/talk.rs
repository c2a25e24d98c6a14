//! The calls for messages. Those of one word try their old way first, which costs what it always did; wherever that leads
//! nowhere, the rest begins anew in one place out of line, so that the old way saves no registers for it.

use mos_abi::Error;

use super::Return;
use crate::env::Platform;
use crate::env::msg::Talk;
use crate::kernel::Kernel;
use crate::slot::Slot;

impl Return {
    /// Whether it is an error.
    const fn is_error(self) -> bool {
        matches!(self.value(), Some(v0) if (v0 as i32) < 0)
    }
}

impl<M: Platform> Kernel<M> {
    /// `ipc_can_send(id, value, srcva, perm)`.
    #[inline(always)]
    pub(super) fn ipc_can_send(&mut self, id: u32, value: u32, srcva: u32) -> Return {
        let result = self.goes_on(|kernel, caller| match srcva {
            0 => kernel.sys_ipc_can_send(caller, id, value, srcva),
            _ => Err(Error::Inval),
        });
        match result.is_error() {
            true => self.send_words(id, value, srcva),
            false => result,
        }
    }

    /// `ipc_recv(dstva)`.
    #[inline(always)]
    pub(super) fn ipc_recv(&mut self, dstva: u32) -> Return {
        let result = self.waits(|kernel, caller| match kernel.may_have_line(caller) {
            false => kernel.sys_ipc_recv(caller, dstva),
            true => Err(Error::Inval),
        });
        match result.is_error() {
            true => self.receive_words(dstva),
            false => result,
        }
    }

    /// `ipc_call(id, value, dstva)`, of which assembly carries out what is plain.
    #[optimize(size)]
    #[inline(never)]
    pub(super) fn ipc_call(&mut self, id: u32, value: u32, dstva: u32) -> Return {
        self.in_frame(|kernel, caller| kernel.call_by_value(caller, id, value, dstva))
    }

    /// `msg_call`, `msg_reply_wait` and `msg`, whose caller has all registers in the trapframe.
    #[inline(always)]
    pub(super) fn msg(&mut self, which: Talk) -> Return {
        self.talk(which);
        Return::NONE
    }

    #[inline(never)]
    fn send_words(&mut self, id: u32, value: u32, srcva: u32) -> Return {
        let deaf = Return::new(Error::IpcNotRecv.code() as u32, Return::GOES_ON);
        let result = match srcva {
            0 => deaf,
            _ => self.goes_on(|kernel, caller| kernel.sys_ipc_can_send(caller, id, value, srcva)),
        };
        if result != deaf {
            return result;
        }
        self.in_frame(|kernel, caller| kernel.send_value(caller, id, value, srcva))
    }

    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn receive_words(&mut self, dstva: u32) -> Return {
        self.in_frame(|kernel, caller| kernel.receive_value(caller, dstva))
    }

    /// Makes a call after which whoever goes on, be it the caller, finds all registers in the trapframe.
    #[inline(always)]
    fn in_frame(&mut self, call: impl FnOnce(&mut Self, Slot) -> Result<(), Error>) -> Return {
        let caller = self.caller();
        let made = call(self, caller);
        self.back_from(made)
    }

    /// The way back from it.
    #[optimize(size)]
    #[inline(never)]
    fn back_from(&mut self, made: Result<(), Error>) -> Return {
        match made {
            Ok(()) => {
                let next = self.who_goes_on();
                Return::new(0, next.max(Return::SWITCHED) | Return::LATER)
            }
            Err(error) => Return::new(error.code() as u32, Return::GOES_ON),
        }
    }
}
