//! Messages.

use mos_abi::Error::{self, Inval, IpcNotRecv};
use mos_abi::Sysno::*;
use mos_abi::layout::UTOP;
use mos_abi::trapframe::reg;
use mos_core::{Next, Outcome};

use super::{FREE_PAGE, V, VR, VRC};
use crate::program::DATA;
use crate::rig::Rig;

/// `me` runs, and `receiver` waits for a message with its page at `dstva`.
fn with_receiver(dstva: u32) -> (Rig, u32, u32) {
    let mut rig = Rig::new();
    let me = rig.id();
    let receiver = rig.child();
    rig.switch_to(receiver);
    rig.blocks(IpcRecv, &[dstva]);
    rig.switch_to(me);
    (rig, me, receiver)
}

/// Value, sender and permissions as the receiver's public words say.
fn message(rig: &Rig, receiver: u32) -> (u32, u32, u32) {
    let view = rig.view(receiver);
    (view.env_ipc_value, view.env_ipc_from, view.env_ipc_perm)
}

#[test]
fn a_receiver_waits_until_a_value_comes() {
    let (mut rig, me, receiver) = with_receiver(0);
    let view = rig.view(receiver);
    assert_eq!((view.env_status, view.env_ipc_recving), (2, 1));
    rig.ok(IpcCanSend, &[receiver, 42, 0, 0]);
    assert_eq!(message(&rig, receiver), (42, me, 0));
    assert_eq!(rig.view(receiver).env_ipc_recving, 0);
    rig.switch_to(receiver);
    assert_eq!(rig.tf(receiver).regs[reg::V0], 0, "ipc_recv returns 0");
}

#[test]
fn one_receive_takes_one_message() {
    let (mut rig, _, receiver) = with_receiver(0);
    rig.ok(IpcCanSend, &[receiver, 1, 0, 0]);
    rig.fails(IpcNotRecv, IpcCanSend, &[receiver, 2, 0, 0]);
    assert_eq!(message(&rig, receiver).0, 1);
}

#[test]
fn only_one_that_waits_for_a_message_receives() {
    let mut rig = Rig::new();
    let me = rig.id();
    let (stopped, runnable, reader) = (rig.ok(EnvAlloc, &[]), rig.child(), rig.child());
    rig.switch_to(reader);
    rig.blocks(Cgetc, &[]);
    rig.switch_to(me);
    for id in [0, me, stopped, runnable, reader] {
        rig.fails(IpcNotRecv, IpcCanSend, &[id, 1, 0, 0]);
        rig.fails(IpcNotRecv, IpcCanSend, &[id, 1, DATA, V]);
    }
}

#[test]
fn without_a_page_the_permissions_do_not_matter() {
    for perm in [0, V, u32::MAX] {
        let (mut rig, _, receiver) = with_receiver(FREE_PAGE);
        rig.ok(IpcCanSend, &[receiver, 1, 0, perm]);
        assert_eq!(message(&rig, receiver).2, 0, "no page came");
        assert_eq!(rig.pte(receiver, FREE_PAGE), 0);
    }
}

#[test]
fn a_page_goes_where_the_receiver_wants_it() {
    let (mut rig, me, receiver) = with_receiver(FREE_PAGE + 0x234);
    rig.store(DATA, 99).expect("writable");
    rig.ok(IpcCanSend, &[receiver, 1, DATA + 0x777, VR]);
    assert_eq!(message(&rig, receiver), (1, me, VR));
    rig.switch_to(receiver);
    assert_eq!(rig.load(FREE_PAGE), Some(99));
    rig.store(FREE_PAGE, 100).expect("sent writable");
    rig.switch_to(me);
    assert_eq!(rig.load(DATA), Some(100), "one frame");
}

#[test]
fn a_page_takes_the_place_of_what_the_receiver_had_there() {
    let mut rig = Rig::new();
    let me = rig.id();
    let receiver = rig.child();
    rig.switch_to(receiver);
    rig.store(FREE_PAGE, 5).expect("on demand");
    rig.blocks(IpcRecv, &[FREE_PAGE]);
    rig.switch_to(me);
    let free = rig.kernel.mem.free_frames();
    rig.ok(IpcCanSend, &[receiver, 0, DATA, V]);
    assert_eq!(rig.kernel.mem.free_frames(), free + 1);
    rig.switch_to(receiver);
    assert_eq!(rig.load(FREE_PAGE), Some(0xdada_dada));
    assert_eq!(rig.store(FREE_PAGE, 6), None, "its old TLB entry is gone");
}

