//! Loads and stores, and what comes from outside: time, keys, other users of memory.

use mos_abi::{EnvId, NENV};
use mos_core::Next;
use mos_core::env::rule::Rule;
use mos_core::slot::Slot;

use super::AnyRig;
use crate::sim::Sim;

impl<const ASIDS: u32, R: Rule> AnyRig<ASIDS, R> {
    /// The running environment loads a word; `None` if the kernel did not let it go on there.
    pub fn load(&mut self, va: u32) -> Option<u32> {
        self.access(va, |machine| machine.user_load(va))
    }

    /// The running environment stores a word, likewise.
    pub fn store(&mut self, va: u32, value: u32) -> Option<()> {
        self.access(va, |machine| machine.user_store(va, value))
    }

    /// Repeats an access for as long as its exception makes it go on at the same instruction.
    fn access<T>(
        &mut self,
        va: u32,
        access: impl Fn(&mut Sim<ASIDS, R>) -> Result<T, u32>,
    ) -> Option<T> {
        let place = |rig: &mut Self| {
            let slot = rig.slot();
            let tf = rig.kernel.tf(slot);
            (slot, tf.cp0_epc, tf.regs)
        };
        let (id, here) = (self.id(), place(self));
        // A refill, a page on demand: whatever comes twice would come for ever.
        for _ in 0..3 {
            match access(self.machine()) {
                Ok(value) => return Some(value),
                Err(exception) => self.trap(exception << 2, va),
            }
            if !self.exists(id) || place(self) != here {
                return None;
            }
        }
        panic!("{va:#x} faults for ever");
    }

    /// Where the running environment is.
    pub fn pc(&mut self) -> u32 {
        let slot = self.slot();
        self.kernel.tf(slot).cp0_epc
    }

    /// A time slice is over.
    pub fn tick(&mut self) {
        self.machine().begin_trap();
        self.kernel.interrupted();
        self.kernel.timer_tick();
        self.settle();
    }

    /// Somebody types.
    pub fn type_in(&mut self, text: &[u8]) {
        self.machine().input.extend(text);
        self.machine().begin_trap();
        self.kernel.interrupted();
        self.settle();
    }

    /// Lets time pass until environment `id` runs.
    #[track_caller]
    pub fn switch_to(&mut self, id: u32) {
        for _ in 0..=2 * NENV {
            if self.next == Next::Run(Slot::new(EnvId(id).index())) {
                return;
            }
            self.tick();
        }
        panic!("{id:x} never runs");
    }

    /// Takes frames away until `count` are free.
    pub fn leave_free(&mut self, count: usize) {
        while self.kernel.mem.free_frames() > count {
            let frame = self.kernel.mem.page_alloc().expect("one is free");
            self.held.push(frame);
        }
    }

    /// Gives the frames back that [`Rig::leave_free`] took.
    pub fn give_back(&mut self) {
        for frame in self.held.drain(..) {
            self.kernel.mem.page_free(frame);
        }
    }

    /// What was printed since this was last asked.
    pub fn output(&mut self) -> String {
        self.machine().take_output()
    }
}
