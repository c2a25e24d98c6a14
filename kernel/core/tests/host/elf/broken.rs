//! One thing wrong at a time.

use mos_abi::Error::{NoMem, NotExec};
use mos_abi::layout::{DEMAND_FLOOR, PAGE_SIZE, USTACKTOP, UTEXT};

use super::*;
use crate::program::{DATA, PF_R, PF_W, PF_X, Segment, elf, small, small_segments};

/// The result of [`small`] after `spoil`.
fn spoilt(spoil: impl FnOnce(&mut Vec<u8>)) -> Result<(), Error> {
    let mut file = small();
    spoil(&mut file);
    load(&Rig::with_frames(128), &file)
}

fn segment(start: u32, memsz: u32, flags: u32) -> Segment {
    Segment {
        start,
        memsz,
        bytes: vec![0x5e; memsz.min(16) as usize],
        flags,
    }
}

/// The result of a program with the segments of [`small`] and these.
fn with_segments(more: &[Segment]) -> Result<(), Error> {
    let segments = [&small_segments(), more].concat();
    load(&Rig::with_frames(128), &elf(UTEXT, &segments))
}

#[test]
fn the_program_that_the_others_are_made_of_is_good() {
    assert_eq!(spoilt(|_| ()), Ok(()));
}

#[test]
fn a_truncated_file_is_refused_wherever_it_ends() {
    let whole = small();
    let rig = Rig::with_frames(128);
    for len in (0..256).chain((256..whole.len()).step_by(97)) {
        assert_eq!(load(&rig, &whole[..len]), Err(NotExec), "{len} bytes");
    }
}

#[test]
fn another_kind_of_file_is_refused() {
    // Offset and value of one byte: magic, 64 bits, big-endian, ET_REL, ET_DYN, EM_386, EM_ARM.
    for (at, byte) in [
        (0, b'M'),
        (3, 0),
        (4, 2),
        (5, 2),
        (16, 1),
        (16, 3),
        (18, 3),
        (18, 40),
    ] {
        assert_eq!(spoilt(|file| file[at] = byte), Err(NotExec), "byte {at}");
    }
    let rig = Rig::with_frames(128);
    for file in [&b""[..], b"#!/bin/sh\n", &[0; 4096], &[0xff; 4096]] {
        assert_eq!(load(&rig, file), Err(NotExec));
    }
}

#[test]
fn a_program_header_table_that_is_not_there_is_refused() {
    let bad_offsets = [0x10_0000, 0x7fff_ffff, u32::MAX, u32::MAX - 31];
    for offset in bad_offsets {
        assert_eq!(spoilt(|file| set_word(file, E_PHOFF, offset)), Err(NotExec));
    }
    assert_eq!(spoilt(|file| file[E_PHENTSIZE] = 31), Err(NotExec));
    assert_eq!(
        spoilt(|file| file[E_PHNUM..E_PHNUM + 2].fill(0xff)),
        Err(NotExec)
    );
}

#[test]
fn an_entry_that_no_environment_may_jump_to_is_refused() {
    for entry in [UTEXT + 1, UTEXT + 2, USTACKTOP, 0x8000_0000, 0xffff_fffc] {
        assert_eq!(
            spoilt(|file| set_word(file, E_ENTRY, entry)),
            Err(NotExec),
            "{entry:#x}"
        );
    }
}

