//! A kernel and its model side by side: every step is taken on both, and compared.

use std::collections::BTreeSet;

use mos_abi::Sysno;
use mos_abi::layout::{PAGE_SHIFT, PAGE_SIZE, USTACKTOP, UTEXT};
use mos_abi::package::Program;
use mos_abi::trapframe::reg;
use mos_abi::{Error, PteFlags, Trapframe};
use mos_core::{Next, Outcome};

use super::op::{Arg, Op, Who, Word};
use super::tally::Tally;
use crate::model::{Model, Ruled, State};
use crate::program::{self, DATA};
use crate::rig::{AnyRig, Back};
use crate::sim::code;

/// Frames of a machine that is not crowded: so few that a dozen environments use them up.
const FRAMES: u32 = 224;
/// A crowd takes so long to look at that it is looked at less often.
const CHILDREN_PER_AUDIT: u32 = 64;
/// How many steps lie between two comparisons of all memory.
const CONTENTS_EVERY: u32 = 32;
/// No environment has this id, and on this page nothing comes on demand.
const NOBODY: u32 = 1;
/// Where a program's stack pointer is at the start.
const START_SP: u32 = USTACKTOP - 16;
/// Where a program's stack pointer is while it makes a call.
const CALL_SP: u32 = USTACKTOP - 128;

/// The kernel and the model.
pub struct World<'t, const ASIDS: u32, R: Ruled> {
    pub rig: AnyRig<ASIDS, R>,
    pub model: Model,
    pub tally: &'t mut Tally,
    steps: u32,
    /// A tick is to come while the kernel is busy, when it looks the next time but so many.
    pub tick_amid: Option<u8>,
    /// And memory gets scarce when it has come.
    scarce_amid: bool,
    /// Those whose call will be made again.
    pub again: BTreeSet<u32>,
}

impl<'t, const ASIDS: u32, R: Ruled> World<'t, ASIDS, R> {
    /// A machine that has just booted, with one program on it, which has `children` children that it
    /// never starts.
    pub fn new(tally: &'t mut Tally, children: u32) -> Self {
        let mut rig = AnyRig::with_frames(FRAMES + children);
        rig.audit_every = 1 + children / CHILDREN_PER_AUDIT;
        let (device, fifo) = (rig.machine().device.clone(), rig.machine().fifo);
        let model = Model::new(R::order(), rig.kernel.mem.free_frames(), device, fifo);
        let mut world = Self {
            rig,
            model,
            tally,
            steps: 0,
            tick_amid: None,
            scarce_amid: false,
            again: BTreeSet::new(),
        };
        world.start();
        world.registers(|tf| tf.regs[reg::A0] = Sysno::EnvAlloc as u32);
        for _ in 0..children {
            world.rig.quick_call(Sysno::EnvAlloc as u32, [0; 2]);
            world.model.trap(code::SYSCALL, 0);
        }
        world
    }

    /// One thing happens.
    pub fn step(&mut self, op: &Op) {
        if !self.somebody_runs() {
            return;
        }
        if self.scarce_amid && self.tick_amid.is_none() {
            self.scarce_amid = false;
            if self.model.dying() > 0 {
                self.leave_free(0);
            }
        }
        if self.model.current.is_some_and(|id| self.again.remove(&id)) {
            self.syscall();
            return;
        }
        match op {
            Op::Call(call, args, sp) => {
                let args: Vec<u32> = args.iter().map(|&arg| self.argument(arg)).collect();
                self.registers(|tf| tf.regs[reg::SP] = sp.map_or(CALL_SP, |Word(sp)| sp));
                match sp {
                    None => self.call(*call, &args),
                    Some(_) => self.call_in_registers(*call, &args),
                };
            }
            Op::Message {
                call,
                to,
                others,
                times,
                page,
                pages,
                window,
            } => {
                let [to, from] = [*to, others.0].map(|arg| self.argument(arg));
                let [page, at] = [*page, window.0].map(|arg| self.argument(arg));
                let (words, Word(perm)) = (others.1, pages.1);
                self.registers(|tf| {
                    tf.regs[reg::SP] = CALL_SP;
                    tf.regs[8..12].copy_from_slice(&words.map(u32::from));
                    [tf.regs[12], tf.regs[13]] = *times;
                    [tf.regs[14], tf.regs[15]] = [page, u32::from(pages.0) << 12 | perm];
                    [tf.regs[24], tf.regs[25]] = [at, window.1];
                });
                self.call_in_registers(*call, &[to, from, others.2]);
            }
            Op::Batch {
                calls,
                place,
                count,
                at,
            } => {
                self.registers(|tf| tf.regs[reg::SP] = CALL_SP);
                let place = self.argument(*place);
                if self.write_calls(place, calls).is_some() {
                    let at = at.map_or(place, |at| self.argument(at));
                    let count = count.unwrap_or(calls.len() as u32);
                    self.call_in_registers(Sysno::Batch, &[at, count]);
                }
            }
            Op::NoCall(Word(number)) => {
                self.registers(|tf| tf.regs[reg::A0] = *number);
                if Sysno::from_u32(*number).is_none() {
                    assert_eq!(self.syscall(), Back::Value(Error::Inval.code()));
                }
            }
            Op::Load(va) => {
                let va = self.argument(*va);
                self.load(va);
            }
            Op::Store(va, Word(value)) => {
                let va = self.argument(*va);
                self.store(va, *value);
            }
            Op::Exception(code) => self.trap(*code, 0),
            Op::Fork => {
                self.registers(|tf| tf.regs[reg::SP] = CALL_SP);
                self.fork();
            }
            Op::Prepare => _ = self.prepare(),
            Op::Ticks(count) => (0..*count).for_each(|_| self.tick()),
            Op::TickAmid(looks, scarce) => {
                (self.tick_amid, self.scarce_amid) = (Some(*looks), *scarce);
            }
            Op::Type(byte) => self.type_in(*byte),
            Op::Scarce(count) => self.leave_free((*count).into()),
            Op::Plenty => self.leave_free(usize::MAX),
            Op::Start => self.start(),
        }
    }

