//! Lab 3: the queues of environments.

use mos_abi::NENV;
use mos_core::env::list::{Link, Ring};
use mos_core::slot::{Slot, Table};
use mos_core::{Kernel, Platform};
use spin::Mutex;

use crate::check::{Check, Wrong};

/// Too large for the kernel's stack.
static LINKS: Mutex<Table<Link>> = Mutex::new(Table::new([Link::NONE; NENV]));
/// How many slots take part.
const SLOTS: usize = 9;

/// Pushes, removes and rotates, beside a queue that does the same the simple way.
pub fn ring<M: Platform>(kernel: &mut Kernel<M>, check: &mut Check) -> Result<(), Wrong> {
    let links = &mut LINKS.lock();
    let mut ring = Ring::new();
    let mut right = [0; SLOTS];
    let mut len = 0;
    let first = check.lots.from(0, 1000) as usize;
    check.same("the first of none", ring.first(), None, kernel)?;
    for _ in 0..400 {
        let n = check.lots.from(0, SLOTS as u32 - 1) as usize;
        let slot = Slot::new(first + n);
        let at = right[..len].iter().position(|&other| other == n);
        match (at, check.lots.from(0, 3)) {
            (None, _) => {
                ring.push(links, slot);
                right[len] = n;
                len += 1;
            }
            (Some(_), 0) => {
                ring.rotate(links);
                right[..len].rotate_left(1);
            }
            (Some(at), _) => {
                ring.remove(links, slot);
                right.copy_within(at + 1..len, at);
                len -= 1;
            }
        }
        let queue = right[..len].iter().map(|n| Slot::new(first + n));
        check.same("the first", ring.first(), queue.clone().next(), kernel)?;
        check.holds(
            "the order",
            ring.iter(links).take(SLOTS + 1).eq(queue),
            kernel,
        )?;
    }
    check.ok(
        "who comes last stands last, and leaves from anywhere",
        kernel,
    );
    for n in &right[..len] {
        ring.remove(links, Slot::new(first + n));
    }
    ring.rotate(links);
    check.same("the first at the end", ring.first(), None, kernel)?;
    check.ok("a queue can be empty again", kernel);
    Ok(())
}
