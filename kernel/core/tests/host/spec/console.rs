//! `putchar`, `puts`, `cgetc` and `panic`.

use mos_abi::Error::{Inval, Timeout};
use mos_abi::Sysno::*;
use mos_abi::layout::{UENVS, USTACKTOP};
use mos_abi::trapframe::reg;
use mos_core::Next;

use super::{FREE_PAGE, V, VR};
use crate::program::DATA;
use crate::rig::{Back, Rig};

#[test]
fn putchar_writes_one_byte() {
    let mut rig = Rig::new();
    for c in [
        b'M' as u32,
        0x1_0000 | b'O' as u32,
        b'S' as u32,
        b'\n' as u32,
    ] {
        rig.ok(Putchar, &[c]);
    }
    assert_eq!(rig.output(), "MOS\n");
    rig.ok(Putchar, &[0xff]);
    assert_eq!(rig.machine().output, [0xff]);
}

#[test]
fn what_was_typed_before_is_there_at_once() {
    let mut rig = Rig::new();
    rig.type_in(b"ab");
    assert_eq!(rig.ok(Cgetc, &[]), u32::from(b'a'));
    assert_eq!(rig.ok(Cgetc, &[]), u32::from(b'b'));
    rig.blocks(Cgetc, &[]);
}

#[test]
fn readers_wake_in_the_order_they_came_and_the_others_go_on() {
    let mut rig = Rig::new();
    let me = rig.id();
    let readers = [rig.child(), rig.child(), rig.child()];
    for reader in readers {
        rig.switch_to(reader);
        rig.blocks(Cgetc, &[]);
    }
    assert_eq!(rig.next, Next::Run(rig.slot()));
    assert_eq!(rig.id(), me);
    rig.type_in(b"xy");
    assert_eq!(rig.id(), me);
    for (reader, byte) in readers.into_iter().zip(*b"xy") {
        assert_eq!(rig.view(reader).env_status, 1);
        assert_eq!(rig.tf(reader).regs[reg::V0], u32::from(byte));
    }
    assert_eq!(rig.view(readers[2]).env_status, 2);
    rig.type_in(b"\xff");
    assert_eq!(rig.tf(readers[2]).regs[reg::V0], 0xff, "not negative");
}

#[test]
fn a_key_wakes_an_idle_machine() {
    let mut rig = Rig::new();
    let me = rig.id();
    rig.blocks(Cgetc, &[]);
    assert_eq!(rig.next, Next::Idle);
    rig.type_in(b"k");
    assert_eq!(rig.id(), me);
}

/// Bytes of which no two stretches are alike.
fn text(len: u32) -> Vec<u8> {
    let numbers = 0..len / 4;
    let words = numbers.map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes());
    words.flatten().collect()
}

#[test]
fn what_nobody_reads_is_kept_and_what_there_is_no_room_for_waits() {
    let mut rig = Rig::new();
    rig.audit_every = 64;
    let typed = text(20_000);
    rig.type_in(&typed);
    assert!(!rig.machine().listens);
    assert_eq!(rig.machine().input.len(), 20_000 - 4096);
    for byte in typed {
        assert_eq!(rig.ok(Cgetc, &[]), u32::from(byte));
    }
    assert!(rig.machine().listens);
    rig.blocks(Cgetc, &[]);
    rig.type_in(b"k");
    assert!(matches!(rig.next, Next::Run(_)));
}

/// A timer's interrupt, say, finds that the console has something, whether that may interrupt or not.
#[test]
fn a_full_buffer_takes_nothing_from_an_interrupt_that_comes_all_the_same() {
    let mut rig = Rig::new();
    rig.audit_every = 64;
    let typed = text(8000);
    rig.type_in(&typed);
    for (at, byte) in typed.into_iter().enumerate() {
        rig.kernel.console_ready();
        rig.settle();
        assert_eq!(rig.ok(Cgetc, &[]), u32::from(byte), "byte {at}");
    }
    assert!(rig.machine().listens);
}

#[test]
fn one_interrupt_takes_a_piece_at_most() {
    let mut rig = Rig::new();
    rig.machine().input.extend([b'y'; 1000]);
    rig.kernel.console_ready();
    assert_eq!(rig.machine().input.len(), 1000 - 64);
    assert!(rig.machine().listens, "it comes again");
}

#[test]
fn a_flood_stops_nobody_else() {
    let mut rig = Rig::new();
    let other = rig.child();
    rig.type_in(&[b'y'; 10_000]);
    for _ in 0..10 {
        rig.switch_to(other);
        rig.type_in(b"yyyy");
        rig.tick();
    }
    assert_eq!(rig.next, Next::Run(rig.slot()));
}

