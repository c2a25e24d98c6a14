//! fork, wherever the stack is.

use core::hint::black_box;

use libos::{Error, Fork, env, fork, layout, view};
use mos_abi::pte;
use mos_user::check::Check;

/// More than the functions that fork consists of have on the stack.
const NEAR: u32 = 1024;
/// Words that each call of [`deeper`] has there.
const ROOM: usize = 32;
/// 8 bytes apart, over more than such a call takes altogether. (Fewer words the compiler clears in another way, with
/// another frame.)
const LOWER: [fn(&mut dyn FnMut()); 24] = [
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

/// Forks with the end of a page at every place of the stack of fork's own functions.
///
/// Fork copies the page on which it finds its stack and shares the others. Where that page ends among its own
/// variables, it stores to one that it shares, between one call and the next.
pub fn everywhere(check: Check) -> Result<(), Error> {
    deeper(&mut || fork_here(&check));
    check.ok("no page that we may write to is our child's too");
    Ok(())
}

fn fork_here(check: &Check) {
    match fork() {
        Ok(Fork::Child) => env::exit(),
        Ok(Fork::Parent(child)) => {
            let bottom = layout::USTACKTOP - PAGES * layout::PAGE_SIZE;
            for va in (bottom..layout::USTACKTOP).step_by(layout::PAGE_SIZE as usize) {
                let entry = view::vpt(va);
                if pte::flags(entry).writable() {
                    check.same("names of a page of ours", view::pp_ref(pte::ppn(entry)), 1);
                }
            }
            env::wait(child);
        }
        Err(error) => check.same("fork", error.code(), 0),
    }
}

/// Calls `then` at one depth of the stack after the other, 8 bytes apart, from a page's last [`NEAR`] bytes down to its
/// end.
#[inline(never)]
fn deeper(then: &mut dyn FnMut()) {
    let room = [0_u32; ROOM];
    black_box(&room);
    let left = room.as_ptr().addr() as u32 % layout::PAGE_SIZE;
    if left < NEAR {
        LOWER.iter().for_each(|lower| lower(then));
    }
    if left >= size_of_val(&room) as u32 * 2 {
        deeper(then);
    }
    black_box(&room);
}

/// Calls a function with its stack so many words further down.
#[inline(never)]
fn lower<const WORDS: usize>(then: &mut dyn FnMut()) {
    let room = [0_u32; WORDS];
    black_box(&room);
    then();
    black_box(&room);
}
