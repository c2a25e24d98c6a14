//! The floating-point unit: who has it, and what is in it.

use std::collections::BTreeMap;

use mos_abi::Sysno::*;
use mos_abi::exceptions::Exceptions;
use mos_abi::layout::{PAGE_SIZE, UTEXT, UXSTACKTOP};
use mos_abi::trapframe::TF_SIZE;
use proptest::prelude::*;

use super::VR;
use crate::rig::{Back, Rig};
use crate::seeds;
use crate::sim::code;
use crate::sim::float::{LISTENS, Registers, USABLE};

/// Coprocessor Unusable, of coprocessor 1.
const UNUSABLE: u32 = 1 << 28 | code::COPROCESSOR << 2;
/// Floating-point exception.
const RAISED: u32 = 15 << 2;
const FCSR: usize = 32;
/// More than the kernel keeps of what is typed.
const FLOOD: usize = 5000;

/// An environment on a machine that has the unit.
fn with_unit() -> Rig {
    let mut rig = Rig::new();
    rig.kernel.unit.present = true;
    rig
}

/// Whether the running environment may use the unit; its Status says nothing wrong besides.
fn is_usable(rig: &mut Rig) -> bool {
    let slot = rig.slot();
    let status = rig.kernel.status(slot);
    assert_eq!(status & LISTENS != 0, rig.machine().listens);
    status & USABLE != 0
}

/// The registers as the running environment finds them when it uses them.
fn registers(rig: &mut Rig) -> &mut Registers {
    if !is_usable(rig) {
        let id = rig.id();
        rig.trap(UNUSABLE, 0);
        assert_eq!(rig.id(), id, "it goes on");
        assert!(is_usable(rig));
    }
    &mut rig.machine().unit.holds
}

#[test]
fn they_are_0_at_first_use_and_stay_as_they_are_left() {
    let mut rig = with_unit();
    let child = rig.child();
    let parent = rig.id();
    assert_eq!(*registers(&mut rig), [0; 33]);
    *registers(&mut rig) = [1; 33];
    rig.switch_to(child);
    assert!(
        !is_usable(&mut rig),
        "nothing was done about it in the switch"
    );
    assert_eq!(*registers(&mut rig), [0; 33]);
    *registers(&mut rig) = [2; 33];
    for (id, value) in [(parent, 1), (child, 2), (parent, 1)] {
        rig.switch_to(id);
        assert_eq!(*registers(&mut rig), [value; 33]);
    }
}

#[test]
fn who_alone_uses_them_pays_once() {
    let mut rig = with_unit();
    let parent = rig.id();
    let child = rig.child();
    registers(&mut rig)[3] = 3;
    rig.switch_to(child);
    rig.switch_to(parent);
    assert!(is_usable(&mut rig));
    assert_eq!(rig.machine().unit.holds[3], 3);
}

#[test]
fn a_child_begins_with_its_parents() {
    for stolen in [false, true] {
        let mut rig = with_unit();
        let parent = rig.id();
        let thief = rig.child();
        registers(&mut rig)[7] = 7;
        if stolen {
            rig.switch_to(thief);
            registers(&mut rig)[7] = 8;
            rig.switch_to(parent);
        }
        let child = rig.child();
        registers(&mut rig)[7] = 9;
        rig.switch_to(child);
        assert_eq!(registers(&mut rig)[7], 7);
        rig.switch_to(parent);
        assert_eq!(registers(&mut rig)[7], 9);
    }
}

#[test]
fn without_a_unit_and_for_other_coprocessors_nothing_has_changed() {
    let mut rig = Rig::new();
    let id = rig.id();
    rig.trap(UNUSABLE, 0);
    assert!(!rig.exists(id));
    for coprocessor in [0, 2, 3] {
        let mut rig = with_unit();
        let id = rig.id();
        rig.trap(coprocessor << 28 | code::COPROCESSOR << 2, 0);
        assert!(!rig.exists(id));
        assert!(rig.output().contains("killed: coprocessor instruction, pc"));
    }
}

