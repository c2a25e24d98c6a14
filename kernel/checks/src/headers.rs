//! Lab 1: what an executable says of itself.

use mos_abi::layout::{USTACKTOP, UTEXT};
use mos_core::elf::Executable;
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};

use crate::check::{Check, Wrong};
use crate::field::{self, Field};
use crate::program::{Segment, executable};

/// Tries each of these files, in an order drawn by lot: good ones in which a field has another value. They start at
/// `entry`.
pub fn try_all<M: Platform, const N: usize>(
    kernel: &mut Kernel<M>,
    check: &mut Check,
    (entry, segments): (u32, &[Segment]),
    mut fields: [(Field, u32); N],
) {
    check.lots.shuffle(&mut fields);
    for (field, value) in fields {
        let mut file = executable(entry, segments);
        field.set(&mut *file, value);
        let seen = Executable::parse(&*file).map(|program| program.entry);
        drop(file);
        check.saw(field.what, (value, seen), kernel);
    }
}

/// The header of the file.
pub fn header<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let lots = &mut check.lots;
    let mut entries = [
        UTEXT + 4 * lots.from(0, 1000),
        4 * lots.from(0, USTACKTOP / 4 - 1),
        USTACKTOP - 4,
    ];
    lots.shuffle(&mut entries);
    step!(check, "an executable is accepted, with its entry point");
    for entry in entries {
        let file = executable(entry, &[]);
        let seen = Executable::parse(&*file).map(|program| program.entry);
        drop(file);
        saw!(check, "a file with this entry point", (entry, seen), kernel);
    }

    step!(check, "anything else is refused, and nothing that is right");
    let lots = &mut check.lots;
    let entry = UTEXT + 4 * lots.from(0, 1000);
    let machines = [2, 3, 8, 8, 10, 40, 62, 0x800];
    let fields = [
        (field::MAGIC, field::ELF ^ 1 << lots.from(0, 31)),
        (field::CLASS, 2),
        (field::CLASS, lots.from(0, 3)),
        (field::DATA, lots.from(0, 2)),
        (field::TYPE, 1),
        (field::TYPE, 3),
        (field::TYPE, lots.from(0, 4)),
        (field::MACHINE, machines[lots.from(0, 7) as usize]),
        (field::MACHINE, machines[lots.from(0, 7) as usize]),
        (field::MACHINE, lots.any() & 0xff7f),
        (field::COUNT, lots.from(0, 63)),
        (field::COUNT, lots.from(64, 65)),
        (field::COUNT, 65),
        (field::ENTRY, UTEXT + lots.from(1, 3)),
        (field::ENTRY, lots.any()),
        (field::ENTRY, USTACKTOP + 4 * lots.from(0, 1000)),
        (field::ENTRY, 0x8000_0000 | lots.any() & !3),
    ];
    try_all(kernel, check, (entry, &[]), fields);
    for _ in 0..6 {
        // 52 bytes, and 32 more for each.
        let count = check.lots.from(0, 2);
        let len = check.lots.from(50, 118);
        let mut file = executable(entry, &[]);
        field::COUNT.set(&mut *file, count);
        let seen = Executable::parse(&file[..len as usize]).map(|program| program.entry);
        drop(file);
        saw!(
            check,
            "a file with so many program headers that is cut off behind so many bytes",
            (count, len, seen),
            kernel
        );
    }
    Ok(())
}
