//! What each system call does.

use mos_abi::Error::{self, BadEnv, Inval, NoFreeEnv, NoMem, Unspecified};
use mos_abi::layout::{PAGE_SIZE, UTOP, page_down};
use mos_abi::trapframe::{TF_WORDS, reg};
use mos_abi::{PteFlags, Sysno, Trapframe};
use mos_core::machine::DeviceRange;

use super::{Mapping, Model, Printed, State};
use crate::sim::{DEVICE, FIFO};

/// What a call that did not fail puts into v0, if anything.
pub(super) type Reply = Result<Option<u32>, Error>;

/// Most calls that succeed return 0.
pub(super) const OK: Reply = Ok(Some(0));

pub(super) fn below_utop(va: u32) -> Result<u32, Error> {
    if va < UTOP { Ok(va) } else { Err(Inval) }
}

/// Where an instruction of a program may be.
fn instruction(va: u32) -> Result<u32, Error> {
    below_utop(va).and_then(|va| if va % 4 == 0 { Ok(va) } else { Err(Inval) })
}

/// The flags a program asks for: V, and none that are not its own to ask for.
pub(super) fn wanted(perm: u32) -> Result<PteFlags, Error> {
    let flags = PteFlags::from_bits(perm).ok_or(Inval)?;
    let (uncached, global) = (PteFlags::UC, PteFlags::G);
    let right = flags.contains(PteFlags::V) && !flags.intersects(uncached | global);
    if right { Ok(flags) } else { Err(Inval) }
}

impl Model {
    /// The running environment makes the call in its registers.
    pub(super) fn syscall(&mut self) {
        let me = self.current.expect("somebody runs");
        let tf = &mut self.env(me).tf;
        tf.cp0_epc = tf.cp0_epc.wrapping_add(4);
        let reply = self.call(me);
        self.came_back = matches!(reply, Err(NoMem | NoFreeEnv)) && self.tries_again(None);
        self.last_call_failed = reply.is_err() && !self.came_back;
        if self.came_back {
            let tf = &mut self.env(me).tf;
            tf.cp0_epc = tf.cp0_epc.wrapping_sub(4);
            return;
        }
        if let Some(process) = self.envs.get_mut(&me) {
            process.lack = None;
        }
        let v0 = match reply {
            Ok(None) => return,
            Ok(Some(value)) => value,
            Err(error) => error.code() as u32,
        };
        if let Some(process) = self.envs.get_mut(&me) {
            process.tf.regs[reg::V0] = v0;
        }
    }

    pub(super) fn call(&mut self, me: u32) -> Reply {
        let regs = self.env(me).tf.regs;
        let (a, b, c) = (regs[reg::A1], regs[reg::A2], regs[reg::A3]);
        match Sysno::from_u32(regs[reg::A0]).ok_or(Inval)? {
            Sysno::Putchar => {
                self.printed = Printed::Bytes(vec![a as u8]);
                OK
            }
            Sysno::Getenvid => Ok(Some(me)),
            Sysno::Yield => {
                self.give_up_cpu();
                OK
            }
            Sysno::EnvDestroy => {
                let id = self.relative(me, a)?;
                self.destroy(me, id);
                OK
            }
            Sysno::SetPgfaultHandler => self.set_pgfault_handler(me, a, b, c),
            Sysno::SetExceptionHandler => {
                let [top] = self.stack_arguments(me)?;
                self.set_exception_handler(me, a, (b, c), top)
            }
            Sysno::MemAlloc => self.mem_alloc(me, a, b, c),
            Sysno::MemMap => {
                let [dstva, perm] = self.stack_arguments(me)?;
                self.mem_map(me, (a, b), (c, dstva), perm)
            }
            Sysno::MemUnmap => {
                below_utop(b)?;
                let owner = self.relative(me, a)?;
                self.unmap(owner, b);
                OK
            }
            Sysno::EnvAlloc => self.env_alloc(me),
            Sysno::SetEnvStatus => self.set_env_status(me, a, b),
            Sysno::SetTrapframe => self.set_trapframe(me, a, b),
            Sysno::Panic => {
                self.printed = Printed::Line(format!("[{me:08x}] panic: "));
                self.end_with_words(me);
                Ok(None)
            }
            Sysno::IpcCanSend => {
                let perm = match c {
                    0 => 0,
                    _ => self.stack_arguments::<1>(me)?[0],
                };
                self.ipc_can_send(me, a, b, c, perm)
            }
            Sysno::IpcRecv => {
                below_utop(a)?;
                self.env(me).view.env_ipc_dstva = a;
                if !self.take_value(me, true) {
                    self.suspend(me, State::Receiving);
                }
                Ok(None)
            }
            Sysno::Cgetc => match self.typed.pop_front() {
                Some(byte) => Ok(Some(byte.into())),
                None => {
                    self.suspend(me, State::Reading);
                    self.readers.push_back(me);
                    Ok(None)
                }
            },
            Sysno::WriteDev => self.device_call(me, a, b, c, true),
            Sysno::ReadDev => self.device_call(me, a, b, c, false),
            Sysno::MemShare => self.mem_share(me, a, b, c),
            Sysno::MemCopy => {
                let [perm] = self.stack_arguments(me)?;
                self.mem_copy(me, a, (b, c), perm)
            }
            Sysno::Puts => self.puts(me, a, b),
            Sysno::IpcCall => self.ipc_call(me, a, b, c),
            Sysno::GetTrapframe => self.get_trapframe(me, a, b),
            Sysno::NextMapping => self.next_mapping(me, a, b),
            Sysno::Batch => self.batch(me, a, b),
            Sysno::CgetcNow => self.cgetc_now(),
            Sysno::GetHandlers => self.get_handlers(me, a),
            Sysno::GetCpu => self.get_cpu(me, a),
            Sysno::GetTime => self.get_time(me),
            number @ (Sysno::MsgCall | Sysno::MsgReplyWait | Sysno::Msg) => {
                self.message(me, number)
            }
        }
    }

