//! Lab 2: how often a frame is counted, and what is in it.

use mos_core::machine::Frame;
use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{fill, frame, sum_of, unused, word};

/// Reference counts.
pub fn counts<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "the last one to let go frees the frame, and nobody before"
    );
    let mem = &mut unused(kernel);
    let ours = frame(mem, check)?;
    let free = mem.free_frames();
    let (mut turns, mut holders) = (check.lots.from(10, 25), 0);
    while turns > 0 || holders > 0 {
        let more = holders == 0 || turns > 0 && (holders == 1 || check.lots.from(0, 1) == 0);
        turns = turns.saturating_sub(1);
        if more {
            holders += 1;
            let seen = (mem.page_incref(ours), mem.page_ref(ours));
            saw!(check, "page_incref, and the count", seen, mem);
        } else {
            holders -= 1;
            mem.page_decref(ours);
            let more = Difference::of(mem.free_frames(), free);
            let seen = (mem.page_ref(ours), more);
            saw!(
                check,
                "the count after page_decref, and frames that are free more than before",
                seen,
                mem
            );
        }
    }

    step!(check, "a count never begins again at 0");
    let ours = frame(mem, check)?;
    let failed = (0..u16::MAX).filter(|_| mem.page_incref(ours).is_err());
    let failed = failed.count();
    saw!(
        check,
        "how often page_incref failed before the count was full",
        failed,
        mem
    );
    let seen = (mem.page_incref(ours), mem.page_ref(ours));
    saw!(
        check,
        "one more than the count can hold, and the count",
        seen,
        mem
    );
    let fewer = check.lots.from(2, 30);
    for _ in 0..fewer {
        mem.page_decref(ours);
    }
    saw!(check, "the count when some let go", mem.page_ref(ours), mem);
    let again = (0..fewer + 5).filter(|_| mem.page_incref(ours).is_ok());
    let seen = (again.count(), mem.page_ref(ours));
    saw!(
        check,
        "how many there is room for then, and the count",
        seen,
        mem
    );
    Ok(())
}

/// The frames, each filled anew.
fn filled<M: Machine>(mem: &mut Memory<M>, check: &mut Check, frames: [Frame; 3]) {
    for frame in frames {
        fill(mem, check, frame);
    }
}

/// Zeros and copies.
pub fn contents<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a frame becomes zeros from its first word to its last, and no other"
    );
    let mem = &mut unused(kernel);
    let frames = [frame(mem, check)?, frame(mem, check)?, frame(mem, check)?];
    for _ in 0..4 {
        filled(mem, check, frames);
        let which = check.lots.from(0, 2) as usize;
        mem.machine.machine.zero_frame(frames[which]);
        let odd = (0..1024).find(|&n| word(mem, frames[which], n) != 0);
        saw!(
            check,
            "the first word of a zeroed frame that is not 0",
            odd,
            mem
        );
        let sums = frames.map(|frame| sum_of(mem, frame));
        saw!(
            check,
            "which of three was zeroed, and the sums of all of them",
            (which, sums),
            mem
        );
    }

    step!(
        check,
        "a frame is copied from its first word to its last, and to no other"
    );
    for _ in 0..4 {
        filled(mem, check, frames);
        let mut order = [0, 1, 2];
        check.lots.shuffle(&mut order);
        let [from, to, _] = order;
        mem.machine.machine.copy_frame(frames[from], frames[to]);
        let odd = (0..1024).find(|&n| word(mem, frames[to], n) != word(mem, frames[from], n));
        saw!(check, "the first word of a copy that is another", odd, mem);
        let sums = frames.map(|frame| sum_of(mem, frame));
        saw!(
            check,
            "which of three was copied to which, and the sums of all of them",
            (from, to, sums),
            mem
        );
    }
    Ok(())
}
