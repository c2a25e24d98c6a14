//! The calls of one word meet those of four.

use mos_abi::Error::{BadEnv, Inval, IpcNotRecv, NoMem};
use mos_abi::Sysno::*;
use mos_abi::trapframe::reg;

use super::{ALL, REST, Rest, children, msg, returned, short};
use crate::program::DATA;
use crate::rig::Back;
use crate::spec::{FAR_PAGE, FREE_PAGE, V, VR};

#[test]
fn an_old_receiver_gets_the_first_word_of_a_new_sender() {
    let (mut rig, me, [receiver]) = children();
    rig.switch_to(receiver);
    rig.blocks(IpcRecv, &[FREE_PAGE]);
    let rest = Rest {
        words: [7, 8, 9, 10],
        pages: [DATA, 1 << 12 | V],
        ..REST
    };
    assert_eq!(msg(&mut rig, receiver, 0, rest), Back::Value(0));
    let view = rig.view(receiver);
    let message = (view.env_ipc_value, view.env_ipc_from, view.env_ipc_perm);
    assert_eq!((message, view.env_ipc_recving), ((7, me, V), 0));
    rig.switch_to(receiver);
    assert_eq!(rig.load(FREE_PAGE), Some(0xdada_dada));
    assert_eq!(rig.tf(receiver).regs[reg::V0], 0);
}

#[test]
fn an_old_receiver_takes_from_its_line_at_once() {
    for call in [IpcRecv, IpcCall] {
        let (mut rig, me, [sender, other]) = children();
        rig.switch_to(sender);
        assert_eq!(short(&mut rig, MsgCall, me, [1, 2, 3, 4]), Back::Blocked);
        rig.switch_to(other);
        rig.blocks(IpcRecv, &[0]);
        rig.switch_to(me);
        let slices = rig.kernel.cpu().slices;
        if call == IpcRecv {
            assert_eq!(rig.call(IpcRecv, &[0]), 0);
            let view = rig.view(me);
            assert_eq!((view.env_ipc_value, view.env_ipc_from), (1, sender));
        } else {
            assert_eq!(rig.call(IpcCall, &[other, 5, 0]), 0);
            let regs = rig.tf(me).regs;
            assert_eq!(
                [regs[reg::V1], regs[reg::A0], regs[reg::A1]],
                [1, sender, 0]
            );
            assert_eq!(rig.view(other).env_ipc_value, 5);
        }
        assert_eq!(
            (rig.id(), rig.kernel.cpu().slices),
            (me, slices),
            "in its own turn"
        );
        assert_eq!(rig.view(me).env_ipc_recving, 0);
        // The sender of four words waits for an answer, and gets it by either call.
        rig.ok(IpcCanSend, &[sender, 6, 0, 0]);
        assert_eq!(returned(&mut rig, sender), (0, me, 0, [6, 0, 0, 0]));
    }
}

#[test]
fn an_old_receiver_of_a_line_looks_at_its_arguments_first() {
    let (mut rig, me, [sender]) = children();
    rig.switch_to(sender);
    assert_eq!(short(&mut rig, MsgCall, me, [1; 4]), Back::Blocked);
    rig.fails(Inval, IpcRecv, &[mos_abi::layout::UTOP]);
    rig.fails(Inval, IpcCall, &[sender, 0, u32::MAX]);
    rig.fails(IpcNotRecv, IpcCall, &[sender, 0, 0]);
    rig.fails(BadEnv, IpcCall, &[1, 0, 0]);
    assert_eq!(rig.call(IpcRecv, &[0]), 0);
}

#[test]
fn an_old_sender_reaches_a_new_receiver_that_hears_it() {
    let (mut rig, me, [open, closed, deaf]) = children();
    rig.switch_to(open);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [9; 4]), Back::Blocked);
    rig.switch_to(closed);
    assert_eq!(msg(&mut rig, 0, me, REST), Back::Blocked);
    rig.switch_to(deaf);
    assert_eq!(msg(&mut rig, 0, closed, REST), Back::Blocked);
    rig.fails(IpcNotRecv, IpcCanSend, &[deaf, 1, 0, 0]);
    rig.fails(IpcNotRecv, IpcCall, &[deaf, 1, 0]);
    for id in [open, closed] {
        rig.ok(IpcCanSend, &[id, 3, 0, 0]);
        assert_eq!(returned(&mut rig, id), (0, me, 0, [3, 0, 0, 0]));
        assert_eq!(rig.view(id).env_ipc_recving, 0);
    }
}

#[test]
fn an_old_call_and_a_new_answer_are_a_call_and_its_answer() {
    let (mut rig, me, [server]) = children();
    rig.switch_to(server);
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    rig.blocks(IpcCall, &[server, 11, 0]);
    assert_eq!(rig.id(), server, "it gets the CPU at once");
    assert_eq!(returned(&mut rig, server), (0, me, 0, [11, 0, 0, 0]));
    assert_eq!(
        short(&mut rig, MsgReplyWait, me, [12, 13, 14, 15]),
        Back::Blocked
    );
    assert_eq!(rig.id(), me);
    let regs = rig.tf(me).regs;
    assert_eq!(
        [regs[reg::V0], regs[reg::V1], regs[reg::A0]],
        [0, 12, server]
    );
}

#[test]
fn a_page_of_an_old_sender_goes_where_a_new_receiver_wants_pages() {
    for (room, came) in [(2, 1 << 12 | VR), (0, 0)] {
        let (mut rig, _, [receiver]) = children();
        rig.switch_to(receiver);
        let window = [FREE_PAGE + 5, room];
        assert_eq!(
            msg(&mut rig, 0, ALL, Rest { window, ..REST }),
            Back::Blocked
        );
        rig.ok(IpcCanSend, &[receiver, 1, DATA + 9, VR]);
        assert_eq!(returned(&mut rig, receiver).2, came);
        assert_eq!(rig.pte(receiver, FREE_PAGE) & 0xfff, came & 0xfff);
    }
}

#[test]
fn a_page_of_an_old_sender_comes_or_nothing_does() {
    let (mut rig, _, [receiver]) = children();
    rig.switch_to(receiver);
    let window = [FAR_PAGE, 1];
    assert_eq!(
        msg(&mut rig, 0, ALL, Rest { window, ..REST }),
        Back::Blocked
    );
    for (srcva, perm) in [
        (FREE_PAGE, V),
        (DATA, 0),
        (DATA, VR | 0x800),
        (DATA, 0x1000 | V),
    ] {
        rig.fails(Inval, IpcCanSend, &[receiver, 1, srcva, perm]);
    }
    rig.leave_free(0);
    rig.fails(NoMem, IpcCanSend, &[receiver, 1, DATA, V]);
    assert_eq!(rig.view(receiver).env_status, 2);
    rig.give_back();
    rig.leave_free(1);
    rig.ok(IpcCanSend, &[receiver, 1, DATA, V]);
    rig.give_back();
    rig.settle();
}
