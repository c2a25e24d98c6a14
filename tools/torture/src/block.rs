//! A random block: a few gestures, each of a few instructions that belong together.

use crate::asm::reg::*;
use crate::asm::{Code, NOP, SYSCALL, i_type, r_type};
use crate::chance::Chance;
use crate::family::Places;
use crate::values::{self, CODE, DATA, XSTACK};
use crate::{encodings, family};
use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SIZE, UENVS, USTACKTOP};
use mos_run::machine::Machine;

/// Registers that gestures work with.
const WORK: [u32; 20] = [
    2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 24, 25,
];
/// Opcodes of loads and stores: lb, lh, lwl, lw, lbu, lhu, lwr, sb, sh, swl, sw, swr.
const ACCESSES: [u32; 12] = [32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 46];

/// A block that is being written.
pub struct Block<'a> {
    /// Where to.
    pub code: &'a mut Code,
    /// What decides.
    pub chance: &'a mut Chance,
    /// For which machine.
    pub machine: Machine,
    /// What else there is in the program.
    pub places: &'a Places,
}

impl Block<'_> {
    /// Writes the block.
    pub fn write(mut self) {
        for _ in 0..self.chance.from(2, 8) {
            self.gesture();
        }
        self.code.j(self.places.next);
    }

    fn gesture(&mut self) {
        // teacher begin
        // otherwise: match self.chance.below(68) {
        match self.chance.below(76) {
            // teacher end
            0..=20 => self.call(),
            21 => self.registers(),
            22..=29 => self.access(),
            30..=35 => self.words(),
            36..=41 => self.branch(),
            42..=45 => self.count(),
            46..=49 => self.upcall(),
            50..=52 => self.stack(),
            53..=54 => self.jump(),
            55..=57 => self.touch(),
            58..=59 => self.spawn(),
            60..=61 => self.talk(),
            62 => self.copied(),
            63 => self.back_from_nowhere(),
            64 => self.storm(),
            65 => self.twice(),
            // teacher begin
            // otherwise: _ => self.hoard(),
            66..=67 => self.hoard(),
            68..=71 => self.several(),
            _ => self.exceptions(),
            // teacher end
        }
    }

    fn register(&mut self) -> u32 {
        self.chance.pick(&WORK)
    }

    /// One instruction that is neither jump nor branch, or nothing in particular.
    fn one(&mut self) {
        let (rs, rt) = (self.register(), self.register());
        match self.chance.below(8) {
            0 => self.code.word(NOP),
            1 => self.code.word(SYSCALL),
            2 | 3 => {
                let op = self.chance.pick(&ACCESSES);
                let low = self.chance.word() & 0x3f;
                self.code.word(i_type(op, rs, rt, low));
            }
            4 => {
                let word = encodings::instruction(self.machine, self.chance);
                self.code.word(word);
            }
            _ => self.code.addiu(rt, rs, 1),
        }
    }

    /// A load or a store, mostly somewhere special.
    pub(crate) fn access(&mut self) {
        let (base, rt) = (self.register(), self.register());
        let address = values::address(self.chance);
        self.code.li(base, address);
        for _ in 0..self.chance.from(1, 3) {
            let op = self.chance.pick(&ACCESSES);
            let low = self
                .chance
                .pick(&[0, 0, 4, 8, 0xffff, 0xfffc, 0x7ffc, 0x1000]);
            self.code.word(i_type(op, base, rt, low));
        }
    }

    /// Any instructions at all.
    pub(crate) fn words(&mut self) {
        for _ in 0..self.chance.from(1, 6) {
            let word = encodings::instruction(self.machine, self.chance);
            self.code.word(word);
        }
    }

    /// A branch over a few instructions, or back, with anything in its delay slot.
    pub(crate) fn branch(&mut self) {
        let (rs, rt) = (self.register(), self.register());
        let word = self.chance.pick(&[
            i_type(4, rs, rt, 0),
            i_type(5, rs, rt, 0),
            i_type(6, rs, 0, 0),
            i_type(7, rs, 0, 0),
            i_type(1, rs, 0, 0),
            i_type(1, rs, 1, 0),
            i_type(1, rs, 16, 0),
            i_type(1, rs, 17, 0),
            i_type(4, 0, 0, 0),
        ]);
        let on = self.code.label();
        self.code.branch(word, on);
        self.one();
        for _ in 0..self.chance.from(1, 4) {
            self.one();
        }
        self.code.place(on);
    }

    /// A branch in the delay slot of another, where GXemul survives it.
    fn twice(&mut self) {
        let (rs, rt) = (self.register(), self.register());
        let (one, other) = (self.code.label(), self.code.label());
        self.code.bne(rs, rt, one);
        self.code.beq(rs, ZERO, other);
        self.code.word(NOP);
        self.one();
        self.code.place(one);
        self.one();
        self.code.place(other);
    }

    /// A loop that ends, unless something in it counts too.
    fn count(&mut self) {
        let counter = self.register();
        let times = self.chance.pick(&[3, 10, 100, 3000]);
        self.code.li(counter, times);
        let again = self.code.here_label();
        for _ in 0..self.chance.from(0, 3) {
            self.one();
        }
        self.code.bne(counter, ZERO, again);
        self.code.addiu(counter, counter, -1);
    }

    /// A store to a page that can be read, with a handler, good or bad.
    fn upcall(&mut self) {
        let handler = match self.chance.below(8) {
            0 => self.chance.pick(&self.places.blocks),
            _ => self.chance.pick(&self.places.handlers),
        };
        self.code.li(A1, 0);
        self.code.la(A2, handler);
        let top = match self.chance.below(6) {
            0 => values::address(self.chance),
            _ => XSTACK + PAGE_SIZE,
        };
        self.code.li(A3, top);
        family::call(self.code, Sysno::SetPgfaultHandler);
        if self.chance.one_in(2) {
            self.code.li(A1, 0);
            self.code.li(A2, top.wrapping_sub(PAGE_SIZE));
            self.code.li(A3, 0x600);
            family::call(self.code, Sysno::MemAlloc);
        }
        for _ in 0..self.chance.from(1, 3) {
            let (base, rt) = (self.register(), self.register());
            let page = self.chance.pick(&[CODE, DATA, CODE + PAGE_SIZE, UENVS]);
            self.code.li(base, page + 4 * self.chance.below(1024));
            let op = self.chance.pick(&[40, 41, 43, 42, 46]);
            self.code.word(i_type(op, base, rt, 0));
        }
    }

    /// Another stack pointer.
    fn stack(&mut self) {
        let sp = match self.chance.below(4) {
            0 => values::address(self.chance),
            1 => XSTACK + 4 * self.chance.below(1025),
            2 => DATA + 0x400,
            _ => USTACKTOP - 64,
        };
        self.code.li(SP, sp);
    }

    /// A jump that goes wrong, or to another block.
    fn jump(&mut self) {
        let to = self.register();
        match self.chance.below(4) {
            0 => {
                let address = self.jump_target();
                self.code.li(to, address);
            }
            1 => {
                let block = self.chance.pick(&self.places.blocks);
                self.code.la(to, block);
                let off = self.chance.pick(&[4, 8, 12]);
                self.code.addiu(to, to, off);
            }
            _ => {
                let block = self.chance.pick(&self.places.blocks);
                self.code.la(to, block);
            }
        }
        let word = self
            .chance
            .pick(&[r_type(8, to, 0, 0, 0), r_type(9, to, 0, RA, 0)]);
        self.code.word(word);
        self.one();
    }

    /// Many pages, one after the other.
    fn touch(&mut self) {
        let (at, counter) = (T0, T1);
        let start = values::page(self.chance) & !0xfff;
        self.code.li(at, start);
        let pages = self.chance.pick(&[2, 20, 100, 1200]);
        self.code.li(counter, pages);
        let again = self.code.here_label();
        let op = self.chance.pick(&[35, 43, 40]);
        self.code.word(i_type(op, at, V0, 0));
        let stride = self.chance.pick(&[4096, 4096, 8192, 0x7000]);
        self.code.addiu(at, at, stride);
        self.code.bne(counter, ZERO, again);
        self.code.addiu(counter, counter, -1);
    }

    /// An address at which there may or may not be instructions.
    pub(crate) fn jump_target(&mut self) -> u32 {
        match self.machine {
            Machine::Malta => values::address(self.chance),
            // Data are no instructions that GXemul is sure to know.
            Machine::Gxemul => {
                let bad = [
                    0,
                    0x1000_0000,
                    0x8000_0180,
                    0x9000_0000,
                    0xbfc0_0000,
                    0xc000_0000,
                ];
                self.chance.pick(&bad)
            }
        }
    }

    fn spawn(&mut self) {
        let spawn = self.chance.pick(&self.places.spawns);
        self.code.jal(spawn);
    }

    /// A block copied to memory that can be written, and executed there.
    fn copied(&mut self) {
        let from = self.chance.pick(&self.places.blocks);
        let to = DATA + PAGE_SIZE + 0x200 * self.chance.below(4);
        self.code.la(T0, from);
        self.code.li(T1, to);
        self.code.li(A1, 96);
        let again = self.code.here_label();
        self.code.lw(V0, 0, T0);
        self.code.sw(V0, 0, T1);
        self.code.addiu(T0, T0, 4);
        self.code.addiu(A1, A1, -1);
        self.code.bne(A1, ZERO, again);
        self.code.addiu(T1, T1, 4);
        // What comes after it are data, and no instructions that GXemul is sure to know. The block's last one may be a branch,
        // whose delay slot is no place for the jump to the end: see `separate_branches`.
        self.code.la(T0, self.places.exit);
        self.code.lw(V0, 0, T0);
        self.code.sw(ZERO, 0, T1);
        self.code.sw(V0, 4, T1);
        self.code.sw(ZERO, 8, T1);
        self.code.li(T1, to);
        self.code.jr(T1);
    }

    /// The end of a handler, where there was no fault.
    fn back_from_nowhere(&mut self) {
        self.code.word(i_type(35, SP, K0, 148));
        self.code.word(NOP);
        let block = self.chance.pick(&self.places.blocks);
        if self.chance.one_in(2) {
            self.code.la(K0, block);
        }
        self.code.word(r_type(8, K0, 0, 0, 0));
        self.code.word(i_type(35, SP, SP, 116));
    }
}
