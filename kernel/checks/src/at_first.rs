//! Lab 2: physical frames, before any was used.

use mos_core::machine::{Frame, MemoryMap};
use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{count, name};
use crate::need;
use crate::watched::Watched;

/// What is in use and what is free.
pub fn frames<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "all others are free, and come lowest first");
    let mem = &mut Memory::new(Watched::new(&mut kernel.mem.machine));
    let MemoryMap {
        first_free, end, ..
    } = mem.machine.memory_map();
    // Nobody has cleared the array of frames.
    let rubbish = check.lots.from(1, 9) as u16;
    for page in mem.machine.tables().pages {
        page.pp_ref = rubbish;
    }
    mem.init_frames();
    let others = end.index() - first_free.index();
    let missing = Difference::of(others, mem.free_frames());
    saw!(check, "how many of them are not free", missing, mem);
    let mut ours = [Frame::new(0); 20];
    let ours = &mut ours[..check.lots.from(6, 20) as usize];
    for slot in &mut *ours {
        let frame = mem.page_alloc_fresh();
        *slot = need!(check, "page_alloc_fresh", frame, mem)?;
        let place = slot.ppn().wrapping_sub(first_free.ppn());
        let seen = (place, mem.page_ref(*slot));
        saw!(check, "which of them is next, and its count", seen, mem);
    }

    step!(check, "the kernel's own frames count as in use");
    let odd = (0..first_free.ppn()).filter(|&ppn| mem.page_ref(Frame::new(ppn)) != 1);
    let odd = odd.count();
    saw!(
        check,
        "frames of the kernel's whose count is not 1",
        odd,
        mem
    );
    for _ in 0..12 {
        let lot = check.lots.any() as usize;
        let frame = match lot % 3 {
            0 => Frame::new(check.lots.any() % first_free.ppn()),
            _ => ours[lot / 3 % ours.len()],
        };
        // Those of the kernel's are not the same ones on each machine.
        for _ in 0..lot % 3 {
            count(mem, frame);
        }
        let seen = mem.page_ref(frame);
        saw!(
            check,
            "the count of a frame, the kernel's or one that was handed out and counted",
            seen,
            mem
        );
    }

    step!(check, "when all are handed out there is none");
    let rest = (0..=others).filter(|_| mem.page_alloc_fresh().is_ok());
    let missing = Difference::of(others, rest.count() + ours.len());
    saw!(check, "frames that could not be had", missing, mem);
    let more = mem.page_alloc_fresh().map(name);
    saw!(check, "page_alloc_fresh then", more, mem);
    saw!(check, "free frames then", mem.free_frames(), mem);
    let all = (first_free.ppn()..end.ppn()).map(Frame::new);
    let uncounted = all.filter(|frame| !ours.contains(frame));
    let odd = uncounted.filter(|&frame| mem.page_ref(frame) != 0).count();
    saw!(
        check,
        "frames that nobody has counted whose count is not 0",
        odd,
        mem
    );
    Ok(())
}
