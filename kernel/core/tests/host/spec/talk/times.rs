//! Calls that do not wait for ever.

use mos_abi::Error::{IpcNotRecv, Timeout};
use mos_abi::Sysno::*;
use mos_core::{Next, Outcome};

use super::{ALL, REST, Rest, assert_failed, children, msg, returned, short};
use crate::rig::Back;

fn ticks(send: u32, receive: u32) -> Rest {
    Rest {
        ticks: [send, receive],
        ..REST
    }
}

#[test]
fn without_time_nobody_waits() {
    let (mut rig, me, [other]) = children();
    let result = msg(&mut rig, other, 0, ticks(0, ALL));
    assert_eq!(result, Back::Value(IpcNotRecv.code()));
    assert_failed(&mut rig, me, IpcNotRecv, 0);
    assert_eq!(
        msg(&mut rig, 0, ALL, ticks(ALL, 0)),
        Back::Value(Timeout.code())
    );
    assert_eq!(
        msg(&mut rig, 0, other, ticks(ALL, 0)),
        Back::Value(Timeout.code())
    );
    assert_failed(&mut rig, me, Timeout, 0);
}

#[test]
fn a_wait_ends_with_the_tick_it_was_given() {
    for count in [1, 2, 7] {
        let (mut rig, me, [sender, receiver, bystander]) = children();
        rig.switch_to(sender);
        assert_eq!(msg(&mut rig, me, 0, ticks(count, 0)), Back::Blocked);
        assert_eq!(msg(&mut rig, 0, bystander, ticks(0, count)), Back::Blocked);
        for _ in 1..count {
            rig.tick();
            assert_eq!(rig.view(sender).env_status, 2);
            assert_eq!(rig.view(receiver).env_status, 2);
        }
        rig.tick();
        for id in [sender, receiver] {
            assert_failed(&mut rig, id, Timeout, 0);
            assert_eq!(rig.view(id).env_status, 1);
        }
        assert_eq!(rig.kernel.timeouts(), 0);
    }
}

#[test]
fn a_call_that_was_sent_says_so_when_no_answer_comes() {
    let (mut rig, me, [server]) = children();
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    assert_eq!(msg(&mut rig, server, server, ticks(0, 2)), Back::Blocked);
    assert_eq!(rig.id(), server);
    rig.tick();
    rig.tick();
    assert_failed(&mut rig, me, Timeout, server);
}

#[test]
fn each_part_of_a_call_has_its_own_time() {
    let (mut rig, me, [server]) = children();
    assert_eq!(msg(&mut rig, server, server, ticks(3, 3)), Back::Blocked);
    rig.tick();
    rig.tick();
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Value(0));
    rig.tick();
    rig.tick();
    assert_eq!(
        rig.view(me).env_status,
        2,
        "the time for the answer began when it was sent"
    );
    rig.tick();
    assert_failed(&mut rig, me, Timeout, server);
}

#[test]
fn what_comes_in_time_ends_the_time() {
    let (mut rig, me, [other]) = children();
    rig.switch_to(other);
    assert_eq!(msg(&mut rig, 0, me, ticks(0, 3)), Back::Blocked);
    assert_eq!(msg(&mut rig, other, 0, ticks(0, 0)), Back::Value(0));
    assert_eq!(rig.kernel.timeouts(), 0);
    rig.switch_to(other);
    assert_eq!(returned(&mut rig, other).0, 0);
    // It waits again, and longer: the old time is no more.
    assert_eq!(msg(&mut rig, 0, me, ticks(0, 9)), Back::Blocked);
    (0..8).for_each(|_| rig.tick());
    assert_eq!(rig.view(other).env_status, 2);
    rig.tick();
    assert_failed(&mut rig, other, Timeout, 0);
}

#[test]
fn while_somebodys_time_runs_the_machine_idles() {
    let (mut rig, me, [other]) = children();
    rig.switch_to(other);
    assert_eq!(msg(&mut rig, 0, ALL, ticks(0, 2)), Back::Blocked);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    assert_eq!(rig.next, Next::Idle);
    rig.tick();
    assert_eq!(rig.next, Next::Idle);
    rig.tick();
    assert_eq!(rig.id(), other);
    assert_eq!(msg(&mut rig, 0, me, ticks(0, ALL)), Back::Blocked);
    assert_eq!(rig.next, Next::PowerOff(Outcome::Deadlock));
}

#[test]
fn the_longest_time_is_no_short_one() {
    let (mut rig, _, [other]) = children();
    rig.switch_to(other);
    assert_eq!(msg(&mut rig, 0, ALL, ticks(0, ALL - 1)), Back::Blocked);
    (0..100).for_each(|_| rig.tick());
    assert_eq!(rig.view(other).env_status, 2);
}

/// More than are looked at in a piece.
#[test]
fn the_time_of_many_may_end_at_once() {
    let mut rig = crate::rig::Rig::with_frames(1024);
    let me = rig.start(&crate::program::small());
    rig.audit_every = 64;
    rig.switch_to(me);
    let children: Vec<u32> = (0..300).map(|_| rig.child()).collect();
    for (&child, count) in children.iter().zip((1..4).cycle()) {
        rig.switch_to(child);
        let gone = rig.view(child).env_runs;
        assert_eq!(gone, 1);
        assert_eq!(msg(&mut rig, 0, ALL, ticks(0, 600 + count)), Back::Blocked);
    }
    (0..900).for_each(|_| rig.tick());
    for child in children {
        assert_failed(&mut rig, child, Timeout, 0);
    }
    assert_eq!(rig.kernel.timeouts(), 0);
}
