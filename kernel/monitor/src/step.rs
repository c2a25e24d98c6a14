//! A program stopped after one instruction. No CPU of this kind has a mode for that, so a `break` is put where the program
//! goes on: into a copy of the page that only this environment has, so that nobody else meets it.

use mos_abi::layout::{PAGE_SIZE, UTOP};
use mos_abi::{EnvId, PteFlags, pte};
use mos_core::Kernel;
use mos_core::machine::{Frame, FrameWords};
use mos_core::slot::Slot;

use crate::Target;
// teacher begin
#[cfg(feature = "fpu")]
use crate::branch::asks_unit;
// teacher end
use crate::branch::{Way, way};
use crate::space::word;
use crate::words::Wrong;

/// `break`, with a code that compilers do not use.
const BREAK: u32 = 0x0155_000d;
/// Cause: the exception is in a branch delay slot, and EPC is the branch.
const CAUSE_BD: u32 = 1 << 31;

/// A step that has begun. Both frames are held until it ends.
pub struct Step {
    env: EnvId,
    /// Where the program stops.
    va: u32,
    /// The page that was mapped there, and what is mapped instead.
    page: Frame,
    copy: Frame,
    /// What stands there.
    word: u32,
}

/// Whose a breakpoint is that an environment has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The step's, and it is done.
    Done,
    /// The step's, but another has got the page: it has been given the right one, and goes on.
    Bystander,
    /// Somebody else's.
    Other,
}

/// Where the environment in `slot` goes on after the instruction at its pc, or after the branch in whose delay slot it is.
pub fn after<M: Target>(kernel: &mut Kernel<M>, slot: Slot) -> u32 {
    let tf = *kernel.tf(slot);
    let pc = tf.cp0_epc;
    let word = word(kernel, slot, pc);
    let fcsr = 0;
    // teacher begin
    #[cfg(feature = "fpu")]
    let fcsr = match word {
        Some(word) if asks_unit(word) => kernel.fcsr(slot),
        _ => fcsr,
    };
    // teacher end
    match word.map(|word| way(word, pc, &tf.regs, fcsr)) {
        Some(Way::To(target)) => target,
        Some(Way::Past) => pc.wrapping_add(8),
        _ if tf.cp0_cause & CAUSE_BD != 0 => pc.wrapping_add(8),
        _ => pc.wrapping_add(4),
    }
}

impl Step {
    /// The environment in `slot` is to stop after its next instruction; a branch and its delay slot are one.
    pub(crate) fn begin<M: Target>(kernel: &mut Kernel<M>, slot: Slot) -> Result<Self, Wrong> {
        kernel.tf(slot).cp0_cause &= !CAUSE_BD;
        let va = after(kernel, slot);
        let space = kernel.space(slot);
        let (true, Some(word), Some((page, flags))) = (
            va < UTOP,
            word(kernel, slot, va),
            kernel.mem.page_lookup(space.directory, va),
        ) else {
            return Err("the next instruction is not in memory");
        };
        const NO_MEMORY: Wrong = "out of memory";
        let copy = kernel.mem.page_alloc().map_err(|_| NO_MEMORY)?;
        // The first reference to a frame can be counted.
        _ = kernel.mem.page_incref(copy);
        if kernel.mem.page_incref(page).is_err() {
            kernel.mem.page_decref(copy);
            return Err("too many share the page");
        }
        kernel.mem.machine.copy_frame(page, copy);
        let step = Self {
            env: kernel.id(slot),
            va,
            page,
            copy,
            word,
        };
        step.put(kernel, BREAK);
        if kernel.mem.page_insert(space, copy, va, flags).is_err() {
            step.release(kernel);
            return Err(NO_MEMORY);
        }
        Ok(step)
    }

    /// The environment in `slot` has come to a breakpoint.
    pub(crate) fn met<M: Target>(&self, kernel: &mut Kernel<M>, slot: Slot) -> Met {
        let space = kernel.space(slot);
        let at = kernel.tf(slot).cp0_epc;
        let found = kernel.mem.page_lookup(space.directory, self.va);
        match found {
            Some((frame, flags)) if at == self.va && frame == self.copy => {
                if kernel.id(slot) == self.env {
                    return Met::Done;
                }
                // What was mapped can be mapped.
                _ = kernel.mem.page_insert(space, self.page, self.va, flags);
                Met::Bystander
            }
            _ => Met::Other,
        }
    }

    /// What is there is again what was, but for what the program itself has written.
    pub(crate) fn end<M: Target>(self, kernel: &mut Kernel<M>) {
        self.put(kernel, self.word);
        let slot = Slot::new(self.env.index());
        if kernel.id(slot) == self.env {
            let space = kernel.space(slot);
            let entry = kernel.mem.pte(space.directory, self.va);
            let flags = pte::flags(entry);
            let is_ours = flags.contains(PteFlags::V) && Frame::of_pte(entry) == self.copy;
            if is_ours && self.is_unchanged(kernel) {
                // What was mapped can be mapped.
                _ = kernel.mem.page_insert(space, self.page, self.va, flags);
            }
        }
        self.release(kernel);
    }

    fn is_unchanged<M: Target>(&self, kernel: &mut Kernel<M>) -> bool {
        let page = *kernel.mem.machine.look(self.page);
        page == *kernel.mem.machine.look(self.copy)
    }

    /// A copy of frame `from` has no breakpoint of ours.
    pub(crate) fn copied(&self, from: Frame, to: &mut FrameWords) {
        if from == self.copy {
            to[self.place()] = self.word;
        }
    }

    fn put<M: Target>(&self, kernel: &mut Kernel<M>, word: u32) {
        kernel.mem.machine.frame(self.copy)[self.place()] = word;
    }

    /// Which word of the page it is.
    const fn place(&self) -> usize {
        (self.va % PAGE_SIZE / 4) as usize
    }

    fn release<M: Target>(&self, kernel: &mut Kernel<M>) {
        kernel.mem.page_decref(self.copy);
        kernel.mem.page_decref(self.page);
    }
}
