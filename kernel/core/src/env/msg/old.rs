//! The calls of one word, where they meet those of four.

use mos_abi::Error;
use mos_abi::layout::UTOP;
use mos_abi::message::ANY;
use mos_abi::trapframe::reg;

use super::parcel::Parcel;
use super::talk::Call;
use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// `ipc_can_send` to one that hears four words; what else can be wrong has been looked at.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    pub(crate) fn send_value(
        &mut self,
        caller: Slot,
        id: u32,
        value: u32,
        srcva: u32,
    ) -> Result<(), Error> {
        let mut perm = [0];
        if srcva != 0 {
            let env = self.envs.at(caller);
            let at = env.tf.regs[reg::SP].wrapping_add(16);
            self.mem.user_read_pages(env.directory, at, &mut perm)?;
        }
        let receiver = self.send_word(caller, id, value, (srcva, perm), 0)?;
        if let Some(receiver) = receiver {
            self.awaken(receiver);
        }
        self.tf(caller).regs[reg::V0] = 0;
        Ok(())
    }

    /// `ipc_recv` where somebody seems to stand in line.
    #[inline(always)]
    pub(crate) fn receive_value(&mut self, caller: Slot, dstva: u32) -> Result<(), Error> {
        if dstva >= UTOP {
            return Err(Error::Inval);
        }
        self.envs.at_mut(caller).wait = Wait::MESSAGE;
        self.expect_message(caller, dstva);
        self.take(caller);
        Ok(())
    }

    /// `ipc_call` to one that hears four words, or where somebody seems to stand in the caller's line.
    #[inline(always)]
    pub(crate) fn call_by_value(
        &mut self,
        caller: Slot,
        id: u32,
        value: u32,
        dstva: u32,
    ) -> Result<(), Error> {
        if dstva >= UTOP {
            return Err(Error::Inval);
        }
        let receiver = self.send_word(caller, id, value, (0, [0]), ANY)?;
        self.envs.at_mut(caller).wait = Wait::CALL;
        self.expect_message(caller, dstva);
        self.receive(caller, receiver);
        Ok(())
    }

    /// Sends a word, and the page at `page` unless that is 0. `-E_BAD_ENV`; `-E_IPC_NOT_RECV`: `to` does not hear `caller`.
    /// `-E_INVAL`, `-E_NO_MEM`: as for `mem_map`.
    #[optimize(size)]
    #[inline(never)]
    fn send_word(
        &mut self,
        caller: Slot,
        to: u32,
        value: u32,
        (page, [perm]): (u32, [u32; 1]),
        from: u32,
    ) -> Result<Option<Slot>, Error> {
        if to == 0 {
            return Err(Error::IpcNotRecv);
        }
        let parcel = Parcel {
            words: [value, 0, 0, 0],
            page,
            count: u32::from(page != 0),
            perm,
        };
        let call = Call {
            how: Wait::CALL,
            to,
            from,
            answers: false,
            parcel,
        };
        self.send(caller, &call)
    }
}
