//! Ways to make a child.

use crate::asm::reg::*;
use crate::asm::{Code, Label, NOP};
use crate::chance::Chance;
use crate::family::{CODE_PAGES, DATA_PAGES, LAST_CHILD, Places, SCRATCH, call};
use crate::values::{self, CODE, DATA, XSTACK};
use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// Writes a way to make a child. It gets the code, and more or less of the memory, in one way or another.
pub fn spawn(code: &mut Code, places: &Places, chance: &mut Chance, way: usize, born: Label) {
    code.place(places.spawns[way]);
    let out = code.label();
    code.mov(S7, SP);
    code.li(SP, SCRATCH);
    call(code, Sysno::EnvAlloc);
    code.beq(V0, ZERO, born);
    code.word(NOP);
    code.mov(S1, V0);
    code.branch(0x0440_0000, out); // bltz v0
    code.word(NOP);
    code.li(T0, DATA);
    code.sw(S1, LAST_CHILD, T0);
    if chance.one_in(3) {
        share(code, CODE, DATA + DATA_PAGES * PAGE_SIZE);
    } else {
        let perm = chance.pick(&[0x200, 0x200, 0x204, 0x201]);
        for page in 0..CODE_PAGES {
            map(code, CODE + page * PAGE_SIZE, perm);
        }
        for page in 0..DATA_PAGES {
            give(code, chance, DATA + page * PAGE_SIZE);
        }
    }
    give(code, chance, USTACKTOP - PAGE_SIZE);
    give(code, chance, XSTACK);
    if chance.one_in(2) {
        code.mov(A1, S1);
        let handler = chance.pick(&places.handlers);
        code.la(A2, handler);
        let top = if chance.one_in(4) {
            values::address(chance)
        } else {
            XSTACK + PAGE_SIZE
        };
        code.li(A3, top);
        call(code, Sysno::SetPgfaultHandler);
    }
    // teacher begin
    if chance.one_in(3) {
        code.mov(A1, S1);
        code.li(A2, values::kinds(chance));
        let handler = chance.pick(&places.handlers);
        code.la(A3, handler);
        code.li(T0, XSTACK + PAGE_SIZE);
        code.sw(T0, 16, SP);
        call(code, Sysno::SetExceptionHandler);
    }
    // teacher end
    code.mov(A1, S1);
    code.li(A2, 1);
    call(code, Sysno::SetEnvStatus);
    code.place(out);
    code.mov(SP, S7);
    code.jr(RA);
}

fn share(code: &mut Code, start: u32, end: u32) {
    code.mov(A1, S1);
    code.li(A2, start);
    code.li(A3, end);
    call(code, Sysno::MemShare);
}

/// Maps the page at `va` at the same place of the child.
fn map(code: &mut Code, va: u32, perm: u32) {
    code.li(A1, 0);
    code.li(A2, va);
    code.mov(A3, S1);
    code.li(T0, va);
    code.sw(T0, 16, SP);
    code.li(T0, perm);
    code.sw(T0, 20, SP);
    call(code, Sysno::MemMap);
}

/// Gives the child a page at `va`, or none: the same one, a copy, a new one.
fn give(code: &mut Code, chance: &mut Chance, va: u32) {
    match chance.below(6) {
        0 => {}
        1 => map(code, va, 0x600),
        2 => map(code, va, values::permission(chance)),
        3 => map(code, va, 0x601),
        4 => {
            code.li(A1, va);
            code.mov(A2, S1);
            code.li(A3, va);
            code.li(T0, 0x600);
            code.sw(T0, 16, SP);
            call(code, Sysno::MemCopy);
        }
        _ => {
            code.mov(A1, S1);
            code.li(A2, va);
            code.li(A3, 0x600);
            call(code, Sysno::MemAlloc);
        }
    }
}
