//! Lab 2: address-space ids.

use mos_abi::NENV;
use mos_core::asid::{Asids, Tag};
use mos_core::list::{Slot, Table};
use mos_core::{Kernel, Machine};
use spin::Mutex;

use crate::check::{Check, Wrong};
use crate::frames::fresh;

/// Too large for the kernel's stack.
static TAGS: Mutex<Table<Tag>> = Mutex::new(Table::new([Tag::NONE; NENV]));

/// Ids run out, again and again.
pub fn generations<M: Machine>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let tags = &mut TAGS.lock();
    let mut asids = Asids::new();
    let first = check.lots.from(0, 500) as usize;
    let slot = |n: usize| Slot::new(first + n);
    let ids = M::ASIDS as usize - 1;
    for n in 0..4 {
        check.same("an id before any", asids.live(*tags.at(slot(n))), None, mem)?;
    }
    let before = mem.machine.flushes;
    for generation in 1..=check.lots.from(2, 4) {
        for n in 0..ids {
            let asid = asids.renew(tags, slot(n), &mut mem.machine);
            check.holds("an id is below the machine's limit, and not 0", (1..M::ASIDS).contains(&asid.number()), mem)?;
            check.same("it is kept", asids.renew(tags, slot(n), &mut mem.machine), asid, mem)?;
            for other in 0..n {
                let theirs = asids.live(*tags.at(slot(other)));
                check.holds("no other has it", theirs.is_some_and(|theirs| theirs != asid), mem)?;
            }
            for later in [n + 1, ids - 1].into_iter().filter(|&later| later > n) {
                check.same("an id of the last generation", asids.live(*tags.at(slot(later))), None, mem)?;
            }
        }
        let flushes = mem.machine.flushes - before;
        check.same("flushes of the TLB", flushes, generation, mem)?;
    }
    check.ok("no two have the same id, and nobody has id 0", mem);
    check.ok("the TLB is flushed once when ids run out, and old ids are good no more", mem);
    Ok(())
}
