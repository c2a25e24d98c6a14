//! Several CPUs: what belongs to each of them while another one has the kernel.
//!
//! One CPU is in the kernel at a time, and all else in here knows of that one alone. What it brings along comes in its place by
//! [`Kernel::enter`], and is put by again by [`Kernel::leave`]. So there is one run queue for all CPUs; who runs on another one
//! stands in no queue meanwhile, and nobody is ever on two.
//!
//! Nothing is changed of an environment that runs elsewhere. Whoever may change another one names it as its family; so before
//! such a call its CPU is called in, which takes it off: from there on it is as any other that has lost the CPU. Should one be
//! forgotten, nothing happens to it: while it runs elsewhere it has a mark ([`AWAY`]), by which it is nobody's family.
//!
//! Who has left a CPU keeps its address-space id there, and the mark with it: so whoever changes what it has mapped has its id go
//! first, and what that TLB holds of it never counts again.
//!
//! A CPU that is not in the kernel may carry out shortcuts while nobody is: calls that hand over the CPU to somebody who waits and has an
//! id on it. So what belongs to the CPU looks to assembly as it does where there is one, and who runs there may be another one than
//! has left the kernel. All others stay as they are then.

use core::mem::offset_of;

use crate::env::fault::Exception;
use crate::env::sched::Cpu;
use crate::env::{Env, Platform, Wait};
use crate::kernel::Kernel;
use crate::mem::asid::{Asids, Tag};
use crate::slot::Slot;

use mos_abi::batch::CALL_SIZE;
use mos_abi::trapframe::reg;
use mos_abi::{EnvId, EnvStatus, Error, Sysno};
use mos_lock::{Resting, Statistics};

/// How many CPUs there are at most.
pub const MOST: usize = 8;

/// In the id of whose child an environment is: it may run on another CPU, or have an id there. Ids are positive.
const AWAY: u32 = 1 << 31;

/// The calls that name family. Which of their arguments do is no matter.
const FAMILY: [Sysno; 13] = [
    Sysno::EnvDestroy,
    Sysno::SetEnvStatus,
    Sysno::SetTrapframe,
    Sysno::SetPgfaultHandler,
    Sysno::SetExceptionHandler,
    Sysno::MemAlloc,
    Sysno::MemMap,
    Sysno::MemUnmap,
    Sysno::MemCopy,
    Sysno::MemShare,
    Sysno::GetTrapframe,
    Sysno::NextMapping,
    Sysno::GetHandlers,
];

/// What belongs to a CPU that is not in the kernel: as the kernel begins. Nobody stands in its queue.
#[repr(C)]
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    cpu: Cpu,
    asids: Asids,
}

/// The CPUs that are not in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Others {
    parts: [Part; MOST],
    /// The number of the one that is.
    here: usize,
    /// Who ran there as it came.
    ran: Option<Slot>,
    resting: Resting,
    /// What the lock has to do.
    lock: Statistics,
}

impl Others {
    /// None: the first CPU is in the kernel.
    pub const fn new() -> Self {
        let mut parts = [const {
            Part {
                cpu: Cpu::IDLE,
                asids: Asids::new(),
            }
        }; MOST];
        let mut rest: &mut [Part] = &mut parts;
        let mut number = 0;
        while let [part, others @ ..] = rest {
            part.asids = Asids::of_cpu(number);
            number = number.wrapping_add(1);
            rest = others;
        }
        Self {
            parts,
            here: 0,
            ran: None,
            resting: Resting::NONE,
            lock: Statistics::NONE,
        }
    }

    /// Whether the CPU in the kernel is the first one, whose ticks are those of the clock.
    #[inline(always)]
    pub fn keeps_time(&self) -> bool {
        self.here == 0
    }

    /// Who runs on other CPUs than that in the kernel.
    pub fn running(&self) -> impl Iterator<Item = Slot> {
        self.parts.iter().filter_map(|part| part.cpu.current)
    }

    /// On which of them `slot` runs.
    #[optimize(size)]
    #[inline(never)]
    fn find(&self, slot: Slot) -> Option<usize> {
        self.parts
            .iter()
            .position(|part| part.cpu.current == Some(slot))
    }
}

