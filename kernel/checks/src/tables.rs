//! Lab 2: page tables, and looking for an entry in them.

use mos_abi::layout::{pdx, ptx};
use mos_abi::{PteFlags, pte};
use mos_core::machine::Frame;
use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{address, frame, fresh, in_use, name, set_word, shown, word};

/// Tables in which the check itself enters what is to be found.
struct Entered {
    directory: Frame,
    /// How many tables there are, of which one is not valid.
    tables: u32,
    /// Where there is an entry, and where there is none.
    addresses: [u32; 24],
}

/// What `entry` gives, entered at addresses drawn by lot.
fn entered<M: Machine>(
    mem: &mut Memory<M>,
    check: &mut Check,
    mut entry: impl FnMut(&mut Memory<M>, &mut Check) -> Result<u32, Wrong>,
) -> Result<Entered, Wrong> {
    let directory = frame(mem, check)?;
    let tables = check.lots.from(2, 5);
    let mut addresses = [0; 24];
    for (n, va) in (0..).zip(&mut addresses) {
        // The last of them has no table at all.
        let number = n % (tables + 1);
        *va = address(check, 60 * (number + 1) + number);
        let table = match word(mem, directory, pdx(*va)) {
            0 if number == tables => continue,
            0 => frame(mem, check)?,
            entry => Frame::of_pte(entry),
        };
        let flags = match number {
            0 => PteFlags::R,
            _ => PteFlags::V,
        };
        set_word(mem, directory, pdx(*va), pte::pte(table.ppn(), flags));
        if check.lots.from(0, 3) > 0 {
            let entry = entry(mem, check)?;
            set_word(mem, table, ptx(*va), entry);
        }
    }
    check.lots.shuffle(&mut addresses);
    Ok(Entered {
        directory,
        tables,
        addresses,
    })
}

/// Where an entry is.
pub fn walk<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "an entry is found where it is");
    let mem = &mut fresh(kernel, check)?;
    let Entered {
        directory,
        tables,
        addresses,
    } = entered(mem, check, |_, check| Ok(check.lots.any()))?;
    let free = mem.free_frames();
    for va in addresses {
        let table = shown(word(mem, directory, pdx(va)));
        let place = mem.pgdir_walk(directory, va);
        let entry = place.map(|place| (place.index, word(mem, place.table, place.index)));
        let seen = (va, table, entry);
        saw!(
            check,
            "an address, the directory's entry for it, the place that is found in the table, and what is there",
            seen,
            mem
        );
    }
    step!(check, "looking for an entry makes no table");
    let taken = Difference::of(free, mem.free_frames());
    saw!(check, "frames taken by looking", taken, mem);
    let seen = (tables, in_use(mem, directory));
    saw!(
        check,
        "tables that there are, and words of the directory that are not 0",
        seen,
        mem
    );
    Ok(())
}

/// What is mapped.
pub fn lookup<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a valid entry gives frame and flags, any other nothing"
    );
    let mem = &mut fresh(kernel, check)?;
    let Entered {
        directory,
        addresses,
        ..
    } = entered(mem, check, |mem, check| {
        let flags = PteFlags::from_bits_truncate(check.lots.any());
        // A page may be frame 0, as an entry that is 0 is none for want of V.
        if check.lots.from(0, 1) == 0 {
            return Ok(pte::pte(0, flags | PteFlags::V));
        }
        let page = frame(mem, check)?;
        set_word(mem, page, 0, check.lots.any());
        Ok(pte::pte(page.ppn(), flags))
    })?;
    for va in addresses {
        let (_, table) = shown(word(mem, directory, pdx(va)));
        let (_, entry) = shown(mem.pte(directory, va));
        let found = mem.page_lookup(directory, va);
        let found = found.map(|(frame, flags)| (name(frame), flags, word(mem, frame, 0)));
        let seen = (va, table, entry);
        saw!(
            check,
            "an address, the flags of its table, and those of its entry",
            seen,
            mem
        );
        saw!(
            check,
            "the frame that is found there, its flags and its first word",
            found,
            mem
        );
    }
    Ok(())
}
