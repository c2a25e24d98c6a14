//! What each exception does, and which one an access to memory raises.

use mos_abi::layout::{
    DEMAND_FLOOR, PAGE_SHIFT, PAGE_SIZE, UENVS, ULIM, UPAGES, USTACKTOP, UTOP, UVPT, page_down,
    pdx, ptx,
};
use mos_abi::trapframe::{TF_SIZE, reg};
use mos_abi::{PteFlags, Trapframe};

use super::{Model, Printed};
use crate::sim::code;

impl Model {
    /// The running environment takes an exception.
    pub fn trap(&mut self, code: u32, badvaddr: u32) {
        let tf = &mut self.me().tf;
        (tf.cp0_cause, tf.cp0_badvaddr) = (code << 2, badvaddr);
        let goes_on = match code {
            _ if self.is_handled(code, badvaddr) => {
                let (_, handler) = self.me().handled;
                self.upcall(handler)
            }
            code::SYSCALL => {
                self.syscall();
                true
            }
            code::TLB_LOAD | code::TLB_STORE => self.demand(badvaddr),
            code::TLB_MOD => {
                let handler = self.me().view.env_pgfault_handler;
                self.upcall(handler)
            }
            code::COPROCESSOR => self.skip_mtc0_epc(),
            _ => false,
        };
        if !goes_on {
            let id = self.current.expect("it took the exception");
            self.printed = Printed::Line(format!("[{id:08x}] killed: "));
            self.end_with_words(id);
        }
    }

    /// A page on demand, if there is one to be had.
    fn demand(&mut self, va: u32) -> bool {
        let me = self.current.expect("somebody runs");
        let flags = PteFlags::V | PteFlags::R;
        // In the window on page tables there are zeros where there is none.
        (UVPT..ULIM).contains(&va)
            || (DEMAND_FLOOR..USTACKTOP).contains(&va)
                && (self.map(me, va, None, flags).is_ok() || self.tries_again(Some(va)))
    }

    /// Whether the running environment handles such an exception itself.
    fn is_handled(&mut self, code: u32, badvaddr: u32) -> bool {
        let (kinds, _) = self.me().handled;
        let is_page = [code::TLB_LOAD, code::TLB_STORE].contains(&code);
        // In the window on page tables nothing is missing; one instruction of a coprocessor is none of its business.
        kinds >> code & 1 == 1
            && !(is_page && badvaddr >= UVPT)
            && !(code == code::COPROCESSOR && self.is_mtc0_epc())
    }

    /// The trapframe goes to the exception stack and the handler goes on, if both are there.
    fn upcall(&mut self, handler: u32) -> bool {
        let id = self.current.expect("somebody runs");
        let me = self.env(id);
        let top = me.view.env_xstacktop;
        let sp = me.tf.regs[reg::SP];
        let page = top.saturating_sub(PAGE_SIZE)..top;
        let below = (page.start.saturating_sub(PAGE_SIZE) + 4).min(page.start);
        if (below..page.start).contains(&sp) {
            return false;
        }
        let from = if page.contains(&sp) { sp } else { top };
        if handler == 0 || from < page.start + TF_SIZE || !from.is_multiple_of(4) {
            return false;
        }
        let frame = from - TF_SIZE;
        let is_writable = |va| me.space.at(va).is_some_and(|page| page.flags.writable());
        if !is_writable(frame) || !is_writable(from - 4) {
            return false;
        }
        let copy = Trapframe {
            pc: me.tf.cp0_epc,
            ..me.tf
        };
        (me.tf.cp0_epc, me.tf.regs[reg::SP]) = (handler, frame);
        for (va, word) in (frame..).step_by(4).zip(copy.to_words()) {
            *self.word(id, va).expect("writable") = word;
        }
        true
    }

    /// `mtc0 $r, $14` is skipped.
    fn skip_mtc0_epc(&mut self) -> bool {
        let skip = self.is_mtc0_epc();
        self.me().tf.cp0_epc += if skip { 4 } else { 0 };
        skip
    }

    /// Whether that is where the running environment is.
    fn is_mtc0_epc(&mut self) -> bool {
        let id = self.current.expect("somebody runs");
        let pc = self.env(id).tf.cp0_epc;
        let is_readable = pc.is_multiple_of(4) && pc < UTOP;
        let word = self.word(id, pc).copied().filter(|_| is_readable);
        word.is_some_and(|word| word & 0xffe0_ffff == 0x4080_7000)
    }

    /// What a load of the running environment reads, or the exception it raises. `Ok(None)`: it reads
    /// one of the kernel's tables.
    pub fn load(&mut self, va: u32) -> Result<Option<u32>, u32> {
        let id = self.current.expect("somebody runs");
        if va >= ULIM || !va.is_multiple_of(4) {
            Err(code::ADDRESS_LOAD)
        } else if va >= UTOP {
            if self.is_view(va) {
                Ok(None)
            } else if va >= UVPT {
                Ok(Some(0))
            } else {
                Err(code::TLB_LOAD)
            }
        } else {
            let word = self.word(id, va).copied();
            word.map(Some).ok_or(code::TLB_LOAD)
        }
    }

    /// A store of the running environment, or the exception it raises.
    pub fn store(&mut self, va: u32, value: u32) -> Result<(), u32> {
        let id = self.current.expect("somebody runs");
        if va >= ULIM || !va.is_multiple_of(4) {
            return Err(code::ADDRESS_STORE);
        }
        if va >= UVPT || va >= UTOP && self.is_view(va) {
            return Err(code::TLB_MOD);
        }
        let mapping = self.env(id).space.at(va).ok_or(code::TLB_STORE)?;
        if !mapping.flags.writable() {
            return Err(code::TLB_MOD);
        }
        *self.word(id, va).expect("mapped") = value;
        Ok(())
    }

    /// Whether the running environment can read at `va`, which is in none of its own pages: the arrays,
    /// and each of its page tables in the window at UVPT.
    fn is_view(&mut self, va: u32) -> bool {
        let page = (page_down(va) & ((1 << 22) - 1)) >> PAGE_SHIFT;
        match va {
            UVPT.. => {
                let table = ptx(va);
                self.me().space.tables.contains(&table) || (pdx(UENVS)..=pdx(UVPT)).contains(&table)
            }
            UPAGES.. => page == 0,
            _ => page < 58,
        }
    }
}
