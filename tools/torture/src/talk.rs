//! Messages: what their calls have in registers besides arguments, and a gesture that offers some.

use crate::asm::reg::*;
use crate::block::Block;
use crate::family;
// teacher begin
use crate::values;
// teacher end
use mos_abi::Sysno;
// teacher begin
use mos_abi::message::{PAGES_MAX, PAGES_SHIFT, at};
// teacher end

impl Block<'_> {
    /// A message, offered to somebody again and again.
    pub(crate) fn talk(&mut self) {
        let call = self.chance.pick(&[
            Sysno::IpcCanSend,
            Sysno::IpcCanSend,
            Sysno::IpcCall,
            // teacher begin
            Sysno::MsgCall,
            Sysno::MsgReplyWait,
            Sysno::Msg,
            Sysno::Msg,
            // teacher end
        ]);
        for _ in 0..self.chance.from(1, 3) {
            self.prepare(call);
            if !self.chance.one_in(4) {
                self.receiver(A1);
            }
            family::call(self.code, call);
            // teacher begin
            if call == Sysno::MsgReplyWait && self.chance.one_in(2) {
                // The next answer goes to who has asked.
                self.code.mov(A1, A0);
                family::call(self.code, call);
            }
            // teacher end
            family::call(self.code, Sysno::Yield);
        }
    }

    // teacher begin
    /// What `call` has in t0 to t9, if it is one of messages.
    pub(crate) fn message(&mut self, call: Sysno) {
        let words = match call {
            Sysno::MsgCall | Sysno::MsgReplyWait => 2,
            Sysno::Msg => 4,
            _ => return,
        };
        for word in 0..words {
            self.code.li(T0 + word, self.chance.word());
        }
        if call == Sysno::Msg {
            let pages = match self.chance.below(8) {
                0 => values::number(self.chance),
                1 => PAGES_MAX.wrapping_add(self.chance.below(2)),
                2 | 3 => self.chance.from(1, 20),
                _ => self.chance.below(3),
            };
            let room = match self.chance.below(4) {
                0 => values::number(self.chance),
                _ => self.chance.below(20),
            };
            let others = [
                (at::SEND_TICKS, values::ticks(self.chance)),
                (at::RECEIVE_TICKS, values::ticks(self.chance)),
                (at::PAGE, values::page(self.chance)),
                (
                    at::PAGES,
                    pages << PAGES_SHIFT | values::permission(self.chance) & 0xfff,
                ),
                (at::WINDOW, values::page(self.chance)),
                (at::ROOM, room),
            ];
            for (register, value) in others {
                self.code.li(register as u32, value);
            }
        }
    }
    // teacher end
}
