//! Who works aside has nobody in the kernel with it, who works alone nobody else that does, and each sees what the one before it wrote.

use std::rc::Rc;

use loom::cell::Cell;
use loom::thread;
use mos_lock::{Cpus, Fence, Word};

use super::cpu::{Cpu, Door, Flaw, Loose, Machine, door, explore};

struct Shared {
    gate: Door,
    /// What is changed aside and in the kernel.
    count: Cell<u32>,
    between: Loose,
}

/// How a CPU counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// In the kernel.
    Kernel,
    /// Aside, where nobody else counts aside; in the kernel, if that is closed.
    Beside,
    /// Alone, as soon as it may.
    Alone,
    /// Alone, and then with something left that an audit wants to be done.
    Leaves,
    /// In the kernel, when all have done what they have left.
    Audit,
    /// Begins aside, and finds that it must come in after all.
    GivesUp,
}

impl Shared {
    fn count(&self, cpu: &Cpu, way: Way) {
        let aside = self.gate.aside();
        match way {
            Way::Beside if aside.begin(cpu) => {
                self.add();
                aside.end(cpu);
            }
            Way::Alone | Way::Leaves => {
                while !aside.begin_alone(cpu) {
                    cpu.look();
                }
                if way == Way::Leaves {
                    aside.leave(cpu);
                }
                self.add();
                aside.end(cpu);
            }
            _ => {
                if way == Way::GivesUp {
                    _ = aside.begin(cpu);
                }
                self.gate.enter(cpu);
                if way == Way::Audit {
                    aside.wait_for_all(cpu);
                }
                self.add();
                self.gate.leave(cpu, None);
            }
        }
    }

    fn add(&self) {
        self.count.set(self.count.get() + 1);
        // Where another one can come between.
        self.between.set(1);
    }
}

/// CPUs count in these ways at the same time.
fn meet<const N: usize>(ways: [&'static [Way]; N], flaw: Flaw) {
    // Three alone take a hundred times as long as two.
    explore(if N == 2 { 2 } else { 1 }, move || {
        let machine = Machine::new(flaw);
        let shared = Rc::new(Shared {
            gate: door(flaw),
            count: Cell::new(0),
            between: Loose::new(flaw),
        });
        let run = |number: usize| {
            let (shared, cpu) = (shared.clone(), machine.cpu(number));
            move || ways[number].iter().for_each(|&way| shared.count(&cpu, way))
        };
        let others: Vec<_> = (1..N).map(|number| thread::spawn(run(number))).collect();
        run(0)();
        others.into_iter().for_each(|other| other.join().unwrap());
        let all: usize = ways.iter().map(|ways| ways.len()).sum();
        assert_eq!(shared.count.get() as usize, all);
    });
}

const KERNEL: &[Way] = &[Way::Kernel];
const ALONE: &[Way] = &[Way::Alone];

#[test]
fn nobody_is_in_the_kernel_meanwhile() {
    for way in [&[Way::Beside; 2], &[Way::Alone; 2]] {
        meet([KERNEL, way], Flaw::None);
        meet([way, KERNEL], Flaw::None);
    }
}

#[test]
fn nobody_waits_for_one_that_gives_up() {
    meet([&[Way::GivesUp], &[Way::Beside]], Flaw::None);
}

#[test]
fn who_is_alone_is_alone() {
    meet([&[Way::Alone; 2], ALONE], Flaw::None);
    meet([ALONE, &[Way::Alone; 2]], Flaw::None);
}

#[test]
fn an_audit_waits_for_what_is_left() {
    meet([&[Way::Audit], &[Way::Leaves]], Flaw::None);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn nobody_else_does() {
    meet([KERNEL, &[Way::Leaves]], Flaw::None);
}

#[test]
fn so_it_is_with_three() {
    meet([ALONE, ALONE, ALONE], Flaw::None);
}

/// Without any one of these fences one of two does not see the other.
macro_rules! not_without {
    ($($name:ident, $fence:ident, $ways:expr;)*) => {$(
        #[test]
        #[should_panic(expected = "Causality violation")]
        fn $name() {
            meet($ways, Flaw::No(Fence::$fence));
        }
    )*};
}

const BESIDE: &[Way] = &[Way::Beside; 2];

not_without! {
    not_without_a_fence_before_looking_at_the_lock, Works, [KERNEL, BESIDE];
    not_without_a_fence_before_looking_at_the_others, Works, [ALONE, ALONE];
    not_without_a_fence_before_looking_who_works, Closes, [KERNEL, BESIDE];
    not_without_a_fence_behind_the_door, Acquired, [KERNEL, BESIDE];
    not_without_a_fence_before_it_is_said_that_it_is_done, Releases, [KERNEL, BESIDE];
}
