//! The page that is given to a child while its giver stores to it: the stack's.

use core::hint::black_box;

use libos::{EnvId, Error, PteFlags, Window, layout, probe, view, window};
use mos_abi::{Sysno, pte};
use mos_exam::{saw, step};
use mos_user::check::Check;

use crate::children::{bare, end};
use crate::depths::{DEPTHS, deeper};

/// Pages of the stack that a child gets, from its top.
const PAGES: u32 = 4;
/// Through which a child's page is looked at.
const GLASS: Window = Window::new(1001);

/// Gives our stack to children that are never started, with the end of a page at every place of it.
pub fn shared(mut check: Check) -> Result<(), Error> {
    probe::expect_faults()?;
    let mut seen = Seen::default();
    let words: [u32; DEPTHS] = core::array::from_fn(|_| check.lots.any());
    deeper(&mut |n| {
        if give(n, words[n], &mut seen).is_err() {
            seen.failed += 1;
        }
    });
    step!(check, "no page that we may write to is our child's too");
    saw!(check, "calls that failed", seen.failed);
    saw!(
        check,
        "pages that we may write to, and that are counted more than once",
        seen.writable
    );
    step!(check, "no store to the stack is seen by the child");
    saw!(
        check,
        "words on the stacks of the children, who do not see ours",
        seen.theirs
    );
    Ok(())
}

/// What was seen of all children.
#[derive(Default)]
struct Seen {
    failed: u32,
    writable: u32,
    theirs: [u32; DEPTHS],
}

/// The pages of our stack.
fn stack() -> impl Iterator<Item = u32> {
    let bottom = layout::USTACKTOP - PAGES * layout::PAGE_SIZE;
    (bottom..layout::USTACKTOP).step_by(layout::PAGE_SIZE as usize)
}

fn give(n: usize, word: u32, seen: &mut Seen) -> Result<(), Error> {
    let mut on_the_stack = word;
    let at = (&raw const on_the_stack).addr() as u32;
    black_box(&mut on_the_stack);
    let child = bare()?;
    for va in stack() {
        if let Some(flags) = view::page_flags(va) {
            probe::duppage(child, va, flags & PteFlags::USER)?;
        }
    }
    for va in stack() {
        let entry = view::vpt(va);
        if pte::flags(entry).writable() && view::pp_ref(pte::ppn(entry)) != 1 {
            seen.writable += 1;
        }
    }
    on_the_stack = !word;
    black_box(&mut on_the_stack);
    let to = GLASS.address();
    let arguments = [child.0, at, EnvId::SELF.0, to, window::READ_ONLY.bits()];
    probe::call(Sysno::MemMap, arguments)?;
    seen.theirs[n] = GLASS.read((at % layout::PAGE_SIZE / 4) as usize);
    GLASS.unmap();
    end(child)
}
