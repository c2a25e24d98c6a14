//! The fixed part of a program: how it makes children and ends them, and how a child goes from one random block to
//! the next.
//!
//! Register s0 holds the program's own luck: a number that the next block is chosen by, and that differs from child
//! to child. Any block may destroy it.

use crate::asm::reg::*;
use crate::asm::{Code, Label, NOP, SYSCALL, i_type, r_type};
use crate::chance::Chance;
use crate::values::{DATA, OWN, XSTACK};
use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// How many blocks a program has: a power of two.
pub const BLOCKS: u32 = 64;
/// Pages that its code takes at most.
pub const CODE_PAGES: u32 = 10;
/// Pages that it shares with its children.
pub const DATA_PAGES: u32 = 2;
/// Where the id of its last child is.
pub const LAST_CHILD: i16 = 8;
/// The handler that goes on behind the instruction, the one that has a store done, and the one that brings the page.
const OVER: usize = 0;
const AGAIN: usize = 1;
const BRING: usize = 2;
/// Where calls of the fixed part have their stack.
pub const SCRATCH: u32 = DATA + 0x800;

/// Places of a program that its random blocks know.
#[derive(Clone, Debug)]
pub struct Places {
    /// Chooses the next block.
    pub next: Label,
    /// The two words of a jump there, for code that is copied.
    pub exit: Label,
    /// Make a child each, in different ways; they are called with `jal`.
    pub spawns: Vec<Label>,
    /// Handlers of exceptions that return.
    pub handlers: Vec<Label>,
    /// The blocks.
    pub blocks: Vec<Label>,
}

impl Places {
    /// None of them is anywhere yet.
    pub fn new(code: &mut Code, chance: &mut Chance) -> Self {
        let spawns = chance.from(1, 4);
        let mut labels = |count| (0..count).map(|_| code.label()).collect();
        Self {
            spawns: labels(spawns),
            handlers: labels(3),
            blocks: labels(BLOCKS),
            next: code.label(),
            exit: code.label(),
        }
    }

    /// The handler that goes on behind the store.
    pub fn skips(&self) -> Label {
        self.handlers[OVER]
    }
}

/// Calls the kernel with what is in a1 to a3.
pub fn call(code: &mut Code, number: Sysno) {
    code.li(A0, number as u32);
    code.word(SYSCALL);
}

/// Writes the program's start: it makes children and ends them, for ever.
pub fn parent(code: &mut Code, chance: &mut Chance, places: &Places) {
    code.li(A1, 0);
    code.li(A2, XSTACK);
    code.li(A3, 0x600);
    call(code, Sysno::MemAlloc);
    code.li(A1, 0);
    code.la(A2, places.handlers[AGAIN]);
    code.li(A3, XSTACK + PAGE_SIZE);
    call(code, Sysno::SetPgfaultHandler);
    code.li(S0, chance.word());
    code.li(S3, 0);
    let again = code.here_label();
    let children = chance.from(1, 8);
    for &spawn in &places.spawns {
        code.jal(spawn);
        for _ in 0..chance.from(1, 6) {
            call(code, Sysno::Yield);
        }
        // The oldest goes, and the new one takes its place in the ring at OWN.
        code.li(T0, OWN);
        code.sll(T1, S3, 2);
        code.addu(S2, T0, T1);
        code.lw(A1, 0, S2);
        code.sw(S1, 0, S2);
        let none = code.label();
        code.beq(A1, ZERO, none);
        code.word(NOP);
        call(code, Sysno::EnvDestroy);
        code.place(none);
        code.addiu(S3, S3, 1);
        code.sltiu(T0, S3, children);
        let inside = code.label();
        code.bne(T0, ZERO, inside);
        code.word(NOP);
        code.li(S3, 0);
        code.place(inside);
        luck(code);
    }
    code.j(again);
}

/// The next number of the program's luck, in s0.
fn luck(code: &mut Code) {
    code.li(T0, 1_664_525);
    code.multu(S0, T0);
    code.li(T1, 1_013_904_223);
    code.mflo(S0);
    code.word(NOP);
    code.word(NOP);
    code.addu(S0, S0, T1);
}

/// Writes where a child starts, and where each block ends: the next block, by luck. Returns the address of the two
/// words of `places.exit`.
pub fn child(code: &mut Code, places: &Places, chance: &mut Chance) -> u32 {
    let table = code.label();
    code.li(SP, USTACKTOP - 64);
    code.place(places.next);
    luck(code);
    code.srl(T0, S0, 16);
    code.andi(T0, T0, BLOCKS - 1);
    code.sll(T0, T0, 2);
    code.la(T1, table);
    code.addu(T0, T0, T1);
    code.lw(T0, 0, T0);
    if chance.one_in(2) {
        // Whatever it had before comes again, so that a block can rely on memory.
        code.li(SP, USTACKTOP - 64);
    }
    code.word(r_type(8, T0, 0, 0, 0));
    // No register says where the table is: what is there is no instructions.
    code.mov(T1, T0);
    code.place(places.exit);
    let exit = code.here();
    code.j(places.next);
    code.place(table);
    for &block in &places.blocks {
        code.address(block);
    }
    exit
}

/// Writes the handlers.
pub fn handlers(code: &mut Code, places: &Places) {
    let back = code.label();
    // Goes on behind the store.
    code.place(places.handlers[OVER]);
    code.lw(T0, 148, SP);
    code.addiu(T0, T0, 4);
    code.sw(T0, 148, SP);
    code.j(back);
    // Copies the page, so that the store can be done.
    code.place(places.handlers[AGAIN]);
    code.lw(A1, 140, SP);
    code.li(A2, 0);
    code.mov(A3, A1);
    code.li(T0, 0x600);
    code.addiu(SP, SP, -24);
    code.sw(T0, 16, SP);
    call(code, Sysno::MemCopy);
    code.addiu(SP, SP, 24);
    code.j(back);
    // Maps a page, so that the access can be made.
    code.place(places.handlers[BRING]);
    code.li(A1, 0);
    code.lw(A2, 140, SP);
    code.li(A3, 0x600);
    call(code, Sysno::MemAlloc);
    code.place(back);
    restore(code);
}

/// Writes the end of a handler: back to what the registers at sp say.
pub fn restore(code: &mut Code) {
    code.lw(T0, 132, SP);
    code.lw(T1, 136, SP);
    code.mthi(T0);
    code.mtlo(T1);
    for register in (1..32).filter(|r| ![K0, K1, SP].contains(r)) {
        code.word(i_type(35, SP, register, 4 * register));
    }
    code.word(i_type(35, SP, K0, 148));
    code.word(NOP);
    code.word(r_type(8, K0, 0, 0, 0));
    code.word(i_type(35, SP, SP, 4 * SP));
}
