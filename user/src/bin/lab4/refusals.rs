//! What the kernel must refuse.

use libos::{EnvId, Error, PteFlags, Window, env, layout, probe, view, window, yield_now};
use mos_abi::Sysno;
use mos_exam::{saw, step};
use mos_user::check::{Check, started};

/// Permissions that a program may not ask for, or not gain.
pub fn permissions(mut check: Check) -> Result<(), Error> {
    let base = check.lots.from(0, 900) as usize;
    let [readable, target, other] = [0, 1, 2].map(|n| Window::new(base + n));
    readable.alloc(window::READ_ONLY)?;
    target.alloc(window::PRIVATE)?;
    other.alloc(window::PRIVATE)?;
    let (word, drawn) = (check.lots.from(0, 1023) as usize, check.lots.any());
    target.write(word, drawn);

    step!(
        check,
        "flags that no program may have, or that this page has not, are refused"
    );
    saw!(check, "a word of ours", target.read(word));
    let free = view::free_frames();
    let v = PteFlags::V.bits();
    let mut asked = [
        (0, target),
        (v | PteFlags::UC.bits(), target),
        (v | PteFlags::G.bits(), target),
        (v | (PteFlags::UC | PteFlags::G).bits(), target),
        (PteFlags::R.bits(), target),
        ((PteFlags::LIBRARY | PteFlags::D).bits(), target),
        (v | 0x8000_0000, target),
        (v | 0x10, target),
        (v | 1 << check.lots.from(12, 30), target),
        (window::COPY_ON_WRITE.bits(), target),
        (v, other),
        (v | PteFlags::D.bits(), other),
        (v | PteFlags::LIBRARY.bits(), other),
    ];
    check.lots.shuffle(&mut asked);
    for (flags, at) in asked {
        let alloc = probe::call(Sysno::MemAlloc, [0, at.address(), flags, 0, 0]);
        let arguments = [0, readable.address(), 0, at.address(), flags];
        let map = probe::call(Sysno::MemMap, arguments);
        saw!(
            check,
            "flags, what mem_alloc says of them, and what mem_map of a read-only page says",
            (flags, alloc, map)
        );
    }

    step!(check, "nobody gains the right to write by mapping");
    let mut kinds = [window::READ_ONLY, window::COPY_ON_WRITE, window::PRIVATE];
    check.lots.shuffle(&mut kinds);
    for own in kinds {
        readable.alloc(window::PRIVATE)?;
        readable.write(word, check.lots.any());
        readable.map(EnvId::SELF, own)?;
        let mut wanted = [
            window::PRIVATE,
            window::SHARED,
            window::COPY_ON_WRITE,
            window::READ_ONLY,
        ];
        check.lots.shuffle(&mut wanted);
        for flags in wanted {
            let gains = !own.writable() && flags != window::READ_ONLY;
            // What must not be is tried in the page's own place, too.
            let places = if gains {
                &[other, readable][..]
            } else {
                &[other]
            };
            for at in places {
                let arguments = [0, readable.address(), 0, at.address(), flags.bits()];
                let result = probe::call(Sysno::MemMap, arguments);
                saw!(
                    check,
                    "flags of a page, those it is mapped with, what mem_map says, and flags and a word there",
                    ((own, flags), result, at.flags(), at.read(word))
                );
            }
        }
    }
    other.alloc(window::PRIVATE)?;

    step!(check, "calls that were refused have changed nothing");
    let (flags, drawn) = (target.flags(), target.read(word));
    saw!(check, "the page that was to be replaced", (flags, drawn));
    let taken = free.wrapping_sub(view::free_frames());
    saw!(check, "frames taken by all these calls", taken);
    Ok(())
}

/// The stranger's page, which is the bait.
fn bait(check: &mut Check) -> (Window, usize, u32) {
    let page = Window::new(check.lots.from(3, 900) as usize);
    let word = check.lots.from(0, 1023) as usize;
    (page, word, check.lots.any())
}

/// Calls on environments that are not family: a group of [`CALLS`]. The second program is nobody's child.
pub fn strangers(mut check: Check) -> Result<(), Error> {
    let (there, word, drawn) = bait(&mut check);
    if env::id() != started(0) {
        step!(check, "the stranger and its page are as before");
        there.alloc(window::PRIVATE)?;
        there.write(word, drawn);
        while env::slot(0).is(started(0)) {
            yield_now();
        }
        let slot = env::slot(1);
        saw!(
            check,
            "our page, and a word in it",
            (there.flags(), there.read(word))
        );
        saw!(
            check,
            "our status and handler",
            (slot.status(), slot.handler())
        );
        return Ok(());
    }
    step!(check, "no call reaches an environment that is not ours");
    let here = Window::new(1);
    here.alloc(window::PRIVATE)?;
    here.write(word, check.lots.any());
    for _ in 0..3 {
        yield_now();
    }
    let other = started(1).0;
    let strange = [
        0x7fff_ffff,
        other ^ 1 << 11,
        0x8000_0000 | other,
        1,
        other | 1 << 9,
    ];
    let ours = [0, started(0).0];
    let group = CALLS.get(check.param(0) as usize).copied();
    let mut order = [0, 1, 2, 3];
    check.lots.shuffle(&mut order);
    let calls = order.map(|n| group.unwrap_or_default().get(n).copied());
    for (call, arguments, on_ourselves) in calls.into_iter().flatten() {
        let mut drawn = |ids: &[u32]| ids[check.lots.from(0, ids.len() as u32 - 1) as usize];
        let third = if on_ourselves { &ours[..] } else { &strange };
        let mut ids = [other, drawn(&strange), drawn(third)];
        check.lots.shuffle(&mut ids);
        for id in ids {
            let arguments = arguments(id, here.address(), there.address());
            let result = probe::call(call, arguments);
            saw!(check, "a call for this id", (call.name(), id, result));
        }
    }
    Ok(())
}

/// A call, its arguments for an environment and pages here and there, and whether we may make it for ourselves.
type Call = (Sysno, fn(u32, u32, u32) -> [u32; 5], bool);

const RW: u32 = window::PRIVATE.bits();
/// By the exercises up to which they are done.
const CALLS: [&[Call]; 4] = [
    &[
        (Sysno::MemAlloc, |id, _, there| [id, there, RW, 0, 0], true),
        (Sysno::MemUnmap, |id, _, there| [id, there, 0, 0, 0], true),
        (Sysno::EnvDestroy, |id, _, _| [id, 0, 0, 0, 0], false),
    ],
    &[
        (
            Sysno::MemMap,
            |id, here, there| [0, here, id, there, RW],
            true,
        ),
        (
            Sysno::MemMap,
            |id, here, there| [id, there, 0, here + layout::PAGE_SIZE, RW],
            true,
        ),
        (
            Sysno::MemCopy,
            |id, here, there| [here, id, there, RW, 0],
            true,
        ),
    ],
    &[
        (Sysno::SetEnvStatus, |id, _, _| [id, 0, 0, 0, 0], false),
        (Sysno::SetEnvStatus, |id, _, _| [id, 2, 0, 0, 0], false),
        (
            Sysno::SetTrapframe,
            |id, here, _| [id, here, 0, 0, 0],
            false,
        ),
        (
            Sysno::SetPgfaultHandler,
            |id, _, _| [id, layout::UTEXT, layout::UXSTACKTOP, 0, 0],
            false,
        ),
    ],
    &[(
        Sysno::MemShare,
        |id, here, _| [id, here, here + layout::PAGE_SIZE, 0, 0],
        false,
    )],
];
