//! The first environments, as boot makes them.

use mos_abi::layout::{USTACKTOP, UTEXT};
use mos_abi::package::Program;
use mos_abi::trapframe::reg;

use super::{V, VR};
use crate::program::{self, DATA};
use crate::rig::Rig;

#[test]
fn a_program_starts_at_its_entry_with_nothing_but_a_stack() {
    let mut rig = Rig::with_frames(256);
    let elf = program::small();
    let id = rig
        .kernel
        .env_create(&program::program(&elf))
        .expect("room")
        .0;
    rig.settle();
    let tf = *rig.tf(id);
    let sp = tf.regs[reg::SP];
    assert_eq!((tf.cp0_epc, sp % 8), (UTEXT, 0));
    assert!(sp < USTACKTOP);
    assert_eq!(
        (rig.load(sp), rig.load(sp + 4)),
        (Some(0), Some(0)),
        "argc, argv"
    );
    let others = (1..32).filter(|&register| register != reg::SP);
    assert!(others.into_iter().all(|register| tf.regs[register] == 0));
}

#[test]
fn segments_are_mapped_as_the_file_says() {
    let mut rig = Rig::new();
    let id = rig.id();
    assert_eq!(rig.pte(id, UTEXT) & 0xfff, V);
    assert_eq!(rig.pte(id, DATA) & 0xfff, VR);
    assert_eq!(rig.pte(id, DATA + 0x1000), 0);
    assert_eq!(rig.load(UTEXT + 4), Some(0x0706_0504));
    assert_eq!(rig.load(DATA + 28), Some(0xdada_dada));
    assert_eq!(rig.load(DATA + 32), Some(0), "behind the file's bytes");
    assert_eq!(rig.load(UTEXT + 64), Some(0), "behind the segment");
}

#[test]
fn a_priority_of_the_image_is_the_environments() {
    let mut rig = Rig::with_frames(256);
    let elf = program::small();
    let id = rig.start_program(&Program {
        priority: 7,
        ..program::program(&elf)
    });
    let view = rig.view(id);
    assert_eq!((view.env_pri, view.env_status, view.env_runs), (7, 1, 1));
}
