//! What a long series of calls is worth to those who stand by.

use mos_abi::Sysno::*;

use super::{children, short};
use crate::rig::Back;

#[test]
fn two_that_call_each_other_use_up_one_turn() {
    let (mut rig, server, [client, bystander]) = children();
    assert_eq!(short(&mut rig, MsgReplyWait, 0, [0; 4]), Back::Blocked);
    for turn in 0..40 {
        let mut ticks = 0;
        while rig.id() != bystander {
            for _ in 0..5 {
                let (call, to) = match rig.id() {
                    id if id == client => (MsgCall, server),
                    _ => (MsgReplyWait, client),
                };
                assert_eq!(short(&mut rig, call, to, [1; 4]), Back::Blocked);
                assert_eq!(rig.id(), to, "it gets the CPU at once");
            }
            rig.tick();
            ticks += 1;
        }
        // The first turn begins amid a slice.
        assert_eq!(ticks, if turn == 0 { 2 } else { 1 });
        rig.tick();
    }
}

#[test]
fn a_client_that_calls_again_and_again_has_no_more_of_the_server_than_others() {
    let (mut rig, server, clients) = children::<3>();
    let mut served = [0; 3];
    for _ in 0..300 {
        let id = rig.id();
        match clients.iter().position(|&client| client == id) {
            Some(_) => _ = short(&mut rig, MsgCall, server, [0; 4]),
            None => {
                // The one whom it has served last, as its registers say.
                let (_, last, ..) = super::returned(&mut rig, server);
                let last = if clients.contains(&last) { last } else { 0 };
                if let Some(index) = clients.iter().position(|&client| client == last) {
                    served[index] += 1;
                }
                short(&mut rig, MsgReplyWait, last, [0; 4]);
                rig.tick();
            }
        }
    }
    let (most, least) = (served.iter().max(), served.iter().min());
    assert!(most.unwrap() - least.unwrap() <= 1, "{served:?}");
    assert!(served[0] > 20);
}
