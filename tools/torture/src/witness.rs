//! The witnesses: two honest programs that check, round after round, that nothing of theirs is disturbed: registers
//! while time passes, across calls and across a page fault, memory, and the messages from the first to the second.
//!
//! A witness never ends by itself. The kernel counts the beats of its heart, the word at [`HEART`]; a witness that
//! has seen something wrong says what it was and ends, which the kernel takes for a failure.

use crate::asm::reg::*;
use crate::asm::{Code, Label, NOP, bytes, r_type};
use crate::chance::Chance;
use crate::elf::{Segment, executable};
use crate::family::call;
use crate::values::{CODE, XSTACK};
use mos_abi::layout::{PAGE_SIZE, UENVS};
// teacher begin
use mos_abi::message::{ANY, FOREVER, at};
// teacher end
use mos_abi::{Env, EnvId, Error, Sysno};
use mos_audit::HEART;
use std::mem::offset_of;

/// Words of the page at HEART, besides the first.
const ROUND: i16 = 4;
const MESSAGES: i16 = 8;
const FAULTS: i16 = 12;
/// The first word of each page of memory.
const FIRST: i16 = 16;
/// Pages of memory: a power of two.
const PAGES: u32 = 4;
/// Where calls have their stack.
const STACK: u32 = HEART + 0x800;
/// Turns round a loop in which time passes.
const SPIN: u32 = 1000;
/// How often a message is offered in a round.
const OFFERS: u32 = 4;

struct Witness<'a> {
    code: Code,
    chance: &'a mut Chance,
    index: usize,
    /// What each register holds.
    values: [u32; 32],
    hi_lo: [u32; 2],
    /// What to say where something is wrong.
    complaints: Vec<(Label, String)>,
    handler: Label,
    /// What the words of a message after its number differ from that in, where messages have four.
    words: Option<[u32; 3]>,
}

/// The ELF file of witness `index`. Messages are of four words if the difference between each and the first is given.
pub fn witness(index: usize, words: Option<[u32; 3]>, chance: &mut Chance) -> Vec<u8> {
    let mut values = [0; 32].map(|_: u32| chance.word());
    // One that can be compared without another register, and one that is a stack pointer.
    values[V0 as usize] &= 0xffff;
    values[SP as usize] = 0x7f3f_d000 | values[SP as usize] & 0xff8;
    let mut code = Code::at(CODE);
    let handler = code.label();
    let first = [0; PAGES as usize].map(|_: u32| chance.word());
    let mut witness = Witness {
        code,
        hi_lo: [chance.word(), chance.word()],
        chance,
        index,
        values,
        complaints: Vec::new(),
        handler,
        words,
    };
    witness.write();
    let mut heart = vec![0; FIRST as usize];
    heart.extend(first.iter().flat_map(|word| word.to_le_bytes()));
    heart.resize(PAGE_SIZE as usize, 0);
    for first in first {
        heart.extend((0..PAGE_SIZE / 4).flat_map(|n| first.wrapping_add(n).to_le_bytes()));
    }
    let bytes = bytes(&witness.code.finish());
    let text = Segment {
        start: CODE,
        size: bytes.len() as u32,
        bytes,
        writable: false,
    };
    let data = Segment {
        start: HEART,
        size: heart.len() as u32,
        bytes: heart,
        writable: true,
    };
    executable(CODE, &[text, data])
}

