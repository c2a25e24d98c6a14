//! A kernel on a simulated machine, with the hands of its programs: what a test plays with.
//!
//! Every trap goes through [`Rig::trap`], which checks the kernel's invariants afterwards, and a system
//! call that failed is checked to have changed nothing.

use mos_abi::package::Program;
use mos_abi::trapframe::reg;
use mos_abi::{Env, EnvId, Error, NENV, Sysno, Trapframe};
use mos_core::list::Slot;
use mos_core::machine::Frame;
use mos_core::{Kernel, Next};

use crate::audit;
use crate::program;
use crate::sim::{Sim, code};

/// Bytes of stack that a function takes which makes calls with five arguments.
const STACK_FRAME: u32 = 64;

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

/// A kernel on a machine with so few address-space ids that their generations end all the time.
pub type Rig = AnyRig<6>;

/// A kernel on a machine with `ASIDS` address-space ids.
#[derive(Clone)]
pub struct AnyRig<const ASIDS: u32> {
    /// The kernel. Public, for tests that look deeper than a program can.
    pub kernel: Box<Kernel<Sim<ASIDS>>>,
    /// Frames that the test has taken away.
    pub held: Vec<Frame>,
    /// Who goes on, as the kernel said last.
    pub next: Next,
    /// What the page tables said after the last trap.
    pub spaces: std::rc::Rc<Vec<audit::Space>>,
}

impl Rig {
    /// A machine of 256 frames with one environment of [`program::small`], which is running.
    pub fn new() -> Self {
        let mut rig = Self::with_frames(256);
        rig.start(&program::small());
        rig
    }
}

impl<const ASIDS: u32> AnyRig<ASIDS> {
    /// A machine that has just booted, with nothing to run.
    pub fn with_frames(frames: u32) -> Self {
        let mut kernel = Box::new(Kernel::new(Sim::new(frames)));
        kernel.boot(None).expect("room for the shared tables");
        let mut rig = Self {
            kernel,
            held: Vec::new(),
            next: Next::Idle,
            spaces: Default::default(),
        };
        rig.settle();
        rig
    }

    /// Starts an environment from an ELF file, as at boot.
    pub fn start(&mut self, elf: &[u8]) -> u32 {
        self.start_program(&program::program(elf))
    }

    /// Starts an environment, as at boot, and makes it a stack frame, as its first function would.
    pub fn start_program(&mut self, program: &Program<'_>) -> u32 {
        let id = self.kernel.env_create(program).expect("it starts").0;
        self.tf(id).regs[reg::SP] -= STACK_FRAME;
        self.settle();
        id
    }

    /// The end of every trap: the kernel says who goes on, and all is well.
    pub fn settle(&mut self) {
        self.next = self.kernel.resume();
        self.spaces = audit::check(&mut self.kernel, &self.held).into();
        if let Next::Run(slot) = self.next {
            let space = self.kernel.space(slot);
            let loaded = self
                .machine()
                .space
                .map(|(frame, asid)| (frame, Some(asid)));
            assert_eq!(
                loaded,
                Some((space.directory, space.asid)),
                "wrong address space"
            );
        }
    }

    /// The machine.
    pub fn machine(&mut self) -> &mut Sim<ASIDS> {
        &mut self.kernel.mem.machine
    }

    /// The slot of the environment that runs.
    pub fn slot(&self) -> Slot {
        match self.next {
            Next::Run(slot) => slot,
            other => panic!("nobody runs: {other:?}"),
        }
    }

    /// The id of the environment that runs.
    pub fn id(&mut self) -> u32 {
        let slot = self.slot();
        self.kernel.id(slot).0
    }

    /// What programs see of environment `id`, or of the slot's last owner.
    pub fn view(&self, id: u32) -> &Env {
        &self.kernel.mem.machine.ram.envs[EnvId(id).index()]
    }

    /// Whether environment `id` is there.
    pub fn exists(&self, id: u32) -> bool {
        let view = self.view(id);
        view.env_id == id && view.env_status != 0
    }

    /// The registers of environment `id`.
    pub fn tf(&mut self, id: u32) -> &mut Trapframe {
        self.kernel.tf(Slot::new(EnvId(id).index()))
    }