#[test]
fn a_receiver_that_wants_no_page_gets_the_value_alone() {
    let (mut rig, _, receiver) = with_receiver(0);
    rig.ok(IpcCanSend, &[receiver, 3, DATA, VR]);
    assert_eq!(message(&rig, receiver).2, 0);
    assert_eq!(rig.pte(receiver, 0), 0);
}

#[test]
fn a_page_that_may_not_be_sent_delivers_nothing() {
    let (mut rig, _, receiver) = with_receiver(FREE_PAGE);
    let text = 0x40_0000;
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    rig.ok(MemMap, &[0, FREE_PAGE, 0, FREE_PAGE, VRC]);
    let nothing_there = FREE_PAGE + 0x1000;
    let table = [
        (nothing_there, V),
        (0x1000, V),
        (text, VR),
        (text, VRC),
        (FREE_PAGE, VR),
        (DATA, 0),
        (DATA, 0x400),
        (DATA, VR | 0x800),
        (DATA, VR | 0x100),
        (UTOP, V),
        (0x8000_0000, V),
        (u32::MAX, V),
    ];
    for dstva in [FREE_PAGE, 0] {
        for (srcva, perm) in table {
            rig.fails(Inval, IpcCanSend, &[receiver, 9, srcva, perm]);
            let view = rig.view(receiver);
            assert_eq!(
                (view.env_status, view.env_ipc_recving),
                (2, 1),
                "{dstva:x} {srcva:x}"
            );
            assert_eq!(message(&rig, receiver), (0, 0, 0));
        }
    }
    rig.ok(IpcCanSend, &[receiver, 9, FREE_PAGE, VRC]);
}

#[test]
fn a_page_at_utop_or_above_cannot_be_received() {
    let mut rig = Rig::new();
    for dstva in [UTOP, UTOP + 1, 0x7fc0_0000, 0x8000_0000, u32::MAX] {
        rig.fails(Inval, IpcRecv, &[dstva]);
    }
    let (mut rig, _, receiver) = with_receiver(UTOP - 1);
    rig.ok(IpcCanSend, &[receiver, 1, DATA, V]);
    assert_ne!(rig.pte(receiver, UTOP - 0x1000), 0);
}

#[test]
fn a_stack_pointer_that_cannot_be_read_fails_the_calls_that_need_it() {
    let (mut rig, me, receiver) = with_receiver(0);
    for sp in [
        0,
        0xfff0,
        DATA + 2,
        0x7f3f_e000,
        UTOP - 16,
        0x8000_0000,
        u32::MAX - 3,
    ] {
        let tf = rig.tf(me);
        tf.regs[reg::SP] = sp;
        for call in [IpcCanSend, MemMap] {
            // In registers alone: on such a stack there is no room for arguments.
            rig.fails(Inval, call, &[receiver, 1, DATA]);
        }
    }
}

#[test]
fn when_all_wait_for_messages_the_machine_stops_and_says_so() {
    let (mut rig, me, receiver) = with_receiver(0);
    let child = rig.ok(EnvAlloc, &[]);
    rig.blocks(IpcRecv, &[0]);
    assert_eq!(rig.next, Next::PowerOff(Outcome::Deadlock));
    rig.output();
    rig.kernel.explain_deadlock();
    let text = rig.output();
    for id in [me, receiver] {
        assert!(
            text.contains(&format!("{id:08x} waits for a message")),
            "{text}"
        );
    }
    assert!(
        text.contains(&format!("{child:08x} is not runnable")),
        "{text}"
    );
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn a_message_wakes_in_its_turn() {
    let (mut rig, me, receiver) = with_receiver(0);
    let other = rig.child();
    rig.ok(IpcCanSend, &[receiver, 1, 0, 0]);
    assert_eq!(rig.id(), me, "a sender goes on");
    rig.ok(Yield, &[]);
    assert_eq!(rig.id(), other);
    rig.ok(Yield, &[]);
    assert_eq!(rig.id(), receiver);
    assert_eq!(Error::check(rig.tf(receiver).regs[reg::V0] as i32), Ok(0));
}
