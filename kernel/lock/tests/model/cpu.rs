//! CPUs and words of loom's.

use std::rc::Rc;

use loom::cell::Cell;
use loom::model::Builder;
use loom::sync::atomic::Ordering::{Relaxed, SeqCst};
use loom::sync::atomic::{AtomicU32, fence};
use loom::thread;
use mos_lock::kind::Tas;
use mos_lock::{Aside, Calls, Cpus, Fence, Gate, Word};

/// A word in no order with others.
pub struct Loose {
    value: AtomicU32,
    /// Others may come between when it is exchanged.
    torn: bool,
}

impl Loose {
    /// It is 0.
    pub fn new(flaw: Flaw) -> Self {
        Self {
            value: AtomicU32::new(0),
            torn: flaw == Flaw::Torn,
        }
    }
}

impl Word for Loose {
    fn get(&self) -> u32 {
        self.value.load(Relaxed)
    }

    fn set(&self, value: u32) {
        self.value.store(value, Relaxed);
    }

    fn exchange(&self, old: u32, new: u32) -> bool {
        if !self.torn {
            return self
                .value
                .compare_exchange(old, new, Relaxed, Relaxed)
                .is_ok();
        }
        let is_old = self.get() == old;
        if is_old {
            self.set(new);
        }
        is_old
    }
}

/// So many words.
pub fn words<const N: usize>(flaw: Flaw) -> [Loose; N] {
    std::array::from_fn(|_| Loose::new(flaw))
}

/// The way into the kernel of three CPUs at most.
pub type Door = Gate<Tas<Loose, 3, false>, Loose, 3>;

/// One through which nobody has come.
pub fn door(flaw: Flaw) -> Door {
    Gate::new(
        Tas::new(Loose::new(flaw), Loose::new(flaw), words(flaw)),
        Calls::new(words(flaw), words(flaw)),
        Aside::new(words(flaw), Loose::new(flaw)),
    )
}

/// What is wrong with the CPUs of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// This fence is none.
    No(Fence),
    /// Words are read and written where they should be exchanged.
    Torn,
    /// A call is answered before the TLB is flushed, which is when the CPU looks next.
    EarlyAnswer,
    /// Interrupts of others do not arrive.
    Deaf,
}

/// What a machine has: a line to each CPU, by which it is interrupted, and the one entry of each TLB.
pub struct Machine {
    flaw: Flaw,
    lines: [Loose; 3],
    tlbs: [Cell<bool>; 3],
}

/// How often a CPU looks in vain in orders of which all others are tried. To look once more is nothing new.
const LOOKS: u32 = 4;
/// How often until it is clear that nothing will come.
const PATIENCE: u32 = 100;

/// One CPU of it.
pub struct Cpu {
    number: usize,
    /// How often it has looked in vain.
    looks: std::cell::Cell<u32>,
    machine: Rc<Machine>,
}

impl Machine {
    /// One with `flaw`, whose TLBs all hold something.
    pub fn new(flaw: Flaw) -> Rc<Self> {
        Rc::new(Self {
            flaw,
            lines: words(flaw),
            tlbs: std::array::from_fn(|_| Cell::new(true)),
        })
    }

    /// Its CPU `number`.
    pub fn cpu(self: &Rc<Self>, number: usize) -> Cpu {
        Cpu {
            number,
            looks: std::cell::Cell::new(0),
            machine: self.clone(),
        }
    }

    /// Whether the TLB of CPU `number` holds something.
    pub fn holds(&self, number: usize) -> bool {
        self.tlbs[number].get()
    }
}

impl Cpu {
    /// Whether it is interrupted.
    pub fn is_interrupted(&self) -> bool {
        self.machine.lines[self.number].get() != 0
    }

    /// Waits until it is.
    pub fn wait(&self) {
        while !self.is_interrupted() {
            self.look();
        }
    }

    /// The TLB holds something, or nothing.
    pub fn hold(&self, something: bool) {
        self.machine.tlbs[self.number].set(something);
    }
}

impl Cpus for Cpu {
    type Word = Loose;

    fn number(&self) -> usize {
        self.number
    }

    fn count(&self) -> usize {
        self.machine.lines.len()
    }

    fn fence(&self, which: Fence) {
        if self.machine.flaw != Flaw::No(which) {
            fence(SeqCst);
        }
    }

    fn send(&self, number: usize) {
        if self.machine.flaw != Flaw::Deaf {
            self.machine.lines[number].set(1);
        }
    }

    fn hear(&self) {
        self.machine.lines[self.number].set(0);
    }

    fn flush(&self) {
        if self.machine.flaw != Flaw::EarlyAnswer {
            self.hold(false);
        }
    }

    fn look(&self) {
        if self.machine.flaw == Flaw::EarlyAnswer {
            self.hold(false);
        }
        let looks = self.looks.get() + 1;
        self.looks.set(looks);
        assert!(looks < PATIENCE, "CPU {} waits for ever", self.number);
        if looks == LOOKS {
            loom::skip_branch();
        }
        thread::yield_now();
    }
}

/// Goes through all orders in which at most `most` times another CPU goes on where the one could.
pub fn explore(most: usize, run: impl Fn() + Sync + Send + 'static) {
    let mut builder = Builder::new();
    builder.preemption_bound = Some(most);
    builder.check(run);
}
