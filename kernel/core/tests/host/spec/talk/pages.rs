//! Runs of pages.

use mos_abi::Error::Inval;
use mos_abi::Sysno::*;
use mos_abi::layout::UTOP;
use mos_core::machine::Pending;

use super::{ALL, REST, Rest, children, msg, returned};
use crate::rig::{Back, Rig};
use crate::spec::{V, VR, VRC};

/// Where the sender has its pages, across the end of a page table.
const FROM: u32 = 0x007f_e000;
/// Where the receiver wants them, likewise.
const TO: u32 = 0x00bf_d000;

/// Where one has its pages that has as many as can be sent.
const LONG: u32 = 0x0100_0000;

fn page(start: u32, n: u32) -> u32 {
    start + n * 0x1000
}

fn sends(pages: u32, perm: u32) -> Rest {
    Rest {
        pages: [FROM + 0x123, pages << 12 | perm],
        ..REST
    }
}

/// `me` runs and has five pages with its number in each; `receiver` waits for as many as `room`.
fn with_receiver(room: u32) -> (Rig, u32, u32) {
    let (mut rig, me, [receiver]) = children();
    for n in 0..5 {
        rig.ok(MemAlloc, &[0, page(FROM, n), VR]);
        rig.store(page(FROM, n), n).expect("writable");
    }
    rig.switch_to(receiver);
    let window = [TO + 0x777, room];
    assert_eq!(
        msg(&mut rig, 0, ALL, Rest { window, ..REST }),
        Back::Blocked
    );
    rig.switch_to(me);
    (rig, me, receiver)
}

#[test]
fn a_run_of_pages_comes_in_its_order() {
    let (mut rig, me, receiver) = with_receiver(64);
    assert_eq!(msg(&mut rig, receiver, 0, sends(5, VR)), Back::Value(0));
    rig.switch_to(receiver);
    assert_eq!(returned(&mut rig, receiver).2, 5 << 12 | VR);
    for n in 0..5 {
        assert_eq!(rig.load(page(TO, n)), Some(n));
    }
    rig.store(TO, 55).expect("sent writable");
    rig.switch_to(me);
    assert_eq!(rig.load(FROM), Some(55), "both have it");
}

#[test]
fn as_many_come_as_there_is_room_for() {
    for room in [0, 1, 3, 4] {
        let (mut rig, _, receiver) = with_receiver(room);
        assert_eq!(msg(&mut rig, receiver, 0, sends(5, V)), Back::Value(0));
        let came = if room == 0 { 0 } else { room << 12 | V };
        assert_eq!(returned(&mut rig, receiver).2, came);
        for n in 0..5 {
            assert_eq!(rig.pte(receiver, page(TO, n)) != 0, n < room);
        }
    }
}

#[test]
fn pages_take_the_place_of_what_was_there() {
    let (mut rig, me, receiver) = with_receiver(2);
    rig.ok(MemAlloc, &[receiver, TO, VR]);
    let free = rig.kernel.mem.free_frames();
    assert_eq!(msg(&mut rig, receiver, 0, sends(2, V)), Back::Value(0));
    assert_eq!(rig.kernel.mem.free_frames(), free + 1);
    rig.switch_to(receiver);
    assert_eq!(rig.load(TO), Some(0));
    assert_eq!(rig.store(TO, 1), None, "sent read-only");
    rig.switch_to(me);
}

#[test]
fn a_run_that_may_not_be_mapped_is_not_sent() {
    let (mut rig, me, receiver) = with_receiver(64);
    rig.ok(MemMap, &[0, page(FROM, 3), 0, page(FROM, 3), VRC]);
    rig.ok(MemMap, &[0, page(FROM, 4), 0, page(FROM, 4), V]);
    let wrong = [
        sends(6, V),
        sends(65, V),
        sends(u32::MAX >> 12, V),
        sends(4, VR),
        sends(5, VRC),
        sends(1, 0),
        sends(1, VR | 0x800),
        Rest {
            pages: [UTOP - 0x1000, 2 << 12 | V],
            ..REST
        },
        Rest {
            pages: [u32::MAX, 1 << 12 | V],
            ..REST
        },
    ];
    for rest in wrong {
        for (to, ticks) in [(receiver, [0; 2]), (receiver, [ALL; 2])] {
            assert_eq!(
                msg(&mut rig, to, 0, Rest { ticks, ..rest }),
                Back::Value(Inval.code())
            );
        }
        super::assert_failed(&mut rig, me, Inval, 0);
        assert_eq!(rig.view(receiver).env_status, 2);
    }
    assert_eq!(msg(&mut rig, receiver, 0, sends(3, VR)), Back::Value(0));
}