impl Default for Others {
    fn default() -> Self {
        Self::new()
    }
}

impl<M: Platform> Kernel<M> {
    /// Where it is what belongs to the first CPU while that is not in the kernel, and looks as the kernel itself does where there is
    /// one.
    pub const PARTS: usize = {
        assert!(offset_of!(Part, cpu) == offset_of!(Self, cpus));
        assert!(offset_of!(Part, asids) == offset_of!(Self, asids));
        offset_of!(Self, others.parts)
    };
    /// How far behind it that of the next one is.
    pub const PART: usize = size_of::<Part>();

    /// CPU `number`, below [`MOST`], comes into the kernel, in which there is none. It has looked `spins` times whether that is so.
    #[optimize(size)]
    pub fn enter(&mut self, number: usize, spins: u32) {
        self.others.here = number;
        self.others.lock.count(spins);
        self.others.resting.set(number, false);
        let Some(part) = self.others.parts.get_mut(number) else {
            return;
        };
        // exercise smp.4 begin
        let current = part.cpu.current.take();
        let [cpu] = &mut self.cpus;
        cpu.current = current;
        cpu.slices = part.cpu.slices;
        cpu.slice_begun = part.cpu.slice_begun;
        core::mem::swap(&mut self.asids, &mut part.asids);
        self.others.ran = current;
        if let Some(slot) = current {
            self.envs.at_mut(slot).parent &= !AWAY;
            cpu.run_queue.push_first(&mut self.envs, slot);
        }
        // exercise smp.4 end
        if self.asids.are_used_up() {
            self.begin_ids_anew(number);
        }
    }

    /// The CPU in the kernel leaves it, and `rests` until the next interrupt. Returns the number of another one that rests
    /// while somebody waits for a CPU: it is to have an interrupt.
    #[optimize(size)]
    pub fn leave(&mut self, rests: bool) -> Option<usize> {
        self.settle();
        let [cpu] = &mut self.cpus;
        // exercise smp.4 begin
        // otherwise: let current: Option<Slot> = todo!();
        let current = cpu.current.take();
        if let Some(slot) = current {
            cpu.run_queue.remove_first(&mut self.envs);
            self.envs.at_mut(slot).parent |= AWAY;
        }
        // exercise smp.4 end
        // Who ran here may have an id left.
        if let Some(ran) = self.others.ran {
            let env = self.envs.at_mut(ran);
            if env.asid != Tag::NONE {
                env.parent |= AWAY;
            }
        }
        let waits = cpu.run_queue.first().is_some();
        let here = self.others.here;
        // exercise smp.4 begin
        if let Some(part) = self.others.parts.get_mut(here) {
            part.cpu.current = current;
            part.cpu.slices = cpu.slices;
            part.cpu.slice_begun = cpu.slice_begun;
            core::mem::swap(&mut self.asids, &mut part.asids);
        }
        // exercise smp.4 end
        // exercise smp.5 begin
        // otherwise: None
        self.others.resting.set(here, rests);
        if waits {
            self.others.resting.wake()
        } else {
            None
        }
        // exercise smp.5 end
    }

    /// What the lock has had to do.
    pub fn lock_statistics(&self) -> Statistics {
        self.others.lock
    }

    /// The number of the CPU on which `slot` runs.
    #[optimize(size)]
    pub fn cpu_of(&self, slot: Slot) -> Option<usize> {
        let [cpu] = &self.cpus;
        if cpu.current == Some(slot) {
            return Some(self.others.here);
        }
        self.others.find(slot)
    }

    /// Who runs on CPU `number`, and how many time slices are left in that turn.
    pub fn turn_of(&self, number: usize) -> (Option<Slot>, u32) {
        let [here] = &self.cpus;
        let other = self.others.parts.get(number).map(|part| &part.cpu);
        let cpu = other.filter(|_| number != self.others.here).unwrap_or(here);
        (cpu.current, cpu.slices)
    }

    /// The number of the CPU in the kernel.
    pub fn cpu_number(&self) -> usize {
        self.others.here
    }

