//! Calls, answers, and what they return.

use mos_abi::Error::{BadEnv, Inval, Unspecified};
use mos_abi::Sysno::*;

use super::{ALL, REST, Rest, assert_failed, children, msg, returned, short};
use crate::rig::Back;

#[test]
fn a_call_brings_four_words_and_its_answer_four() {
    let (mut rig, server, [client, bystander]) = children();
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    assert_eq!(rig.view(server).env_ipc_recving, 1, "it hears anybody");
    assert_eq!(rig.id(), client);
    assert_eq!(
        short(&mut rig, MsgCall, server, [1, 2, 3, 4]),
        Back::Blocked
    );
    assert_eq!(rig.id(), server, "it gets the CPU at once");
    assert_eq!(returned(&mut rig, server), (0, client, 0, [1, 2, 3, 4]));
    assert_eq!(rig.view(client).env_ipc_recving, 0, "it hears one alone");
    assert_eq!(
        short(&mut rig, MsgReplyWait, client, [5, 6, 7, 8]),
        Back::Blocked
    );
    assert_eq!(rig.id(), client, "and so does the client");
    assert_eq!(returned(&mut rig, client), (0, server, 0, [5, 6, 7, 8]));
    let view = *rig.view(client);
    let public = [view.env_ipc_value, view.env_ipc_from, view.env_ipc_perm];
    assert_eq!(public, [0; 3], "nothing of it shows");
    rig.switch_to(bystander);
}

#[test]
fn an_answer_that_nobody_waits_for_is_dropped() {
    let (mut rig, server, [client, hears_another, ended]) = children();
    rig.switch_to(hears_another);
    assert_eq!(msg(&mut rig, 0, client, REST), Back::Blocked);
    rig.switch_to(server);
    rig.ok(EnvDestroy, &[ended]);
    // One that runs, one that waits for another, one that has ended, one that never was.
    for to in [client, hears_another, ended, 1] {
        let words = rig.tf(hears_another).regs;
        rig.switch_to(server);
        assert_eq!(short(&mut rig, MsgReplyWait, to, [9; 4]), Back::Blocked);
        assert_eq!(rig.tf(hears_another).regs, words);
        rig.switch_to(client);
        assert_eq!(msg(&mut rig, server, 0, REST), Back::Value(0));
        rig.switch_to(server);
        assert_eq!(
            returned(&mut rig, server).1,
            client,
            "it has received all the same"
        );
    }
    assert_eq!(short(&mut rig, MsgReplyWait, client, [9; 4]), Back::Blocked);
    rig.switch_to(client);
    rig.ok(SetEnvStatus, &[0, 1]);
    rig.output();
}

#[test]
fn who_waits_for_one_alone_does_not_hear_others() {
    let (mut rig, me, [client, other]) = children();
    rig.switch_to(client);
    assert_eq!(msg(&mut rig, 0, me, REST), Back::Blocked);
    rig.switch_to(other);
    // An answer of another is dropped, and a message waits.
    assert_eq!(short(&mut rig, MsgReplyWait, client, [7; 4]), Back::Blocked);
    rig.switch_to(me);
    assert_eq!(
        msg(
            &mut rig,
            client,
            0,
            Rest {
                words: [1; 4],
                ..REST
            }
        ),
        Back::Value(0)
    );
    assert_eq!(returned(&mut rig, client), (0, me, 0, [1; 4]));
}

#[test]
fn nobody_sends_to_himself_or_to_nobody() {
    let (mut rig, me, [child]) = children();
    for call in [MsgCall, MsgReplyWait] {
        assert_eq!(short(&mut rig, call, me, [0; 4]), Back::Value(Inval.code()));
    }
    assert_eq!(
        short(&mut rig, MsgCall, 0, [0; 4]),
        Back::Value(Inval.code())
    );
    for (to, from) in [(me, 0), (0, me), (me, me), (child, me), (me, child)] {
        assert_eq!(msg(&mut rig, to, from, REST), Back::Value(Inval.code()));
    }
    assert_eq!(
        msg(&mut rig, 0, 0, REST),
        Back::Value(0),
        "there is nothing to do"
    );
}

#[test]
fn what_is_reserved_is_zero() {
    let (mut rig, _, [child]) = children();
    for (to, from) in [(child, ALL), (0, ALL), (0, 0)] {
        rig.fails(Inval, Msg, &[to, from, 1]);
    }
}

