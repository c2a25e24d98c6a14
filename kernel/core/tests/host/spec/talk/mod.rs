//! Messages of four words: the rules of `msg_call`, `msg_reply_wait` and `msg`, one test a rule.

mod calls;
mod ends;
mod fair;
mod lines;
mod old;
mod pages;
mod times;

use mos_abi::Sysno::{self, *};
use mos_abi::trapframe::reg;

use crate::rig::{Back, Rig};

/// For ever, and anybody.
pub(super) const ALL: u32 = u32::MAX;

/// What `msg` is given beside receiver and sender: all of it is 0 where nothing is said, but time, of which there is no end.
#[derive(Clone, Copy)]
pub(super) struct Rest {
    pub words: [u32; 4],
    /// For sending, and for receiving.
    pub ticks: [u32; 2],
    /// First page, and number and permissions.
    pub pages: [u32; 2],
    /// Where they go, and how many.
    pub window: [u32; 2],
}

pub(super) const REST: Rest = Rest {
    words: [0; 4],
    ticks: [ALL; 2],
    pages: [0; 2],
    window: [0; 2],
};

/// The running environment makes one of the short calls.
pub(super) fn short(rig: &mut Rig, call: Sysno, to: u32, words: [u32; 4]) -> Back {
    let id = rig.id();
    [rig.tf(id).regs[8], rig.tf(id).regs[9]] = [words[2], words[3]];
    rig.call_any(call as u32, &[to, words[0], words[1]])
}

/// The running environment calls `msg`.
pub(super) fn msg(rig: &mut Rig, to: u32, from: u32, rest: Rest) -> Back {
    let id = rig.id();
    let regs = &mut rig.tf(id).regs;
    regs[8..12].copy_from_slice(&rest.words);
    regs[12..14].copy_from_slice(&rest.ticks);
    regs[14..16].copy_from_slice(&rest.pages);
    regs[24..26].copy_from_slice(&rest.window);
    rig.call_any(Msg as u32, &[to, from, 0])
}

/// What the last call of `id` has returned: v0, a0, a1 and the words.
pub(super) fn returned(rig: &mut Rig, id: u32) -> (i32, u32, u32, [u32; 4]) {
    let regs = rig.tf(id).regs;
    let words = [regs[reg::A2], regs[reg::A3], regs[8], regs[9]];
    (regs[reg::V0] as i32, regs[reg::A0], regs[reg::A1], words)
}

/// v0 and a0 of the last call of `id`.
#[track_caller]
pub(super) fn assert_failed(rig: &mut Rig, id: u32, error: mos_abi::Error, sent: u32) {
    let (v0, a0, ..) = returned(rig, id);
    assert_eq!((v0, a0), (error.code(), sent));
}

/// The running environment has as many children, all of which are runnable.
pub(super) fn children<const N: usize>() -> (Rig, u32, [u32; N]) {
    let mut rig = Rig::new();
    let me = rig.id();
    let children = [(); N].map(|()| rig.child());
    (rig, me, children)
}
