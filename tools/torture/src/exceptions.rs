//! A gesture: a handler of exceptions, good or bad, and something for it.

use crate::asm::r_type;
use crate::asm::reg::*;
use crate::block::Block;
use crate::family;
use crate::values::{self, XSTACK};
use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// `break`.
const BREAK: u32 = 13;

impl Block<'_> {
    /// Exceptions, mostly of kinds that are handled.
    pub(crate) fn exceptions(&mut self) {
        let handler = match self.chance.below(8) {
            0 => self.chance.pick(&self.places.blocks),
            _ => self.chance.pick(&self.places.handlers),
        };
        let top = match self.chance.below(6) {
            0 => values::address(self.chance),
            _ => XSTACK + PAGE_SIZE,
        };
        let kinds = values::kinds(self.chance);
        self.code.li(SP, USTACKTOP - 64);
        self.code.li(A1, 0);
        self.code.li(A2, kinds);
        self.code.la(A3, handler);
        self.code.li(T0, top);
        self.code.sw(T0, 16, SP);
        family::call(self.code, Sysno::SetExceptionHandler);
        if self.chance.one_in(2) {
            self.code.li(A1, 0);
            self.code.li(A2, top.wrapping_sub(PAGE_SIZE));
            self.code.li(A3, 0x600);
            family::call(self.code, Sysno::MemAlloc);
        }
        for _ in 0..self.chance.from(1, 4) {
            match self.chance.below(6) {
                0 => self.code.word(BREAK),
                1 => {
                    self.code.li(T0, 0x7fff_ffff);
                    self.code.word(r_type(0x20, T0, T0, T1, 0)); // add
                }
                2 => self.words(),
                3 => self.branch(),
                _ => self.access(),
            }
        }
    }
}
