//! The kernel's state, all of it.

use core::fmt::{self, Write};

use mos_abi::{EnvId, Trapframe};

use crate::env::Platform;
use crate::env::console::{Input, Lines};
// teacher begin
use crate::env::cpus::Others;
// teacher end
use crate::env::deaths::Deaths;
// teacher begin
#[cfg(feature = "fpu")]
use crate::env::fpu::Unit;
// teacher end
use crate::env::list::Ring;
// teacher begin
use crate::env::msg::timeout::Timeouts;
use crate::env::rule::Rule;
// teacher end
use crate::env::sched::{Cpu, NCPU};
use crate::mem::Memory;
use crate::mem::asid::Asids;
use crate::slot::Slot;

/// The kernel on machine `M`.
#[repr(C)]
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel<M: Platform> {
    pub(crate) cpus: [Cpu; NCPU],
    pub(crate) asids: Asids,
    /// Physical memory, and the machine it is in.
    pub mem: Memory<M>,
    /// Slots whose environment has ended.
    pub(crate) free_envs: Ring,
    /// Environments that wait for a byte from the console.
    pub(crate) readers: Ring,
    /// Slots from this one on were never used, and nothing about them was ever written.
    pub(crate) fresh_envs: usize,
    /// How many environments there are.
    pub(crate) alive: usize,
    /// Those that have ended and are not cleared away yet.
    pub(crate) deaths: Deaths,
    // teacher begin
    /// The floating-point unit.
    #[cfg(feature = "fpu")]
    pub unit: Unit,
    /// Waits that do not last for ever.
    pub(crate) timeouts: Timeouts,
    /// How many nanoseconds a tick lasts.
    pub tick: u32,
    /// Slots from this one on were never waited for, and nothing about their lines was ever written.
    pub(crate) known_lines: usize,
    /// The other CPUs.
    pub(crate) others: Others,
    // teacher end
    /// Timer ticks left before the machine is switched off, where the command line sets a limit.
    pub(crate) ticks_left: Option<u32>,
    /// That limit was reached.
    pub(crate) time_is_up: bool,
    /// A first program could not be started.
    pub incomplete: bool,
    /// Bytes from the console that nobody has read yet.
    pub(crate) input: Input,
    /// What the kernel knows of each environment beyond what programs see.
    pub(crate) envs: M::Envs,
    // teacher begin
    /// What the rule knows by which the CPU is given away.
    pub rule: M::Rule,
    // teacher end
}

/// Who goes on after a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The environment in this slot, with the registers in its [`Kernel::tf`].
    Run(Slot),
    /// Nobody, until the next interrupt.
    Idle,
    /// Nobody ever again.
    PowerOff(Outcome),
}

/// What becomes of a call that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It returns this in v0.
    Value(u32),
    /// Its caller waits, or has got other registers: v0 is not touched.
    Later,
}

/// How a run of the whole system ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The last environment ended.
    Done,
    /// The same, but not every first program was started.
    Incomplete,
    /// Environments are left, and none of them can ever run again.
    Deadlock,
    /// The limit of the command line was reached.
    TimeLimit,
}

impl<M: Platform> Kernel<M> {
    /// A kernel without memory or environments, until [`Kernel::boot`]. What `envs` holds is no matter.
    pub const fn new(machine: M, envs: M::Envs) -> Self {
        Self {
            mem: Memory::new(machine),
            envs,
            // teacher begin
            rule: M::Rule::NEW,
            others: Others::new(),
            // teacher end
            free_envs: Ring::new(),
            fresh_envs: 0,
            readers: Ring::new(),
            input: Input::new(),
            alive: 0,
            deaths: Deaths::new(),
            // teacher begin
            #[cfg(feature = "fpu")]
            unit: Unit::UNKNOWN,
            timeouts: Timeouts::new(),
            tick: 0,
            known_lines: 0,
            // teacher end
            asids: Asids::new(),
            cpus: [Cpu::IDLE; NCPU],
            ticks_left: None,
            time_is_up: false,
            incomplete: false,
        }
    }

    /// The registers of the environment in `slot`.
    pub fn tf(&mut self, slot: Slot) -> &mut Trapframe {
        &mut self.envs.at_mut(slot).tf
    }

    /// What programs see of the environment in `slot`.
    pub(crate) fn view(&mut self, slot: Slot) -> &mut mos_abi::Env {
        match self.mem.machine.tables().envs.get_mut(slot.index()) {
            Some(view) => view,
            None => unreachable!("a slot is below NENV"),
        }
    }

    /// The id of the environment in `slot`; 0 if it is free.
    pub fn id(&self, slot: Slot) -> EnvId {
        EnvId(self.envs.at(slot).id)
    }

    /// Prints text of the kernel's own on the console.
    pub(crate) fn print(&mut self, text: fmt::Arguments<'_>) {
        // A console does not fail.
        _ = Lines(&mut self.mem.machine).write_fmt(text);
    }

    /// Prints a line of the kernel's own on the console.
    pub fn say(&mut self, line: fmt::Arguments<'_>) {
        self.print(format_args!("{line}\n"));
    }
}
