//! What libos does in several steps: fork, and the handler of page faults.

use mos_abi::Sysno::{self, *};
use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, PFTEMP, UTEXT, UVPT, UXSTACKTOP, page_down};
use mos_abi::trapframe::{TF_WORDS, reg};
use mos_abi::{PteFlags, Trapframe};

use super::world::World;
use crate::model::Ruled;
use crate::rig::Back;

/// The page-fault handler's first instruction.
const HANDLER: u32 = UTEXT + 0x20;
const XSTACK: u32 = UXSTACKTOP - PAGE_SIZE;
const VR: u32 = PteFlags::V.bits() | PteFlags::R.bits();

impl<const ASIDS: u32, R: Ruled> World<'_, ASIDS, R> {
    /// A call that must succeed for what comes next to make sense.
    fn wants(&mut self, call: Sysno, args: &[u32]) -> Option<u32> {
        match self.call(call, args) {
            Back::Value(v0) => u32::try_from(v0).ok(),
            Back::Blocked | Back::Gone => None,
        }
    }

    /// The running environment gets a handler and an exception stack.
    pub fn prepare(&mut self) -> Option<()> {
        self.wants(MemAlloc, &[0, XSTACK, VR])?;
        self.wants(SetPgfaultHandler, &[0, HANDLER, UXSTACKTOP])?;
        Some(())
    }

    /// The running environment forks; where that fails halfway, the child is destroyed.
    pub fn fork(&mut self) -> Option<()> {
        let me = self.model.current;
        self.prepare()?;
        let child = self.wants(EnvAlloc, &[])?;
        let done = self.fill(child);
        if done.is_none() && self.model.current == me {
            self.wants(EnvDestroy, &[child]);
        }
        done
    }

    /// The child gets every page: shared, or copy-on-write on both sides, the child's first.
    fn fill(&mut self, child: u32) -> Option<()> {
        let me = self.model.current?;
        let space = self.model.envs[&me].space.clone();
        for va in space.mapped.keys().map(|vpn| vpn << PAGE_SHIFT) {
            if va == XSTACK {
                continue;
            }
            let entry = self.load(UVPT + (va >> PAGE_SHIFT) * 4)?;
            let flags = PteFlags::from_bits_truncate(entry & 0xfff);
            let mapped = self.model.envs[&me].space.at(va)?;
            assert_eq!(flags, mapped.flags, "vpt of {va:#x}");
            let copied = flags.contains(PteFlags::R) && !flags.contains(PteFlags::LIBRARY);
            let perm = flags.bits() | if copied { PteFlags::COW.bits() } else { 0 };
            self.wants(MemMap, &[0, va, child, va, perm])?;
            if copied {
                self.wants(MemMap, &[0, va, 0, va, perm])?;
            }
        }
        self.wants(MemAlloc, &[child, XSTACK, VR])?;
        self.wants(SetPgfaultHandler, &[child, HANDLER, UXSTACKTOP])?;
        self.wants(SetEnvStatus, &[child, 1])?;
        Some(())
    }

    /// The running environment is at the first instruction of its handler, and went on from `before`:
    /// copies the page and goes on there. Ends itself where that cannot be.
    pub fn handle(&mut self, before: Trapframe) -> bool {
        let me = self.model.current;
        let handled = self.copy_page().is_some() && self.return_from_handler(before).is_some();
        self.tally.handled += u64::from(handled);
        if !handled && self.model.current == me && me.is_some() {
            self.call(Panic, &[0]);
        }
        handled
    }

    fn copy_page(&mut self) -> Option<()> {
        let frame = self.model.me().tf.regs[reg::SP];
        let va = self.load(frame + 140)?;
        let page = page_down(va);
        let flags = self.model.me().space.at(page)?.flags;
        if !flags.contains(PteFlags::COW) {
            return None;
        }
        // Room for the arguments of the calls below the frame.
        let sp = frame.checked_sub(64).filter(|&sp| sp >= XSTACK)?;
        self.registers(|tf| tf.regs[reg::SP] = sp);
        self.wants(MemAlloc, &[0, PFTEMP, VR])?;
        for offset in [0, (va % PAGE_SIZE) & !3, PAGE_SIZE - 4] {
            let word = self.load(page + offset)?;
            self.store(PFTEMP + offset, word)?;
        }
        self.wants(
            MemMap,
            &[0, PFTEMP, 0, page, VR | (flags & PteFlags::D).bits()],
        )?;
        self.wants(MemUnmap, &[0, PFTEMP])?;
        self.registers(|tf| tf.regs[reg::SP] = frame);
        Some(())
    }

    /// Loads the registers from the frame at the stack pointer, as the handler's last instructions do.
    fn return_from_handler(&mut self, before: Trapframe) -> Option<()> {
        let frame = self.model.me().tf.regs[reg::SP];
        let mut words = [0; TF_WORDS];
        for (va, word) in (frame..).step_by(4).zip(&mut words) {
            *word = self.load(va)?;
        }
        let saved = Trapframe::from_words(&words);
        assert_eq!((saved.regs, saved.cp0_epc), (before.regs, before.cp0_epc));
        self.registers(|tf| {
            (tf.regs, tf.hi, tf.lo) = (saved.regs, saved.hi, saved.lo);
            tf.cp0_epc = saved.cp0_epc;
        });
        Some(())
    }
}
