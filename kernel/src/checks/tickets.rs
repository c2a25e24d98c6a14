//! Lab smp: the ticket lock, of words to which others come whenever it has looked at them.

use core::cell::Cell;

use mos_checks::{Check, Wrong, saw, step};
use mos_core::Kernel;
use mos_lock::kind::Ticket;
use mos_lock::{Cpus, Fence, Kind, Word};

use crate::hardware::Hardware;

/// Looks that are far more than there are others.
const PATIENCE: u32 = 1000;

/// One of the lock's two words. So many others draw a number from it, each when it has just been read.
#[derive(Default)]
struct Counter {
    value: Cell<u32>,
    others: Cell<u32>,
}

impl Counter {
    /// One more, however it is written.
    fn count(&self) {
        self.value.set(self.value.get().wrapping_add(1));
    }
}

impl Word for &Counter {
    fn get(&self) -> u32 {
        let value = self.value.get();
        if let Some(left) = self.others.get().checked_sub(1) {
            self.others.set(left);
            self.count();
        }
        value
    }

    fn set(&self, value: u32) {
        self.value.set(value);
    }

    fn exchange(&self, old: u32, new: u32) -> bool {
        let is = self.value.get() == old;
        if is {
            self.value.set(new);
        }
        is
    }
}

/// The only CPU there is, with what the word had that says who has the lock, when each fence came.
struct Only<'a> {
    served: &'a Counter,
    acquired: Cell<Option<u32>>,
    releases: Cell<Option<u32>>,
}

impl<'a> Cpus for Only<'a> {
    type Word = &'a Counter;

    fn number(&self) -> usize {
        0
    }

    fn count(&self) -> usize {
        1
    }

    fn fence(&self, fence: Fence) {
        let place = match fence {
            Fence::Acquired => &self.acquired,
            Fence::Releases => &self.releases,
            _ => return,
        };
        place.set(Some(self.served.value.get()));
    }

    fn send(&self, _number: usize) {}
    fn hear(&self) {}
    fn flush(&self) {}
    fn look(&self) {}
}

/// Numbers that are drawn at once, called one after the other, and go round.
pub fn in_turn(kernel: &mut Kernel<Hardware>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "who comes waits until its number is called");
    for _ in 0..6 {
        let before = check.lots.from(0, 5);
        one(kernel, check, before, 0)?;
    }
    step!(check, "those who draw at once have numbers of their own");
    for _ in 0..6 {
        let [before, others] = [check.lots.from(0, 3), check.lots.from(1, 3)];
        one(kernel, check, before, others)?;
    }
    Ok(())
}

/// Has the lock behind so many, and others that draw a number just when this one does, and gives it back.
fn one(
    kernel: &mut Kernel<Hardware>,
    check: &mut Check,
    before: u32,
    others: u32,
) -> Result<(), Wrong> {
    let (next, served) = (Counter::default(), Counter::default());
    // Often they go round meanwhile.
    let first = 0_u32.wrapping_sub(check.lots.from(0, 6));
    served.value.set(first);
    next.value.set(first.wrapping_add(before));
    next.others.set(others);
    let only = Only {
        served: &served,
        acquired: Cell::new(None),
        releases: Cell::new(None),
    };
    let lock = Ticket::new(&next, &served);
    let mut looks = 0;
    let spins = lock.acquire(&only, || {
        looks += 1;
        if looks < PATIENCE {
            served.count();
        }
    });
    let since = |value: u32| value.wrapping_sub(first);
    saw!(
        check,
        "how often it looked in vain, whether it says so, and how many have drawn a number by then",
        (looks, spins == looks, since(next.value.get())),
        kernel
    );
    saw!(
        check,
        "the number that was called when it was in",
        only.acquired.get().map(since),
        kernel
    );
    lock.release(&only);
    let called = [
        Some(next.value.get()),
        Some(served.value.get()),
        only.releases.get(),
    ];
    saw!(
        check,
        "numbers drawn, numbers called, and how many had been when it was about to go out",
        called.map(|value| value.map(since)),
        kernel
    );
    Ok(())
}
