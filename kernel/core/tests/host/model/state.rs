//! Several calls in one, and the calls that tell what an environment is.

use mos_abi::Error::{BadEnv, Inval, NoMem, NotFound, Timeout};
use mos_abi::layout::{PAGE_SHIFT, UTOP, vpn};
use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno, Trapframe};

use super::Model;
use super::calls::{OK, Reply};

/// Bytes of a call in a batch, and where its result goes.
const CALL: u32 = 32;
const RESULT: u32 = 24;

impl Model {
    /// Each call is made as if it were the only one, with sp where its last arguments are.
    pub(super) fn batch(&mut self, me: u32, calls: u32, count: u32) -> Reply {
        let before = self.env(me).tf.regs;
        let mut error = 0;
        let mut made = 0;
        let mut at = calls;
        while made < count {
            let reply = self.one_of_several(me, at);
            self.env(me).tf.regs = before;
            match reply {
                Ok(()) => {}
                Err(first) if made == 0 => return Err(first),
                Err(NoMem) if self.dying() > 0 => break,
                Err(other) => {
                    error = other.code() as u32;
                    break;
                }
            }
            made += 1;
            at = at.wrapping_add(CALL);
        }
        self.env(me).tf.regs[reg::V1] = error;
        Ok(Some(made))
    }

    fn one_of_several(&mut self, me: u32, at: u32) -> Result<(), Error> {
        let [number, a, b, c] = self.read(me, at)?;
        let allowed = [
            Sysno::Getenvid,
            Sysno::SetPgfaultHandler,
            Sysno::MemAlloc,
            Sysno::MemMap,
            Sysno::MemUnmap,
            Sysno::MemShare,
            Sysno::MemCopy,
            Sysno::SetExceptionHandler,
        ];
        if !allowed.iter().any(|&call| call as u32 == number) {
            return Err(Inval);
        }
        let regs = &mut self.env(me).tf.regs;
        regs[reg::A0..=reg::A3].copy_from_slice(&[number, a, b, c]);
        regs[reg::SP] = at;
        let value = self.call(me)?.expect("it does not wait");
        self.write(me, at + RESULT, value);
        Ok(())
    }

    /// Stores a word, if `me` could.
    fn write(&mut self, me: u32, va: u32, value: u32) -> bool {
        let mapping = self.env(me).space.at(va);
        let writable = va < UTOP && mapping.is_some_and(|mapping| mapping.flags.writable());
        if writable {
            *self.word(me, va).expect("mapped") = value;
        }
        writable
    }

    pub(super) fn get_trapframe(&mut self, me: u32, id: u32, at: u32) -> Reply {
        let id = self.relative(me, id)?;
        let tf = self.env(id).tf;
        let words = Trapframe {
            pc: tf.cp0_epc,
            ..tf
        }
        .to_words();
        let addresses: Vec<u32> = (at..=u32::MAX).step_by(4).take(words.len()).collect();
        let there = addresses.iter().all(|&va| {
            let mapping = self.envs[&me].space.at(va);
            va % 4 == 0 && va < UTOP && mapping.is_some_and(|mapping| mapping.flags.writable())
        });
        if !there || addresses.len() < words.len() {
            return Err(Inval);
        }
        for (va, word) in addresses.into_iter().zip(words) {
            assert!(self.write(me, va, word));
        }
        OK
    }

    pub(super) fn next_mapping(&mut self, me: u32, id: u32, va: u32) -> Reply {
        let id = self.relative(me, id)?;
        let mut mapped = self.env(id).space.mapped.range(vpn(va)..);
        let (&page, mapping) = mapped.next().ok_or(NotFound)?;
        let (id, flags) = (mapping.page, mapping.flags);
        let frame = self.pages.get(id).frame.expect("seen when it was mapped");
        let regs = &mut self.env(me).tf.regs;
        regs[reg::V1] = page << PAGE_SHIFT;
        regs[reg::A0] = frame.ppn() << PAGE_SHIFT | flags.bits();
        OK
    }

    pub(super) fn get_handlers(&mut self, me: u32, id: u32) -> Reply {
        let id = self.relative(me, id)?;
        let process = self.env(id);
        let (kinds, exceptions) = process.handled;
        let (stores, top) = (process.view.env_pgfault_handler, process.view.env_xstacktop);
        let regs = &mut self.env(me).tf.regs;
        [regs[reg::V1], regs[reg::A0]] = [stores, kinds];
        [regs[reg::A1], regs[reg::A2]] = [exceptions, top];
        OK
    }

    /// There is one CPU, and who calls has it.
    pub(super) fn get_cpu(&mut self, me: u32, id: u32) -> Reply {
        match id {
            _ if id == 0 || id == me => OK,
            _ if self.envs.contains_key(&id) => Err(NotFound),
            _ => Err(BadEnv),
        }
    }

    /// The ticks since the beginning, and how long each was, which nobody has said.
    pub(super) fn get_time(&mut self, me: u32) -> Reply {
        let now = self.now as u32;
        let regs = &mut self.env(me).tf.regs;
        [regs[reg::V1], regs[reg::A0]] = [now, 0];
        OK
    }

    /// A byte that has come, or none.
    pub(super) fn cgetc_now(&mut self) -> Reply {
        let byte = self.typed.pop_front().ok_or(Timeout)?;
        Ok(Some(byte.into()))
    }
}
