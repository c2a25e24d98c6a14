//! Lab 3: the queues of environments.

use core::fmt;

use mos_abi::NENV;
use mos_core::env::list::{Link, Ring};
use mos_core::slot::{Slot, Table};
use mos_core::{Kernel, Platform};
use mos_exam::{saw, step};
use spin::Mutex;

use crate::check::{Check, Wrong};

/// Too large for the kernel's stack.
static LINKS: Mutex<Table<Link>> = Mutex::new(Table::new([Link::NONE; NENV]));
/// How many slots take part.
const SLOTS: usize = 9;
/// How often something is done to the queue, and how often each time before it is reported.
const TIMES: usize = 20;
const EACH: usize = 20;

/// The slots in a queue; if it has no end, some of them.
fn slots(ring: &Ring, links: &Table<Link>) -> impl Iterator<Item = usize> {
    ring.iter(links).take(SLOTS + 1).map(Slot::index)
}

/// Pushes, removes and rotates.
pub fn ring<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let links = &mut LINKS.lock();
    let mut ring = Ring::new();
    let mut inside = [false; SLOTS];
    let first = check.lots.from(0, 1000) as usize;
    let slot = |n: usize| Slot::new(first + n);
    step!(
        check,
        "who comes last stands last, and leaves from anywhere"
    );
    for time in 0..TIMES {
        let mut sum = 0_u32;
        // The first few are shown one by one.
        let each = if time < TIMES / 2 { 1 } else { EACH };
        let mut last = ("nothing", 0);
        for _ in 0..each {
            let n = check.lots.from(0, SLOTS as u32 - 1) as usize;
            last = match (inside[n], check.lots.from(0, 3)) {
                (true, 0) => {
                    ring.rotate(links);
                    ("rotate", ring.first().map_or(0, Slot::index))
                }
                (true, _) => {
                    ring.remove(links, slot(n));
                    inside[n] = false;
                    ("remove", slot(n).index())
                }
                (false, _) => {
                    ring.push(links, slot(n));
                    inside[n] = true;
                    ("push", slot(n).index())
                }
            };
            sum = slots(&ring, links).fold(sum, |sum, slot| sum.rotate_left(5) ^ slot as u32);
        }
        let order = order(&ring, links);
        saw!(
            check,
            "what was done last to which slot, the order then, and all orders since, added up",
            (last, order, sum),
            kernel
        );
    }
    step!(check, "a queue can be empty again");
    for _ in 0..2 {
        let mut leave: [usize; SLOTS] = core::array::from_fn(|n| n);
        check.lots.shuffle(&mut leave);
        for n in leave.into_iter().filter(|&n| inside[n]) {
            ring.remove(links, slot(n));
        }
        let empty = ring.first().map(Slot::index);
        ring.rotate(links);
        let rotated = ring.first().map(Slot::index);
        saw!(
            check,
            "the first when all have left, and after a rotate of none",
            (empty, rotated),
            kernel
        );
        inside = core::array::from_fn(|_| check.lots.from(0, 1) == 1);
        for n in leave.into_iter().filter(|&n| inside[n]) {
            ring.push(links, slot(n));
        }
        let order = order(&ring, links);
        saw!(check, "the order when some have come", order, kernel);
    }
    Ok(())
}

/// The slots in a queue, to be shown.
fn order(ring: &Ring, links: &Table<Link>) -> impl fmt::Debug {
    fmt::from_fn(move |f| f.debug_list().entries(slots(ring, links)).finish())
}