    /// Arguments 4 and 5, at 16(sp) and 20(sp).
    fn stack_arguments<const N: usize>(&mut self, me: u32) -> Result<[u32; N], Error> {
        let sp = self.env(me).tf.regs[reg::SP];
        self.read(me, sp.checked_add(16).ok_or(Inval)?)
    }

    /// The words at `va` of `me`, all of them below UTOP and mapped.
    pub(super) fn read<const N: usize>(&mut self, me: u32, va: u32) -> Result<[u32; N], Error> {
        let mut words = [0; N];
        for (at, word) in (va..=u32::MAX).step_by(4).zip(&mut words) {
            let there = (at.is_multiple_of(4) && at < UTOP).then(|| self.word(me, at));
            *word = *there.flatten().ok_or(Inval)?;
        }
        Ok(words)
    }

    /// `me` itself, or its child `id`.
    pub(super) fn relative(&self, me: u32, id: u32) -> Result<u32, Error> {
        match self.envs.get(&id) {
            _ if id == 0 => Ok(me),
            Some(process) if id == me || process.parent == me => Ok(id),
            _ => Err(BadEnv),
        }
    }

    fn set_pgfault_handler(&mut self, me: u32, id: u32, func: u32, top: u32) -> Reply {
        instruction(func)?;
        if top > UTOP || !top.is_multiple_of(4) {
            return Err(Inval);
        }
        let id = self.relative(me, id)?;
        let view = &mut self.env(id).view;
        (view.env_pgfault_handler, view.env_xstacktop) = (func, top);
        OK
    }

    fn set_exception_handler(
        &mut self,
        me: u32,
        id: u32,
        (kinds, func): (u32, u32),
        top: u32,
    ) -> Reply {
        let known: u32 = [2, 3, 4, 5, 9, 10, 11, 12, 13, 15]
            .map(|code| 1 << code)
            .iter()
            .sum();
        instruction(func)?;
        if kinds & !known != 0 || top > UTOP || !top.is_multiple_of(4) {
            return Err(Inval);
        }
        let id = self.relative(me, id)?;
        let process = self.env(id);
        process.view.env_xstacktop = top;
        process.handled = if func == 0 || kinds == 0 {
            (0, 0)
        } else {
            (kinds, func)
        };
        OK
    }

    fn mem_alloc(&mut self, me: u32, id: u32, va: u32, perm: u32) -> Reply {
        let flags = wanted(perm)?;
        below_utop(va)?;
        if flags.contains(PteFlags::COW) {
            return Err(Inval);
        }
        let owner = self.relative(me, id)?;
        self.map(owner, va, None, flags)?;
        OK
    }

    fn mem_map(&mut self, me: u32, from: (u32, u32), to: (u32, u32), perm: u32) -> Reply {
        below_utop(from.1)?;
        below_utop(to.1)?;
        let (source, target) = (self.relative(me, from.0)?, self.relative(me, to.0)?);
        let Mapping { page, flags } = self.share(source, from.1, perm)?;
        self.map(target, to.1, Some(page), flags)?;
        OK
    }

    /// The page at `va` of `owner`, to be mapped with `perm`: R is not to be had from a page without,
    /// and from a copy-on-write page only with COW.
    pub(super) fn share(&mut self, owner: u32, va: u32, perm: u32) -> Result<Mapping, Error> {
        let flags = wanted(perm)?;
        let own = self.env(owner).space.at(va).ok_or(Inval)?;
        let takes = own.flags & (PteFlags::R | PteFlags::COW);
        let gives = flags & (PteFlags::R | PteFlags::COW);
        let allowed = if !gives.contains(PteFlags::R) {
            true
        } else if gives.contains(PteFlags::COW) {
            takes.contains(PteFlags::R)
        } else {
            takes == PteFlags::R
        };
        match allowed {
            true => Ok(Mapping {
                page: own.page,
                flags,
            }),
            false => Err(Inval),
        }
    }

