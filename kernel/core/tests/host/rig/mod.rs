//! A kernel on a simulated machine, with the hands of its programs: what a test plays with.
//!
//! Every trap goes through [`Rig::trap`], which checks the kernel's invariants afterwards, and a system
//! call that failed is checked to have changed nothing.

mod acts;
mod calls;

use std::rc::Rc;

use mos_abi::package::Program;
use mos_abi::trapframe::reg;
use mos_abi::{Env, EnvId, Trapframe};
use mos_core::env::rule::{Mos, Rule};
use mos_core::machine::Frame;
use mos_core::slot::Slot;
use mos_core::{Kernel, Next};

use crate::audit;
use crate::program;
use crate::sim::Sim;

pub use calls::Back;

/// Bytes of stack that a function takes which makes calls with five arguments.
const STACK_FRAME: u32 = 64;

/// So often may the kernel look at frames and tables before it looks at interrupts again.
const MOST_WORK: u32 = 900;

/// A kernel on a machine with so few address-space ids that their generations end all the time.
pub type Rig = AnyRig<6>;

/// A kernel on a machine with `ASIDS` address-space ids, which gives the CPU away by `R`.
#[derive(Clone)]
pub struct AnyRig<const ASIDS: u32, R: Rule = Mos> {
    /// The kernel. Public, for tests that look deeper than a program can.
    pub kernel: Box<Kernel<Sim<ASIDS, R>>>,
    /// Frames that the test has taken away.
    pub held: Vec<Frame>,
    /// Who goes on, as the kernel said last.
    pub next: Next,
    /// What the page tables say, if they were read after the last trap.
    pub spaces: Option<Rc<Vec<audit::Space>>>,
    /// The invariants are checked after every trap, or only after one in so many.
    pub audit_every: u32,
    traps: u32,
}

impl Rig {
    /// A machine of 256 frames with one environment of [`program::small`], which is running.
    pub fn new() -> Self {
        let mut rig = Self::with_frames(256);
        rig.start(&program::small());
        rig
    }
}

impl<const ASIDS: u32, R: Rule> AnyRig<ASIDS, R> {
    /// A machine that has just booted, with nothing to run.
    pub fn with_frames(frames: u32) -> Self {
        Self::with_limit(frames, None)
    }

    /// The same, which is switched off after so many ticks.
    pub fn with_limit(frames: u32, ticks: Option<u32>) -> Self {
        let mut kernel = Box::new(Kernel::new(Sim::new(frames), crate::sim::slots()));
        kernel.boot(ticks).expect("room for the shared tables");
        let mut rig = Self {
            kernel,
            held: Vec::new(),
            next: Next::Idle,
            spaces: None,
            audit_every: 1,
            traps: 0,
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

    /// The end of every trap: the console's interrupts come, the kernel says who goes on, and all is well.
    pub fn settle(&mut self) {
        while self.machine().listens && !self.machine().input.is_empty() {
            self.kernel.console_ready();
        }
        self.next = self.kernel.resume();
        let work = self.machine().end_trap();
        assert!(
            work < MOST_WORK,
            "interrupts wait for {work} looks at frames and tables"
        );
        self.traps += 1;
        self.spaces = None;
        if self.traps.is_multiple_of(self.audit_every) {
            self.audit();
        }
        if let Next::Run(slot) = self.next {
            let space = self.kernel.space(slot);
            let (directory, asid) = self.machine().space.expect("set when it got the CPU");
            assert_eq!(
                (directory, Some(asid)),
                (space.directory, self.kernel.live_asid(slot)),
                "address space"
            );
        }
    }

    /// All invariants hold.
    pub fn audit(&mut self) {
        self.spaces = Some(audit::check(&mut self.kernel, &self.held).into());
    }

    /// The machine.
    pub fn machine(&mut self) -> &mut Sim<ASIDS, R> {
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
}
