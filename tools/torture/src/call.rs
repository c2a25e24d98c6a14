//! A system call of a random block.

use crate::asm::SYSCALL;
use crate::asm::reg::*;
use crate::block::Block;
use crate::family::{self, LAST_CHILD};
use crate::values::{self, DATA, XSTACK};
use mos_abi::layout::{PAGE_SIZE, UENVS};
use mos_abi::{Env, Sysno};
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

    /// A message, offered to somebody again and again.
    pub(crate) fn talk(&mut self) {
        let call = self
            .chance
            .pick(&[Sysno::IpcCanSend, Sysno::IpcCanSend, Sysno::IpcCall]);
        for _ in 0..self.chance.from(1, 3) {
            self.prepare(call);
            family::call(self.code, call);
            family::call(self.code, Sysno::Yield);
        }
    }

    /// Puts something into the argument registers of `call`, and on the stack.
    fn prepare(&mut self, call: Sysno) {
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
    }

    /// Something for the argument called `name`, in `register`.
    fn argument(&mut self, name: &str, register: u32) {
        let value = match name {
            "id" | "srcid" | "dstid" => return self.id(register),
            "va" | "srcva" | "dstva" | "start" | "end" | "tf" | "msg" => match self.chance.below(3)
            {
                0 => values::address(self.chance),
                _ => values::page(self.chance),
            },
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

    /// A word of an entry of UENVS: of one of the first, or of one near the last child.
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
