//! What the programs that carry out checks are made of.
//!
//! A check is ordered by `make grade`: see [`mos_exam`]. It reports what it sees, and the host judges.

use core::fmt::Debug;
use core::hint::black_box;

use libos::{EnvId, EnvStatus, env, println, yield_now};
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

    /// See [`step!`](mos_exam::step). An environment that is forked goes on in the same step.
    pub fn step(&mut self, step: Label) {
        self.step = step;
    }

    /// See [`saw!`](mos_exam::saw).
    pub fn saw(&self, what: Label, value: impl Debug) {
        let (step, value) = (self.step, &value);
        println!("{}", Observation { step, what, value });
    }

    // SHIMS
    pub fn ok(&self, _: &str) {}
    pub fn same<T: PartialEq + Debug>(&self, what: &str, seen: T, _: T) {
        self.saw(Label::of(what), seen);
    }
    pub fn holds(&self, what: &str, holds: bool) {
        self.same(what, holds, true);
    }
}

/// The environment that the kernel started in place `n`, counted from 0.
pub fn started(n: usize) -> EnvId {
    EnvId::new(0, n)
}

/// Gives way until the environment `id` is not runnable any more, or has ended.
pub fn until_it_waits(id: EnvId) {
    while env::slot_of(id).is(id) && env::slot_of(id).status() == EnvStatus::Runnable {
        yield_now();
    }
}
