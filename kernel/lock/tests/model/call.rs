//! Who is called in has its registers where the caller looks, and nothing in its TLB, and does nothing before the caller is gone.

use std::rc::Rc;

use loom::cell::Cell;
use loom::thread;
use mos_lock::Fence;

use super::cpu::{Cpu, Door, Flaw, Machine, door, explore};

/// The kernel, whose caller takes the environment of CPU 1 off and changes it.
struct Shared {
    gate: Door,
    /// Whether CPU 1 has the environment: with the lock.
    runs: Cell<bool>,
    /// Its registers: of CPU 1 while that has it.
    frame: Cell<u32>,
}

impl Shared {
    /// CPU 1: is interrupted, saves the registers, and goes on if it is still to.
    fn is_called(&self, cpu: &Cpu) {
        cpu.wait();
        self.frame.set(1);
        self.gate.enter(cpu);
        if self.runs.get() {
            assert_eq!(self.frame.get(), 1);
            cpu.hold(true);
        }
        self.gate.leave(cpu, None);
    }

    /// CPU 0.
    fn calls(&self, cpu: &Cpu, machine: &Machine) {
        self.gate.enter(cpu);
        self.gate.call_in(cpu, 1);
        assert!(!machine.holds(1));
        assert_eq!(self.frame.get(), 1);
        self.frame.set(2);
        self.runs.set(false);
        self.gate.leave(cpu, None);
    }
}

fn takes_off(flaw: Flaw) {
    explore(3, move || {
        let machine = Machine::new(flaw);
        let shared = Rc::new(Shared {
            gate: door(flaw),
            runs: Cell::new(true),
            frame: Cell::new(0),
        });
        let other = {
            let (shared, cpu) = (shared.clone(), machine.cpu(1));
            thread::spawn(move || {
                shared.is_called(&cpu);
            })
        };
        shared.calls(&machine.cpu(0), &machine);
        other.join().unwrap();
    });
}

#[test]
fn who_is_in_user_mode_is_taken_off() {
    takes_off(Flaw::None);
}

#[test]
#[should_panic(expected = "Causality violation")]
fn not_if_the_answer_comes_before_the_registers() {
    takes_off(Flaw::No(Fence::Answers));
}

#[test]
#[should_panic(expected = "Causality violation")]
fn not_if_the_caller_does_not_wait_for_what_was_answered() {
    takes_off(Flaw::No(Fence::Answered));
}

#[test]
#[should_panic]
fn not_if_the_answer_comes_before_the_flush() {
    takes_off(Flaw::EarlyAnswer);
}

#[test]
#[should_panic(expected = "waits for ever")]
fn not_if_no_interrupt_comes() {
    takes_off(Flaw::Deaf);
}
