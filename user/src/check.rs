//! What the programs that carry out checks are made of.
//!
//! A check is ordered by `make grade`: see [`mos_exam`]. It reports what it sees, and the host judges.

use core::fmt::Debug;
use core::hint::black_box;

use libos::{EnvId, EnvStatus, env, println, view, yield_now};
use mos_exam::{Label, Lots, Observation, Order, Template, template};

static ORDER: Template = template();

/// A check that was ordered.
#[derive(Clone, Debug)]
pub struct Check {
    order: Order<'static>,
    /// What this run draws by lot.
    pub lots: Lots,
    step: Label,
}

impl Check {
    /// The check that this program was started for; else says how it is meant to be started.
    pub fn ordered() -> Option<Self> {
        // The harness writes to it behind the compiler's back.
        let order = Order::read(black_box(&ORDER));
        if order.is_none() {
            println!("this program carries out checks: make grade");
        }
        order.map(|order| Self {
            order,
            lots: Lots::new(order.seed),
            step: Label::NONE,
        })
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.order.name
    }

    /// Parameter `index` of the entry in `tests/checks`.
    pub fn param(&self, index: usize) -> u32 {
        self.order.params[index]
    }

    // lab 5 begin
    /// What the run's lots depend on: guest and host draw from it what is on the disk.
    pub fn seed(&self) -> u64 {
        self.order.seed
    }

    // lab 5 end
    /// See [`step!`](mos_exam::step). An environment that is forked goes on in the same step.
    pub fn step(&mut self, step: Label) {
        self.step = step;
    }

    /// See [`saw!`](mos_exam::saw).
    pub fn saw(&self, what: Label, value: impl Debug) {
        let (step, value) = (self.step, &value);
        println!("{}", Observation { step, what, value });
    }
}

/// The environment that the kernel started in place `n`, counted from 0.
pub fn started(n: usize) -> EnvId {
    EnvId::new(0, n)
}

/// Turns that others are given at most until something comes about that a right system brings about in a few.
const PATIENCE: u32 = 150;

/// Gives way until `done` says so, or for so long that it will never do. Whether it said so.
pub fn until(done: impl Fn() -> bool) -> bool {
    (0..PATIENCE).any(|_| {
        let is_done = done();
        if !is_done {
            yield_now();
        }
        is_done
    })
}

/// Gives way until the environment `id` is not runnable any more, or has ended. Whether it came to that.
pub fn until_it_waits(id: EnvId) -> bool {
    let slot = env::slot_of(id);
    until(|| !slot.is(id) || slot.status() != EnvStatus::Runnable)
}

/// Gives way until the environment `id` has ended. Whether it has.
pub fn until_it_ends(id: EnvId) -> bool {
    until(|| !env::slot_of(id).is(id))
}

/// How many more frames are free than the `free` of before, 0 if it comes to that soon: somebody who has ended may have
/// something left.
pub fn frames_since(free: u32) -> u32 {
    let more = || view::free_frames().wrapping_sub(free);
    for _ in 0..50 {
        if more() == 0 {
            break;
        }
        yield_now();
    }
    more()
}
