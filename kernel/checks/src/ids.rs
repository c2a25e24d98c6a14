//! Lab 2: address-space ids.

use mos_abi::NENV;
use mos_core::machine::Asid;
use mos_core::mem::asid::{Asids, Tag};
use mos_core::slot::{Slot, Table};
use mos_core::{Kernel, Machine, Platform};
use spin::Mutex;

use crate::check::{Check, Wrong};
use crate::frames::fresh;

/// Too large for the kernel's stack.
static TAGS: Mutex<Table<Tag>> = Mutex::new(Table::new([Tag::NONE; NENV]));

/// Ids run out, again and again.
pub fn generations<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let tags = &mut TAGS.lock();
    let mut asids = Asids::new();
    let first = check.lots.from(0, 500) as usize;
    let ids = M::ASIDS as usize - 1;
    // Two groups take turns, each as large as a generation.
    let slot = |group: usize, n: usize| Slot::new(first + group % 2 * ids + n);
    for n in 0..4 {
        check.same(
            "an id before any",
            asids.live(*tags.at(slot(0, n))),
            None,
            mem,
        )?;
    }
    let before = mem.machine.flushes;
    for generation in 1..=check.lots.from(2, 4) {
        let group = generation as usize;
        for n in 0..ids {
            let asid = renew(&mut asids, tags, slot(group, n), &mut mem.machine);
            let right = (1..M::ASIDS).contains(&asid.number());
            check.holds("an id is below the machine's limit, and not 0", right, mem)?;
            let again = renew(&mut asids, tags, slot(group, n), &mut mem.machine);
            check.same("it is kept", again, asid, mem)?;
            for other in 0..n {
                let theirs = asids.live(*tags.at(slot(group, other)));
                let differs = theirs.is_some_and(|theirs| theirs != asid);
                check.holds("no other has it", differs, mem)?;
            }
            let old = asids.live(*tags.at(slot(group + 1, n)));
            check.same("an id of the last generation", old, None, mem)?;
        }
        let flushes = mem.machine.flushes - before;
        check.same("flushes of the TLB", flushes, generation, mem)?;
    }
    check.ok("no two have the same id, and nobody has id 0", mem);
    check.ok(
        "the TLB is flushed once when ids run out, and old ids are good no more",
        mem,
    );
    Ok(())
}

/// The id of `slot`, a new one if it has none that is good.
fn renew<M: Machine>(
    asids: &mut Asids,
    tags: &mut Table<Tag>,
    slot: Slot,
    machine: &mut M,
) -> Asid {
    match asids.live(*tags.at(slot)) {
        Some(asid) => asid,
        None => asids.hand_out(tags, slot, machine),
    }
}
