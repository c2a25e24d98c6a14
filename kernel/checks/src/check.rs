//! A check that was ordered, and what it says.

use core::fmt::{self, Debug, Write};
use core::hint::black_box;

use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
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

/// A check cannot go on, and a line has said why.
#[derive(Clone, Copy, Debug)]
pub struct Wrong;

/// What a check has at hand that leads to a console.
pub trait Desk {
    /// Writes a byte.
    fn put(&mut self, byte: u8);
}

impl<M: Machine> Desk for Memory<M> {
    fn put(&mut self, byte: u8) {
        self.machine.put(byte);
    }
}

impl<M: Platform> Desk for Kernel<M> {
    fn put(&mut self, byte: u8) {
        self.mem.put(byte);
    }
}

/// Text by way of a desk.
pub struct Line<'a, D>(pub &'a mut D);

impl<D: Desk> Write for Line<'_, D> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.bytes().for_each(|byte| self.0.put(byte));
        Ok(())
    }
}

impl Check {
    /// The check that this kernel was started for, if it was.
    pub fn ordered() -> Option<Self> {
        // The harness writes to it behind the compiler's back.
        Order::read(black_box(&ORDER)).map(Self::new)
    }

    /// The check that `order` is for.
    pub fn new(order: Order<'static>) -> Self {
        let lots = Lots::new(order.seed);
        Self {
            order,
            lots,
            step: Label::NONE,
        }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.order.name
    }

    /// See [`step!`](mos_exam::step).
    pub fn step(&mut self, step: Label) {
        self.step = step;
    }

    /// An observation, for a line that somebody else prints.
    pub fn observation<'a>(&self, what: Label, value: &'a dyn Debug) -> Observation<'a> {
        let step = self.step;
        Observation { step, what, value }
    }

    /// See [`saw!`](mos_exam::saw).
    pub fn saw(&self, what: Label, value: impl Debug, desk: &mut impl Desk) {
        self.report(what, &value, desk);
    }

    #[inline(never)]
    fn report(&self, what: Label, value: &dyn Debug, desk: &mut impl Desk) {
        // A console does not fail.
        _ = writeln!(Line(desk), "{}", self.observation(what, value));
    }

    /// Goes on with what `result` has, which a right system always has. See [`need!`](crate::need).
    ///
    /// # Errors
    /// It has an error; the console says so.
    pub fn need<T, E: Debug>(
        &self,
        what: Label,
        result: Result<T, E>,
        desk: &mut impl Desk,
    ) -> Result<T, Wrong> {
        result.map_err(|error| {
            self.saw(what, error, desk);
            Wrong
        })
    }
}

/// Goes on with what a result has: `need!(check, "what", result, desk)?`.
#[macro_export]
macro_rules! need {
    ($check:expr, $what:expr, $result:expr, $desk:expr $(,)?) => {
        $check.need(const { $crate::Label::of($what) }, $result, $desk)
    };
}
