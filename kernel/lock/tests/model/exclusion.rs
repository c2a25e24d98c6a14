//! One CPU has the lock at a time, sees what the one before it wrote, and none waits for ever.

use std::rc::Rc;

use loom::cell::Cell;
use loom::thread;
use mos_lock::kind::{Mcs, Tas, Ticket};
use mos_lock::{Cpus, Fence, Kind, Word};

use super::cpu::{Cpu, Flaw, Loose, Machine, explore, words};

/// `count` CPUs count to `each` under a lock.
fn counts<K>(new: fn(Flaw) -> K, count: usize, each: usize, detours: usize, flaw: Flaw)
where
    K: Kind<Cpu> + Send + Sync + 'static,
{
    explore(detours, move || {
        let shared = Rc::new((new(flaw), Cell::new(0), Loose::new(flaw)));
        let machine = Machine::new(flaw);
        let run = |number| {
            let (shared, cpu) = (shared.clone(), machine.cpu(number));
            move || {
                for _ in 0..each {
                    shared.0.acquire(&cpu, || cpu.look());
                    shared.1.set(shared.1.get() + 1);
                    // Where another one can come between.
                    shared.2.set(number as u32);
                    shared.0.release(&cpu);
                }
            }
        };
        let others: Vec<_> = (1..count)
            .map(|number| thread::spawn(run(number)))
            .collect();
        run(0)();
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(shared.1.get(), count * each);
    });
}

fn tas<const IN_TURN: bool>(flaw: Flaw) -> Tas<Loose, 3, IN_TURN> {
    Tas::new(Loose::new(flaw), Loose::new(flaw), words(flaw))
}

fn ticket(flaw: Flaw) -> Ticket<Loose> {
    Ticket::new(Loose::new(flaw), Loose::new(flaw))
}

fn mcs(flaw: Flaw) -> Mcs<Loose, 3> {
    Mcs::new(Loose::new(flaw), words(flaw), words(flaw))
}

/// Tests of one kind: whose words are made so; and how many detours are tried with three CPUs, and how often two take it.
macro_rules! kind {
    ($name:ident, $new:expr, $detours:expr, $times:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn two_take_it() {
                counts($new, 2, $times, 2, Flaw::None);
            }

            #[test]
            fn three_take_it() {
                counts($new, 3, 1, $detours, Flaw::None);
            }

            #[test]
            #[should_panic(expected = "Causality violation")]
            fn not_without_the_fence_behind_the_door() {
                counts($new, 2, 1, 2, Flaw::No(Fence::Acquired));
            }

            #[test]
            #[should_panic(expected = "Causality violation")]
            fn not_without_the_fence_before_it() {
                counts($new, 2, 1, 2, Flaw::No(Fence::Releases));
            }

            #[test]
            #[should_panic]
            fn not_if_another_one_comes_between() {
                counts($new, 2, 1, 2, Flaw::Torn);
            }
        }
    };
}

kind!(tas, tas::<false>, 1, 2);
kind!(in_turn, tas::<true>, 1, 1);
kind!(ticket, ticket, 1, 2);
kind!(mcs, mcs, 1, 2);
