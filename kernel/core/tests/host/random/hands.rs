//! What the running environment does, and what happens to it: on the kernel, on the model, compared.

use mos_abi::layout::UVPT;
use mos_abi::trapframe::reg;
use mos_abi::{Sysno, Trapframe};
use mos_core::slot::Slot;

use super::world::World;
use crate::model::{Model, Ruled};
use crate::rig::Back;
use crate::sim::code;

impl<const ASIDS: u32, R: Ruled> World<'_, ASIDS, R> {
    /// The running environment changes its registers.
    pub fn registers(&mut self, change: impl Fn(&mut Trapframe)) {
        let slot = self.rig.slot();
        change(self.rig.kernel.tf(slot));
        change(&mut self.model.me().tf);
    }

    /// The running environment takes an exception.
    pub fn trap(&mut self, code: u32, badvaddr: u32) {
        self.arm(true);
        self.rig.trap(code << 2, badvaddr);
        self.follow(|model| model.trap(code, badvaddr));
        self.same();
        self.tally.exceptions += 1;
    }

    /// The running environment makes the call in its registers.
    pub fn syscall(&mut self) -> Back {
        let slot = self.rig.slot();
        let number = self.rig.kernel.tf(slot).regs[reg::A0];
        let me = self.rig.id();
        let back = self.try_syscall(slot, number);
        if self.model.came_back {
            self.again.insert(me);
            self.tally.came_back += 1;
            return Back::Blocked;
        }
        self.tally.call(number, back);
        back
    }

    fn try_syscall(&mut self, slot: Slot, number: u32) -> Back {
        if number == Sysno::NextMapping as u32 && !self.model.has_seen_all_frames() {
            self.rig.audit();
            self.same();
        }
        // These look themselves, to stop or to go on as if nothing were.
        let looks = [
            Sysno::MemShare,
            Sysno::NextMapping,
            Sysno::Batch,
            Sysno::ReadDev,
            Sysno::WriteDev,
            Sysno::IpcCanSend,
            Sysno::IpcRecv,
            Sysno::IpcCall,
            Sysno::MsgCall,
            Sysno::MsgReplyWait,
            Sysno::Msg,
        ];
        if self.arm(!looks.iter().any(|&call| call as u32 == number)) {
            let back = self.rig.syscall_unchecked();
            self.follow(|model| model.trap(code::SYSCALL, 0));
            self.same();
            return back;
        }
        // A snapshot costs more than all the rest: it is taken where the model says that it will count.
        self.model.trap(code::SYSCALL, 0);
        let before = self.model.last_call_failed.then(|| self.rig.kernel.clone());
        let back = self.rig.syscall_unchecked();
        self.same();
        if let Some(before) = before {
            self.rig.assert_unchanged(slot, before);
        }
        back
    }

    /// The running environment makes a call, with arguments 4 and 5 on its stack; where that is not
    /// possible, it makes none.
    pub fn call(&mut self, call: Sysno, args: &[u32]) -> Back {
        let (me, sp) = (self.model.current, self.model.me().tf.regs[reg::SP]);
        for (at, &arg) in (16..).step_by(4).zip(args.iter().skip(3)) {
            if self.store(sp + at, arg).is_none() {
                return Back::Gone;
            }
        }
        assert_eq!(self.model.current, me);
        self.call_in_registers(call, args)
    }

    /// The same, with whatever is on its stack, if it has one.
    pub fn call_in_registers(&mut self, call: Sysno, args: &[u32]) -> Back {
        self.registers(|tf| {
            tf.regs[reg::A0] = call as u32;
            tf.regs[reg::A1..=reg::A3].fill(0);
            for (register, &arg) in tf.regs[reg::A1..=reg::A3].iter_mut().zip(args) {
                *register = arg;
            }
        });
        self.syscall()
    }

    /// The running environment loads a word; `None`: it ended, or could not. Zeros in the window on page tables come on
    /// demand.
    pub fn load(&mut self, va: u32) -> Option<u32> {
        self.access(va, |world| {
            let result = world.rig.machine().user_load(va);
            let expected = world.model.load(va);
            match (result, expected) {
                (Ok(_), Ok(None)) => {}
                (Err(code::TLB_LOAD), Ok(Some(0))) if va >= UVPT => {}
                (result, expected) => assert_eq!(result.map(Some), expected, "load {va:#x}"),
            }
            result
        })
    }

    /// The running environment stores a word, likewise.
    pub fn store(&mut self, va: u32, value: u32) -> Option<()> {
        self.access(va, |world| {
            let result = world.rig.machine().user_store(va, value);
            match (result, world.model.store(va, value)) {
                (Err(code::TLB_STORE), Err(code::TLB_MOD)) if va >= UVPT => {}
                (result, expected) => assert_eq!(result, expected, "store {va:#x}"),
            }
            result
        })
    }

    /// Tries an access until it succeeds or the environment is no more: a page may come on demand, and
    /// its handler may copy it.
    fn access<T>(&mut self, va: u32, access: impl Fn(&mut Self) -> Result<T, u32>) -> Option<T> {
        let me = self.model.current?;
        for _ in 0..3 {
            let before = self.model.me().tf;
            match access(self) {
                Ok(value) => return Some(value),
                Err(exception) => self.trap(exception, va),
            }
            if self.model.current != Some(me) {
                return None;
            }
            if self.model.me().tf.regs != before.regs && !self.handle(before) {
                return None;
            }
        }
        None
    }

    /// A time slice is over.
    pub fn tick(&mut self) {
        // While waits end with it, it looks itself.
        let armed = self.arm(self.model.timeouts() == 0);
        self.rig.tick();
        match armed {
            true => self.follow(Model::tick),
            false => self.model.tick(),
        }
        self.same();
    }

    /// Somebody types.
    pub fn type_in(&mut self, byte: u8) {
        self.rig.type_in(&[byte]);
        self.model.type_in(byte);
        self.same();
    }
}