    fn env_alloc(&mut self, me: u32) -> Reply {
        if self.ids.is_empty() {
            return Err(NoFreeEnv);
        }
        if self.available() == 0 {
            return Err(NoMem);
        }
        let (mut tf, priority) = (self.env(me).tf, self.env(me).view.env_pri);
        tf.regs[reg::V0] = 0;
        Ok(Some(self.add(me, priority, tf)))
    }

    fn set_env_status(&mut self, me: u32, id: u32, status: u32) -> Reply {
        if status > 2 {
            return Err(Inval);
        }
        let id = self.relative(me, id)?;
        match (status, self.env(id).state) {
            (0, _) => self.destroy(me, id),
            (1, State::Stopped) => self.make_runnable(id),
            (1, State::Receiving | State::Calling | State::Reading) => {
                self.wake(id, Unspecified.code() as u32)
            }
            (1, State::Sending(..) | State::Hearing(..)) => {
                self.break_call(id, Unspecified);
                self.make_runnable(id);
            }
            (2, State::Sending(..) | State::Hearing(..)) => {
                self.break_call(id, Unspecified);
                self.suspend(id, State::Stopped);
            }
            (1, State::Ending(_)) => self.wake(id, 0),
            (2, State::Ending(_)) => {
                self.suspend(id, State::Stopped);
                self.env(id).tf.regs[reg::V0] = 0;
            }
            (2, State::Runnable) => self.suspend(id, State::Stopped),
            (2, State::Receiving | State::Calling | State::Reading) => {
                self.suspend(id, State::Stopped);
                self.env(id).tf.regs[reg::V0] = Unspecified.code() as u32;
            }
            _ => {}
        }
        OK
    }

    fn set_trapframe(&mut self, me: u32, id: u32, va: u32) -> Reply {
        let id = self.relative(me, id)?;
        let new = Trapframe::from_words(&self.read::<TF_WORDS>(me, va)?);
        instruction(new.pc)?;
        below_utop(new.regs[reg::SP])?;
        let tf = &mut self.env(id).tf;
        (tf.regs, tf.hi, tf.lo) = (new.regs, new.hi, new.lo);
        (tf.pc, tf.cp0_epc) = (new.pc, new.pc);
        Ok((id != me).then_some(0))
    }

    fn ipc_can_send(&mut self, me: u32, id: u32, value: u32, srcva: u32, perm: u32) -> Reply {
        below_utop(srcva)?;
        let id = if id == 0 { me } else { id };
        self.receiver(me, id)?;
        self.old_message(id, value, me, (srcva != 0).then_some((srcva, perm)))?;
        OK
    }

    /// `write_dev` and `read_dev`, byte by byte.
    fn device_call(&mut self, me: u32, va: u32, dev: u32, len: u32, write: bool) -> Reply {
        let within = |range: DeviceRange| {
            let (start, end) = (u64::from(dev), u64::from(dev) + u64::from(len));
            let listed = u64::from(range.start)..=u64::from(range.start) + u64::from(range.len);
            listed.contains(&start) && listed.contains(&end)
        };
        let fifo = within(FIFO) && dev == FIFO.start && len.is_multiple_of(4);
        if !self.env(me).device || !(fifo || within(DEVICE)) {
            return Err(Inval);
        }
        if u64::from(va) + u64::from(len) > u64::from(UTOP) {
            return Err(Inval);
        }
        // An empty transfer touches no page.
        let pages = (page_down(va)..va + len)
            .step_by(PAGE_SIZE as usize)
            .filter(|_| len > 0);
        for page in pages {
            let mapping = self.env(me).space.at(page).ok_or(Inval)?;
            if !write && !mapping.flags.writable() {
                return Err(Inval);
            }
        }
        if fifo {
            self.through_the_fifo(me, va, len, write);
            return OK;
        }
        for (at, va) in (dev - DEVICE.start..).zip(va..va + len) {
            let register = self.device[at as usize];
            let word = self.word(me, va).expect("checked");
            let mut bytes = word.to_le_bytes();
            if write {
                self.device[at as usize] = bytes[va as usize % 4];
            } else {
                bytes[va as usize % 4] = register;
                *word = u32::from_le_bytes(bytes);
            }
        }
        OK
    }

    /// Words that lie anywhere in memory, through the FIFO, byte by byte.
    fn through_the_fifo(&mut self, me: u32, va: u32, len: u32, write: bool) {
        for va in (va..va + len).step_by(4) {
            let mut through = match write {
                false => self.fifo.read().to_le_bytes(),
                true => [0; 4],
            };
            for (va, byte) in (va..).zip(&mut through) {
                let word = self.word(me, va).expect("checked");
                let mut bytes = word.to_le_bytes();
                if write {
                    *byte = bytes[va as usize % 4];
                } else {
                    bytes[va as usize % 4] = *byte;
                    *word = u32::from_le_bytes(bytes);
                }
            }
            if write {
                self.fifo.write(u32::from_le_bytes(through));
            }
        }
    }
}
