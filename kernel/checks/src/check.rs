//! A check that was ordered, and what it says.

use core::fmt::{self, Debug, Write};
use core::hint::black_box;

use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
use mos_seal::{Lots, Order, Seal, Template, template};

static ORDER: Template = template();

/// A check that was ordered.
#[derive(Clone, Debug)]
pub struct Check {
    order: Order<'static>,
    /// What this run draws by lot.
    pub lots: Lots,
}

/// Something was wrong, and a line has said what.
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

struct Line<'a, D>(&'a mut D);

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
        Self { order, lots }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.order.name
    }

    /// The proof that goes with `label`, for a line that somebody else prints.
    pub fn seal(&self, label: &str) -> Seal {
        self.order.key.seal(self.order.name, label)
    }

    /// All that `label` says was seen to be so.
    pub fn ok(&self, label: &str, desk: &mut impl Desk) {
        let seal = self.seal(label);
        // A console does not fail.
        _ = writeln!(Line(desk), "ok {label} {}", seal.digits());
    }

    /// Goes on only if `seen` is `right`.
    ///
    /// # Errors
    /// It is not; the console says so.
    pub fn same<T: PartialEq + Debug>(
        &self,
        what: &str,
        seen: T,
        right: T,
        desk: &mut impl Desk,
    ) -> Result<(), Wrong> {
        if seen == right {
            return Ok(());
        }
        // As above.
        _ = writeln!(Line(desk), "wrong: {what}: {seen:x?}, not {right:x?}");
        Err(Wrong)
    }

    /// Goes on only if it `holds`.
    ///
    /// # Errors
    /// As [`Check::same`].
    pub fn holds(&self, what: &str, holds: bool, desk: &mut impl Desk) -> Result<(), Wrong> {
        self.same(what, holds, true, desk)
    }

    /// Goes on with what `result` has.
    ///
    /// # Errors
    /// It has an error; the console says so.
    pub fn get<T, E: Debug>(
        &self,
        what: &str,
        result: Result<T, E>,
        desk: &mut impl Desk,
    ) -> Result<T, Wrong> {
        result.map_err(|error| {
            // As above.
            _ = writeln!(Line(desk), "wrong: {what}: {error:?}");
            Wrong
        })
    }
}
