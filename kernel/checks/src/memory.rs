//! Memory for a check, and what is seen of it. Whatever a wrong kernel says a frame's number is, looking does no harm.

use mos_abi::layout::{PDX_SHIFT, pdx};
use mos_abi::{PteFlags, pte};
use mos_core::machine::{Asid, Frame, MemoryMap};
use mos_core::mem::Memory;
use mos_core::mem::pgtable::{AddressSpace, KUSEG_ENTRIES};
use mos_core::{Kernel, Machine, Platform};
use mos_exam::Name;

use crate::check::{Check, Wrong};
use crate::need;
use crate::sum::sum;
use crate::watched::Watched;

/// How a page is mapped that is to be written.
pub const RW: PteFlags = PteFlags::V.union(PteFlags::R);
/// The id of the address spaces here.
pub const ASID: Asid = Asid::new(5);

/// Frames on a watched machine, none of which was used.
pub fn unused<M: Platform>(kernel: &mut Kernel<M>) -> Memory<Watched<'_, M>> {
    let mut mem = Memory::new(Watched::new(&mut kernel.mem.machine));
    mem.init_frames();
    mem
}

/// Memory on a watched machine, with the tables that all environments share.
pub fn fresh<'m, M: Platform>(
    kernel: &'m mut Kernel<M>,
    check: &Check,
) -> Result<Memory<Watched<'m, M>>, Wrong> {
    let mut mem = Memory::new(Watched::new(&mut kernel.mem.machine));
    let begun = mem.init();
    need!(check, "page_init", begun, &mut mem)?;
    Ok(mem)
}

/// A new frame.
pub fn frame<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<Frame, Wrong> {
    let frame = mem.page_alloc();
    need!(check, "page_alloc", frame, mem)
}

/// Counts `frame` once more, by hand.
pub fn count<M: Machine>(mem: &mut Memory<M>, frame: Frame) {
    if let Some(page) = mem.machine.tables().pages.get_mut(frame.index()) {
        page.pp_ref = page.pp_ref.wrapping_add(1);
    }
}

/// Takes every free frame, each counted once more; returns how many there were.
pub fn take_all<M: Machine>(mem: &mut Memory<M>) -> usize {
    let most = mem.machine.memory_map().end.index();
    let mut taken = 0;
    while taken <= most
        && let Ok(frame) = mem.page_alloc()
    {
        count(mem, frame);
        taken += 1;
    }
    taken
}

/// A directory with nothing in it, which the check has made itself.
pub fn bare_space<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<AddressSpace, Wrong> {
    let directory = frame(mem, check)?;
    count(mem, directory);
    Ok(AddressSpace {
        directory,
        asid: ASID,
    })
}

/// An address in table `table`, drawn by lot.
pub fn address(check: &mut Check, table: u32) -> u32 {
    table << PDX_SHIFT | check.lots.from(0, 1023) << 12 | check.lots.from(0, 1023) << 2
}

/// Addresses in tables of their own, with the same place in the page.
pub fn addresses<const N: usize>(check: &mut Check) -> [u32; N] {
    let place = check.lots.from(0, 1023) << 2;
    core::array::from_fn(|n| {
        let table = 40 * n as u32 + check.lots.from(1, 40);
        address(check, table) & !0xfff | place
    })
}

/// Maps a new frame at `va`, with a word drawn by lot there.
pub fn map<M: Machine>(
    mem: &mut Memory<M>,
    check: &mut Check,
    space: AddressSpace,
    va: u32,
) -> Result<Frame, Wrong> {
    let frame = frame(mem, check)?;
    set_word(mem, frame, va >> 2, check.lots.any());
    let inserted = mem.page_insert(space, frame, va, RW);
    need!(check, "page_insert", inserted, mem)?;
    Ok(frame)
}

/// The words of a frame; none if it is not one that may be handed out.
pub fn words<M: Machine>(mem: &mut Memory<M>, frame: Frame) -> &mut [u32] {
    let MemoryMap {
        first_free, end, ..
    } = mem.machine.memory_map();
    if (first_free..end).contains(&frame) {
        mem.words(frame)
    } else {
        &mut []
    }
}

/// Word `index`, modulo 1024, of a frame.
pub fn word<M: Machine>(mem: &mut Memory<M>, frame: Frame, index: u32) -> u32 {
    let words = words(mem, frame);
    words.get(index as usize % 1024).copied().unwrap_or(0)
}

/// Sets it.
pub fn set_word<M: Machine>(mem: &mut Memory<M>, frame: Frame, index: u32, value: u32) {
    if let Some(word) = words(mem, frame).get_mut(index as usize % 1024) {
        *word = value;
    }
}

/// Fills a frame with words of which none is 0.
pub fn fill<M: Machine>(mem: &mut Memory<M>, check: &mut Check, frame: Frame) {
    let mut next = check.lots.any();
    for word in words(mem, frame) {
        next = next.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        *word = next | 1;
    }
}

/// How many words of a frame are not 0.
pub fn in_use<M: Machine>(mem: &mut Memory<M>, frame: Frame) -> usize {
    words(mem, frame).iter().filter(|&&word| word != 0).count()
}

/// Whether it is noted that word `index` of a table may be in use, so that it is found when the table is freed.
pub fn is_marked<M: Machine>(mem: &mut Memory<M>, table: Frame, index: u32) -> bool {
    mem.next_chunk(table, index, index + 1).is_some()
}

/// The sum of a frame's words.
pub fn sum_of<M: Machine>(mem: &mut Memory<M>, frame: Frame) -> u32 {
    sum(words(mem, frame).iter().copied())
}

/// The word at `va`, if something is mapped there.
pub fn word_at<M: Machine>(mem: &mut Memory<M>, directory: Frame, va: u32) -> Option<u32> {
    let (frame, _) = mem.page_lookup(directory, va)?;
    Some(word(mem, frame, va >> 2))
}

/// How a frame's number is reported, which the kernel may choose.
pub fn name(frame: Frame) -> Name {
    Name(frame.ppn())
}

/// An entry as it is reported.
pub fn shown(entry: u32) -> (Name, PteFlags) {
    (name(Frame::of_pte(entry)), pte::flags(entry))
}

/// The frame, and the place in it, where the refill is led to for the table of `va`.
pub fn refilled<M: Machine>(mem: &mut Memory<M>, directory: Frame, va: u32) -> (Name, u32) {
    let none = mem.machine.table_pointer(Frame::new(0), pdx(va));
    let pointer = word(mem, directory, pdx(va) + KUSEG_ENTRIES);
    let pa = pointer.wrapping_sub(none);
    (name(Frame::of_pte(pa)), pa % 4096)
}
