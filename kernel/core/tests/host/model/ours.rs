//! The calls from 9600 on.

use mos_abi::Error::{BadEnv, Inval, IpcNotRecv};
use mos_abi::PteFlags;
use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, UTOP, page_down, vpn};
use mos_abi::trapframe::reg;

use super::calls::{OK, Reply, below_utop, wanted};
use super::{Mapping, Model, Printed, State};

impl Model {
    /// Page by page, until there is no memory for one.
    pub(super) fn mem_share(&mut self, me: u32, id: u32, start: u32, end: u32) -> Reply {
        if end > UTOP {
            return Err(Inval);
        }
        let target = self.relative(me, id)?;
        let pages = vpn(start)..end.div_ceil(PAGE_SIZE).max(vpn(start));
        let mapped = &self.env(me).space.mapped;
        let all: Vec<(u32, Mapping)> = mapped.range(pages).map(|(&vpn, &m)| (vpn, m)).collect();
        for (vpn, Mapping { page, flags }) in all {
            let va = vpn << PAGE_SHIFT;
            if self.env(target).space.mapped.contains_key(&vpn) {
                continue;
            }
            let private = flags.contains(PteFlags::R) && !flags.contains(PteFlags::LIBRARY);
            let shared = if private {
                flags | PteFlags::COW
            } else {
                flags
            };
            match self.map(target, va, Some(page), shared) {
                Ok(()) => {}
                Err(error) if va == page_down(start) => return Err(error),
                Err(_) => return Ok(Some(va)),
            }
            let own = self.env(me).space.mapped.get_mut(&vpn);
            own.expect("still mapped").flags = shared;
        }
        Ok(Some(end))
    }

    pub(super) fn mem_copy(&mut self, me: u32, srcva: u32, to: (u32, u32), perm: u32) -> Reply {
        let flags = wanted(perm)?;
        below_utop(srcva)?;
        below_utop(to.1)?;
        if flags.contains(PteFlags::COW) {
            return Err(Inval);
        }
        let target = self.relative(me, to.0)?;
        let source = self.env(me).space.at(srcva).ok_or(Inval)?;
        let words = self.pages.get(source.page).words.clone();
        self.map(target, to.1, None, flags)?;
        let copy = self.env(target).space.at(to.1).expect("just mapped");
        self.pages.get(copy.page).words = words;
        OK
    }

    /// The receiver takes the caller's turn.
    pub(super) fn ipc_call(&mut self, me: u32, id: u32, value: u32, dstva: u32) -> Reply {
        below_utop(dstva)?;
        let id = if id == 0 { me } else { id };
        self.receiver(me, id)?;
        self.old_message(id, value, me, None)?;
        self.env(me).view.env_ipc_dstva = dstva;
        let stands = !self.env(me).line.is_empty();
        if stands && self.take_value(me, false) {
            return Ok(None);
        }
        self.suspend(me, State::Calling);
        if !stands {
            self.next_is(id);
        }
        Ok(None)
    }

    /// At most 256 bytes, all of which are there.
    pub(super) fn puts(&mut self, me: u32, va: u32, len: u32) -> Reply {
        let end = va.checked_add(len.min(256)).ok_or(Inval)?;
        if end > UTOP {
            return Err(Inval);
        }
        let byte = |va: u32| {
            let word = *self.word(me, va)?;
            Some(word.to_le_bytes()[va as usize % 4])
        };
        let bytes: Option<Vec<u8>> = (va..end).map(byte).collect();
        self.printed = Printed::Bytes(bytes.ok_or(Inval)?);
        Ok(Some(end - va))
    }

    /// The environment `id` waits for a message that `me` may send.
    pub(super) fn receiver(&self, me: u32, id: u32) -> Result<(), mos_abi::Error> {
        match self.envs.contains_key(&id) {
            false => Err(BadEnv),
            true if self.hears(id, me) => Ok(()),
            true => Err(IpcNotRecv),
        }
    }

    /// A message of one word arrives where the receiver looks for it, and its wait is over.
    pub(super) fn deliver(&mut self, id: u32, value: u32, from: u32, perm: u32) {
        let receiver = self.env(id);
        if receiver.state == State::Calling {
            let regs = &mut receiver.tf.regs;
            (regs[reg::V1], regs[reg::A0], regs[reg::A1]) = (value, from, perm);
        } else {
            let view = &mut receiver.view;
            (view.env_ipc_value, view.env_ipc_from, view.env_ipc_perm) = (value, from, perm);
        }
        self.wake(id, 0);
    }
}
