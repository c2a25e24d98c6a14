//! Who runs next, and for how long.
//!
//! Round robin with the MOS rule: an environment runs as many time slices in a row as its priority
//! says, then goes to the tail of the queue. Every runnable environment moves up with each turn of
//! another, so none starves. The queue is a ring whose head has the CPU: a switch costs the same
//! with 1 environment and with 1,000.
//!
//! A slice lies between two ticks, and is that of whose turn it is when it begins. What is left of it when a turn begins
//! amid it comes on top of that turn's own: so nobody loses a slice to who gives way just before its end.

use mos_abi::EnvStatus;

use crate::env::list::Ring;
// teacher begin
use crate::env::rule::Rule;
// teacher end
use crate::env::{Env, Platform};
use crate::kernel::{Kernel, Next, Outcome};
use crate::machine::Asid;
use crate::slot::Slot;

/// How many CPUs the kernel runs on.
// teacher begin
/// Of several, it is one at a time: see [`cpus`](crate::env::cpus).
// teacher end
pub const NCPU: usize = 1;

/// What belongs to one CPU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// The runnable environments.
    pub(crate) run_queue: Ring,
    /// The head of the queue, while it has the CPU: its registers and its address space are loaded.
    pub current: Option<Slot>,
    /// Time slices that may still begin in its turn.
    pub slices: u32,
    /// The last tick has ended a turn, and the slice that began with it is the first one of the next turn.
    pub slice_begun: bool,
}

impl Cpu {
    /// A CPU with nothing to do.
    pub const IDLE: Self = Self {
        run_queue: Ring::new(),
        current: None,
        slices: 0,
        // The clock is started with the first turn.
        slice_begun: true,
    };
}

impl<M: Platform> Kernel<M> {
    /// The CPU this code runs on.
    pub fn cpu(&mut self) -> &mut Cpu {
        let [cpu] = &mut self.cpus;
        cpu
    }

    /// Puts an environment that stands nowhere at the tail of the run queue.
    #[inline(always)]
    pub fn make_runnable(&mut self, slot: Slot) {
        self.view(slot).env_status = EnvStatus::Runnable as u32;
        // teacher begin
        if M::Rule::TURN.is_some() {
            return M::Rule::joins(self, slot);
        }
        // teacher end
        let [cpu] = &mut self.cpus;
        cpu.run_queue.push(&mut self.envs, slot);
    }

    /// A time slice is over, and the next one begins.
    #[optimize(size)]
    #[inline(never)]
    pub fn timer_tick(&mut self) {
        // teacher begin
        // otherwise: if let Some(ticks) = &mut self.ticks_left {
        // otherwise:     *ticks = ticks.saturating_sub(1);
        // otherwise:     if *ticks == 0 {
        // otherwise:         self.time_is_up = true;
        // otherwise:         self.cpu().current = None;
        // otherwise:         // So that nobody is next.
        // otherwise:         self.cpu().run_queue = Ring::new();
        // otherwise:     }
        // otherwise: }
        if self.others.keeps_time() {
            self.tick_of_all();
        }
        // teacher end
        // exercise 3.8 begin
        let cpu = self.cpu();
        if cpu.slices > 0 {
            cpu.slices = cpu.slices.saturating_sub(1);
        } else if cpu.current.is_some() {
            self.sched_yield();
        }
        // exercise 3.8 end
        let cpu = self.cpu();
        cpu.slice_begun = cpu.current.is_none();
    }

    /// The running environment goes to the tail of the queue, whatever slices it has left.
    #[inline]
    pub fn sched_yield(&mut self) {
        // teacher begin
        self.settle();
        // teacher end
        // exercise 3.8 begin
        let [cpu] = &mut self.cpus;
        cpu.run_queue.rotate(&self.envs);
        cpu.current = None;
        // exercise 3.8 end
        // teacher begin
        M::Rule::has_had_turn(self);
        // teacher end
    }

    /// Who goes on: the environment that was running unless it lost the CPU, else the one that is next.
    pub fn resume(&mut self) -> Next {
        // teacher begin
        self.reconsider();
        // teacher end
        // exercise 3.7 begin
        match self.cpu().current.or_else(|| self.begin_turn()) {
            Some(slot) => Next::Run(slot),
            None => self.nobody(),
        }
        // exercise 3.7 end
    }

