//! A gesture that uses up memory, and then does what wants more of it.

use crate::asm::NOP;
use crate::asm::reg::*;
use crate::block::Block;
use crate::family;
use crate::values::{self, CODE, DATA};
use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// Where the hoard is.
const HOARD: u32 = 0x2000_0000;
/// Where there is no page table, or seldom: from here on, in steps of what one is for.
const FAR: u32 = 0x3000_0000;
const TABLE: u32 = 1024 * PAGE_SIZE;
/// Where the next page of the hoard goes, in a register that calls keep and no gesture uses.
const AT_PAGE: u32 = GP;

impl Block<'_> {
    /// Takes pages until there are none, or enough, and gives them back in the end.
    pub(crate) fn hoard(&mut self) {
        let full = self.code.label();
        let end = HOARD + PAGE_SIZE * self.chance.pick(&[16, 400, 1000]);
        self.code.li(SP, USTACKTOP - 64);
        self.code.li(AT_PAGE, HOARD);
        let again = self.code.here_label();
        self.code.li(A1, 0);
        self.code.mov(A2, AT_PAGE);
        self.code.li(A3, 0x600);
        family::call(self.code, Sysno::MemAlloc);
        self.code.bne(V0, ZERO, full);
        self.code.li(T0, end);
        self.code.addiu(AT_PAGE, AT_PAGE, PAGE_SIZE as i16);
        self.code.bne(AT_PAGE, T0, again);
        self.code.word(NOP);
        self.code.place(full);
        for _ in 0..self.chance.from(2, 6) {
            self.want();
        }
        let (again, empty) = (self.code.here_label(), self.code.label());
        self.code.li(T0, HOARD);
        self.code.beq(AT_PAGE, T0, empty);
        self.code.addiu(AT_PAGE, AT_PAGE, -(PAGE_SIZE as i16));
        self.code.li(A1, 0);
        self.code.mov(A2, AT_PAGE);
        family::call(self.code, Sysno::MemUnmap);
        self.code.beq(ZERO, ZERO, again);
        self.code.word(NOP);
        self.code.place(empty);
    }

    /// A call that takes a frame, or two with a page table.
    fn want(&mut self) {
        let from = self
            .chance
            .pick(&[CODE, DATA, HOARD, USTACKTOP - PAGE_SIZE]);
        let to = FAR + TABLE * self.chance.below(16);
        let perm = self.chance.pick(&[0x200, 0x200, 0x600, 0x601]);
        match self.chance.below(8) {
            0..=2 => {
                self.code.li(A1, 0);
                self.code.li(A2, from);
                self.code.li(A3, 0);
                self.code.li(T0, to);
                self.code.sw(T0, 16, SP);
                self.code.li(T0, perm);
                self.code.sw(T0, 20, SP);
                family::call(self.code, Sysno::MemMap);
            }
            3..=5 => {
                self.code.li(A1, from);
                self.code.li(A2, 0);
                self.code.li(A3, to);
                self.code.li(T0, 0x600);
                self.code.sw(T0, 16, SP);
                family::call(self.code, Sysno::MemCopy);
            }
            6 => {
                self.code.li(A1, 0);
                self.code.li(A2, to);
                self.code.li(A3, 0x600);
                family::call(self.code, Sysno::MemAlloc);
            }
            _ => self.call(),
        }
        if self.chance.one_in(4) {
            // A fault that wants one, too.
            self.code.li(T0, values::page(self.chance));
            self.code.lw(V0, 0, T0);
        }
    }
}
