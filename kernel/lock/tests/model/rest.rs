//! A CPU that rests is woken when there is something to do, whatever it is about just then.

use std::rc::Rc;

use loom::cell::Cell;
use loom::thread;
use mos_lock::{Cpus, Fence, Resting};

use super::cpu::{Cpu, Door, Flaw, Machine, door, explore};

/// What whoever has the lock reads and writes.
struct State {
    resting: Cell<Resting>,
    /// How many environments wait for a CPU.
    queue: Cell<usize>,
}

struct Shared {
    gate: Door,
    state: State,
}

impl Shared {
    /// Does something to the state, inside; returns what that says.
    fn inside<R>(&self, cpu: &Cpu, act: impl FnOnce(&State) -> (R, Option<usize>)) -> R {
        self.gate.enter(cpu);
        let (said, woken) = act(&self.state);
        self.gate.leave(cpu, woken);
        said
    }

    /// Takes one, and rests until there is one.
    fn takes(&self, cpu: &Cpu, forgets: bool) {
        let number = cpu.number();
        while !self.inside(cpu, |state| {
            let found = state.queue.get() != 0;
            state.queue.set(state.queue.get() - usize::from(found));
            let mut resting = state.resting.get();
            resting.set(number, !found);
            state.resting.set(resting);
            (found, None)
        }) {
            if forgets {
                cpu.hear();
            }
            cpu.wait();
        }
    }

    /// Adds one.
    fn adds(&self, cpu: &Cpu) {
        self.inside(cpu, |state| {
            state.queue.set(state.queue.get() + 1);
            let mut resting = state.resting.get();
            let woken = resting.wake();
            state.resting.set(resting);
            ((), woken)
        });
    }
}

/// CPU 0 adds one for each of the others.
fn wakes(others: usize, forgets: bool, flaw: Flaw) {
    explore(3 - others, move || {
        let machine = Machine::new(flaw);
        let shared = Rc::new(Shared {
            gate: door(flaw),
            state: State {
                resting: Cell::new(Resting::NONE),
                queue: Cell::new(0),
            },
        });
        let others: Vec<_> = (1..=others)
            .map(|number| {
                let (shared, cpu) = (shared.clone(), machine.cpu(number));
                thread::spawn(move || shared.takes(&cpu, forgets))
            })
            .collect();
        others.iter().for_each(|_| shared.adds(&machine.cpu(0)));
        others.into_iter().for_each(|other| other.join().unwrap());
    });
}

#[test]
fn one_is_woken() {
    wakes(1, false, Flaw::None);
}

#[test]
fn two_are_woken() {
    wakes(2, false, Flaw::None);
}

#[test]
#[should_panic(expected = "waits for ever")]
fn not_if_what_comes_is_forgotten_on_the_way_to_rest() {
    wakes(1, true, Flaw::None);
}

#[test]
#[should_panic(expected = "waits for ever")]
fn not_if_no_interrupt_comes() {
    wakes(1, false, Flaw::Deaf);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn not_without_the_fence_of_the_lock() {
    wakes(1, false, Flaw::No(Fence::Releases));
}
