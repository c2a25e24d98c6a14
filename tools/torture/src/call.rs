//! A system call of a random block.

use crate::asm::SYSCALL;
use crate::asm::reg::*;
use crate::block::Block;
use crate::family::{self, LAST_CHILD};
use crate::values::{self, DATA, XSTACK};
use mos_abi::layout::{PAGE_SIZE, UENVS, USTACKTOP};
// teacher begin
use mos_abi::message::ANY;
// teacher end
use mos_abi::{Env, Sysno, Trapframe};
use std::mem::offset_of;

/// Calls that end or block the caller, or cost a slot, as a rule.
const RARE: [Sysno; 4] = [
    Sysno::Panic,
    Sysno::Cgetc,
    Sysno::EnvDestroy,
    Sysno::EnvAlloc,
];

impl Block<'_> {
    /// A system call, with arguments that may be right.
    pub(crate) fn call(&mut self) {
        let call = loop {
            let call = self.chance.pick(Sysno::ALL);
            if !RARE.contains(&call) || self.chance.one_in(6) {
                break call;
            }
        };
        self.prepare(call);
        let number = match self.chance.below(24) {
            0 => call as u32 ^ 1 << self.chance.below(32),
            _ => call as u32,
        };
        self.code.li(A0, number);
        if self.chance.one_in(40) {
            // In a delay slot.
            let behind = self.code.label();
            self.code.beq(ZERO, ZERO, behind);
            self.code.word(SYSCALL);
            self.code.place(behind);
        } else {
            self.code.word(SYSCALL);
        }
    }

    /// Registers for somebody: a block to go on with, and a stack, where there need be neither; or those that somebody has.
    pub(crate) fn registers(&mut self) {
        let (frame, value) = (S2, T0);
        // teacher begin
        if self.chance.one_in(3) {
            self.id(S3);
            self.code.mov(A1, S3);
            self.code.li(A2, DATA + 0xc00);
            family::call(self.code, Sysno::GetTrapframe);
            if self.chance.one_in(2) {
                self.id(S3);
            }
            return self.load_registers(S3);
        }
        // teacher end
        self.code.li(frame, DATA + 0xc00);
        let block = self.chance.pick(&self.places.blocks);
        self.code.la(value, block);
        if self.chance.one_in(4) {
            let off = self.chance.pick(&[1, 2, 3, 4, 8]);
            self.code.addiu(value, value, off);
        }
        self.code.sw(value, offset_of!(Trapframe, pc) as i16, frame);
        let sp = match self.chance.below(4) {
            0 => values::address(self.chance),
            _ => USTACKTOP - 64,
        };
        self.code.li(value, sp);
        self.code.sw(value, 4 * SP as i16, frame);
        self.id(S3);
        self.load_registers(S3);
    }

    fn load_registers(&mut self, id: u32) {
        self.code.mov(A1, id);
        self.code.li(A2, DATA + 0xc00);
        family::call(self.code, Sysno::SetTrapframe);
    }

    /// Puts something into the argument registers of `call`, and on the stack.
    pub(crate) fn prepare(&mut self, call: Sysno) {
        // Where arguments are made, other calls are: so they wait in registers that calls keep.
        let kept = [S2, S3, S4, S5, S6];
        for (name, register) in call.args().iter().zip(kept) {
            self.argument(name, register);
        }
        for (n, register) in (0..).zip(kept).take(call.args().len()) {
            match n {
                0..3 => self.code.mov(A1 + n, register),
                _ => self.code.sw(register, 4 + 4 * n as i16, SP),
            }
        }
        // teacher begin
        self.message(call);
        // teacher end
    }

    /// Something for the argument called `name`, in `register`.
    pub(crate) fn argument(&mut self, name: &str, register: u32) {
        let value = match name {
            // teacher begin
            "from" if self.chance.one_in(2) => ANY,
            // teacher end
            "id" | "srcid" | "dstid" | "to" | "from" => return self.id(register),
            "va" | "srcva" | "dstva" | "start" | "end" | "tf" | "msg" | "calls" => {
                match self.chance.below(3) {
                    0 => values::address(self.chance),
                    _ => values::page(self.chance),
                }
            }
            // teacher begin
            "kinds" => values::kinds(self.chance),
            // teacher end
            "zero" if !self.chance.one_in(16) => 0,
            "dev" => values::device(self.machine, self.chance),
            "len" => values::length(self.chance),
            "perm" => values::permission(self.chance),
            "status" => self.chance.pick(&[0, 1, 1, 1, 2, 2, 3, u32::MAX]),
            "func" => match self.chance.below(3) {
                0 => self.jump_target(),
                _ => {
                    let handler = self.chance.pick(&self.places.handlers);
                    return self.code.la(register, handler);
                }
            },
            "xstacktop" => match self.chance.below(3) {
                0 => values::address(self.chance),
                _ => XSTACK + PAGE_SIZE,
            },
            _ => values::number(self.chance),
        };
        self.code.li(register, value);
    }

    /// An id in `register`: its own, its last child's, somebody's, nobody's.
    fn id(&mut self, register: u32) {
        match self.chance.below(16) {
            0..=2 => self.code.li(register, 0),
            3 => {
                family::call(self.code, Sysno::Getenvid);
                self.code.mov(register, V0);
            }
            4..=9 => self.last_child(register),
            10 => {
                // One that was, or will be.
                self.last_child(register);
                let bit = self.chance.pick(&[11, 12, 31]);
                self.code.li(AT, 1 << bit);
                self.code.xor(register, register, AT);
            }
            11..=14 => {
                let field = match self.chance.below(4) {
                    0 => offset_of!(Env, env_parent_id),
                    _ => offset_of!(Env, env_id),
                };
                self.somebody(register, field);
            }
            _ => {
                let id = values::number(self.chance);
                self.code.li(register, id);
            }
        }
    }

    fn last_child(&mut self, register: u32) {
        self.code.li(AT, DATA);
        self.code.lw(register, LAST_CHILD, AT);
    }

    /// The id of somebody near the last child who waits for a message, if there is one.
    pub(crate) fn receiver(&mut self, register: u32) {
        let (entry, left) = (AT, T1);
        self.somebody(register, offset_of!(Env, env_id));
        let (again, found) = (self.code.label(), self.code.label());
        self.code.li(left, 24);
        self.code.place(again);
        self.code
            .lw(T0, offset_of!(Env, env_ipc_recving) as i16, entry);
        self.code.bne(T0, ZERO, found);
        self.code.addiu(left, left, -1);
        self.code.bne(left, ZERO, again);
        self.code.addiu(entry, entry, size_of::<Env>() as i16);
        self.code.place(found);
        self.code
            .lw(register, offset_of!(Env, env_id) as i16, entry);
    }

    /// A word of an entry of UENVS, whose address stays in at: of one of the first, or of one near the last child.
    fn somebody(&mut self, register: u32, field: usize) {
        if self.chance.one_in(3) {
            let first = self.chance.below(16);
            self.code.li(register, first);
        } else {
            self.last_child(register);
            let near = self.chance.below(16) as i16;
            self.code.addiu(register, register, -near);
        }
        self.code.andi(register, register, 1023);
        // An entry is 232 = 256 - 16 - 8 bytes long.
        const { assert!(size_of::<Env>() == 232) };
        self.code.sll(AT, register, 8);
        for shift in [4, 3] {
            self.code.sll(T0, register, shift);
            self.code.subu(AT, AT, T0);
        }
        self.code.li(T0, UENVS);
        self.code.addu(AT, AT, T0);
        self.code.lw(register, field as i16, AT);
    }
}
