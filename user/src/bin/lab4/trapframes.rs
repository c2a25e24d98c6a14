//! set_trapframe.

use core::hint::black_box;

use libos::{EnvId, EnvStatus, Error, Window, env, layout, probe, window};
use mos_abi::trapframe::reg;
use mos_abi::{Sysno, Trapframe};
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

use crate::children;
use crate::memory::too_high;
use crate::running::twin;

/// Where a child leaves what it was given.
const SHARED: Window = Window::new(1000);
/// Where its trapframe is.
const FRAME: Window = Window::new(1001);
/// Words that it leaves: four arguments, and the page that its stack is in.
const WORDS: usize = 5;

/// Where a child begins.
extern "C" fn begin(a: u32, b: u32, c: u32, d: u32) -> ! {
    let local = black_box(0);
    let page = black_box(&raw const local) as u32 / layout::PAGE_SIZE;
    for (at, word) in [a, b, c, d, page].into_iter().enumerate() {
        SHARED.write(at, word);
    }
    env::exit()
}

/// The middle of a page of the child's stack.
fn stack(check: &mut Check) -> u32 {
    let pages = check.lots.from(1, 20);
    layout::USTACKTOP - pages * layout::PAGE_SIZE + layout::PAGE_SIZE / 2
}

/// Gives a child these registers, and four arguments.
fn set(child: EnvId, pc: u32, sp: u32, arguments: [u32; 4]) -> Result<u32, Error> {
    let mut tf = Trapframe {
        pc,
        ..Trapframe::ZERO
    };
    tf.regs[reg::SP] = sp;
    tf.regs[reg::A0..=reg::A3].copy_from_slice(&arguments);
    load(child, tf)
}

/// Has the kernel load a child's registers.
fn load(child: EnvId, tf: Trapframe) -> Result<u32, Error> {
    for (at, word) in tf.to_words().into_iter().enumerate() {
        FRAME.write(at, word);
    }
    probe::call(Sysno::SetTrapframe, [child.0, FRAME.address(), 0, 0, 0])
}

/// Starts a child, and returns what it leaves.
fn left(child: EnvId) -> [u32; WORDS] {
    (0..WORDS).for_each(|at| SHARED.write(at, 0));
    env::set_status(child, EnvStatus::Runnable).ok();
    until_it_ends(child);
    core::array::from_fn(|at| SHARED.read(at))
}

/// Registers from memory.
pub fn trapframe(mut check: Check) -> Result<(), Error> {
    let entry = begin as extern "C" fn(u32, u32, u32, u32) -> ! as usize as u32;
    SHARED.alloc(window::SHARED)?;
    FRAME.alloc(window::PRIVATE)?;
    step!(
        check,
        "a child starts where its trapframe says, with these registers"
    );
    for _ in 0..2 {
        let child = twin(|| {})?;
        let arguments = core::array::from_fn(|_| check.lots.any());
        let result = set(child, entry, stack(&mut check), arguments);
        saw!(check, "set_trapframe", result);
        saw!(
            check,
            "a child's four arguments, and the page of its stack",
            left(child)
        );
    }
    let child = twin(|| {})?;
    let mut tf = Trapframe {
        pc: probe::shows_hi_lo(),
        hi: check.lots.any(),
        lo: check.lots.any(),
        ..Trapframe::ZERO
    };
    tf.regs[reg::SP] = stack(&mut check);
    tf.regs[reg::V1] = entry;
    let result = load(child, tf);
    let [.., hi, lo, _] = left(child);
    saw!(
        check,
        "set_trapframe, and a child's hi and lo",
        (result, hi, lo)
    );

    step!(check, "pc and sp must be below UTOP");
    let child = twin(|| {})?;
    let good = stack(&mut check);
    let mut ways = [
        (entry, stack(&mut check)),
        (entry, stack(&mut check)),
        (entry, stack(&mut check)),
        (layout::UTOP, good),
        (too_high(&mut check.lots) & !3, good),
        (check.lots.any() << 2 | 1 << 31, good),
        (layout::UTEXT + check.lots.from(1, 3), good),
        (entry, layout::UTOP),
        (entry, too_high(&mut check.lots)),
        (entry, check.lots.any() | 1 << 31),
    ];
    check.lots.shuffle(&mut ways);
    for (pc, sp) in ways {
        let arguments = core::array::from_fn(|_| check.lots.any());
        let result = set(child, pc, sp, arguments);
        if pc == entry {
            // Where our code is, nobody but the linker knows.
            saw!(
                check,
                "an sp, with a pc that is right, and what set_trapframe returned",
                (sp, result)
            );
        } else {
            saw!(
                check,
                "a pc, an sp, and what set_trapframe returned",
                (pc, sp, result)
            );
        }
    }
    saw!(
        check,
        "the child's arguments and stack when it runs",
        left(child)
    );
    unreadable(&mut check)
}

/// Trapframes at all kinds of places.
fn unreadable(check: &mut Check) -> Result<(), Error> {
    step!(
        check,
        "a trapframe comes from where its caller has memory, all of it"
    );
    let child = children::bare()?;
    let n = check.lots.from(2, 800) as usize;
    let [first, second] = [n, n + 1].map(Window::new);
    let end = second.address() + layout::PAGE_SIZE;
    first.alloc(window::READ_ONLY)?;
    second.alloc(window::PRIVATE)?;
    let mut places = [
        first.address() + 4 * check.lots.from(0, 900),
        second.address() - 4 * check.lots.from(1, 37),
        first.address() - 4 * check.lots.from(1, 37),
        end - 4 * check.lots.from(1, 37),
        end - 4 * (size_of::<Trapframe>() as u32 / 4),
        end + 4 * check.lots.from(0, 900),
        first.address() + check.lots.from(1, 3),
        second.address() + 4 * check.lots.from(0, 980) + check.lots.from(1, 3),
        4 * check.lots.from(0, 900),
        0x8001_0000 + 4 * check.lots.from(0, 35),
        0xa000_0000 + 4 * check.lots.from(0, 35),
        u32::MAX - 3,
        layout::UTOP + 4 * check.lots.from(0, 35),
        layout::UTOP - 4 * check.lots.from(1, 38),
    ];
    check.lots.shuffle(&mut places);
    for va in places {
        let result = probe::call(Sysno::SetTrapframe, [child.0, va, 0, 0, 0]);
        saw!(check, "a trapframe at this address", (va, result));
    }
    env::destroy(child)
}
