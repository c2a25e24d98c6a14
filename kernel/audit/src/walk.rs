//! Every environment's page tables, read word for word.

use mos_abi::layout::{PAGE_SHIFT, PDX_SHIFT, UENVS, UPAGES, UTOP, UVPT, pdx};
use mos_abi::{PteFlags, pte};
use mos_core::machine::Frame;
use mos_core::mem::pgtable::{AddressSpace, KUSEG_ENTRIES};
use mos_core::slot::Slot;
use mos_core::{Kernel, Platform};

use crate::{Audited, alive, dying};

/// What is found on the way, in this order: a space, then each of its page tables below UTOP, with the valid
/// entries in it.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// The address space of the environment in this slot.
    Space(Slot, AddressSpace),
    /// A page table: index and frame.
    Table(u32, Frame),
    /// A valid entry: address and entry.
    Page(u32, u32),
}

/// Words that are looked at together: most of a table is empty, and this is where the time goes.
const PART: usize = 64;

/// The address spaces of all live environments, and what is left of the others'. Panics where a directory or an entry has a form that
/// the kernel never gives it.
pub fn walk<M: Audited>(kernel: &mut Kernel<M>, mut found: impl FnMut(Found)) {
    for slot in alive(kernel).chain(dying(kernel)) {
        walk_one(kernel, slot, &mut found);
    }
}

fn walk_one<M: Audited>(kernel: &mut Kernel<M>, slot: Slot, found: &mut impl FnMut(Found)) {
    let space = kernel.space(slot);
    found(Found::Space(slot, space));
    for first in (0..KUSEG_ENTRIES).step_by(PART) {
        let entries = part(kernel, space.directory, first);
        let pointers = part(kernel, space.directory, first + KUSEG_ENTRIES);
        for (index, (entry, pointer)) in (first..).zip(entries.into_iter().zip(pointers)) {
            if entry == 0 {
                assert_eq!(pointer, 0, "{slot:?}: pointer {index} with no table");
                continue;
            }
            let table = Frame::of_pte(entry);
            assert_marked(kernel, space.directory, index);
            assert_eq!(
                entry,
                pte::pte(table.ppn(), PteFlags::V),
                "{slot:?}: directory entry {index} is more than read-only"
            );
            assert_eq!(
                pointer,
                kernel.mem.machine.table_pointer(table, index),
                "{slot:?}: the halves of the directory disagree about table {index}"
            );
            if index < pdx(UTOP) {
                found(Found::Table(index, table));
                pages(kernel, index, table, found);
            } else {
                let fixed = fixed_table(kernel, &space, index);
                assert_eq!(table, fixed, "{slot:?}: {index}");
            }
        }
    }
}

/// The words of a frame from word `first` on.
fn part<M: Audited>(kernel: &mut Kernel<M>, frame: Frame, first: u32) -> [u32; PART] {
    let (parts, _) = kernel.mem.machine.look(frame).as_chunks();
    parts[first as usize / PART]
}

/// The kernel knows that word `index` of `table` is in use.
fn assert_marked<M: Platform>(kernel: &mut Kernel<M>, table: Frame, index: u32) {
    let groups = kernel.mem.machine.tables().groups[table.index()];
    let bits = groups[index as usize / 256];
    assert!(bits >> (index / 8 % 32) & 1 == 1, "{table:?}, word {index}");
}

/// What must be at directory index `index`, above UTOP.
fn fixed_table<M: Platform>(kernel: &Kernel<M>, space: &AddressSpace, index: u32) -> Frame {
    let [envs, pages] = kernel.mem.view_tables();
    match index << PDX_SHIFT {
        UENVS => envs,
        UPAGES => pages,
        UVPT => space.directory,
        other => panic!("a page table for {other:#x}, above UTOP"),
    }
}

/// The valid entries of a page table, with their addresses.
fn pages<M: Audited>(
    kernel: &mut Kernel<M>,
    index: u32,
    table: Frame,
    found: &mut impl FnMut(Found),
) {
    for first in (0..mos_abi::layout::ENTRIES as u32).step_by(PART) {
        let entries = part(kernel, table, first);
        if entries == [0; PART] {
            continue;
        }
        for (at, entry) in (first..).zip(entries).filter(|&(_, entry)| entry != 0) {
            let va = index << PDX_SHIFT | at << PAGE_SHIFT;
            assert_marked(kernel, table, at);
            let flags = PteFlags::from_bits(entry & 0xfff).expect("known flags");
            assert!(
                flags.contains(PteFlags::V) && PteFlags::USER.contains(flags),
                "entry {entry:#x} at {va:#x}"
            );
            found(Found::Page(va, entry));
        }
    }
}
