//! Partners that end.

use mos_abi::Error::BadEnv;
use mos_abi::Sysno::*;
use mos_core::machine::Pending;

use super::{ALL, REST, assert_failed, children, msg, returned, short};
use crate::rig::{Back, Rig};

#[test]
fn who_stands_in_the_line_of_one_that_ends_is_told() {
    let (mut rig, me, [server, first, second]) = children();
    for client in [first, second] {
        rig.switch_to(client);
        assert_eq!(short(&mut rig, MsgCall, server, [1; 4]), Back::Blocked);
    }
    rig.switch_to(me);
    rig.ok(EnvDestroy, &[server]);
    for client in [first, second] {
        assert_failed(&mut rig, client, BadEnv, 0);
        assert_eq!(rig.view(client).env_status, 1);
    }
}

#[test]
fn who_waits_to_hear_one_that_ends_is_told() {
    let (mut rig, me, [server, caller, hearer]) = children();
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    rig.switch_to(caller);
    assert_eq!(short(&mut rig, MsgCall, server, [1; 4]), Back::Blocked);
    rig.switch_to(hearer);
    assert_eq!(msg(&mut rig, 0, server, REST), Back::Blocked);
    rig.switch_to(server);
    rig.trap(9 << 2, 0);
    assert!(!rig.exists(server));
    assert_failed(&mut rig, caller, BadEnv, server);
    assert_failed(&mut rig, hearer, BadEnv, 0);
    rig.switch_to(me);
}

#[test]
fn who_hears_anybody_or_another_goes_on_waiting() {
    let (mut rig, me, [one, other, hearer]) = children();
    rig.switch_to(hearer);
    assert_eq!(msg(&mut rig, 0, other, REST), Back::Blocked);
    rig.switch_to(one);
    assert_eq!(msg(&mut rig, other, 0, REST), Back::Blocked);
    rig.switch_to(me);
    let last = rig.child();
    rig.switch_to(last);
    assert_eq!(msg(&mut rig, 0, ALL, REST), Back::Blocked);
    rig.switch_to(me);
    rig.ok(EnvDestroy, &[one]);
    for id in [hearer, last] {
        assert_eq!(rig.view(id).env_status, 2);
    }
    rig.switch_to(other);
    assert_eq!(
        msg(
            &mut rig,
            0,
            ALL,
            super::Rest {
                ticks: [0; 2],
                ..REST
            }
        ),
        Back::Value(-13),
        "its line is empty again"
    );
}

#[test]
fn a_sender_whose_next_partner_has_ended_meanwhile_has_sent() {
    let (mut rig, me, [server, client, other]) = children();
    rig.switch_to(client);
    assert_eq!(msg(&mut rig, server, other, REST), Back::Blocked);
    rig.switch_to(me);
    rig.ok(EnvDestroy, &[other]);
    assert_eq!(rig.view(client).env_status, 2, "it is not there yet");
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Value(0));
    assert_eq!(returned(&mut rig, server).1, client);
    assert_failed(&mut rig, client, BadEnv, server);
}

/// Interrupts are looked at in between, and a tick that comes then is one like any other.
#[test]
fn many_are_told_piece_by_piece() {
    let mut rig = Rig::with_frames(1024);
    rig.audit_every = 64;
    let me = rig.start(&crate::program::small());
    rig.switch_to(me);
    let server = rig.child();
    let clients: Vec<u32> = (0..400).map(|_| rig.child()).collect();
    for &client in &clients {
        rig.switch_to(client);
        let back = match client % 2 {
            0 => msg(&mut rig, 0, server, REST),
            _ => short(&mut rig, MsgCall, server, [0; 4]),
        };
        assert_eq!(back, Back::Blocked);
    }
    rig.switch_to(me);
    let tick = Pending {
        timer: true,
        console: false,
    };
    rig.machine()
        .pending
        .extend([Pending::default(), tick, Pending::default(), tick]);
    assert_eq!(rig.call(EnvDestroy, &[server]), 0);
    assert!(rig.machine().pending.is_empty(), "it looks again and again");
    for client in clients {
        assert_failed(&mut rig, client, BadEnv, 0);
        assert_eq!(rig.view(client).env_status, 1);
    }
}
