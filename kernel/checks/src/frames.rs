//! Lab 2: physical frames.

use mos_abi::Error;
use mos_core::machine::{Frame, MemoryMap};
use mos_core::mem::Memory;
use mos_core::{Kernel, Machine, Platform};

use crate::check::{Check, Wrong};
use crate::watched::Watched;

/// Memory on a watched machine, as it is before anything was allocated.
pub fn fresh<'m, M: Platform>(
    kernel: &'m mut Kernel<M>,
    check: &Check,
) -> Result<Memory<Watched<'m, M>>, Wrong> {
    let mut mem = Memory::new(Watched::new(&mut kernel.mem.machine));
    let begun = mem.init();
    check.get("page_init", begun, &mut mem)?;
    Ok(mem)
}

/// A new frame.
pub fn frame<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<Frame, Wrong> {
    let frame = mem.page_alloc();
    check.get("page_alloc", frame, mem)
}

/// Takes every free frame, each counted once more; returns how many there were.
pub fn take_all<M: Machine>(mem: &mut Memory<M>, check: &Check) -> Result<usize, Wrong> {
    let mut count = 0;
    while let Ok(frame) = mem.page_alloc() {
        let counted = mem.page_incref(frame);
        check.get("page_incref", counted, mem)?;
        count += 1;
    }
    Ok(count)
}

fn is_zero<M: Machine>(mem: &mut Memory<M>, frame: Frame) -> bool {
    mem.words(frame).iter().all(|&word| word == 0)
}

/// What is in use and what is free.
pub fn at_first<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let MemoryMap {
        first_free, end, ..
    } = mem.machine.memory_map();
    for ppn in 0..first_free.ppn() {
        check.same(
            "count of a frame of the kernel's",
            mem.page_ref(Frame::new(ppn)),
            1,
            mem,
        )?;
    }
    check.ok("the kernel's own frames count as in use", mem);
    let [zeros, tables @ ..] = [mem.zeros(), mem.view_tables()[0], mem.view_tables()[1]];
    let kept = 3;
    for frame in [zeros, tables[0], tables[1]] {
        check.same("count of a shared table", mem.page_ref(frame), 1, mem)?;
    }
    let managed = (end.ppn() - first_free.ppn()) as usize;
    check.same("free frames", mem.free_frames(), managed - kept, mem)?;
    for n in 0..check.lots.from(5, 40) {
        let frame = frame(mem, check)?;
        check.same(
            "the next frame",
            frame.ppn(),
            first_free.ppn() + kept as u32 + n,
            mem,
        )?;
        check.same("its count", mem.page_ref(frame), 0, mem)?;
    }
    check.ok("all others are free, and come lowest first", mem);
    Ok(())
}

/// What a frame holds when it is handed out, and which it is.
pub fn alloc<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let mut frames = [Frame::new(0); 12];
    for slot in &mut frames {
        *slot = frame(mem, check)?;
        mem.words(*slot).fill(0x5a5a_5a5a);
    }
    check.lots.shuffle(&mut frames);
    for frame in frames {
        mem.page_free(frame);
    }
    for _ in frames {
        let again = frame(mem, check)?;
        check.holds(
            "a frame that was used comes before a fresh one",
            frames.contains(&again),
            mem,
        )?;
        check.holds("it is all zeros", is_zero(mem, again), mem)?;
        check.same("its count", mem.page_ref(again), 0, mem)?;
    }
    check.ok(
        "a frame is all zeros and nobody's, whatever it held before",
        mem,
    );

    let free = mem.free_frames();
    check.same("frames that could be had", take_all(mem, check)?, free, mem)?;
    check.same("free frames", mem.free_frames(), 0, mem)?;
    check.same("one more", mem.page_alloc(), Err(Error::NoMem), mem)?;
    let MemoryMap {
        first_free, end, ..
    } = mem.machine.memory_map();
    for ppn in first_free.ppn()..end.ppn() {
        let count = mem.page_ref(Frame::new(ppn));
        let ours = frames.contains(&Frame::new(ppn));
        check.holds(
            "no frame is handed out twice",
            count == 1 || ours && count == 0,
            mem,
        )?;
    }
    check.ok(
        "every frame is handed out once, and then there is none",
        mem,
    );
    Ok(())
}

