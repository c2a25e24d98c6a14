//! `read_dev` and `write_dev`.

use mos_abi::Error::Inval;
use mos_abi::Sysno::*;
use mos_abi::layout::{PAGE_SIZE, UENVS, UTEXT, UTOP};
use mos_abi::package::Program;

use super::{FREE_PAGE, VR, VRC};
use crate::program::{self, DATA};
use crate::rig::Rig;
use crate::sim::{DEVICE, FIFO, Fifo};

const DEV: u32 = DEVICE.start;
const END: u32 = DEVICE.start + DEVICE.len;

/// A running environment with device rights.
fn file_server() -> Rig {
    let mut rig = Rig::with_frames(256);
    let elf = program::small();
    rig.start_program(&Program {
        device: true,
        ..program::program(&elf)
    });
    rig
}

#[test]
fn bytes_come_from_the_device_and_go_there() {
    let mut rig = file_server();
    rig.ok(ReadDev, &[DATA + 1, DEV + 0x10, 3]);
    assert_eq!(rig.load(DATA), Some(0x1211_10da), "and no byte more");
    rig.store(DATA, 0xaabb_ccdd).expect("writable");
    rig.ok(WriteDev, &[DATA, DEV + 0x20, 4]);
    assert_eq!(
        rig.machine().device[0x1f..0x25],
        [0x1f, 0xdd, 0xcc, 0xbb, 0xaa, 0x24]
    );
}

#[test]
fn what_was_typed_is_in_the_consoles_registers_though_the_kernel_has_taken_it() {
    let (data, ready) = (DEV + 0x30, DEV + 0x34);
    let mut rig = file_server();
    rig.machine().input_registers = Some([data, ready]);
    let read = |rig: &mut Rig, register: u32| {
        rig.ok(ReadDev, &[DATA, register, 1]);
        rig.load(DATA).map(|word| word as u8)
    };
    let own = [data, ready].map(|register| read(&mut rig, register));
    assert_eq!(own, [Some(0x30), Some(0x34)], "nothing was typed");
    rig.type_in(b"ab");
    assert!(rig.machine().input.is_empty(), "the kernel has it");
    let seen = [ready, data, data, ready, data].map(|register| read(&mut rig, register));
    let right = [0x35, b'a', b'b', 0x34, 0x30].map(Some);
    assert_eq!(seen, right);
}

#[test]
fn a_length_of_1_2_or_4_is_one_access_of_that_width() {
    let table: [(u32, u32, &[u32]); 9] = [
        (0, 1, &[1]),
        (3, 1, &[1]),
        (2, 2, &[2]),
        (1, 2, &[1, 1]),
        (4, 4, &[4]),
        (2, 4, &[1, 1, 1, 1]),
        (8, 12, &[4, 4, 4]),
        (8, 6, &[1, 1, 1, 1, 1, 1]),
        (0, 0, &[]),
    ];
    for (offset, len, widths) in table {
        for call in [ReadDev, WriteDev] {
            let mut rig = file_server();
            rig.ok(call, &[DATA + 5, DEV + offset, len]);
            let log = rig.machine().device_log.clone();
            let seen: Vec<u32> = log.iter().map(|access| access.1).collect();
            assert_eq!(seen, widths, "{call:?} of {len} at {offset}");
            assert!(
                log.iter()
                    .all(|&(pa, _)| (DEV + offset..DEV + offset + len).contains(&pa))
            );
        }
    }
}

#[test]
fn only_listed_registers_can_be_reached() {
    let mut rig = file_server();
    let table = [
        (DEV - 1, 1),
        (DEV - 4, 4),
        (DEV - 4, 8),
        (END, 1),
        (END - 2, 4),
        (DEV, DEVICE.len + 4),
        (0, 4),
        (u32::MAX, 1),
        (DEV, u32::MAX),
        (DEV + 4, u32::MAX - 3),
    ];
    for (dev, len) in table {
        rig.fails(Inval, ReadDev, &[DATA, dev, len]);
        rig.fails(Inval, WriteDev, &[DATA, dev, len]);
    }
    rig.ok(ReadDev, &[DATA, DEV, DEVICE.len]);
    rig.ok(WriteDev, &[DATA, END - 4, 4]);
}