#[test]
fn a_segment_that_is_not_possible_is_refused() {
    let table = [
        (P_OFFSET, 0x10_1000),
        (P_OFFSET, u32::MAX - 0xfff),
        (P_FILESZ, 0x801),
        (P_FILESZ, u32::MAX),
        (P_MEMSZ, 31),
        (P_MEMSZ, u32::MAX),
        (P_MEMSZ, 0x8000_0000),
        (P_VADDR, 0),
        (P_VADDR, DEMAND_FLOOR - PAGE_SIZE),
        (P_VADDR, USTACKTOP),
        (P_VADDR, 0x7f40_0000),
        (P_VADDR, 0x8000_0000),
        (P_VADDR, u32::MAX - 0xfff),
        (P_VADDR, DATA + 4),
        (P_ALIGN, 3),
        (P_ALIGN, 0x3000),
        (P_ALIGN, 1 << 31),
    ];
    for (field, value) in table {
        let result = spoilt(|file| set_word(file, phdr(1, field), value));
        assert_eq!(result, Err(NotExec), "word {field} {value:#x}");
    }
    // And where the page would lie that the stack takes.
    let stack = USTACKTOP - PAGE_SIZE;
    assert_eq!(with_segments(&[segment(stack, 16, PF_R)]), Err(NotExec));
    assert_eq!(
        with_segments(&[segment(stack - 8, 16, PF_R | PF_W)]),
        Err(NotExec)
    );
    assert_eq!(
        with_segments(&[segment(stack - 16, 16, PF_R | PF_W)]),
        Ok(())
    );
}

#[test]
fn alignment_0_and_1_mean_none() {
    for align in [0, 1] {
        let result = spoilt(|file| {
            set_word(file, phdr(1, P_ALIGN), align);
            set_word(file, phdr(1, P_VADDR), DATA + 7);
        });
        assert_eq!(result, Ok(()));
    }
}

#[test]
fn overlapping_segments_are_refused_and_neighbours_are_not() {
    let end = DATA + 0x800;
    for (start, memsz) in [
        (DATA, 0x800),
        (end - 1, 8),
        (DATA - 4, 8),
        (DATA + 4, 4),
        (UTEXT, 1),
    ] {
        assert_eq!(
            with_segments(&[segment(start, memsz, PF_R)]),
            Err(NotExec),
            "{start:#x}"
        );
    }
    assert_eq!(with_segments(&[segment(end, 8, PF_R)]), Ok(()));
    let huge = segment(UTEXT - 0x1000, 0x7000_0000, PF_R);
    assert_eq!(with_segments(&[huge]), Err(NotExec));
}

#[test]
fn segments_in_one_page_share_it_and_it_is_writable_if_one_of_them_is() {
    let text = segment(UTEXT + 0x100, 16, PF_R | PF_X);
    assert_eq!(with_segments(std::slice::from_ref(&text)), Ok(()));
    let data = segment(UTEXT + 0x203, 300, PF_R | PF_W);
    assert_eq!(with_segments(&[text, data]), Ok(()));
}

#[test]
fn empty_segments_and_other_kinds_of_header_do_not_matter() {
    assert_eq!(with_segments(&[segment(0, 0, PF_R)]), Ok(()));
    let not_load = |file: &mut Vec<u8>| {
        set_word(file, phdr(1, 0), 0x7000_0000);
        set_word(file, phdr(1, P_VADDR), 0x8000_0000);
    };
    assert_eq!(spoilt(not_load), Ok(()));
}

#[test]
fn a_program_larger_than_the_machine_is_none_and_one_larger_than_what_is_free_must_wait() {
    assert_eq!(
        with_segments(&[segment(0x1000_0000, 128 << 12, PF_R)]),
        Err(NotExec)
    );
    assert_eq!(
        with_segments(&[segment(0x1000_0000, 100 << 12, PF_R)]),
        Err(NoMem)
    );
    assert_eq!(
        with_segments(&[segment(0x1000_0000, 0x4000_0000, PF_R)]),
        Err(NotExec)
    );
}

#[test]
fn a_table_of_64_headers_is_read_and_one_of_65_is_not() {
    let many = |count: u32| -> Vec<Segment> {
        let at = |i| segment(0x1000_0000 + i * 32, 32, PF_R);
        (0..count).map(at).collect()
    };
    let rig = Rig::with_frames(128);
    assert_eq!(load(&rig, &elf(0x1000_0000, &many(64))), Ok(()));
    assert_eq!(load(&rig, &elf(0x1000_0000, &many(65))), Err(NotExec));
}