#[test]
fn puts_writes_a_piece_and_says_how_much() {
    let mut rig = Rig::new();
    write(&mut rig, DATA, b"a line\n");
    assert_eq!(rig.ok(Puts, &[DATA, 7]), 7);
    assert_eq!(rig.ok(Puts, &[DATA + 2, 4]), 4, "at any alignment");
    assert_eq!(rig.ok(Puts, &[DATA + 1, 0]), 0);
    assert_eq!(rig.output(), "a line\nline");
    write(&mut rig, DATA, &[b'a'; 700]);
    assert_eq!(rig.ok(Puts, &[DATA + 3, 257]), 256);
    assert_eq!(rig.ok(Puts, &[DATA, u32::MAX - DATA]), 256);
    assert_eq!(rig.output(), "a".repeat(512));
}

/// Of two pages, the second of which is not there.
#[test]
fn puts_writes_all_of_a_piece_or_nothing() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let end = FREE_PAGE + 0x1000;
    rig.fails(Inval, Puts, &[end - 4, 5]);
    rig.fails(Inval, Puts, &[end - 255, 1000]);
    assert_eq!(rig.output(), "");
    assert_eq!(rig.ok(Puts, &[end - 256, 1000]), 256);
    rig.ok(MemAlloc, &[0, end, V]);
    assert_eq!(rig.ok(Puts, &[end - 4, 8]), 8);
    assert_eq!(rig.output(), "\0".repeat(264));
    for va in [0, 0x8000_0000, u32::MAX, u32::MAX - 3, UENVS, UENVS - 3] {
        rig.fails(Inval, Puts, &[va, 4]);
    }
    assert_eq!(rig.output(), "");
}

/// What `panic` prints for a message at `msg`, after the text that says who panics.
fn panic_prints(mut rig: Rig, msg: u32) -> String {
    let id = rig.id();
    let other = rig.start(&crate::program::small());
    assert_eq!(rig.call_any(Panic as u32, &[msg]), Back::Gone);
    assert!(rig.exists(other), "the others go on");
    let output = rig.output();
    let text = output.strip_prefix(&format!("[{id:08x}] panic: "));
    text.unwrap_or_else(|| panic!("{output:?}")).to_string()
}

/// Stores a string, with a 0 behind it.
fn write(rig: &mut Rig, va: u32, text: &[u8]) {
    let mut bytes = text.to_vec();
    bytes.resize((text.len() + 1).next_multiple_of(4), 0);
    for (at, word) in (va..).step_by(4).zip(bytes.chunks(4)) {
        let word = word.try_into().expect("4 bytes");
        rig.store(at, u32::from_le_bytes(word)).expect("writable");
    }
}

#[test]
fn panic_prints_the_message_and_ends_its_caller_only() {
    let mut rig = Rig::new();
    write(&mut rig, DATA, b"out of cheese");
    assert_eq!(panic_prints(rig.clone(), DATA), "out of cheese\n");
    assert_eq!(panic_prints(rig, DATA + 7), "cheese\n", "at any alignment");
}

#[test]
fn panic_prints_512_bytes_at_most() {
    let mut rig = Rig::new();
    write(&mut rig, DATA, &[b'a'; 700]);
    assert_eq!(panic_prints(rig, DATA), "a".repeat(512) + "\n");
}

#[test]
fn panic_prints_what_can_be_read() {
    let mut rig = Rig::new();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    write(&mut rig, FREE_PAGE + 0xff8, b"abcdefg");
    rig.store(FREE_PAGE + 0xffc, u32::from_le_bytes(*b"efgh"));
    let text = panic_prints(rig, FREE_PAGE + 0xff8);
    assert_eq!(text, "abcdefgh(message at 00501000 cannot be read)\n");
}

#[test]
fn panic_survives_any_address() {
    for msg in [
        0,
        USTACKTOP,
        UENVS,
        0x7fff_ffff,
        0x8000_0000,
        u32::MAX - 1,
        u32::MAX,
    ] {
        let text = panic_prints(Rig::new(), msg);
        assert_eq!(text, format!("(message at {msg:08x} cannot be read)\n"));
    }
}

#[test]
fn who_does_not_wait_gets_what_has_come_and_else_nothing() {
    let mut rig = Rig::new();
    rig.fails(Timeout, CgetcNow, &[]);
    rig.type_in(b"a\xff\0");
    for byte in [u32::from(b'a'), 0xff, 0] {
        assert_eq!(rig.ok(CgetcNow, &[]), byte);
    }
    rig.fails(Timeout, CgetcNow, &[]);
    // Room for more is room for more, whoever reads.
    rig.audit_every = 64;
    let typed = text(6000);
    rig.type_in(&typed);
    for byte in typed {
        assert_eq!(rig.ok(CgetcNow, &[]), u32::from(byte));
    }
    assert!(rig.machine().listens);
}

#[test]
fn nobody_who_waits_loses_a_key_to_one_who_does_not() {
    let mut rig = Rig::new();
    let me = rig.id();
    let reader = rig.child();
    rig.switch_to(reader);
    rig.blocks(Cgetc, &[]);
    rig.switch_to(me);
    rig.type_in(b"x");
    rig.fails(Timeout, CgetcNow, &[]);
    assert_eq!(rig.tf(reader).regs[reg::V0], u32::from(b'x'));
}