    /// The page-table entry of environment `id` for `va`.
    pub fn pte(&mut self, id: u32, va: u32) -> u32 {
        let space = self.kernel.space(Slot::new(EnvId(id).index()));
        self.kernel.mem.pte(space.directory, va)
    }

    /// The running environment takes an exception.
    pub fn trap(&mut self, cause: u32, badvaddr: u32) {
        let slot = self.slot();
        let tf = self.kernel.tf(slot);
        tf.cp0_cause = cause;
        tf.cp0_badvaddr = badvaddr;
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
        let is_error = (-(Error::ALL.len() as i32)..0).contains(&v0);
        is_error && self.kernel.tf(slot).regs == expected
    }

    /// Since `before`, the environment in `slot` has made a call that failed, and that is all.
    pub fn assert_unchanged(&mut self, slot: Slot, mut before: Box<Kernel<Sim<ASIDS>>>) {
        let after = *self.kernel.tf(slot);
        let tf = before.tf(slot);
        (tf.cp0_cause, tf.cp0_badvaddr) = (after.cp0_cause, after.cp0_badvaddr);
        tf.cp0_epc = tf.cp0_epc.wrapping_add(4);
        tf.regs[reg::V0] = after.regs[reg::V0];
        // That more of UPAGES is shown is no change: what is shown was zeros before, and is.
        let [_, ready] = self.kernel.mem.view_entries();
        before.mem.show_page(Frame::new(ready as u32 - 1));
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

    /// The running environment loads a word; `None` if the kernel did not let it go on there.
    pub fn load(&mut self, va: u32) -> Option<u32> {
        self.access(va, |machine| machine.user_load(va))
    }

    /// The running environment stores a word, likewise.
    pub fn store(&mut self, va: u32, value: u32) -> Option<()> {
        self.access(va, |machine| machine.user_store(va, value))
    }

    /// Repeats an access for as long as its exception makes it go on at the same instruction.
    fn access<T>(
        &mut self,
        va: u32,
        access: impl Fn(&mut Sim<ASIDS>) -> Result<T, u32>,
    ) -> Option<T> {
        let place = |rig: &mut Self| {
            let slot = rig.slot();
            let tf = rig.kernel.tf(slot);
            (slot, tf.cp0_epc, tf.regs)
        };
        let (id, here) = (self.id(), place(self));
        // A refill, a page on demand: whatever comes twice would come for ever.
        for _ in 0..3 {
            match access(self.machine()) {
                Ok(value) => return Some(value),
                Err(exception) => self.trap(exception << 2, va),
            }
            if !self.exists(id) || place(self) != here {
                return None;
            }
        }
        panic!("{va:#x} faults for ever");
    }

    /// Where the running environment is.
    pub fn pc(&mut self) -> u32 {
        let slot = self.slot();
        self.kernel.tf(slot).cp0_epc
    }

    /// A time slice is over.
    pub fn tick(&mut self) {
        self.kernel.timer_tick();
        self.settle();
    }

    /// Somebody types.
    pub fn type_in(&mut self, text: &[u8]) {
        self.machine().input.extend(text);
        self.kernel.console_ready();
        self.settle();
    }

    /// Lets time pass until environment `id` runs.
    #[track_caller]
    pub fn switch_to(&mut self, id: u32) {
        for _ in 0..=2 * NENV {
            if self.next == Next::Run(Slot::new(EnvId(id).index())) {
                return;
            }
            self.tick();
        }
        panic!("{id:x} never runs");
    }

    /// Takes frames away until `count` are free.
    pub fn leave_free(&mut self, count: usize) {
        while self.kernel.mem.free_frames() > count {
            let frame = self.kernel.mem.page_alloc().expect("one is free");
            self.held.push(frame);
        }
    }

    /// Gives the frames back that [`Rig::leave_free`] took.
    pub fn give_back(&mut self) {
        for frame in self.held.drain(..) {
            self.kernel.mem.page_free(frame);
        }
    }

    /// What was printed since this was last asked.
    pub fn output(&mut self) -> String {
        self.machine().take_output()
    }
}