#[test]
fn without_the_right_there_is_no_device() {
    let mut rig = Rig::new();
    rig.fails(Inval, ReadDev, &[DATA, DEV, 4]);
    rig.fails(Inval, WriteDev, &[DATA, DEV, 4]);
    let mut rig = file_server();
    let child = rig.child();
    rig.ok(MemAlloc, &[child, DATA, VR]);
    rig.switch_to(child);
    rig.fails(Inval, ReadDev, &[DATA, DEV, 4]);
}

#[test]
fn memory_is_checked_as_a_whole_before_the_device_is_touched() {
    let mut rig = file_server();
    rig.ok(MemAlloc, &[0, FREE_PAGE, VR]);
    let table = [
        (FREE_PAGE + 0xffc, 8),
        (0, 4),
        (UTOP - 4, 4),
        (UTOP, 4),
        (UENVS, 4),
        (0x8000_0000, 4),
        (u32::MAX - 3, 4),
        (u32::MAX - 1, 4),
    ];
    for (va, len) in table {
        rig.fails(Inval, ReadDev, &[va, DEV, len]);
        rig.fails(Inval, WriteDev, &[va, DEV, len]);
    }
    assert!(rig.machine().device_log.is_empty());
}

#[test]
fn a_read_needs_memory_that_its_caller_may_write() {
    let mut rig = file_server();
    rig.fails(Inval, ReadDev, &[UTEXT, DEV, 4]);
    rig.ok(WriteDev, &[UTEXT, DEV, 4]);
    rig.ok(MemMap, &[0, DATA, 0, DATA, VRC]);
    rig.fails(Inval, ReadDev, &[DATA, DEV, 4]);
    rig.ok(WriteDev, &[DATA, DEV, 4]);
}

/// What comes out of the FIFO that `rig` begins with.
fn coming(rig: &mut Rig, words: usize) -> Vec<u32> {
    let mut fifo = rig.machine().fifo;
    (0..words).map(|_| fifo.read()).collect()
}

#[test]
fn each_word_of_a_fifo_goes_through_its_one_register() {
    let mut rig = file_server();
    let words = coming(&mut rig, 3);
    let (first, last) = (rig.load(DATA), rig.load(DATA + 16));
    rig.ok(ReadDev, &[DATA + 4, FIFO.start, 12]);
    let seen: Vec<_> = (0..5).map(|at| rig.load(DATA + 4 * at)).collect();
    let [a, b, c] = words[..] else { unreachable!() };
    assert_eq!(seen, [first, Some(a), Some(b), Some(c), last]);
    let mut fifo = rig.machine().fifo;
    rig.ok(WriteDev, &[DATA + 4, FIFO.start, 12]);
    for word in words {
        fifo.write(word);
    }
    assert_eq!(rig.machine().fifo, fifo);
}

#[test]
fn a_fifo_takes_whole_words_at_its_start_and_no_more_than_it_has_ready() {
    let mut rig = file_server();
    for (dev, len) in [
        (FIFO.start, 2),
        (FIFO.start, 5),
        (FIFO.start, FIFO.len + 4),
        (FIFO.start + 4, 4),
        (FIFO.start - 4, 4),
        (FIFO.start, u32::MAX - 3),
    ] {
        for call in [ReadDev, WriteDev] {
            rig.fails(Inval, call, &[DATA, dev, len]);
        }
    }
    assert_eq!(rig.machine().fifo, Fifo::NEW, "untouched");
}

#[test]
fn a_fifo_fills_memory_of_several_pages_wherever_it_begins() {
    for start in [0xff8, 0xffb] {
        let mut rig = file_server();
        for page in 0..3 {
            rig.ok(MemAlloc, &[0, FREE_PAGE + page * PAGE_SIZE, VR]);
        }
        let words = coming(&mut rig, 0x1100 / 4);
        rig.ok(ReadDev, &[FREE_PAGE + start, FIFO.start, 0x1100]);
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        for (at, byte) in (start..).zip(bytes) {
            let word = rig.load(FREE_PAGE + at / 4 * 4).expect("mapped");
            assert_eq!(word.to_le_bytes()[at as usize % 4], byte, "at {at:#x}");
        }
        assert_eq!(rig.load(FREE_PAGE + start / 4 * 4 - 4), Some(0));
        assert_eq!(rig.load((FREE_PAGE + start + 0x1104) & !3), Some(0));
    }
}
