//! CPUs with a TLB each, one of which is in the kernel at a time.

use mos_core::Next;
use mos_core::slot::Slot;

use super::act::{Act, Chance};
use crate::audit;
use crate::program;
use crate::rig::AnyRig;
use crate::sim::Tlb;

/// Frames of the machine: few enough to be used up.
const FRAMES: u32 = 260;
/// The TLBs are looked at after one trap in so many.
const LOOK_EVERY: u64 = 8;

/// What a CPU does while it is not in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It runs a program.
    Runs(Slot),
    /// It has come in with an exception, or with a tick or a call (`None`), and waits for the kernel.
    Waits(Option<(u32, u32)>),
    /// It rests until an interrupt comes, which may have been sent already.
    Rests(bool),
}

/// All of them.
pub struct Cpus {
    pub rig: AnyRig<16>,
    pub chance: Chance,
    states: Vec<State>,
    /// What the refill of each walks.
    spaces: Vec<Option<(mos_core::machine::Frame, mos_core::machine::Asid)>>,
    /// How many traps there were.
    pub traps: u64,
    /// How many programs were taken off a CPU.
    pub taken_off: u64,
    /// How many CPUs were woken.
    pub woken: u64,
    /// How often one was handed over by a shortcut.
    pub handed_over: u64,
}

impl Cpus {
    /// `count` of them, and one program.
    pub fn new(count: usize, seed: u64) -> Self {
        let mut rig = AnyRig::with_frames(FRAMES);
        rig.audit_every = 4;
        rig.start(&program::small());
        rig.machine().tlbs_elsewhere = vec![Tlb::default(); count];
        let mut cpus = Self {
            rig,
            chance: Chance::new(seed),
            states: vec![State::Waits(None); count],
            spaces: vec![None; count],
            traps: 0,
            taken_off: 0,
            woken: 0,
            handed_over: 0,
        };
        // The first one has booted.
        cpus.leave(0);
        cpus
    }

    /// Who runs on CPU `number`.
    pub fn on(&self, number: usize) -> Option<Slot> {
        match self.states[number] {
            State::Runs(slot) => Some(slot),
            _ => None,
        }
    }

    /// The CPU's own TLB and address space are in their places, or put by again.
    fn swap(&mut self, number: usize) {
        let space = &mut self.spaces[number];
        let machine = &mut self.rig.kernel.mem.machine;
        std::mem::swap(&mut machine.tlb, &mut machine.tlbs_elsewhere[number]);
        std::mem::swap(&mut machine.space, space);
    }

    /// CPU `number` comes into the kernel.
    fn enter(&mut self, number: usize) {
        self.swap(number);
        self.rig.kernel.enter(number, 0);
        assert_eq!(self.rig.kernel.cpu_number(), number);
    }

    /// It leaves, as the kernel has said who goes on.
    fn leave(&mut self, number: usize) {
        let next = self.rig.next;
        let woken = self.rig.kernel.leave(next == Next::Idle);
        self.swap(number);
        self.states[number] = match next {
            Next::Run(slot) => State::Runs(slot),
            _ => State::Rests(false),
        };
        if let Some(woken) = woken {
            assert_eq!(self.states[woken], State::Rests(false), "CPU {woken}");
            self.states[woken] = State::Rests(true);
            self.woken += 1;
        }
        for called in std::mem::take(&mut self.rig.machine().called_in) {
            assert_ne!(called, number, "it calls itself in");
            assert!(!matches!(self.states[called], State::Rests(_)));
            self.taken_off += 1;
            if let State::Runs(_) = self.states[called] {
                self.states[called] = State::Waits(None);
            }
        }
        self.nobody_waits_in_vain();
    }

    /// While somebody waits for a CPU, none rests that knows nothing of it, unless another one is on its way.
    fn nobody_waits_in_vain(&self) {
        let waits = self.rig.kernel.run_queue().next().is_some();
        let rests = self.states.contains(&State::Rests(false));
        let comes = |state: &State| matches!(state, State::Rests(true) | State::Waits(_));
        assert!(
            !waits || !rests || self.states.iter().any(comes),
            "{:?}",
            self.states
        );
    }

