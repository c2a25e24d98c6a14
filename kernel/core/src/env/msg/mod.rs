//! Messages of four words, for which both sides wait: a sender in the line of the receiver, first come, first served.
//!
//! | module | concept |
//! | --- | --- |
//! | `line` | who hears whom, and the lines of senders |
//! | `talk` | the course of a call: sending, then receiving |
//! | `parcel` | a message on its way: words, and a run of pages |
//! | `timeout` | waits that do not last for ever |
//! | `parting` | those who wait for one that ends |
//! | `old` | the calls of one word, where they meet these |
//!
//! What somebody who waits has to send, and where what comes is to go, stands in its registers ([`mos_abi::message`]), and
//! in no other place: whoever changes these changes the message. So all of it is looked at again when its turn has come.

mod line;
mod old;
mod parcel;
mod parting;
mod talk;
pub mod timeout;

use mos_abi::message::ANY;
use mos_abi::{EnvId, Error};

use crate::env::{Env, Permission, Platform, Wait};
use crate::kernel::Kernel;
use crate::slot::Slot;

pub(crate) use line::Named;

/// So many slots are looked at before interrupts are looked at again.
const PIECE: usize = 128;

impl Wait {
    /// In the line of its partner, to send to it.
    pub const SEND: Self = Self(0x10);
    /// For a message. As it is, without a mark below: in one of the short calls, and of anybody. Where such a call is to hear one
    /// alone, the wait is that one's id, so that assembly has all there is to it in a word.
    pub const HEAR: Self = Self(2);
    /// A bit that all ids have, and no other wait.
    const ID: u32 = EnvId::new(0, 0).0;
    /// A mark besides: it is in `msg`. No id has this bit.
    const GENERAL: u32 = 1 << 31;
    /// A mark besides that: it does not wait for ever.
    const TIMED: u32 = 1 << 30;

    /// In a short call, for a message of `from`, which is [`ANY`] or an id.
    const fn short(from: u32) -> Self {
        if from == ANY { Self::HEAR } else { Self(from) }
    }

    /// Whether it is to send.
    pub const fn is_in_line(self) -> bool {
        self.0 & (Self::ID | Self::SEND.0) == Self::SEND.0
    }

    /// Whether it is for a message of four words.
    pub const fn is_to_hear(self) -> bool {
        self.0 & (Self::ID | Self::HEAR.0) != 0
    }

    /// Whether it is one of these.
    pub(super) const fn is_in_a_call(self) -> bool {
        self.0 & (Self::ID | Self::SEND.0 | Self::HEAR.0) != 0
    }

    /// Whether it is for a message of one word.
    pub const fn is_for_word(self) -> bool {
        let word = self.0 & (Self::ID | Self::MESSAGE.0 | Self::CALL.0);
        word != 0 && word < Self::ID
    }

    /// Whether it will end by itself.
    pub const fn is_timed(self) -> bool {
        self.0 >= Self::GENERAL | Self::TIMED
    }

    /// Whether it is in `msg`.
    const fn is_general(self) -> bool {
        self.0 >= Self::GENERAL
    }

    /// The same in `msg`, if `general`.
    const fn marked(self, general: bool) -> Self {
        Self(self.0 | if general { Self::GENERAL } else { 0 })
    }

    /// For a message, in the same call as this wait in line.
    const fn to_hear(self) -> Self {
        Self::HEAR.marked(self.is_general())
    }

    /// In line, in the same call as this wait for a message.
    const fn to_send(self) -> Self {
        Self::SEND.marked(self.is_general())
    }
}

impl Env {
    /// Whose message it waits for: an id, or [`ANY`]; 0, if it does not.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) const fn hears(&self) -> u32 {
        match self.wait {
            Wait::HEAR | Wait::MESSAGE | Wait::CALL => ANY,
            Wait(id) if id & Wait::ID != 0 => id,
            wait if wait.is_to_hear() => self.partner,
            _ => 0,
        }
    }
}

/// Which of the calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Talk {
    /// `msg_call`.
    Call,
    /// `msg_reply_wait`.
    ReplyWait,
    /// `msg`.
    General,
}

impl<M: Platform> Kernel<M> {
    /// `msg_call(to)`, `msg_reply_wait(to)` and `msg(to, from)` of the running environment, which has all registers in its
    /// trapframe; what they return is put there.
    #[optimize(size)]
    #[inline(never)]
    pub(crate) fn talk(&mut self, which: Talk) {
        if let Some(caller) = self.cpu().current
            && let Err(error) = self.converse(caller, which)
        {
            self.fail(caller, error);
        }
    }

    /// Another environment that `caller` names. `-E_INVAL`: itself. `-E_BAD_ENV`.
    #[optimize(size)]
    #[inline(never)]
    fn another(&mut self, caller: Slot, id: u32) -> Result<Slot, Error> {
        match self.envid2env(caller, id, Permission::Anyone)? {
            slot if slot == caller => Err(Error::Inval),
            slot => Ok(slot),
        }
    }
}
