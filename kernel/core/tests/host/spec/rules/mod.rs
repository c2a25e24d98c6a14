//! The rules by which the CPU is given away, but for that of MOS: see `sched` and `turns`.

mod lottery;
mod priority;
mod stride;

use mos_abi::package::Program;
use mos_abi::trapframe::reg;
use mos_core::env::rule::Rule;

use crate::program;
use crate::rig::AnyRig;

/// Environments of these priorities, none of which has run before all are there, on a machine with room for `frames` frames
/// besides.
fn with_priorities<R: Rule>(priorities: &[u32], frames: u32) -> (AnyRig<16, R>, Vec<u32>) {
    let mut rig = AnyRig::with_frames(256 + frames);
    rig.audit_every = 64;
    let elf = program::small();
    let mut start = |&priority| {
        let program = Program {
            priority,
            ..program::program(&elf)
        };
        rig.kernel.env_create(&program).expect("room").0
    };
    let ids: Vec<u32> = priorities.iter().map(&mut start).collect();
    for &id in &ids {
        rig.tf(id).regs[reg::SP] -= 64;
    }
    rig.settle();
    (rig, ids)
}

/// Who runs in each of the next `count` time slices, as indices of `ids`.
fn slices<R: Rule>(rig: &mut AnyRig<16, R>, ids: &[u32], count: usize) -> Vec<usize> {
    let mut one = || {
        let id = rig.id();
        rig.tick();
        ids.iter().position(|&other| other == id).expect("known")
    };
    (0..count).map(|_| one()).collect()
}