#[test]
fn a_partner_that_is_not_there_is_no_partner() {
    let (mut rig, me, [child]) = children();
    rig.ok(EnvDestroy, &[child]);
    for id in [child, 1, 0x7ff, 0x7fff_ffff, child + (1 << 11)] {
        assert_eq!(
            short(&mut rig, MsgCall, id, [0; 4]),
            Back::Value(BadEnv.code())
        );
        assert_eq!(msg(&mut rig, id, 0, REST), Back::Value(BadEnv.code()));
        assert_eq!(msg(&mut rig, 0, id, REST), Back::Value(BadEnv.code()));
        assert_failed(&mut rig, me, BadEnv, 0);
    }
}

#[test]
fn a_wait_that_is_ended_from_outside_says_whether_something_was_sent() {
    for status in [1, 2] {
        let (mut rig, me, [server, client]) = children();
        rig.switch_to(client);
        assert_eq!(short(&mut rig, MsgCall, server, [1; 4]), Back::Blocked);
        rig.switch_to(me);
        rig.ok(SetEnvStatus, &[client, status]);
        assert_failed(&mut rig, client, Unspecified, 0);
        rig.ok(SetEnvStatus, &[client, 1]);
        rig.switch_to(server);
        assert_eq!(
            short(&mut rig, MsgReplyWait, 0, [0; 4]),
            Back::Blocked,
            "nobody is in line"
        );
        rig.switch_to(client);
        assert_eq!(short(&mut rig, MsgCall, server, [2; 4]), Back::Blocked);
        assert_eq!(returned(&mut rig, server).3, [2; 4]);
        rig.switch_to(me);
        rig.ok(SetEnvStatus, &[client, status]);
        assert_failed(&mut rig, client, Unspecified, server);
        assert_eq!(rig.view(client).env_ipc_recving, 0);
    }
}

#[test]
fn sending_alone_leaves_the_sender_the_cpu() {
    let (mut rig, me, [receiver]) = children();
    rig.switch_to(receiver);
    assert_eq!(msg(&mut rig, 0, ALL, REST), Back::Blocked);
    assert_eq!(rig.id(), me);
    assert_eq!(
        msg(
            &mut rig,
            receiver,
            0,
            Rest {
                words: [4, 3, 2, 1],
                ..REST
            }
        ),
        Back::Value(0)
    );
    assert_eq!(rig.id(), me);
    assert_eq!(returned(&mut rig, me).1, receiver, "whom it was sent to");
    rig.switch_to(receiver);
    assert_eq!(returned(&mut rig, receiver), (0, me, 0, [4, 3, 2, 1]));
}

#[test]
fn one_may_be_sent_to_and_another_heard() {
    let (mut rig, me, [first, second]) = children();
    rig.switch_to(first);
    assert_eq!(msg(&mut rig, 0, me, REST), Back::Blocked);
    rig.switch_to(me);
    assert_eq!(
        msg(
            &mut rig,
            first,
            second,
            Rest {
                words: [1; 4],
                ..REST
            }
        ),
        Back::Blocked
    );
    assert_eq!(rig.id(), first, "it has the CPU for the rest of the turn");
    assert_eq!(
        msg(
            &mut rig,
            me,
            0,
            Rest {
                ticks: [0; 2],
                ..REST
            }
        ),
        Back::Value(-6)
    );
    rig.switch_to(second);
    assert_eq!(
        msg(
            &mut rig,
            me,
            0,
            Rest {
                words: [2; 4],
                ..REST
            }
        ),
        Back::Value(0)
    );
    assert_eq!(returned(&mut rig, me), (0, second, 0, [2; 4]));
}

#[test]
fn what_is_sent_is_what_the_registers_say_when_it_is_taken() {
    use crate::program::DATA;
    let (mut rig, me, [server, client]) = children();
    rig.switch_to(client);
    assert_eq!(short(&mut rig, MsgCall, server, [1; 4]), Back::Blocked);
    rig.switch_to(me);
    let mut tf = *rig.tf(client);
    (tf.pc, tf.regs[8]) = (tf.cp0_epc, 77);
    for (at, word) in (DATA..).step_by(4).zip(tf.to_words()) {
        rig.store(at, word).expect("writable");
    }
    rig.ok(SetTrapframe, &[client, DATA]);
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Value(0));
    assert_eq!(returned(&mut rig, server).3, [1, 1, 77, 1]);
}