    /// The program that this CPU has come in with has raised an exception, unless it was taken off meanwhile. If it is a call that
    /// names its family, who of that runs elsewhere is taken off. Returns whose call it is that may name more: see
    /// [`Kernel::has_called`].
    #[optimize(size)]
    pub fn will_call(&mut self) -> Option<Slot> {
        // exercise smp.6 begin
        // otherwise: None
        let caller = self.cpu().current?;
        let tf = self.tf(caller);
        if Exception::of(tf.cp0_cause) != Exception::Syscall {
            return None;
        }
        let [_, _, _, _, number, named @ .., _] = *tf.regs.first_chunk::<9>()?;
        if number == Sysno::Batch as u32 {
            let [calls, ..] = named;
            let named = self.named_in_batch(caller, calls)?;
            self.take_off_any(caller, named);
            return Some(caller);
        }
        if FAMILY.iter().any(|&call| call as u32 == number) {
            self.take_off_any(caller, named);
        }
        None
        // exercise smp.6 end
    }

    /// `caller` has made several calls in one. If it was stopped by one that names somebody who runs elsewhere, that is no
    /// failure, but where the next trap begins: as after an interrupt.
    #[optimize(size)]
    pub fn has_called(&mut self, caller: Slot) {
        let regs = self.tf(caller).regs;
        let (made, failed) = (regs[reg::V0], regs[reg::V1]);
        if failed != Error::BadEnv.code() as u32 {
            return;
        }
        let at = regs[reg::A1].wrapping_add(made.wrapping_mul(CALL_SIZE));
        if let Some(named) = self.named_in_batch(caller, at)
            && self.take_off_any(caller, named)
        {
            self.tf(caller).regs[reg::V1] = 0;
        }
    }

    /// Who may be named by the call that is to be made at `at` of `caller`.
    fn named_in_batch(&mut self, caller: Slot, at: u32) -> Option<[u32; 3]> {
        let directory = self.envs.at(caller).directory;
        let mut call = [0; 4];
        self.mem.user_read_pages(directory, at, &mut call).ok()?;
        let [_, named @ ..] = call;
        Some(named)
    }

    /// Takes off who is named so and runs elsewhere, if anybody does.
    fn take_off_any(&mut self, caller: Slot, named: [u32; 3]) -> bool {
        let mut any = false;
        for id in named {
            any |= self.take_off(caller, id).is_some();
        }
        any
    }

    /// If `id` is a child of `caller` that runs elsewhere, it does not any more, and is as any other that has lost the CPU. Nor has it
    /// an address-space id.
    #[optimize(size)]
    #[inline(never)]
    fn take_off(&mut self, caller: Slot, id: u32) -> Option<()> {
        // exercise smp.6 begin
        let slot = Slot::new(EnvId(id).index());
        let away = self.id(caller).0 | AWAY;
        let Env {
            id: found, parent, ..
        } = *self.envs.at(slot);
        if slot.index() >= self.fresh_envs || found != id || parent != away {
            return None;
        }
        match self.others.find(slot) {
            Some(number) => self.empty(number, slot),
            None => self.forget(slot),
        }
        Some(())
        // exercise smp.6 end
    }

    /// No CPU knows anything of `slot` any more, which runs nowhere.
    fn forget(&mut self, slot: Slot) {
        // exercise smp.6 begin
        // otherwise: _ = slot;
        let env = self.envs.at_mut(slot);
        env.parent &= !AWAY;
        env.asid = Tag::NONE;
        // exercise smp.6 end
    }

    /// `slot`, which waits, has or will have other pages: what the TLB of another CPU holds of it counts no more.
    #[inline(always)]
    pub(crate) fn has_other_pages(&mut self, slot: Slot) {
        // exercise smp.8 begin
        // otherwise: _ = slot;
        let here = self.others.here;
        let env = self.envs.at_mut(slot);
        if env.parent & AWAY != 0 && !env.asid.is_of_cpu(here) {
            env.asid = Tag::NONE;
        }
        // exercise smp.8 end
    }

    /// CPU `number` runs `slot` no more, which is next.
    #[optimize(size)]
    fn empty(&mut self, number: usize, slot: Slot) {
        // exercise smp.6 begin
        self.mem.machine.call_in(number);
        if let Some(part) = self.others.parts.get_mut(number) {
            part.cpu.current = None;
        }
        self.forget(slot);
        self.stands_next(slot);
        // exercise smp.6 end
    }

