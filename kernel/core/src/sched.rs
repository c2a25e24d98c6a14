//! Who runs next, and for how long.
//!
//! Round robin with the MOS rule: an environment runs as many time slices in a row as its priority
//! says, then goes to the tail of the queue. Every runnable environment moves up with each turn of
//! another, so none starves. A queue, not a scan: a switch costs the same with 1 environment and
//! with 1,000.

use mos_abi::EnvStatus;

use crate::kernel::{Kernel, Next, Outcome};
use crate::list::Slot;
use crate::machine::Machine;

/// How many CPUs the kernel runs on.
pub const NCPU: usize = 1;

/// What belongs to one CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cpu {
    /// The environment that has it.
    pub current: Option<Slot>,
    /// Time slices that environment has left, the running one included.
    pub slices: u32,
}

impl Cpu {
    /// A CPU with nothing to do.
    pub const IDLE: Self = Self {
        current: None,
        slices: 0,
    };
}

impl<M: Machine> Kernel<M> {
    /// The CPU this code runs on.
    pub fn cpu(&mut self) -> &mut Cpu {
        let [cpu] = &mut self.cpus;
        cpu
    }

    /// Puts an environment that stands nowhere at the tail of the run queue.
    pub(crate) fn make_runnable(&mut self, slot: Slot) {
        self.view(slot).env_status = EnvStatus::Runnable as u32;
        self.run_queue.push(&mut self.links, slot);
    }

    /// A time slice is over.
    pub fn timer_tick(&mut self) {
        self.ticks_left = self.ticks_left.map(|ticks| ticks.saturating_sub(1));
        let cpu = self.cpu();
        cpu.slices = cpu.slices.saturating_sub(1);
        if cpu.slices == 0 {
            self.sched_yield();
        }
    }

    /// The running environment goes to the tail of the queue, whatever slices it has left.
    pub(crate) fn sched_yield(&mut self) {
        if let Some(slot) = self.cpu().current.take() {
            self.run_queue.push(&mut self.links, slot);
        }
    }

    /// Who goes on: the environment that was running unless it lost the CPU, else the one that is next.
    pub fn resume(&mut self) -> Next {
        if self.ticks_left == Some(0) {
            return Next::PowerOff(Outcome::TimeLimit);
        }
        if let Some(slot) = self.cpu().current {
            return Next::Run(slot);
        }
        match self.run_queue.pop(&mut self.links) {
            Some(slot) => self.env_run(slot),
            None if self.alive == 0 => Next::PowerOff(Outcome::Done),
            None if self.readers.first().is_some() => Next::Idle,
            None => Next::PowerOff(Outcome::Deadlock),
        }
    }

    /// Gives the CPU to `slot`, in its own address space.
    fn env_run(&mut self, slot: Slot) -> Next {
        let view = self.view(slot);
        view.env_runs = view.env_runs.wrapping_add(1);
        let slices = view.env_pri.max(1);
        *self.cpu() = Cpu {
            current: Some(slot),
            slices,
        };
        let env = self.envs.at_mut(slot);
        let asid = self.asids.renew(&mut env.asid, &mut self.mem.machine);
        self.mem.machine.set_address_space(env.directory, asid);
        Next::Run(slot)
    }
}
