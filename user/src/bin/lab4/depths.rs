//! fork, wherever the stack is.

use core::hint::black_box;

use libos::{EnvId, EnvStatus, Error, Fork, Window, env, fork, layout, probe, view, window};
use mos_abi::pte;
use mos_exam::{saw, step};
use mos_user::check::{Check, until_it_ends};

/// More than the functions that fork consists of have on the stack.
const NEAR: u32 = 1024;
/// Words that each call of [`deeper`] has there.
const ROOM: usize = 32;
/// Numbers of depths.
pub const DEPTHS: usize = 24;
/// Calls a function with a number.
type Lower = fn(usize, &mut dyn FnMut(usize));
/// 8 bytes apart, over more than such a call takes altogether. (Fewer words the compiler clears in another way, with
/// another frame.)
const LOWER: [Lower; DEPTHS] = [
    lower::<10>,
    lower::<12>,
    lower::<14>,
    lower::<16>,
    lower::<18>,
    lower::<20>,
    lower::<22>,
    lower::<24>,
    lower::<26>,
    lower::<28>,
    lower::<30>,
    lower::<32>,
    lower::<34>,
    lower::<36>,
    lower::<38>,
    lower::<40>,
    lower::<42>,
    lower::<44>,
    lower::<46>,
    lower::<48>,
    lower::<50>,
    lower::<52>,
    lower::<54>,
    lower::<56>,
];
/// Pages of the stack that are looked at, from its top.
const PAGES: u32 = 4;

/// Where the children leave their words.
const SHARED: Window = Window::new(0);

/// Forks with the end of a page at every place of the stack of fork's own functions.
///
/// Fork copies the page on which it finds its stack and shares the others. Where that page ends among its own
/// variables, it stores to one that it shares, between one call and the next.
pub fn everywhere(mut check: Check) -> Result<(), Error> {
    step!(check, "no page that we may write to is our child's too");
    SHARED.alloc(window::SHARED)?;
    let words: [u32; LOWER.len()] = core::array::from_fn(|_| check.lots.any());
    let mut seen = Seen::default();
    deeper(&mut |n| fork_here(n, words[n], &mut seen));
    saw!(check, "forks that failed", seen.failed);
    saw!(
        check,
        "pages that we may write to, and that are counted more than once",
        seen.writable
    );
    let left: [u32; LOWER.len()] = core::array::from_fn(|n| SHARED.read(n));
    saw!(check, "words from the stacks of the children", left);

    step!(
        check,
        "nobody stores to a page that fork has shared before there is a handler"
    );
    let mut sum = 0_u32;
    deeper(&mut |n| sum = sum.wrapping_mul(31) ^ first_fork(n, words[n]));
    saw!(
        check,
        "a number made of words from the stacks of the grandchildren",
        sum
    );
    Ok(())
}

/// What was seen of all forks.
#[derive(Default)]
struct Seen {
    failed: u32,
    writable: u32,
}

fn fork_here(n: usize, word: u32, seen: &mut Seen) {
    let mut on_the_stack = word;
    black_box(&mut on_the_stack);
    match fork() {
        Ok(Fork::Child) => {
            SHARED.write(n, *black_box(&on_the_stack));
            env::exit()
        }
        Ok(Fork::Parent(child)) => {
            // Not for the child to see, which did not run yet or will not look any more.
            on_the_stack = !word;
            black_box(&mut on_the_stack);
            let bottom = layout::USTACKTOP - PAGES * layout::PAGE_SIZE;
            for va in (bottom..layout::USTACKTOP).step_by(layout::PAGE_SIZE as usize) {
                let entry = view::vpt(va);
                if pte::flags(entry).writable() && view::pp_ref(pte::ppn(entry)) != 1 {
                    seen.writable += 1;
                }
            }
            until_it_ends(child);
        }
        Err(_) => seen.failed += 1,
    }
}

/// What the child of a child that has never forked, and so has no handler yet, has on its stack.
fn first_fork(n: usize, word: u32) -> u32 {
    SHARED.write(n, 0);
    let mut on_the_stack = word;
    black_box(&mut on_the_stack);
    match probe::twin() {
        Ok(EnvId::SELF) => {
            match fork() {
                Ok(Fork::Child) => SHARED.write(n, *black_box(&on_the_stack)),
                Ok(Fork::Parent(child)) => {
                    // Who has come here has lived through it.
                    until_it_ends(child);
                    SHARED.write(n, SHARED.read(n).wrapping_mul(word | 1));
                }
                Err(_) => {}
            }
            env::exit()
        }
        Ok(child) => {
            env::set_status(child, EnvStatus::Runnable).ok();
            until_it_ends(child);
            SHARED.read(n)
        }
        Err(_) => 0,
    }
}

/// Calls `then` with the number of each of [`LOWER`] at one depth of the stack after the other, 8 bytes apart, from a page's last [`NEAR`] bytes down to its
/// end.
#[inline(never)]
pub fn deeper(then: &mut dyn FnMut(usize)) {
    let room = [0_u32; ROOM];
    black_box(&room);
    let left = room.as_ptr().addr() as u32 % layout::PAGE_SIZE;
    if left < NEAR {
        for (n, lower) in LOWER.iter().enumerate() {
            lower(n, then);
        }
    }
    if left >= size_of_val(&room) as u32 * 2 {
        deeper(then);
    }
    black_box(&room);
}

/// Calls a function with `n` and with its stack so many words further down.
#[inline(never)]
fn lower<const WORDS: usize>(n: usize, then: &mut dyn FnMut(usize)) {
    let room = [0_u32; WORDS];
    black_box(&room);
    then(n);
    black_box(&room);
}