impl Witness<'_> {
    fn write(&mut self) {
        self.begin();
        let again = self.code.here_label();
        self.time_passes();
        self.calls();
        self.fault();
        self.memory();
        if self.index == 0 {
            self.send();
        } else {
            self.receive();
        }
        for word in [0, ROUND] {
            self.code.li(A0, HEART);
            self.add(word, 1);
        }
        self.code.j(again);
        self.write_handler();
        self.write_complaints();
    }

    /// Adds to a word of the page at a0.
    fn add(&mut self, offset: i16, more: i16) {
        self.code.lw(T0, offset, A0);
        self.code.addiu(T0, T0, more);
        self.code.sw(T0, offset, A0);
    }

    /// Complains unless `a` and `b` hold the same.
    fn same(&mut self, a: u32, b: u32, what: String) {
        let label = self.code.label();
        self.code.bne(a, b, label);
        self.code.word(NOP);
        self.complaints.push((label, what));
    }

    fn begin(&mut self) {
        self.code.li(SP, STACK);
        // Whoever runs on another CPU may have all memory at this moment.
        let again = self.code.here_label();
        self.code.li(A1, 0);
        self.code.li(A2, XSTACK);
        self.code.li(A3, 0x600);
        call(&mut self.code, Sysno::MemAlloc);
        self.code.li(T0, Error::NoMem.code() as u32);
        self.code.beq(V0, T0, again);
        self.code.word(NOP);
        self.same(V0, ZERO, "no exception stack".to_owned());
        self.code.li(A1, 0);
        self.code.la(A2, self.handler);
        self.code.li(A3, XSTACK + PAGE_SIZE);
        call(&mut self.code, Sysno::SetPgfaultHandler);
        self.same(V0, ZERO, "no handler".to_owned());
    }

    /// Gives these registers their values.
    fn load(&mut self, registers: impl Iterator<Item = u32>) {
        for register in registers {
            self.code.li(register, self.values[register as usize]);
        }
    }

    /// Complains where one of these registers, other than v0, has not its value; v0 is free.
    fn check(&mut self, registers: impl Iterator<Item = u32>, when: &str) {
        for register in registers.filter(|&r| r != V0) {
            self.code.li(V0, self.values[register as usize]);
            self.same(register, V0, format!("register {register} {when}"));
        }
    }

    fn load_all(&mut self) {
        let [hi, lo] = self.hi_lo;
        self.code.li(T0, hi);
        self.code.li(T1, lo);
        self.code.mthi(T0);
        self.code.mtlo(T1);
        self.load(all());
    }

    fn check_all(&mut self, when: &str) {
        self.check(all(), when);
        for (name, funct, value) in [("hi", 0x10, self.hi_lo[0]), ("lo", 0x12, self.hi_lo[1])] {
            self.code.word(r_type(funct, 0, 0, T0, 0));
            self.code.li(V0, value);
            self.same(T0, V0, format!("{name} {when}"));
        }
    }

    fn time_passes(&mut self) {
        self.load_all();
        self.code.li(V0, SPIN);
        let again = self.code.here_label();
        self.code.bne(V0, ZERO, again);
        self.code.addiu(V0, V0, -1);
        self.code.addiu(V0, V0, 1);
        self.same(V0, ZERO, "register 2 in a loop".to_owned());
        self.check_all("in a loop");
    }

    fn calls(&mut self) {
        self.load(kept());
        call(&mut self.code, Sysno::Yield);
        self.same(V0, ZERO, "what yield returned".to_owned());
        self.check(kept(), "after yield");
        call(&mut self.code, Sysno::Getenvid);
        self.code.li(A0, id(self.index));
        self.same(V0, A0, "its own id".to_owned());
        self.check(kept(), "after getenvid");
    }

    /// A store to its code, which the handler skips.
    fn fault(&mut self) {
        self.values[AT as usize] = CODE + 4 * self.chance.below(256);
        self.load_all();
        self.code.sw(V0, 0, AT);
        let expected = self.values[V0 as usize];
        self.code.xori(V0, V0, expected);
        self.same(V0, ZERO, "register 2 after a fault".to_owned());
        self.check_all("after a fault");
        self.code.li(A0, HEART);
        self.code.lw(T0, ROUND, A0);
        self.code.lw(T1, FAULTS, A0);
        self.code.addiu(T0, T0, 1);
        self.same(T0, T1, "the number of faults".to_owned());
    }

    /// One page is as it was left, and is left otherwise.
    fn memory(&mut self) {
        let (heart, page, word, end) = (A0, A1, A2, A3);
        self.code.li(heart, HEART);
        self.code.lw(T0, ROUND, heart);
        self.code.andi(T0, T0, PAGES - 1);
        self.code.sll(S1, T0, 2);
        self.code.addu(S1, S1, heart); // s1 + FIRST: where its first word is
        self.code.addiu(T0, T0, 1);
        self.code.sll(page, T0, 12);
        self.code.addu(page, page, heart);
        self.code.mov(S2, page);
        self.code.addiu(end, page, PAGE_SIZE as i16);
        self.code.lw(word, FIRST, S1);
        let check = self.code.here_label();
        self.code.lw(T1, 0, page);
        self.same(T1, word, "memory".to_owned());
        self.code.addiu(page, page, 4);
        self.code.bne(page, end, check);
        self.code.addiu(word, word, 1);
        self.code.lw(word, ROUND, heart);
        let other = self.chance.word();
        self.code.li(T1, other);
        self.code.xor(word, word, T1);
        self.code.sw(word, FIRST, S1);
        let write = self.code.here_label();
        self.code.sw(word, 0, S2);
        self.code.addiu(S2, S2, 4);
        self.code.bne(S2, end, write);
        self.code.addiu(word, word, 1);
    }

    /// Offers the next number to the other one, who may not be waiting: anybody may have sent it something.
    fn send(&mut self) {
        let (again, sent, out) = (self.code.label(), self.code.label(), self.code.label());
        self.code.li(SP, STACK);
        self.code.li(S1, OFFERS);
        self.code.place(again);
        self.code.li(A1, id(1));
        let refusal = match self.words {
            None => {
                self.code.li(A2, HEART);
                self.code.lw(A2, MESSAGES, A2);
                self.code.li(A3, 0);
                call(&mut self.code, Sysno::IpcCanSend);
                Error::IpcNotRecv
            }
            // teacher begin
            // otherwise: Some(_) => Error::IpcNotRecv,
            Some(words) => self.send_words(words),
            // teacher end
        };
        self.code.beq(V0, ZERO, sent);
        self.code.word(NOP);
        self.code.li(T0, refusal.code() as u32);
        self.same(V0, T0, "what sending returned".to_owned());
        call(&mut self.code, Sysno::Yield);
        self.code.addiu(S1, S1, -1);
        self.code.bne(S1, ZERO, again);
        self.code.word(NOP);
        self.code.j(out);
        self.code.place(sent);
        self.code.li(A0, HEART);
        self.add(MESSAGES, 1);
        self.code.place(out);
    }

    // teacher begin
    /// The same by the call that sends four words, to a1. Returns why it may fail.
    fn send_words(&mut self, words: [u32; 3]) -> Error {
        let ticks = self.chance.pick(&[0, 0, 1, 3]);
        self.code.li(A2, HEART);
        self.code.lw(T0, MESSAGES, A2);
        for (register, word) in (T1..).zip(words) {
            self.code.li(A2, word);
            self.code.xor(register, T0, A2);
        }
        for register in [A2, A3, at::RECEIVE_TICKS as u32, at::PAGES as u32] {
            self.code.li(register, 0);
        }
        self.code.li(at::SEND_TICKS as u32, ticks);
        call(&mut self.code, Sysno::Msg);
        match ticks {
            0 => Error::IpcNotRecv,
            _ => Error::Timeout,
        }
    }

    /// Waits for a message of four words, of the other one alone or of anybody.
    fn receive_words(&mut self, words: [u32; 3]) {
        let (out, came) = (self.code.label(), self.code.label());
        self.code.li(A1, 0);
        self.code.li(A2, self.chance.pick(&[ANY, id(0)]));
        self.code.li(A3, 0);
        let ticks = self.chance.pick(&[FOREVER, FOREVER, 2, 5]);
        self.code.li(at::RECEIVE_TICKS as u32, ticks);
        self.code.li(at::ROOM as u32, 0);
        call(&mut self.code, Sysno::Msg);
        self.code.beq(V0, ZERO, came);
        self.code.li(T2, Error::Timeout.code() as u32);
        if ticks == FOREVER {
            self.code.li(T2, 0);
        }
        self.same(V0, T2, "what receiving returned".to_owned());
        self.code.j(out);
        self.code.place(came);
        self.code.li(T2, id(0));
        self.code.bne(A0, T2, out);
        self.code.li(A0, HEART);
        self.code.lw(T2, MESSAGES, A0);
        self.same(A2, T2, "the number of a message".to_owned());
        for (register, word) in [A3, T0, T1].into_iter().zip(words) {
            self.code.li(T3, word);
            self.code.xor(T3, T3, T2);
            self.same(register, T3, "a word of a message".to_owned());
        }
        self.add(MESSAGES, 1);
        self.code.place(out);
    }
    // teacher end

    /// Waits for a message. If it is from the other one, it must be the next number.
    fn receive(&mut self) {
        // teacher begin
        if let Some(words) = self.words {
            return self.receive_words(words);
        }
        // teacher end
        let out = self.code.label();
        self.code.li(A1, 0);
        call(&mut self.code, Sysno::IpcRecv);
        self.same(V0, ZERO, "what ipc_recv returned".to_owned());
        self.code.li(A1, UENVS + size_of::<Env>() as u32);
        self.code.lw(T0, offset_of!(Env, env_ipc_from) as i16, A1);
        self.code.li(T1, id(0));
        self.code.bne(T0, T1, out);
        self.code.word(NOP);
        self.code.lw(T0, offset_of!(Env, env_ipc_value) as i16, A1);
        self.code.li(A0, HEART);
        self.code.lw(T1, MESSAGES, A0);
        self.same(T0, T1, "the number of a message".to_owned());
        self.add(MESSAGES, 1);
        self.code.place(out);
    }

    fn write_handler(&mut self) {
        self.code.place(self.handler);
        self.code.li(A0, HEART);
        self.add(FAULTS, 1);
        self.code.lw(T0, 148, SP);
        self.code.addiu(T0, T0, 4);
        self.code.sw(T0, 148, SP);
        crate::family::restore(&mut self.code);
    }

    fn write_complaints(&mut self) {
        let complaints = std::mem::take(&mut self.complaints);
        for (label, what) in complaints {
            self.code.place(label);
            let text = self.code.label();
            self.code.la(A1, text);
            call(&mut self.code, Sysno::Panic);
            self.code.place(text);
            let mut bytes = format!("witness {}: {what}\0", self.index).into_bytes();
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            for word in bytes.as_chunks().0 {
                self.code.word(u32::from_le_bytes(*word));
            }
        }
    }
}

/// The id of a witness.
fn id(index: usize) -> u32 {
    EnvId::new(0, index).0
}

/// All registers that are a program's own.
fn all() -> impl Iterator<Item = u32> {
    (1..32).filter(|r| ![K0, K1].contains(r))
}

/// Those that calls keep.
fn kept() -> impl Iterator<Item = u32> {
    (16..24).chain(28..32)
}
