//! Mappings, page tables, the TLB.

use core::fmt;

use mos_abi::layout::{ENTRIES, PAGE_SIZE, PDX_SHIFT, ULIM, UTOP, page_down, pdx};
use mos_abi::{PteFlags, pte};
use mos_audit::Entry;
use mos_core::Kernel;
use mos_core::machine::Frame;
use mos_core::slot::Slot;

use crate::Target;
use crate::Why;
use crate::commands::Then;
// teacher begin
use crate::cpus;
// teacher end
use crate::words::{Words, Wrong};

/// So many pages are shown at a time.
const PAGES_MAX: u32 = 64;
/// So many pages are in a TLB: 64 pairs at most.
const TLB_MAX: usize = 128;

/// The word that the program in `slot` has at `va`, a multiple of 4.
pub fn word<M: Target>(kernel: &mut Kernel<M>, slot: Slot, va: u32) -> Option<u32> {
    if va >= ULIM || !va.is_multiple_of(4) {
        return None;
    }
    let directory = kernel.space(slot).directory;
    let entry = kernel.mem.pte(directory, va);
    if !pte::flags(entry).contains(PteFlags::V) {
        return None;
    }
    let pa = Frame::of_pte(entry).ppn() * PAGE_SIZE + va % PAGE_SIZE;
    kernel.mem.machine.physical(pa)
}

/// The names of flags.
struct Flags(u32);

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (name, _)) in pte::flags(self.0).iter_names().enumerate() {
            write!(f, "{}{name}", if n == 0 { "" } else { "|" })?;
        }
        Ok(())
    }
}

/// `showmappings`.
pub fn show_mappings<M: Target>(
    kernel: &mut Kernel<M>,
    _: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let slot = words.env(kernel)?;
    let start = page_down(words.number()?.ok_or("an address is missing")?);
    let end = words.number()?.unwrap_or(start).min(ULIM - 1);
    if end < start {
        return Err("the end is before the start, or the start is not a program's");
    }
    let directory = kernel.space(slot).directory;
    let pages = (page_down(end) - start) / PAGE_SIZE;
    for va in (0..=pages)
        .take(PAGES_MAX as usize)
        .map(|n| start + n * PAGE_SIZE)
    {
        let entry = kernel.mem.pte(directory, va);
        if pte::flags(entry).contains(PteFlags::V) {
            let frame = Frame::of_pte(entry);
            let (ppn, references) = (frame.ppn(), kernel.mem.page_ref(frame));
            let flags = Flags(entry);
            kernel.say(format_args!(
                "  {va:08x}  frame {ppn:05x}  {flags}, {references} references"
            ));
        } else {
            kernel.say(format_args!("  {va:08x}  not mapped"));
        }
    }
    if pages >= PAGES_MAX {
        kernel.say(format_args!("  and so on: {PAGES_MAX} pages at a time"));
    }
    Ok(Then::Ask)
}

/// `setperm`.
pub fn set_perm<M: Target>(
    kernel: &mut Kernel<M>,
    why: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let slot = words.env(kernel)?;
    let va = page_down(words.number()?.ok_or("an address is missing")?);
    let flags = words.flags()?;
    if matches!(why, Why::Panic(_)) {
        return Err("the kernel has panicked: its tables are not to be changed");
    }
    if va >= UTOP {
        return Err("above UTOP nothing is the program's");
    }
    let space = kernel.space(slot);
    let Some((frame, _)) = kernel.mem.page_lookup(space.directory, va) else {
        return Err("nothing is mapped there");
    };
    if flags.is_empty() {
        kernel.mem.page_remove(space, va);
        return Ok(Then::Ask);
    }
    if !flags.contains(PteFlags::V) {
        return Err("a page that is mapped has V");
    }
    let inserted = kernel.mem.page_insert(space, frame, va, flags);
    inserted.map_err(|_| "out of memory").map(|()| Then::Ask)
}

/// `pgdir`.
pub fn directory<M: Target>(
    kernel: &mut Kernel<M>,
    _: Why,
    mut words: Words<'_>,
) -> Result<Then, Wrong> {
    let slot = words.env(kernel)?;
    let directory = kernel.space(slot).directory;
    let ppn = directory.ppn();
    kernel.say(format_args!("  page directory in frame {ppn:05x}"));
    for index in 0..pdx(ULIM) {
        let entry = kernel.mem.machine.look(directory)[index as usize];
        if !pte::flags(entry).contains(PteFlags::V) {
            continue;
        }
        let (va, table) = (index << PDX_SHIFT, Frame::of_pte(entry));
        // Those of UENVS, UPAGES and UVPT are the kernel's.
        let pages = match va {
            0..UTOP => mapped(kernel, table),
            _ => ENTRIES,
        };
        let ppn = table.ppn();
        let whose = if va < UTOP { "" } else { ", the kernel's" };
        kernel.say(format_args!(
            "  {va:08x}  table in frame {ppn:05x}, {pages} pages{whose}"
        ));
    }
    Ok(Then::Ask)
}

/// How many pages a table maps.
fn mapped<M: Target>(kernel: &mut Kernel<M>, table: Frame) -> usize {
    let entries = kernel.mem.machine.look(table).iter();
    entries
        .filter(|&&entry| pte::flags(entry).contains(PteFlags::V))
        .count()
}

/// `tlb`.
pub fn tlb<M: Target>(kernel: &mut Kernel<M>, _: Why, _: Words<'_>) -> Result<Then, Wrong> {
    // teacher begin
    if cpus::tlbs(kernel) {
        return Ok(Then::Ask);
    }
    // teacher end
    entries(kernel, |machine, tell| machine.tlb(tell));
    Ok(Then::Ask)
}

/// Shows entries of a TLB, those of programs.
pub fn entries<M: Target>(kernel: &mut Kernel<M>, of: impl FnOnce(&mut M, &mut dyn FnMut(Entry))) {
    let mut entries = heapless::Vec::<Entry, TLB_MAX>::new();
    of(&mut kernel.mem.machine, &mut |entry| {
        if entry.va < ULIM {
            _ = entries.push(entry);
        }
    });
    for Entry { asid, va, pte } in entries {
        let (ppn, flags) = (pte::ppn(pte), Flags(pte));
        kernel.say(format_args!(
            "  id {asid:02x}  {va:08x}  frame {ppn:05x}  {flags}"
        ));
    }
}
