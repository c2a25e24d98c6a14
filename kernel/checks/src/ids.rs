//! Lab 2: address-space ids.

use mos_abi::NENV;
use mos_core::mem::Memory;
use mos_core::mem::asid::{Asids, Tag};
use mos_core::slot::{Slot, Table};
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};
use spin::Mutex;

use crate::check::{Check, Wrong};
use crate::memory::fresh;

/// Too large for the kernel's stack.
static TAGS: Mutex<Table<Tag>> = Mutex::new(Table::new([Tag::NONE; NENV]));

/// Ids run out, again and again.
pub fn generations<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "no two have the same id, and nobody has id 0");
    let mem = &mut fresh(kernel, check)?;
    let tags = &mut TAGS.lock();
    tags.iter_mut().for_each(|tag| *tag = Tag::NONE);
    let mut asids = Asids::new();
    let first = check.lots.from(0, 500) as usize;
    let ids = M::ASIDS as usize - 1;
    // Two groups take turns, each as large as a generation.
    let slot = |group: usize, n: usize| Slot::new(first + group % 2 * ids + n);
    let before = mem.machine.flushes;
    let generations = check.lots.from(2, 4) as usize;
    for group in 0..=generations {
        // Of the last generation some ids are left.
        let count = match group {
            _ if group < generations => ids,
            _ => check.lots.from(20, 40) as usize,
        };
        let mut owners = [0; 256];
        let (mut strange, mut lost, mut old) = (0, 0, 0);
        for n in 0..count {
            old += usize::from(asids.live(*tags.at(slot(group, n))).is_some());
            let asid = asids.hand_out(tags, slot(group, n), &mut mem.machine);
            let id = asid.number();
            strange += usize::from(!(1..M::ASIDS).contains(&id));
            lost += usize::from(asids.live(*tags.at(slot(group, n))) != Some(asid));
            owners[id as usize % owners.len()] += 1;
            old += usize::from(asids.live(*tags.at(slot(group + 1, n))).is_some());
        }
        let shared = owners.iter().filter(|&&count| count > 1).count();
        step!(check, "no two have the same id, and nobody has id 0");
        saw!(check, "ids that are 0 or too large", strange, mem);
        saw!(check, "ids that more than one has", shared, mem);
        saw!(check, "ids that are not those of who got them", lost, mem);
        step!(
            check,
            "the TLB is flushed once when ids run out, and old ids are good no more"
        );
        saw!(check, "ids of earlier generations that are good", old, mem);
        let flushes = mem.machine.flushes - before;
        saw!(check, "flushes of the TLB so far", flushes, mem);
    }
    for _ in 0..24 {
        let group = generations + check.lots.from(0, 1) as usize;
        let n = check.lots.from(0, 59) as usize;
        let is_good = asids.live(*tags.at(slot(group, n))).is_some();
        saw!(
            check,
            "whether an id of an environment drawn by lot is good",
            is_good,
            mem
        );
    }
    come_round(mem, check, tags);
    Ok(())
}

/// Generations come round, and there are some who had their id when they did so the last time.
fn come_round<M: Machine>(mem: &mut Memory<M>, check: &mut Check, tags: &mut Table<Tag>) {
    let ids = M::ASIDS as usize - 1;
    tags.iter_mut().for_each(|tag| *tag = Tag::NONE);
    let mut asids = Asids::new();
    for n in 0..check.lots.from(20, 40) as usize {
        asids.hand_out(tags, Slot::new(ids + n), &mut mem.machine);
    }
    let mut asids = Asids::before_last(check.lots.from(1, 2));
    for _ in 0..5 {
        for n in 0..ids {
            asids.hand_out(tags, Slot::new(n), &mut mem.machine);
        }
        let good = tags.iter_mut().filter(|tag| asids.live(**tag).is_some());
        let more = Difference::of(good.count(), ids);
        saw!(
            check,
            "ids that are good more than there are when the generations come round",
            more,
            mem
        );
    }
}
