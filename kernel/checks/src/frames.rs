//! Lab 2: physical frames, handed out and given back.

use mos_core::machine::{Frame, MemoryMap};
use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};
use mos_exam::{Difference, saw, step};

use crate::check::{Check, Wrong};
use crate::memory::{count, fill, frame, in_use, name, set_word, take_all, unused, word};

/// How many frames are taken at most.
const MOST: u32 = 16;

/// Room for a number of frames that is drawn by lot.
fn some<'r>(check: &mut Check, room: &'r mut [Frame; MOST as usize]) -> &'r mut [Frame] {
    &mut room[..check.lots.from(6, MOST) as usize]
}

/// Takes frames, and reports on each.
fn take<M: Machine>(
    mem: &mut Memory<M>,
    check: &mut Check,
    frames: &mut [Frame],
) -> Result<(), Wrong> {
    let place = check.lots.from(0, 1023);
    for slot in &mut *frames {
        *slot = frame(mem, check)?;
        let seen = (in_use(mem, *slot), mem.page_ref(*slot));
        saw!(
            check,
            "words of a frame that are not 0 when it is handed out, and its count",
            seen,
            mem
        );
        set_word(mem, *slot, place, check.lots.any());
    }
    let written = frames.iter().fold(0, |sum: u32, &frame| {
        sum.wrapping_add(word(mem, frame, place))
    });
    saw!(
        check,
        "the sum of what was then written to each of them",
        written,
        mem
    );
    Ok(())
}

/// What a frame holds when it is handed out, and which it is.
pub fn alloc<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(
        check,
        "a frame is all zeros and nobody's, whatever it held before"
    );
    let mem = &mut unused(kernel);
    let MemoryMap {
        first_free, end, ..
    } = mem.machine.memory_map();
    for n in 0..MOST {
        fill(mem, check, Frame::new(first_free.ppn() + n));
    }
    let mut room = [Frame::new(0); MOST as usize];
    let ours = some(check, &mut room);
    take(mem, check, ours)?;

    step!(
        check,
        "every frame is handed out once, and then there is none"
    );
    for frame in &*ours {
        count(mem, *frame);
    }
    let free = mem.free_frames();
    let left = Difference::of(free, take_all(mem));
    saw!(check, "free frames that could not be had", left, mem);
    saw!(check, "how many are free then", mem.free_frames(), mem);
    let more = mem.page_alloc().map(name);
    saw!(check, "page_alloc then", more, mem);
    let frames = (first_free.ppn()..end.ppn()).map(Frame::new);
    let odd = frames.filter(|frame| mem.page_ref(*frame) != 1).count();
    saw!(
        check,
        "frames that were handed out twice, or never",
        odd,
        mem
    );
    Ok(())
}

/// What is given back.
pub fn free<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    step!(check, "what is given back is free, zeroed or not");
    let mem = &mut unused(kernel);
    let mut room = [Frame::new(0); MOST as usize];
    let ours = some(check, &mut room);
    for slot in &mut *ours {
        *slot = frame(mem, check)?;
        fill(mem, check, *slot);
    }
    check.lots.shuffle(ours);
    let free = mem.free_frames();
    let last = ours.len() - 1;
    for (n, frame) in ours.iter().enumerate() {
        mem.page_free(*frame);
        let more = Difference::of(mem.free_frames(), free);
        saw!(check, "frames that are free more than before", more, mem);
        // Not the last one: then there is one that was not zeroed.
        if n < last && check.lots.from(0, 2) == 0 {
            mem.zero_ahead(check.lots.from(1, 4) as usize);
            let more = Difference::of(mem.free_frames(), free);
            saw!(
                check,
                "how many are when some were filled with zeros",
                more,
                mem
            );
        }
    }

    step!(
        check,
        "each of them comes back once, before any that was never used"
    );
    let mut room = [Frame::new(0); MOST as usize];
    let again = &mut room[..ours.len()];
    take(mem, check, again)?;
    let known = again.iter().filter(|frame| ours.contains(frame)).count();
    saw!(
        check,
        "frames that were given back, and how many of them came back",
        (ours.len(), known),
        mem
    );
    let left = mem.free_frames();
    let left = Difference::of(left, take_all(mem));
    saw!(check, "other free frames that could not be had", left, mem);

    step!(
        check,
        "who overwrites a frame gets none that was zeroed ahead, as long as there is another"
    );
    for round in 0..3 {
        let free = check.lots.from(4, 6);
        for frame in &again[..free as usize] {
            fill(mem, check, *frame);
            mem.page_free(*frame);
        }
        mem.zero_ahead(check.lots.from(1, free - 1) as usize);
        for _ in 0..=free {
            let whole = match round {
                0 => true,
                1 => false,
                _ => check.lots.from(0, 1) == 0,
            };
            let frame = if whole {
                mem.page_alloc_dirty()
            } else {
                mem.page_alloc()
            };
            let seen = (whole, frame.map(|frame| in_use(mem, frame)));
            saw!(
                check,
                "whether a frame is for who overwrites it, and how many of its words are not 0",
                seen,
                mem
            );
        }
    }
    Ok(())
}