/// What is given back.
pub fn free<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let mut frames = [Frame::new(0); 9];
    for slot in &mut frames {
        *slot = frame(mem, check)?;
        mem.words(*slot).fill(1);
    }
    check.lots.shuffle(&mut frames);
    for (n, frame) in frames.into_iter().enumerate() {
        let free = mem.free_frames();
        mem.page_free(frame);
        check.same("free frames", mem.free_frames(), free + 1, mem)?;
        if n % 3 == 2 {
            mem.zero_ahead(check.lots.from(1, 4) as usize);
            check.same(
                "free frames after zeroing some",
                mem.free_frames(),
                free + 1,
                mem,
            )?;
        }
    }
    check.ok("what is given back is free, zeroed or not", mem);
    for n in 0..frames.len() {
        let again = frame(mem, check)?;
        check.holds("one of those comes back", frames.contains(&again), mem)?;
        check.holds("all zeros", is_zero(mem, again), mem)?;
        check.holds("only once", !frames_before(&mut frames, again, n), mem)?;
    }
    check.ok("each of them comes back once", mem);
    Ok(())
}

/// Whether `frame` is among the first `n`; if not, it becomes the last of them.
fn frames_before(frames: &mut [Frame], frame: Frame, n: usize) -> bool {
    match frames.iter().position(|&known| known == frame) {
        Some(at) if at >= n => {
            frames.swap(at, n);
            false
        }
        _ => true,
    }
}

/// Reference counts.
pub fn counts<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let frame = frame(mem, check)?;
    let free = mem.free_frames();
    let times = check.lots.from(2, 30) as u16;
    for n in 1..=times {
        check.same("one more", mem.page_incref(frame), Ok(()), mem)?;
        check.same("count", mem.page_ref(frame), n, mem)?;
    }
    for n in (1..times).rev() {
        mem.page_decref(frame);
        check.same("count", mem.page_ref(frame), n, mem)?;
        check.same("free frames", mem.free_frames(), free, mem)?;
    }
    mem.page_decref(frame);
    check.same("free frames at the end", mem.free_frames(), free + 1, mem)?;
    check.ok(
        "the last one to let go frees the frame, and nobody before",
        mem,
    );

    let again = mem.page_alloc();
    let frame = check.get("page_alloc", again, mem)?;
    for _ in 0..u16::MAX {
        let counted = mem.page_incref(frame);
        check.get("one more", counted, mem)?;
    }
    check.same(
        "one more than the count can hold",
        mem.page_incref(frame),
        Err(Error::NoMem),
        mem,
    )?;
    check.same("count", mem.page_ref(frame), u16::MAX, mem)?;
    check.ok("a count never begins again at 0", mem);
    Ok(())
}

/// Zeros and copies.
pub fn contents<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let mem = &mut fresh(kernel, check)?;
    let [before, middle, after] = [frame(mem, check)?, frame(mem, check)?, frame(mem, check)?];
    let value = check.lots.any() | 1;
    for frame in [before, middle, after] {
        for (index, word) in mem.words(frame).iter_mut().enumerate() {
            *word = value.wrapping_mul(index as u32 + frame.ppn());
        }
    }
    let right = |frame: Frame, index: usize| value.wrapping_mul(index as u32 + frame.ppn());
    mem.machine.zero_frame(middle);
    check.holds("every word is zero", is_zero(mem, middle), mem)?;
    for neighbour in [before, after] {
        let words = mem.words(neighbour).iter().enumerate();
        let same = words
            .filter(|(index, word)| **word == right(neighbour, *index))
            .count();
        check.same("words of a neighbour that are as before", same, 1024, mem)?;
    }
    check.ok(
        "a frame becomes zeros from its first word to its last, and no other",
        mem,
    );

    mem.machine.copy_frame(before, middle);
    for frame in [before, middle] {
        let words = mem.words(frame).iter().enumerate();
        let same = words
            .filter(|(index, word)| **word == right(before, *index))
            .count();
        check.same("words of original and copy", same, 1024, mem)?;
    }
    let words = mem.words(after).iter().enumerate();
    let same = words
        .filter(|(index, word)| **word == right(after, *index))
        .count();
    check.same("words of the neighbour", same, 1024, mem)?;
    check.ok(
        "a frame is copied from its first word to its last, and to no other",
        mem,
    );
    Ok(())
}
