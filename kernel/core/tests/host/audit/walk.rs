//! Every environment's page tables, read word for word.

use mos_abi::layout::{PAGE_SHIFT, PDX_SHIFT, UENVS, UPAGES, UTOP, UVPT, pdx};
use mos_abi::{EnvStatus, PteFlags, pte};
use mos_core::Kernel;
use mos_core::list::Slot;
use mos_core::machine::{Frame, Machine};
use mos_core::pgtable::{AddressSpace, KUSEG_ENTRIES};

use crate::sim::Sim;

/// One environment's address space.
#[derive(Debug)]
pub struct Space {
    /// Whose.
    pub slot: Slot,
    /// Its directory and ASID.
    pub space: AddressSpace,
    /// The page tables below UTOP: index and frame.
    pub tables: Vec<(u32, Frame)>,
    /// The valid entries below UTOP: address and entry, in order.
    pub pages: Vec<(u32, u32)>,
}

/// The address spaces of all live environments. Panics where a directory or an entry has a form that
/// the kernel never gives it.
pub fn walk<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>) -> Vec<Space> {
    let envs = &kernel.mem.machine.ram.envs;
    let [ready, _] = kernel.mem.view_entries();
    (0..ready)
        .filter(|&index| envs[index].env_status != EnvStatus::Free as u32)
        .map(|index| walk_one(kernel, Slot::new(index)))
        .collect()
}

fn walk_one<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>, slot: Slot) -> Space {
    let machine = &kernel.mem.machine;
    let space = kernel.space(slot);
    let directory = machine.ram.words(space.directory);
    let mut found = Space {
        slot,
        space,
        tables: Vec::new(),
        pages: Vec::new(),
    };
    let (kuseg, pointers) = directory.split_at(KUSEG_ENTRIES as usize);
    for (index, (&entry, &pointer)) in (0..).zip(kuseg.iter().zip(pointers)) {
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
            machine.table_pointer(table),
            "{slot:?}: the halves of the directory disagree about table {index}"
        );
        if index < pdx(UTOP) {
            found.tables.push((index, table));
            found.pages.extend(pages(kernel, index, table));
        } else {
            assert_eq!(
                table,
                fixed_table(kernel, &space, index),
                "{slot:?}: {index}"
            );
        }
    }
    found
}

/// The kernel knows that word `index` of `table` is in use.
fn assert_marked<const ASIDS: u32>(kernel: &Kernel<Sim<ASIDS>>, table: Frame, index: u32) {
    let groups = kernel.mem.machine.ram.groups[table.index()];
    assert!(groups >> (index / 32) & 1 == 1, "{table:?}, word {index}");
}

/// What must be at directory index `index`, above UTOP.
fn fixed_table<const ASIDS: u32>(
    kernel: &Kernel<Sim<ASIDS>>,
    space: &AddressSpace,
    index: u32,
) -> Frame {
    let [envs, pages] = kernel.mem.view_tables();
    match index << PDX_SHIFT {
        UENVS => envs,
        UPAGES => pages,
        UVPT => space.directory,
        other => panic!("a page table for {other:#x}, above UTOP"),
    }
}

/// The valid entries of a page table, with their addresses.
fn pages<const ASIDS: u32>(
    kernel: &Kernel<Sim<ASIDS>>,
    index: u32,
    table: Frame,
) -> impl Iterator<Item = (u32, u32)> {
    let words = kernel.mem.machine.ram.words(table);
    // Most of a table is empty, and this is where the tests spend their time.
    let parts = words.as_chunks::<64>().0.iter().enumerate();
    let used = parts.filter(|(_, part)| **part != [0; 64]);
    let entries = used.flat_map(|(at, part)| (at * 64..).zip(part.iter().copied()));
    entries
        .filter(|&(_, entry)| entry != 0)
        .map(move |(at, entry)| {
            let va = index << PDX_SHIFT | (at as u32) << PAGE_SHIFT;
            assert_marked(kernel, table, at as u32);
            let flags = PteFlags::from_bits(entry & 0xfff).expect("known flags");
            assert!(
                flags.contains(PteFlags::V) && PteFlags::USER.contains(flags),
                "entry {entry:#x} at {va:#x}"
            );
            (va, entry)
        })
}
