//! State that tests and debuggers look at and nothing else needs. All of it is read-only.

use crate::env::Wait;
use crate::kernel::Kernel;
use crate::list::Slot;
use crate::machine::{Frame, Machine};
use crate::memory::Memory;

impl<M: Machine> Kernel<M> {
    /// The runnable environments that do not have the CPU, next one first.
    pub fn run_queue(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.run_queue.iter(&self.links)
    }

    /// The environments that wait for the console, first one first.
    pub fn readers(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.readers.iter(&self.links)
    }

    /// The slots for new environments, in the order they will be used.
    pub fn free_slots(&self) -> impl Iterator<Item = Slot> + use<'_, M> {
        self.free_envs.iter(&self.links)
    }

    /// How many environments there are.
    pub fn alive(&self) -> usize {
        self.alive
    }

    /// What the environment in `slot` waits for.
    pub fn wait(&self, slot: Slot) -> Wait {
        self.envs.at(slot).wait
    }
}

impl<M: Machine> Memory<M> {
    /// The page table that stands for every one that is missing.
    pub fn empty_table(&self) -> Frame {
        self.empty_table
    }

    /// The page tables of UENVS and UPAGES.
    pub fn view_tables(&self) -> [Frame; 2] {
        self.view_tables
    }
}
