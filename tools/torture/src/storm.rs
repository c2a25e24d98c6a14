//! A gesture that never ends: it calls the kernel again and again, in a rhythm that a clock may miss.

use crate::asm::NOP;
use crate::asm::reg::*;
use crate::block::Block;
use crate::family;
use crate::values::{CODE, XSTACK};
use mos_abi::Sysno;
use mos_abi::layout::PAGE_SIZE;

/// Instructions that a turn round the loop may be longer.
const LENGTHS: u32 = 64;

impl Block<'_> {
    /// Calls, or stores that a handler skips, until the program is ended.
    pub(crate) fn storm(&mut self) {
        let stores = self.chance.one_in(4);
        if stores {
            self.code.li(A1, 0);
            self.code.li(A2, XSTACK);
            self.code.li(A3, 0x600);
            family::call(self.code, Sysno::MemAlloc);
            self.code.li(A1, 0);
            self.code.la(A2, self.places.skips());
            self.code.li(A3, XSTACK + PAGE_SIZE);
            family::call(self.code, Sysno::SetPgfaultHandler);
        }
        let call = self.chance.pick(&[
            Sysno::Getenvid,
            Sysno::Yield,
            Sysno::MemUnmap,
            // teacher begin
            Sysno::NextMapping,
            Sysno::CgetcNow,
            // teacher end
        ]);
        let again = self.code.here_label();
        if stores {
            self.code.li(V0, CODE);
            self.code.sw(V0, 0, V0);
        } else {
            self.code.li(A1, 0);
            family::call(self.code, call);
        }
        for _ in 0..self.chance.below(LENGTHS) {
            self.code.word(NOP);
        }
        self.code.beq(ZERO, ZERO, again);
        self.code.word(NOP);
    }
}