#[test]
fn what_is_raised_ends_it_or_is_handled_and_is_not_raised_again() {
    let mut rig = with_unit();
    let id = rig.id();
    registers(&mut rig)[FCSR] = 0x8400;
    rig.trap(RAISED, 0);
    assert!(!rig.exists(id));
    let line = "killed: floating-point exception, pc ";
    let said = rig.output();
    assert!(
        said.contains(line) && said.contains(", FCSR 00008400"),
        "{said}"
    );

    let mut rig = with_unit();
    let parent = rig.id();
    let child = rig.child();
    rig.ok(MemAlloc, &[0, UXSTACKTOP - PAGE_SIZE, VR]);
    let kinds = Exceptions::FLOATING.bits();
    rig.ok(SetExceptionHandler, &[0, kinds, UTEXT + 0x40, UXSTACKTOP]);
    registers(&mut rig)[FCSR] = 0x2_8400;
    rig.trap(RAISED, 0);
    assert_eq!(rig.pc(), UTEXT + 0x40);
    let badvaddr = UXSTACKTOP - TF_SIZE + 140;
    assert_eq!(rig.load(badvaddr), Some(0x2_8400));
    rig.switch_to(child);
    registers(&mut rig);
    rig.switch_to(parent);
    assert_eq!(registers(&mut rig)[FCSR], 0x400);
}

/// What the running environment does.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Looks at all registers, and changes one.
    Use(u32),
    Yield,
    Tick,
    /// Makes a child, unless there are many.
    Child,
    /// Ends one of its children, or itself.
    End(usize),
    /// More is typed than there is room for, or some of it is read.
    Type,
    Read,
}

fn run(acts: &[Act]) {
    let mut rig = with_unit();
    rig.audit_every = 64;
    // Of each that has used some; the others have 0.
    let mut model: BTreeMap<u32, Registers> = BTreeMap::new();
    let mut alive = vec![rig.id()];
    for &act in acts {
        let id = rig.id();
        if is_usable(&mut rig) {
            assert_eq!(Some(&rig.machine().unit.holds), model.get(&id), "{id:x}");
        }
        match act {
            Act::Use(word) => {
                let wanted = model.entry(id).or_insert([0; 33]);
                assert_eq!(registers(&mut rig), wanted, "{id:x}");
                // f31 at most: FCSR may raise something.
                let at = word as usize % FCSR;
                registers(&mut rig)[at] = word;
                wanted[at] = word;
            }
            Act::Yield => _ = rig.ok(Yield, &[]),
            Act::Tick => rig.tick(),
            Act::Child if alive.len() < 8 => {
                let child = rig.child();
                alive.push(child);
                if let Some(&registers) = model.get(&id) {
                    model.insert(child, registers);
                }
            }
            Act::Child => {}
            Act::End(nth) => {
                let victim = alive[nth % alive.len()];
                // A stranger is not ended, nor the last one.
                if alive.len() > 1 {
                    rig.call_any(EnvDestroy as u32, &[victim]);
                    alive.retain(|&id| rig.exists(id));
                }
            }
            Act::Type => {
                let room = FLOOD.saturating_sub(rig.machine().input.len());
                rig.type_in(&vec![b'x'; room]);
            }
            Act::Read => {
                for _ in 0..100 {
                    // Nobody is to wait for what nobody types.
                    if rig.machine().input.is_empty() {
                        break;
                    }
                    assert!(matches!(rig.call_any(Cgetc as u32, &[]), Back::Value(_)));
                }
            }
        }
    }
}

#[test]
fn nobody_sees_anothers_whatever_happens() {
    let act = prop_oneof![
        8 => any::<u32>().prop_map(Act::Use),
        4 => Just(Act::Yield),
        4 => Just(Act::Tick),
        2 => Just(Act::Child),
        2 => (0..8_usize).prop_map(Act::End),
        1 => Just(Act::Type),
        1 => Just(Act::Read),
    ];
    let lists = prop::collection::vec(act, 300);
    for seed in 0..60 {
        seeds::case("floats", seed, &lists, run);
    }
}
