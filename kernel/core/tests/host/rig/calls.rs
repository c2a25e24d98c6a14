//! Exceptions and system calls of the running environment.

use mos_abi::trapframe::reg;
use mos_abi::{Error, Sysno};
use mos_core::Kernel;
use mos_core::env::rule::Rule;
use mos_core::machine::Frame;
use mos_core::slot::Slot;

use super::AnyRig;
use crate::sim::{Sim, code};

/// What became of a system call, as its caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// It returned this in v0.
    Value(i32),
    /// The caller waits.
    Blocked,
    /// The caller is no more.
    Gone,
}

/// Whether a call with this number says in a0, too, that it has failed.
fn is_message(number: u32) -> bool {
    let messages = [Sysno::MsgCall, Sysno::MsgReplyWait, Sysno::Msg];
    messages.iter().any(|&call| call as u32 == number)
}

impl<const ASIDS: u32, R: Rule> AnyRig<ASIDS, R> {
    /// The running environment takes an exception.
    pub fn trap(&mut self, cause: u32, badvaddr: u32) {
        let slot = self.slot();
        let tf = self.kernel.tf(slot);
        tf.cp0_cause = cause;
        tf.cp0_badvaddr = badvaddr;
        self.machine().begin_trap();
        self.kernel.exception();
        self.settle();
    }

    /// The running environment makes the call that its registers say. A call that fails has changed
    /// nothing but v0 and the program counter.
    pub fn syscall(&mut self) -> Back {
        let before = self.kernel.clone();
        let slot = self.slot();
        let regs = self.kernel.tf(slot).regs;
        let back = self.syscall_unchecked();
        if let Back::Value(v0) = back
            && self.has_failed(slot, v0, regs)
        {
            self.assert_unchanged(slot, before);
        }
        back
    }

    /// The same, for whoever checks [`Rig::assert_unchanged`] where it matters.
    pub fn syscall_unchecked(&mut self) -> Back {
        let id = self.id();
        self.trap(code::SYSCALL << 2, 0);
        match self.view(id).env_status {
            _ if !self.exists(id) => Back::Gone,
            1 => Back::Value(self.tf(id).regs[reg::V0] as i32),
            _ => Back::Blocked,
        }
    }

    /// Whether `v0` is an error: if it is not what `set_trapframe` has loaded along with the rest.
    fn has_failed(&mut self, slot: Slot, v0: i32, mut expected: [u32; 32]) -> bool {
        expected[reg::V0] = v0 as u32;
        if is_message(expected[reg::A0]) {
            // Nothing was sent.
            expected[reg::A0] = 0;
        }
        // What has timed out has waited.
        let is_error = (-(Error::ALL.len() as i32)..0).contains(&v0) && v0 != Error::Timeout.code();
        is_error && self.kernel.tf(slot).regs == expected
    }

    /// Since `before`, the environment in `slot` has made a call that failed, and that is all.
    pub fn assert_unchanged(&mut self, slot: Slot, mut before: Box<Kernel<Sim<ASIDS, R>>>) {
        let after = *self.kernel.tf(slot);
        let tf = before.tf(slot);
        (tf.cp0_cause, tf.cp0_badvaddr) = (after.cp0_cause, after.cp0_badvaddr);
        tf.cp0_epc = tf.cp0_epc.wrapping_add(4);
        tf.regs[reg::V0] = after.regs[reg::V0];
        if is_message(tf.regs[reg::A0]) {
            tf.regs[reg::A0] = 0;
        }
        // That more of UPAGES is shown is no change: what is shown was zeros before, and is.
        let [_, ready] = self.kernel.mem.view_entries();
        before.mem.show_page(Frame::new(ready as u32 - 1));
        before.has_tried(slot);
        self.kernel.has_tried(slot);
        assert!(
            before == self.kernel,
            "a call that failed has changed something"
        );
    }

    /// The running environment makes a call. Arguments 4 and 5 go to its stack as o32 has it.
    pub fn call_any(&mut self, call: u32, args: &[u32]) -> Back {
        let slot = self.slot();
        let sp = self.kernel.tf(slot).regs[reg::SP];
        for (at, &arg) in (16..).step_by(4).zip(args.iter().skip(3)) {
            self.store(sp + at, arg).expect("room for arguments");
        }
        let tf = self.kernel.tf(slot);
        tf.regs[reg::A0] = call;
        tf.regs[reg::A1..=reg::A3].fill(0);
        for (register, &arg) in tf.regs[reg::A1..=reg::A3].iter_mut().zip(args) {
            *register = arg;
        }
        self.syscall()
    }

    /// The running environment makes a call that returns a value.
    pub fn call(&mut self, call: Sysno, args: &[u32]) -> i32 {
        match self.call_any(call as u32, args) {
            Back::Value(v0) => v0,
            other => panic!("{call:?}{args:x?}: {other:?}"),
        }
    }

    /// The running environment makes a call that succeeds.
    #[track_caller]
    pub fn ok(&mut self, call: Sysno, args: &[u32]) -> u32 {
        let v0 = self.call(call, args);
        u32::try_from(v0).unwrap_or_else(|_| panic!("{call:?}{args:x?}: {v0}"))
    }

    /// The running environment makes a call that fails like this.
    #[track_caller]
    pub fn fails(&mut self, error: Error, call: Sysno, args: &[u32]) {
        assert_eq!(self.call(call, args), error.code(), "{call:?}{args:x?}");
    }

    /// The running environment makes a call that makes it wait.
    #[track_caller]
    pub fn blocks(&mut self, call: Sysno, args: &[u32]) {
        assert_eq!(self.call_any(call as u32, args), Back::Blocked, "{call:?}");
    }

    /// A child of the running environment that is runnable: it goes on where its parent is, without
    /// memory of its own.
    pub fn child(&mut self) -> u32 {
        let child = self.ok(Sysno::EnvAlloc, &[]);
        self.ok(Sysno::SetEnvStatus, &[child, 1]);
        child
    }

    /// The running environment makes a call of which nothing is checked: for those that are made
    /// a million times.
    pub fn quick_call(&mut self, call: u32, args: [u32; 2]) -> u32 {
        let slot = self.slot();
        let tf = self.kernel.tf(slot);
        tf.cp0_cause = code::SYSCALL << 2;
        [tf.regs[reg::A0], tf.regs[reg::A1], tf.regs[reg::A2]] = [call, args[0], args[1]];
        self.kernel.exception();
        self.next = self.kernel.resume();
        self.kernel.tf(slot).regs[reg::V0]
    }
}
