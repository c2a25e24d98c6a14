//! Numbers that are worth a try: addresses at every boundary, permissions good and bad.

use crate::chance::Chance;
// teacher begin
use mos_abi::exceptions::Exceptions;
// teacher end
use mos_abi::layout::{
    PAGE_SIZE, PFTEMP, UENVS, UPAGES, USTACKTOP, UTEXT, UTOP, UVPT, UXSTACKTOP, VPD,
};
// teacher begin
use mos_abi::message::FOREVER;
// teacher end
use mos_run::machine::Machine;

/// Where a program's code is.
pub const CODE: u32 = UTEXT;
/// Where the memory is that a program shares with its children, or does not.
pub const DATA: u32 = 0x60_0000;
/// Where a parent keeps what no child gets.
pub const OWN: u32 = 0x70_0000;
/// The page where an exception stack is, where there is one.
pub const XSTACK: u32 = UXSTACKTOP - PAGE_SIZE;

// teacher begin
/// Kinds of exceptions that every kernel knows.
const KINDS: u32 = Exceptions::all().bits() & !Exceptions::FLOATING.bits();
// teacher end

/// Addresses of pages that programs use.
const PAGES: [u32; 12] = [
    CODE,
    DATA,
    DATA + PAGE_SIZE,
    OWN,
    USTACKTOP - PAGE_SIZE,
    USTACKTOP - 2 * PAGE_SIZE,
    XSTACK,
    PFTEMP,
    0x1000_0000,
    0x1040_0000,
    0x4fff_f000,
    0x5000_0000,
];

/// Addresses where something ends or begins.
const BOUNDARIES: [u32; 30] = [
    0,
    4,
    0xfffc,
    0x1_0000,
    UTOP - 4,
    UTOP,
    UENVS + 232 * 3 + 160,
    UENVS + 0x3_9ffc,
    UENVS + 0x20_0000,
    UPAGES,
    UPAGES + 0x3_0000,
    UPAGES + 0x30_0000,
    UVPT,
    UVPT + (CODE >> 10),
    UVPT + (0x3000_0000 >> 10),
    UVPT + (USTACKTOP >> 10),
    VPD,
    VPD + 0x7fc,
    VPD + 0x800,
    0x7fff_fffc,
    0x8000_0000,
    0x8000_0180,
    0x8002_0000,
    0x83ff_fffc,
    0xa000_0000,
    0xb000_0010,
    0xbf00_0500,
    0xc000_0000,
    0xffff_e000,
    0xffff_fffc,
];

/// An address.
pub fn address(chance: &mut Chance) -> u32 {
    let near = |chance: &mut Chance, at: u32| {
        let offset = chance.pick(&[0, 0, 0, 4, 8, 16, 1, 2, 3]);
        match chance.below(4) {
            0 => at.wrapping_sub(offset),
            _ => at.wrapping_add(offset),
        }
    };
    match chance.below(16) {
        0..=8 => {
            let page =
                chance.pick(&PAGES) + chance.pick(&[0, 0, 0, PAGE_SIZE - 4, 0x800, 0x123 * 4]);
            near(chance, page)
        }
        9..=12 => {
            let at = chance.pick(&BOUNDARIES);
            near(chance, at)
        }
        13 => chance.below(UTOP) & !0xfff,
        14 => chance.word() & !3,
        _ => chance.word(),
    }
}

/// The address of a page that a program may map things at.
pub fn page(chance: &mut Chance) -> u32 {
    chance.pick(&PAGES)
}

/// The address of a device register that a program with device rights may use, or of one that it may not.
pub fn device(machine: Machine, chance: &mut Chance) -> u32 {
    let (starts, room): (&[u32], u32) = match machine {
        // IDE: command blocks and device control.
        Machine::Malta => (&[0x1800_01f0, 0x1800_0170, 0x1800_03f6, 0x1800_0376], 8),
        // The disk: its registers, and the buffer of a sector.
        Machine::Gxemul => (&[0x1300_0000, 0x1300_0010, 0x1300_0020, 0x1300_4000], 0x210),
    };
    let start = chance.pick(starts);
    match chance.below(6) {
        0 => start,
        1 => address(chance),
        _ => start + chance.below(room),
    }
}

/// How many bytes of a device are moved, mostly.
pub fn length(chance: &mut Chance) -> u32 {
    match chance.below(8) {
        0 => number(chance),
        1 => chance.below(600),
        _ => chance.pick(&[1, 1, 2, 4, 4, 8]),
    }
}

/// A permission.
pub fn permission(chance: &mut Chance) -> u32 {
    match chance.below(12) {
        0 => chance.word(),
        1 => chance.word() & 0xfff,
        _ => chance.pick(&[
            0x200, 0x600, 0x600, 0x600, 0x201, 0x601, 0x604, 0x204, 0x606, 0x607, 0x400, 0, 0xa00,
            0x300, 0xf00,
        ]),
    }
}

// teacher begin
/// Kinds of exceptions that a program may handle itself.
pub fn kinds(chance: &mut Chance) -> u32 {
    match chance.below(6) {
        0 => chance.word(),
        1 => 1 << chance.below(32),
        2 | 3 => KINDS & chance.word(),
        _ => KINDS,
    }
}

/// Ticks that somebody waits.
pub fn ticks(chance: &mut Chance) -> u32 {
    match chance.below(8) {
        0 => chance.word(),
        1 => FOREVER,
        2..=4 => chance.below(5),
        _ => 0,
    }
}
// teacher end

/// A number of anything.
pub fn number(chance: &mut Chance) -> u32 {
    match chance.below(4) {
        0 => chance.word(),
        1 => chance.below(4),
        2 => 1 << chance.below(32),
        _ => chance.below(5000),
    }
}
