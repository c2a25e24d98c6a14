//! The short way of a call into the kernel and back.

use libos::{Error, Window, layout, probe, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::Check;

/// Calls of each kind, and a great many that have nothing to do.
pub fn short_way(mut check: Check) -> Result<(), Error> {
    step!(
        check,
        "every call has its arguments, and its caller the result"
    );
    let page = Window::new(check.lots.from(0, 400) as usize);
    page.alloc(window::PRIVATE)?;
    let (word, drawn) = (check.lots.from(0, 1023) as usize, check.lots.any());
    page.write(word, drawn);
    let others = Window::new(check.lots.from(500, 900) as usize);
    let me = probe::call(Sysno::Getenvid, [0; 5]).unwrap_or_default();
    let stranger = me ^ 1 << check.lots.from(11, 30);
    let [read_only, private] = [window::READ_ONLY, window::PRIVATE].map(|flags| flags.bits());
    let above = layout::UTOP + check.lots.from(0, 1 << 20);
    let mut calls = [
        (Sysno::Getenvid, [drawn; 5]),
        (Sysno::Yield, [drawn; 5]),
        (Sysno::EnvDestroy, [stranger, 0, 0, 0, 0]),
        (Sysno::MemUnmap, [0, above, 0, 0, 0]),
        (Sysno::MemUnmap, [me, others.address(), 0, 0, 0]),
        (Sysno::MemUnmap, [stranger, others.address(), 0, 0, 0]),
        (Sysno::MemAlloc, [me, others.address(), read_only, 0, 0]),
        (Sysno::MemAlloc, [me, others.address(), 0, private, private]),
        (
            Sysno::MemMap,
            [me, page.address(), me, others.address(), private],
        ),
        (
            Sysno::MemMap,
            [0, page.address(), 0, others.address(), read_only],
        ),
        (Sysno::MemMap, [me, page.address(), me, above, private]),
    ];
    check.lots.shuffle(&mut calls);
    for (call, arguments) in calls {
        let result = probe::call(call, arguments);
        saw!(
            check,
            "a call, its arguments, and what it returns",
            (call.name(), arguments, result)
        );
        saw!(
            check,
            "the flags at a page that calls map and unmap, and a word there",
            (others.flags(), others.flags().map(|_| others.read(word)))
        );
    }
    for _ in 0..check.lots.from(3, 6) {
        let number = check.lots.from(9640, 1 << 24);
        let result = probe::unknown_call(number);
        saw!(
            check,
            "a number that no call has, and what that returns",
            (number, result)
        );
    }

    step!(check, "a call that has nothing to do costs next to nothing");
    let mut sum = 0_u32;
    for n in 0..check.param(0) {
        let id = probe::call(Sysno::Getenvid, [drawn; 5]);
        sum = sum.rotate_left(1) ^ id.unwrap_or_default() ^ n;
        if n % 1024 == drawn % 1024 {
            yield_now();
        }
    }
    saw!(
        check,
        "what was made of what many calls returned",
        sum ^ drawn
    );
    Ok(())
}
