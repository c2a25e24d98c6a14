//! A gesture: several calls in one trap, of an array in memory.

use crate::asm::reg::*;
use crate::block::Block;
use crate::family;
use crate::values::{self, DATA};
use mos_abi::Sysno;
use mos_abi::batch::{CALL_SIZE, CALL_WORDS};
use mos_abi::layout::{PAGE_SIZE, USTACKTOP};

/// Calls of an array at most.
const MOST: u32 = 6;
/// Where arrays are: in a page, and across the end of one.
const ARRAYS: [u32; 2] = [DATA + PAGE_SIZE + 0xa00, DATA + PAGE_SIZE - CALL_SIZE - 8];
/// Calls that may be among several.
const FIT: [Sysno; 8] = [
    Sysno::Getenvid,
    Sysno::SetPgfaultHandler,
    Sysno::SetExceptionHandler,
    Sysno::MemAlloc,
    Sysno::MemMap,
    Sysno::MemUnmap,
    Sysno::MemShare,
    Sysno::MemCopy,
];

impl Block<'_> {
    /// Several calls, most of which may be among several, about pages where the array itself may be.
    pub(crate) fn several(&mut self) {
        self.code.li(SP, USTACKTOP - 64);
        let array = self.chance.pick(&ARRAYS);
        let count = self.chance.from(1, MOST);
        for n in 0..count {
            let call = match self.chance.below(16) {
                0 => self.chance.pick(Sysno::ALL),
                _ => self.chance.pick(&FIT),
            };
            let at = array + n * CALL_SIZE;
            self.put(at, call as u32);
            for (name, word) in call.args().iter().zip(1..) {
                self.argument(name, S2);
                self.code.li(T0, at);
                self.code.sw(S2, 4 * word, T0);
            }
            let reserved = at + 4 * (CALL_WORDS as u32 - 1);
            let zero = if self.chance.one_in(32) { 1 } else { 0 };
            self.put(reserved, zero);
        }
        let count = match self.chance.below(8) {
            0 => values::number(self.chance),
            _ => count,
        };
        self.code.li(A1, array);
        self.code.li(A2, count);
        family::call(self.code, Sysno::Batch);
    }

    /// Stores `word` at `va`.
    fn put(&mut self, va: u32, word: u32) {
        self.code.li(T0, va);
        self.code.li(T1, word);
        self.code.sw(T1, 0, T0);
    }
}
