//! Faults that are made good.

use libos::{Window, env, probe, view, yield_now};
use mos_exam::{saw, step};
use mos_user::check::Check;

/// More pages than the TLB has entries, in an order drawn by lot, while other programs do the same.
pub fn refill(mut check: Check) {
    let me = env::id().index();
    match me {
        0 => step!(
            check,
            "every page has what was stored there, and no register changes on the way to it"
        ),
        1 => step!(check, "and so it is for the second program"),
        _ => step!(check, "and for the third"),
    }
    let pages = check.param(0);
    // The others have other values, and look in another order.
    for _ in 0..me {
        check.lots.any();
    }
    let key = check.lots.any();
    let window = |n: u32| Window::new(n as usize * 7);
    for n in 0..pages {
        let value = (n + 1).wrapping_mul(0x0101_0101) ^ key;
        window(n).write(n as usize + 1, value);
    }
    let (mut sum, mut first) = (0_u32, None);
    for round in 0..pages * 6 {
        let n = check.lots.from(0, pages.saturating_sub(1));
        let read = window(n).read(n as usize + 1);
        sum = sum.rotate_left(3) ^ read;
        let other = window(check.lots.from(0, pages.saturating_sub(1)));
        first = first.or(probe::registers_survive_refill(other).err());
        if round < 10 {
            saw!(check, "a page, and what was read there", (n, read));
        }
        if round % 100 == 0 {
            saw!(
                check,
                "all that was read, added up, and the first register that changed",
                (sum, first)
            );
            yield_now();
        }
    }
    saw!(check, "all that was read, in the end", (sum, first));
}

/// Pages that come when they are touched.
pub fn demand(mut check: Check) {
    step!(check, "a page comes when it is touched, all zeros");
    // All in one table.
    let first = check.lots.from(0, 3) * 1024 + check.lots.from(1, 1000);
    let page = |n: u32| Window::new((first + n) as usize);
    page(0).write(0, 1);
    // The stack has all it needs afterwards.
    saw!(check, "flags of a page that was stored to", page(0).flags());
    let free = view::free_frames();
    for _ in 0..16 {
        let (n, index) = (check.lots.from(1, 8), check.lots.from(0, 1023) as usize);
        let before = page(n).flags();
        let value = check.lots.any();
        let loaded = if check.lots.from(0, 1) == 0 {
            page(n).write(index, value);
            None
        } else {
            Some(page(n).read(index))
        };
        let after = page(n).flags();
        saw!(
            check,
            "a page, what is loaded there if it is not a store, its flags before and after",
            (n, loaded, before, after)
        );
        let words = (0..Window::WORDS).map(|index| page(n).read(index));
        let (zeros, sum) = words.fold((0, 0_u32), |(zeros, sum), word| {
            (zeros + u32::from(word == 0), sum.rotate_left(5) ^ word)
        });
        saw!(
            check,
            "how many words of it are zero, and all of them, added up",
            (zeros, sum)
        );
    }
    step!(check, "one frame is taken for it");
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames taken for all of them", taken);
}