#[test]
fn without_pages_their_permissions_do_not_matter() {
    let (mut rig, _, receiver) = with_receiver(64);
    assert_eq!(msg(&mut rig, receiver, 0, sends(0, 0xfff)), Back::Value(0));
    assert_eq!(returned(&mut rig, receiver).2, 0);
}

#[test]
fn room_is_below_utop() {
    let (mut rig, _, [child]) = children();
    for window in [
        [UTOP - 0x1000, 2],
        [UTOP, 1],
        [u32::MAX, 64],
        [0x8000_0000, ALL],
    ] {
        for to in [0, child] {
            let rest = Rest { window, ..REST };
            assert_eq!(msg(&mut rig, to, ALL, rest), Back::Value(Inval.code()));
        }
    }
    let window = [UTOP, 0];
    assert_eq!(
        msg(&mut rig, 0, ALL, Rest { window, ..REST }),
        Back::Blocked
    );
}

#[test]
fn where_there_is_no_memory_for_a_table_the_run_is_cut() {
    let (mut rig, _, receiver) = with_receiver(64);
    rig.ok(MemAlloc, &[receiver, TO - 0x1000, VR]);
    rig.leave_free(0);
    assert_eq!(msg(&mut rig, receiver, 0, sends(5, V)), Back::Value(0));
    assert_eq!(
        returned(&mut rig, receiver).2,
        3 << 12 | V,
        "the rest is in another table"
    );
    rig.give_back();
    rig.settle();
}

/// `me` runs and has 64 pages; `receiver` waits for as many until the next tick, and has others there.
fn with_longest() -> (Rig, u32, u32) {
    let (mut rig, me, [receiver]) = children();
    for n in 0..64 {
        rig.ok(MemAlloc, &[0, page(LONG, n), VR]);
        rig.ok(MemAlloc, &[receiver, page(TO, n), VR]);
    }
    rig.switch_to(receiver);
    let (window, ticks) = ([TO, 64], [0, 1]);
    let rest = Rest {
        window,
        ticks,
        ..REST
    };
    assert_eq!(msg(&mut rig, 0, ALL, rest), Back::Blocked);
    assert_eq!(rig.id(), me);
    (rig, me, receiver)
}

#[test]
fn the_longest_run_comes_and_no_longer_one() {
    let (mut rig, _, receiver) = with_longest();
    rig.ok(MemAlloc, &[0, page(LONG, 64), VR]);
    let pages = [LONG, 65 << 12 | VR];
    let too_many = msg(&mut rig, receiver, 0, Rest { pages, ..REST });
    assert_eq!(too_many, Back::Value(Inval.code()));
    let pages = [LONG, 64 << 12 | VR];
    assert_eq!(
        msg(&mut rig, receiver, 0, Rest { pages, ..REST }),
        Back::Value(0)
    );
    assert_eq!(returned(&mut rig, receiver).2, 64 << 12 | VR);
}

/// Interrupts are looked at amid the pages. Ticks that come then may take the CPU from the sender; but a wait whose last tick
/// that is has not ended, as its message has come.
#[test]
fn ticks_come_amid_a_long_run() {
    for (looks, from) in [0, 1, 3, 6]
        .map(|n| [(n, 0), (n, ALL)])
        .into_iter()
        .flatten()
    {
        let (mut rig, me, receiver) = with_longest();
        let bystander = rig.child();
        let tick = Pending {
            timer: true,
            console: false,
        };
        let pending = &mut rig.machine().pending;
        pending.extend(std::iter::repeat_n(Pending::default(), looks));
        pending.extend([tick, tick]);
        let pages = [LONG, 64 << 12 | VR];
        msg(&mut rig, receiver, from, Rest { pages, ..REST });
        assert!(rig.machine().pending.is_empty(), "it looks again and again");
        assert_eq!(rig.id(), bystander, "the sender's turn is over");
        assert_eq!(rig.view(me).env_status, if from == 0 { 1 } else { 2 });
        let (v0, sender, came, _) = returned(&mut rig, receiver);
        assert_eq!((v0, sender, came), (0, me, 64 << 12 | VR));
        assert_eq!(rig.view(receiver).env_status, 1);
        assert_eq!(rig.kernel.timeouts(), 0);
    }
}