    /// Something happens on some CPU.
    pub fn step(&mut self) {
        let number = self.chance.below(self.states.len() as u32) as usize;
        match self.states[number] {
            State::Runs(slot) => {
                if self.chance.one_in(12) {
                    self.states[number] = State::Waits(None);
                } else {
                    let act = self.chance.act(&mut self.rig, slot);
                    self.begin(number, slot, act);
                }
            }
            State::Waits(cause) => self.trap(number, cause),
            State::Rests(called) => {
                if called || self.chance.one_in(8) {
                    self.trap(number, None);
                }
            }
        }
    }

    /// The program in `slot` does something, of which the kernel hears when it has the time.
    pub fn begin(&mut self, number: usize, slot: Slot, act: Act) {
        self.swap(number);
        if let Some(exception) = act.carry_out(&mut self.rig, slot) {
            self.states[number] = match self.hand_over(number, &act) {
                Some(receiver) => State::Runs(receiver),
                None => State::Waits(Some(exception)),
            };
        }
        self.swap(number);
    }

    /// A call is carried out by a shortcut, if it can. Returns who runs then.
    fn hand_over(&mut self, number: usize, act: &Act) -> Option<Slot> {
        let Act::Call(call, [to, _, 0, ..]) = *act else {
            return None;
        };
        let receiver = self.rig.kernel.take_shortcut(number, call, to)?;
        self.handed_over += 1;
        Some(receiver)
    }

    /// CPU `number` is in the kernel, with an exception if its program is still its own, or with a tick.
    pub fn trap(&mut self, number: usize, exception: Option<(u32, u32)>) {
        self.traps += 1;
        self.enter(number);
        match (exception, self.rig.kernel.cpu().current) {
            (Some((code, va)), current) => {
                if let Some(slot) = current {
                    let tf = self.rig.kernel.tf(slot);
                    (tf.cp0_cause, tf.cp0_badvaddr) = (code << 2, va);
                }
                let several = self.rig.kernel.will_call();
                self.rig.kernel.exception();
                if let Some(caller) = several {
                    self.rig.kernel.has_called(caller);
                }
            }
            (None, _) => {
                self.rig.kernel.interrupted();
                self.rig.kernel.timer_tick();
            }
        }
        self.rig.settle();
        while let Next::PowerOff(_) = self.rig.next {
            assert!(self.rig.kernel.elsewhere().next().is_none(), "some run");
            let elf = program::small();
            if self.rig.kernel.env_create(&program::program(&elf)).is_err() {
                self.clear();
            }
            self.rig.settle();
        }
        self.leave(number);
        if self.traps.is_multiple_of(LOOK_EVERY) {
            self.look();
        }
    }

    /// CPU `number`, whose program goes on behind that, does something in the kernel.
    pub fn in_kernel<T>(&mut self, number: usize, act: impl FnOnce(&mut AnyRig<16>) -> T) -> T {
        self.enter(number);
        let result = act(&mut self.rig);
        self.rig.settle();
        self.leave(number);
        result
    }

    /// All that are left wait for one another, and have used up memory: they end.
    fn clear(&mut self) {
        let slots: Vec<Slot> = mos_audit::alive(&mut *self.rig.kernel).collect();
        for slot in slots {
            self.rig.kernel.env_free_at_once(slot);
        }
        self.rig.kernel.bury_at_once();
    }

    /// No TLB disagrees with the tables of who runs there.
    pub fn look(&mut self) {
        for number in 0..self.states.len() {
            self.enter(number);
            audit::check(&mut self.rig.kernel, &[]);
            if let State::Runs(slot) = self.states[number] {
                assert_eq!(self.rig.kernel.cpu().current, Some(slot));
            }
            let rests = self.states[number] == State::Rests(false);
            let woken = self.rig.kernel.leave(rests);
            self.swap(number);
            if let Some(woken) = woken {
                self.states[woken] = State::Rests(true);
            }
        }
    }
}