    /// Nobody runs elsewhere any more: for audits.
    pub fn take_all_off(&mut self) {
        for number in 0..MOST {
            let part = self.others.parts.get(number);
            if let Some(slot) = part.and_then(|part| part.cpu.current) {
                self.empty(number, slot);
            }
        }
    }

    /// CPU `number`, whose program has made `call` of `to`, hands itself over to that one, if it can, as assembly does while nobody is in
    /// the kernel: for machines that have none. Returns who runs there then.
    pub fn take_shortcut(&mut self, number: usize, call: Sysno, to: u32) -> Option<Slot> {
        let part = self.others.parts.get(number)?;
        let (caller, receiver) = (part.cpu.current?, Slot::new(EnvId(to).index()));
        let (env, id) = (self.envs.at(receiver), self.id(caller).0);
        let asid = part.asids.live(env.asid)?;
        let (directory, walk) = (env.directory, env.walk);
        let (is_heard, wait) = match call {
            Sysno::MsgCall => (Wait::HEAR, Wait(to)),
            Sysno::MsgReplyWait => (Wait(id), Wait::HEAR),
            Sysno::IpcCall => (Wait::CALL, Wait::CALL),
            _ => return None,
        };
        let has_line = call != Sysno::MsgCall && self.senders(caller).next().is_some();
        if receiver.index() >= self.fresh_envs || env.id != to || env.wait != is_heard || has_line {
            return None;
        }
        self.envs.at_mut(caller).wait = wait;
        let view = self.view(caller);
        view.env_status = EnvStatus::NotRunnable as u32;
        view.env_ipc_recving = u32::from(call != Sysno::MsgCall);
        if call == Sysno::IpcCall {
            view.env_ipc_dstva = 0;
        }
        let tf = self.tf(caller);
        tf.regs[reg::A1] = to;
        tf.cp0_epc = tf.cp0_epc.wrapping_add(4);
        self.envs.at_mut(receiver).wait = Wait::NONE;
        let view = self.view(receiver);
        view.env_status = EnvStatus::Runnable as u32;
        view.env_ipc_recving = 0;
        view.env_runs = view.env_runs.wrapping_add(1);
        if let Some(part) = self.others.parts.get_mut(number) {
            part.cpu.current = Some(receiver);
        }
        self.mem.machine.switch_to(receiver, directory, walk, asid);
        Some(receiver)
    }

    /// The ids of CPU `number` will be used up soon: for those who cannot wait.
    pub fn use_up_ids(&mut self, number: usize) {
        if let Some(part) = self.others.parts.get_mut(number) {
            part.asids.use_up();
        }
    }

    /// Who stands nowhere is next behind the head of the queue, which runs.
    fn stands_next(&mut self, slot: Slot) {
        let [cpu] = &mut self.cpus;
        let head = cpu.run_queue.first();
        cpu.run_queue.rotate(&self.envs);
        cpu.run_queue.push_first(&mut self.envs, slot);
        if let Some(head) = head {
            cpu.run_queue.turn_to(head);
        }
    }

    /// The ids of the CPU with this number are used up, its generations and all. Nobody must have one that is handed out again.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn begin_ids_anew(&mut self, number: usize) {
        // exercise smp.8 begin
        self.asids = Asids::of_cpu(number);
        for slot in (0..self.fresh_envs).map(Slot::new) {
            let env = self.envs.at_mut(slot);
            if env.asid.is_of_cpu(number) {
                env.asid = Tag::NONE;
            }
        }
        let [cpu] = &self.cpus;
        if let Some(slot) = cpu.current {
            self.renew_asid(slot);
        }
        // exercise smp.8 end
    }

    /// What a tick is to all CPUs.
    #[inline(always)]
    pub(crate) fn tick_of_all(&mut self) {
        self.tick_timeouts();
        if let Some(ticks) = &mut self.ticks_left {
            *ticks = ticks.saturating_sub(1);
            if *ticks == 0 {
                self.time_is_up = true;
                self.cpu().current = None;
                // So that nobody is next.
                self.cpu().run_queue = crate::env::list::Ring::new();
            }
        }
    }
}
