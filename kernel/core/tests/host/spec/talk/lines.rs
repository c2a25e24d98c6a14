//! The lines of senders.

use mos_abi::Sysno::*;

use super::{ALL, REST, Rest, children, msg, returned, short};
use crate::rig::{Back, Rig};

/// The words of the message that the running server takes next, which must be there.
fn next(rig: &mut Rig, answered: u32) -> u32 {
    assert_eq!(short(rig, MsgReplyWait, answered, [0; 4]), Back::Value(0));
    let id = rig.id();
    returned(rig, id).3[0]
}

/// Each of these calls `server`, with its own id.
fn all_call(rig: &mut Rig, clients: &[u32], server: u32) {
    for &client in clients {
        rig.switch_to(client);
        assert_eq!(
            short(rig, MsgCall, server, [client, 0, 0, 0]),
            Back::Blocked
        );
    }
}

#[test]
fn who_comes_first_is_served_first() {
    let (mut rig, me, clients) = children::<5>();
    let order = [2, 0, 4, 1, 3].map(|index: usize| clients[index]);
    all_call(&mut rig, &order, me);
    rig.switch_to(me);
    let mut answered = 0;
    for client in order {
        assert_eq!(next(&mut rig, answered), client);
        assert_eq!(rig.id(), me, "it goes on in its own turn");
        answered = client;
    }
    // Who was answered is runnable, and its place at the end of the line is to be had again.
    assert_eq!(
        short(&mut rig, MsgReplyWait, answered, [0; 4]),
        Back::Blocked
    );
    all_call(&mut rig, &order[..1], me);
    assert_eq!(returned(&mut rig, me).1, order[0]);
}

#[test]
fn who_leaves_the_line_leaves_the_others_in_their_order() {
    let (mut rig, me, clients) = children::<4>();
    all_call(&mut rig, &clients, me);
    rig.switch_to(me);
    rig.ok(SetEnvStatus, &[clients[0], 2]);
    rig.ok(EnvDestroy, &[clients[2]]);
    for (client, answered) in [(clients[1], 0), (clients[3], clients[1])] {
        assert_eq!(next(&mut rig, answered), client);
    }
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
}

#[test]
fn one_is_taken_out_of_the_middle_of_a_line() {
    let (mut rig, me, clients) = children::<3>();
    all_call(&mut rig, &clients, me);
    rig.switch_to(me);
    assert_eq!(msg(&mut rig, 0, clients[1], REST), Back::Value(0));
    assert_eq!(returned(&mut rig, me).1, clients[1]);
    assert_eq!(next(&mut rig, 0), clients[0]);
    assert_eq!(next(&mut rig, 0), clients[2]);
}

#[test]
fn a_receiver_of_one_lets_the_line_stand() {
    let (mut rig, me, [first, second]) = children();
    all_call(&mut rig, &[first], me);
    rig.switch_to(me);
    assert_eq!(msg(&mut rig, 0, second, REST), Back::Blocked);
    rig.switch_to(second);
    assert_eq!(short(&mut rig, MsgCall, me, [1; 4]), Back::Blocked);
    assert_eq!(returned(&mut rig, me).1, second);
    assert_eq!(next(&mut rig, 0), first);
}

#[test]
fn a_message_that_may_not_be_sent_any_more_fails_and_the_next_is_taken() {
    let (mut rig, me, clients) = children::<3>();
    let page = 0x0050_0000;
    for client in clients {
        rig.ok(MemAlloc, &[client, page, 0x600]);
        rig.switch_to(client);
        let rest = Rest {
            words: [client; 4],
            pages: [page, 1 << 12 | 0x600],
            ..REST
        };
        assert_eq!(msg(&mut rig, me, 0, rest), Back::Blocked);
    }
    rig.switch_to(me);
    rig.ok(MemUnmap, &[clients[0], page]);
    rig.ok(MemUnmap, &[clients[1], page]);
    assert_eq!(next(&mut rig, 0), clients[2]);
    for client in &clients[..2] {
        super::assert_failed(&mut rig, *client, mos_abi::Error::Inval, 0);
        assert_eq!(rig.view(*client).env_status, 1);
    }
}

#[test]
fn who_was_in_line_receives_from_its_own_line_at_once() {
    let (mut rig, me, [first, second, third]) = children();
    // Each stands in the line of the one before it, and wants to hear anybody then.
    let mut before = me;
    for id in [first, second, third] {
        rig.switch_to(id);
        let rest = Rest {
            words: [id; 4],
            ..REST
        };
        assert_eq!(msg(&mut rig, before, ALL, rest), Back::Blocked);
        before = id;
    }
    rig.switch_to(me);
    assert_eq!(msg(&mut rig, 0, ALL, REST), Back::Value(0));
    for (id, from) in [(me, first), (first, second), (second, third)] {
        assert_eq!(returned(&mut rig, id), (0, from, 0, [from; 4]));
        assert_eq!(rig.view(id).env_status, 1);
    }
    assert_eq!(rig.view(third).env_status, 2, "nobody is in its line");
}

#[test]
fn two_that_send_to_each_other_wait_for_each_other() {
    let (mut rig, me, [other]) = children();
    rig.switch_to(other);
    assert_eq!(short(&mut rig, MsgCall, me, [1; 4]), Back::Blocked);
    assert_eq!(short(&mut rig, MsgCall, other, [2; 4]), Back::Blocked);
    rig.output();
    rig.kernel.explain_deadlock();
    let text = rig.output();
    for (one, other) in [(me, other), (other, me)] {
        let line = format!("{one:08x} waits in line to send to {other:08x}\n");
        assert!(text.contains(&line), "{text}");
    }
}

#[test]
fn the_last_words_tell_whom_each_waits_for() {
    let (mut rig, me, [server, child]) = children();
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    rig.switch_to(child);
    assert_eq!(msg(&mut rig, 0, me, REST), Back::Blocked);
    assert_eq!(short(&mut rig, MsgCall, server, [0; 4]), Back::Blocked);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    rig.output();
    rig.kernel.explain_deadlock();
    let text = rig.output();
    for line in [
        format!("{server:08x} waits for a message from anybody\n"),
        format!("{child:08x} waits for a message from {me:08x}\n"),
        format!("{me:08x} waits for a message from {server:08x}\n"),
    ] {
        assert!(text.contains(&line), "{text}");
    }
}
