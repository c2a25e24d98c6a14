//! State that tests and debuggers look at and nothing else needs. All of it is read-only.

use mos_abi::NENV;

use crate::env::{Platform, Wait};
use crate::kernel::Kernel;
use crate::machine::{Frame, Machine};
use crate::mem::Memory;
use crate::slot::Slot;

impl<M: Platform> Kernel<M> {
    /// The runnable environments that do not have the CPU, next one first.
    pub fn run_queue(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        let [cpu] = &self.cpus;
        let current = cpu.current;
        // Who has it stands at the head, or who has lent it the turn.
        cpu.run_queue
            .iter(&self.envs)
            .skip(usize::from(current.is_some()))
    }

    /// The environments that wait for the console, first one first.
    pub fn readers(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.readers.iter(&self.envs)
    }

    // teacher begin
    /// The environments that run on CPUs that are not in the kernel.
    pub fn elsewhere(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.others.running()
    }

    /// The environments that stand in the line of that in `slot`, first one first.
    pub fn senders(&self, slot: Slot) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.line(slot).iter(&self.envs)
    }

    /// Whom the environment in `slot` waits to send to, or to hear; 0, if for neither.
    pub fn partner(&self, slot: Slot) -> u32 {
        let env = self.envs.at(slot);
        if env.wait.is_in_line() {
            env.partner
        } else {
            env.hears()
        }
    }

    /// Status of the environment in `slot` on its way to user mode.
    #[cfg(feature = "fpu")]
    pub fn status(&self, slot: Slot) -> u32 {
        self.envs.at(slot).status()
    }

    /// How many waits do not last for ever.
    pub fn timeouts(&self) -> usize {
        self.timeouts.count()
    }
    // teacher end

    /// The slots for new environments, in the order they will be used.
    pub fn free_slots(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        (self.fresh_envs..NENV)
            .map(Slot::new)
            .chain(self.free_envs.iter(&self.envs))
    }

    /// The environments that have ended and are not cleared away yet.
    pub fn dying(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        let [cpu] = &self.cpus;
        let queue = cpu.run_queue.iter(&self.envs);
        queue.filter(|&slot| self.has_ended(slot))
    }

    /// How many time slices they have in their next turns.
    pub fn dying_slices(&self) -> u32 {
        self.dying().map(|slot| self.envs.at(slot).slices).sum()
    }

    /// How many environments there are.
    pub fn alive(&self) -> usize {
        self.alive
    }

    /// Whether the environment in `slot` may use device registers.
    pub fn may_use_devices(&self, slot: Slot) -> bool {
        self.envs.at(slot).devices.allowed()
    }

    /// What the environment in `slot` waits for.
    pub fn wait(&self, slot: Slot) -> Wait {
        self.envs.at(slot).wait
    }
}

impl<M: Machine> Memory<M> {
    /// The frame of zeros that the unused parts of UENVS and UPAGES show.
    pub fn zeros(&self) -> Frame {
        self.zeros
    }

    /// The page tables of UENVS and UPAGES.
    pub fn view_tables(&self) -> [Frame; 2] {
        [self.envs_view.table, self.pages_view.table]
    }

    /// How many entries of UENVS and of UPAGES are wholly shown from where they are.
    pub fn view_entries(&self) -> [usize; 2] {
        [self.envs_view.ready, self.pages_view.ready]
    }

    /// How many numbers of free frames are at the start of the array (with anything in them) and at
    /// its end (zeroed), and the first frame that was never used.
    pub fn free_list(&self) -> (usize, usize, Frame) {
        (self.dirty, self.zeroed, self.fresh)
    }
}