    /// Does what [`Kernel::switch`] does, where a tick may have come since somebody had the CPU.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn begin_turn(&mut self) -> Option<Slot> {
        if self.time_is_up {
            return None;
        }
        let slot = self.switch()?;
        self.take_begun_slice();
        Some(slot)
    }

    /// The turn that begins has the slice that began with the last tick, if it is nobody else's.
    pub(crate) fn take_begun_slice(&mut self) {
        let cpu = self.cpu();
        if core::mem::take(&mut cpu.slice_begun) {
            cpu.slices = cpu.slices.saturating_sub(1);
        }
    }

    /// Gives the CPU, which nobody has, to the head of the queue for a turn. `None`: there is none, or it has ended, and
    /// [`Kernel::nobody`] says what then.
    #[inline(always)]
    pub fn switch(&mut self) -> Option<Slot> {
        // teacher begin
        if M::Rule::TURN.is_some() {
            return self.switch_by_rule();
        }
        // teacher end
        // exercise 3.7 begin
        let slot = self.cpu().run_queue.first()?;
        self.run_for(slot, None)
        // exercise 3.7 end
    }

    /// Does what [`Kernel::switch`] does where that needs no new address-space id, and nothing elsewhere.
    #[inline(always)]
    pub fn switch_at_once(&mut self) -> bool {
        // teacher begin
        if M::Rule::TURN.is_some() {
            return false;
        }
        // teacher end
        match self.cpu().run_queue.first() {
            Some(slot) if self.live_asid(slot).is_some() => self.switch().is_some(),
            _ => false,
        }
    }

    /// Gives the CPU to `slot`, which stands at the head of the queue in the place of the environment that ran, for
    /// what is left of its turn: those who call one another use up the time slices of one, and then the others have
    /// theirs.
    #[inline(always)]
    pub(crate) fn hand_over(&mut self, slot: Slot) {
        let left = self.cpu().slices;
        self.run_for(slot, Some(left));
    }

    /// Gives the CPU to `slot`, the head of the queue, for so many time slices; `None`: as many as its priority says. Returns
    /// `None` where it has ended.
    #[inline(always)]
    pub(crate) fn run_for(&mut self, slot: Slot, slices: Option<u32>) -> Option<Slot> {
        // exercise 3.7 begin
        match self.live_asid(slot) {
            Some(asid) => {
                self.env_run(slot, asid, slices);
                Some(slot)
            }
            None => self.env_run_renewed(slot, slices),
        }
        // exercise 3.7 end
    }

    /// What is left to do where there is nobody to run.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    pub fn nobody(&mut self) -> Next {
        if let Some(slot) = self.bury() {
            Next::Run(slot)
        } else if self.time_is_up {
            Next::PowerOff(Outcome::TimeLimit)
        } else if self.alive == 0 && self.incomplete {
            Next::PowerOff(Outcome::Incomplete)
        } else if self.alive == 0 {
            Next::PowerOff(Outcome::Done)
        } else if self.awaits_interrupts() {
            self.cpu().slice_begun = false;
            Next::Idle
        } else {
            Next::PowerOff(Outcome::Deadlock)
        }
    }

    /// Whether somebody may still become runnable.
    fn awaits_interrupts(&self) -> bool {
        // teacher begin
        if self.timeouts.any() || self.others.running().next().is_some() {
            return true;
        }
        // teacher end
        self.readers.first().is_some()
    }

    /// Gives the CPU to `slot`, which has no address-space id of this generation. `None`: it never will have one, as it
    /// has ended.
    #[optimize(size)]
    #[cold]
    #[inline(never)]
    fn env_run_renewed(&mut self, slot: Slot, slices: Option<u32>) -> Option<Slot> {
        if self.has_ended(slot) {
            return None;
        }
        // exercise 3.7 begin
        let asid = self.new_asid(slot);
        self.env_run(slot, asid, slices);
        Some(slot)
        // exercise 3.7 end
    }

    /// Gives the CPU to `slot`, the head of the queue, in a turn that has begun already.
    #[optimize(size)]
    pub(crate) fn go_on(&mut self, slot: Slot) {
        self.cpu().current = Some(slot);
        match self.live_asid(slot) {
            Some(asid) => self.enter_space(slot, asid),
            None => {
                let asid = self.new_asid(slot);
                self.enter_space(slot, asid);
            }
        }
    }

    /// A new address-space id for `slot`.
    #[optimize(size)]
    #[inline(never)]
    fn new_asid(&mut self, slot: Slot) -> Asid {
        self.asids
            .hand_out(&mut self.envs, slot, &mut self.mem.machine)
    }

    /// Gives the running environment a new address-space id, so that what the TLB holds of it counts no more.
    pub(crate) fn renew_asid(&mut self, slot: Slot) {
        let asid = self
            .asids
            .hand_out(&mut self.envs, slot, &mut self.mem.machine);
        self.enter_space(slot, asid);
        // teacher begin
        self.mem.machine.go_on_under(asid);
        // teacher end
    }

    /// Gives the CPU to `slot`, the head of the queue, in its own address space.
    #[inline(always)]
    fn env_run(&mut self, slot: Slot, asid: Asid, slices: Option<u32>) {
        // exercise 3.7 begin
        let view = self.view(slot);
        view.env_runs = view.env_runs.wrapping_add(1);
        let slices = slices.unwrap_or(view.env_pri);
        let cpu = self.cpu();
        cpu.current = Some(slot);
        cpu.slices = slices;
        self.enter_space(slot, asid);
        // exercise 3.7 end
    }

    #[inline(always)]
    fn enter_space(&mut self, slot: Slot, asid: Asid) {
        // exercise 3.7 begin
        let Env {
            directory, walk, ..
        } = *self.envs.at(slot);
        self.mem.machine.switch_to(slot, directory, walk, asid);
        // exercise 3.7 end
    }
}