    /// Sees to it that an environment runs, if that can be: a key for one that waits for one, or a new
    /// program where all wait for one another.
    fn somebody_runs(&mut self) -> bool {
        match self.rig.next {
            Next::Run(_) => {}
            Next::Idle => self.type_in(b'k'),
            Next::PowerOff(outcome) => {
                assert_ne!(outcome, Outcome::TimeLimit);
                self.leave_free(usize::MAX);
                self.start();
            }
        }
        matches!(self.rig.next, Next::Run(_))
    }

    /// Boot starts a program; most of them may use the devices.
    fn start(&mut self) {
        let elf = program::small();
        let boot = Program {
            device: !self.steps.is_multiple_of(8),
            priority: self.steps % 3,
            ..program::program(&elf)
        };
        if let Err(error) = self.rig.kernel.env_create(&boot) {
            match error {
                Error::NoFreeEnv => assert!(self.model.ids.is_empty()),
                _ => assert!(
                    self.model.available() < 6,
                    "directory, two tables, three pages"
                ),
            }
            self.model.start_failed();
        } else {
            let mut tf = Trapframe {
                cp0_epc: UTEXT,
                ..Trapframe::ZERO
            };
            tf.regs[reg::SP] = START_SP;
            let id = self.model.start(boot.priority, boot.device, tf);
            let (v, vr) = (PteFlags::V, PteFlags::V | PteFlags::R);
            let text: Vec<u32> = (0..16).map(|i| 0x0302_0100 + i * 0x0404_0404).collect();
            self.model.preload(id, UTEXT, v, &text);
            self.model.preload(id, DATA, vr, &[0xdada_dada; 8]);
            self.model.preload(id, USTACKTOP - PAGE_SIZE, vr, &[]);
        }
        self.rig.settle();
        self.same();
    }

    /// The kernel must be where the model is.
    pub fn same(&mut self) {
        self.model.assert_same(&mut self.rig);
        self.steps += 1;
        if let Some(spaces) = self.rig.spaces.clone() {
            self.model.assert_same_memory(&spaces, &self.rig);
            if self.steps.is_multiple_of(CONTENTS_EVERY) {
                self.model.assert_same_contents(&self.rig);
            }
        }
    }

    /// The end of a run: all that was stored is where it was stored.
    pub fn finish(&mut self) {
        self.rig.audit();
        let spaces = self.rig.spaces.clone().expect("audited");
        self.model.assert_same_memory(&spaces, &self.rig);
        self.model.assert_same_contents(&self.rig);
    }

    /// Leaves at most `count` frames free, of those that would be.
    fn leave_free(&mut self, count: usize) {
        self.model.free += self.rig.held.len();
        self.rig.give_back();
        self.rig.leave_free(count);
        self.model.free -= self.rig.held.len();
        self.rig.settle();
        self.same();
    }

    /// The running environment stores an array of calls; `None`: it could not.
    fn write_calls(&mut self, place: u32, calls: &[(Sysno, Vec<Arg>)]) -> Option<()> {
        let mut at = place;
        for (call, args) in calls {
            let mut words = [*call as u32, 0, 0, 0, 0, 0, 0, 0];
            for (word, &arg) in words[1..6].iter_mut().zip(args) {
                *word = self.argument(arg);
            }
            for word in words {
                self.store(at, word)?;
                at = at.wrapping_add(4);
            }
        }
        Some(())
    }

    /// The number that an argument stands for.
    fn argument(&mut self, arg: Arg) -> u32 {
        let me = self.model.current.expect("somebody runs");
        let pick = |numbers: Vec<u32>, index: u8| match numbers.len() {
            0 => NOBODY,
            count => numbers[usize::from(index) % count],
        };
        let who = match arg {
            Arg::Is(Word(value)) => return value,
            Arg::In(index, Word(offset)) => {
                let pages = self.model.me().space.mapped.keys();
                return (pick(pages.copied().collect(), index) << PAGE_SHIFT) + offset;
            }
            Arg::InWritable(index, Word(offset)) => {
                let pages = self.model.me().space.mapped.iter();
                let writable = pages.filter(|(_, page)| page.flags.contains(PteFlags::R));
                let vpns = writable.map(|(&vpn, _)| vpn).collect();
                return (pick(vpns, index) << PAGE_SHIFT) + offset;
            }
            Arg::Id(who) => who,
        };
        let all = self.model.envs.iter();
        match who {
            Who::Zero => 0,
            Who::Me => me,
            Who::Child(index) => {
                let children = all.filter(|(_, process)| process.parent == me);
                pick(children.map(|(&id, _)| id).collect(), index)
            }
            Who::Parent => self.model.envs[&me].parent,
            Who::Anyone(index) => pick(all.map(|(&id, _)| id).collect(), index),
            Who::Receiver(index) => {
                let waits = |state| {
                    matches!(
                        state,
                        State::Receiving | State::Calling | State::Hearing(..)
                    )
                };
                let receivers = all.filter(|(_, process)| waits(process.state));
                pick(receivers.map(|(&id, _)| id).collect(), index)
            }
            Who::Dead(index) => pick(self.model.dead.clone(), index),
            Who::Number(Word(number)) => number,
        }
    }
}
